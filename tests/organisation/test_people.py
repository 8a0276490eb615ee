"""A list of staff laid over the accounts: what it would change, every fault at once, all of it or nothing."""

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from actionplan import permissions
from actionplan.models import Department
from actionplan.organisation.accounts import close_accounts, reopen_accounts
from actionplan.organisation.passwords import renew_password
from actionplan.organisation.people import CLOSED, NEW, REOPENED, import_people, look
from actionplan.organisation.people_lines import COLUMNS, Line
from actionplan.organisation.reorganise import GroundMoved
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def person(username, *roles, departments=(), **fields):
    fields = {"last_name": "山田", "first_name": "花子", **fields}
    user = factories.make_user(username=username, superuser=False, **fields)
    user.groups.set(Group.objects.filter(name__in=roles))
    user.departments.set(departments)
    return user


@pytest.fixture
def office(db):
    return person("jimu", "事務局")


def line(username, number=2, **cells):
    stands = {"姓": "山田", "名": "花子", "メールアドレス": "", "所属課": "", "役割": "", "在籍": "はい"}
    return Line(number, {"利用者名": username, **stands, **cells})


def take(by, *lines, source="名簿.csv"):
    return import_people(lines, by=by, seen=look(lines, by=by).seal, source=source)


def sentences(by, *lines):
    return [str(fault) for fault in look(lines, by=by).faults]


def test_a_new_person_gets_an_account_that_can_log_in_once_they_have_the_password(office):
    department = factories.make_department("福祉課")
    _, passwords = take(office, line("suzuki", 姓="鈴木", 名="一郎", 所属課="福祉課", 役割="担当者"))
    account = User.objects.get(username="suzuki")
    assert (account.is_active, account.is_staff, account.is_superuser) == (True, True, False)
    assert [group.name for group in account.groups.all()] == ["担当者"]
    assert list(account.departments.all()) == [department]
    assert authenticate(username="suzuki", password=passwords[0].password) == account
    assert (passwords[0].username, passwords[0].name) == ("suzuki", "鈴木 一郎")


@pytest.mark.parametrize(
    ("username", "roles", "cautions"),
    [
        ("atarashii", "", ["2行目「役割」：空です。役割がないと、atarashiiさんは回答を書けません。"]),
        ("atarashii", "担当者", []),
        ("moto", "", []),
    ],
)
def test_a_new_person_without_a_role_is_cautioned_and_taken(office, username, roles, cautions):
    person("moto", "担当者")
    lines = [line(username, 役割=roles)]
    assert (look(lines, by=office).cautions, look(lines, by=office).faults) == (cautions, [])
    take(office, *lines)
    assert User.objects.get(username=username).groups.count() == bool(roles)


@pytest.mark.parametrize(
    "cells", [{"所属課": "市民課", "役割": "課長"}, {"所属課": "福祉課", "役割": "担当者"}, {"在籍": "いいえ"}]
)
def test_a_department_that_loses_its_only_head_is_cautioned_by_name(office, cells):
    welfare = factories.make_department("福祉課")
    factories.make_department("市民課")
    person("kacho", "課長", departments=[welfare])
    leaving = line("kacho", **cells)
    assert look([leaving], by=office).cautions == ["福祉課に課長がいなくなります。"]
    follower = line("tsugi", 3, 所属課="福祉課", 役割="課長")
    assert look([leaving, follower], by=office).cautions == []


def test_a_department_that_keeps_a_head_or_never_had_one_is_not_cautioned(office):
    welfare, empty = factories.make_department("福祉課"), factories.make_department("空の課")
    for name in ("kacho", "jicho"):
        person(name, "課長", departments=[welfare, empty] if name == "jicho" else [welfare])
    person("tanto", "担当者", departments=[empty])
    lines = [line("kacho", 所属課="", 役割="課長"), line("tanto", 3, 所属課="福祉課", 役割="担当者")]
    assert look(lines, by=office).cautions == []


def test_the_first_password_is_hashed_at_full_strength_once_it_was_used(office):
    _, passwords = take(office, line("suzuki"))
    weak = User.objects.get(username="suzuki").password
    records = User.objects.get(username="suzuki").history.count()
    Client().post("/admin/login/", {"username": "suzuki", "password": passwords[0].password})
    account = User.objects.get(username="suzuki")
    assert int(account.password.split("$")[1]) > int(weak.split("$")[1])
    assert account.history.count() == records


def test_the_new_account_has_one_record_with_the_file_and_no_password(office):
    factories.make_department("福祉課")
    take(office, line("suzuki", 所属課="福祉課", 役割="担当者"))
    record = User.objects.get(username="suzuki").history.get()
    assert (record.history_user, record.source_file) == (office, "名簿.csv")
    assert record.history_change_reason == "利用者の取り込み"
    assert [row.group.name for row in record.groups.all()] == ["担当者"]
    assert not hasattr(record, "password")
    assert Department.objects.get().history.first().source_file == "名簿.csv"


def test_a_person_moves_from_one_department_to_another(office):
    old, new = factories.make_department("福祉課"), factories.make_department("市民課")
    user = person("suzuki", "担当者", departments=[old])
    outcome, passwords = take(office, line("suzuki", 所属課="市民課", 役割="担当者"))
    assert list(user.departments.all()) == [new]
    assert passwords == []
    assert outcome.changes[0].label == "変更"
    assert outcome.changes[0].cells[3] == ("所属課", "福祉課", "市民課")
    assert permissions.standing_of(User.objects.get(pk=user.pk)).departments == {new.pk}


def test_several_departments_and_roles_stand_in_one_cell(office):
    for name in ("福祉課", "市民課"):
        factories.make_department(name)
    take(office, line("suzuki", 所属課="福祉課; 市民課", 役割="担当者、課長"))
    user = User.objects.get(username="suzuki")
    assert {str(department) for department in user.departments.all()} == {"福祉課", "市民課"}
    assert {group.name for group in user.groups.all()} == {"担当者", "課長"}


def test_the_blanks_of_a_department_need_not_be_typed_as_they_are_stored(office):
    department = factories.make_department("総務部　総務課", unit="庶務係")
    take(office, line("suzuki", 所属課="総務部 総務課　庶務係"))
    assert list(User.objects.get(username="suzuki").departments.all()) == [department]


def test_who_leaves_is_closed_and_leaves_their_departments_but_not_the_history(office):
    department = factories.make_department("福祉課")
    user = person("suzuki", "担当者", departments=[department])
    outcome, _ = take(office, line("suzuki", 所属課="福祉課", 役割="担当者", 在籍="いいえ"))
    user.refresh_from_db()
    assert outcome.changes[0].kind == CLOSED
    assert not user.is_active
    assert department.members.count() == 0
    assert [group.name for group in user.groups.all()] == ["担当者"]
    assert department.history.all()[1].members.count() == 1


def test_a_closed_account_is_used_again_with_the_word_yes(office):
    user = person("suzuki", is_active=False)
    outcome, _ = take(office, line("suzuki", 役割="担当者"))
    user.refresh_from_db()
    assert outcome.changes[0].kind == REOPENED
    assert user.is_active


def test_an_unchanged_list_changes_nothing(office):
    user = person("suzuki", "担当者", departments=[factories.make_department("福祉課")])
    outcome, _ = take(office, line("suzuki", 所属課="福祉課", 役割="担当者"))
    assert (outcome.changes, outcome.same) == ([], 1)
    assert user.history.first().history_change_reason is None


def test_people_whom_the_list_does_not_name_stay_as_they_are_and_are_named(office):
    user = person("suzuki", "担当者")
    outcome, _ = take(office, line("sato"))
    assert outcome.absent == [user]
    user.refresh_from_db()
    assert user.is_active


def test_an_ended_department_shows_and_is_taken_under_todays_name(office):
    new = factories.make_department("新課", in_force_from=TODAY - timedelta(days=9))
    old = factories.make_department("旧課", in_force_until=TODAY - timedelta(days=10), successor=new)
    person("suzuki", departments=[old])
    assert look([line("suzuki", 所属課="新課")], by=office).changes == []
    assert "いまの課「新課」を書いてください" in sentences(office, line("sato", 所属課="旧課"))[0]


def test_a_department_to_come_can_be_written_beside_todays(office):
    today = factories.make_department("旧課", in_force_until=TODAY + timedelta(days=9))
    later = factories.make_department("新課", in_force_from=TODAY + timedelta(days=10))
    user = person("suzuki", departments=[today])
    take(office, line("suzuki", 所属課="旧課、新課"))
    assert set(user.departments.all()) == {today, later}


def test_every_fault_is_told_at_once_with_its_row_and_column(office):
    person("suzuki")
    wrong = {"所属課": "ない課", "役割": "係長", "在籍": "たぶん", "メールアドレス": "a@"}
    found = sentences(office, line("suzuki", **wrong), line("鈴木 様", number=3, 姓="", 名=""))
    assert [sentence.partition("：")[0] for sentence in found] == [
        "2行目「メールアドレス」",
        "2行目「在籍」",
        "2行目「所属課」",
        "2行目「役割」",
        "3行目「利用者名」",
        "3行目「姓」",
    ]
    assert "「ない課」という担当課はありません" in found[2]
    assert "担当者・課長・閲覧者から選んでください" in found[3]


@pytest.mark.parametrize("word", ["", "×", "はいいえ"])
def test_whether_somebody_is_still_there_is_never_guessed(office, word):
    person("suzuki")
    assert "「はい」か「いいえ」を書いてください" in sentences(office, line("suzuki", 在籍=word))[0]


def test_one_person_in_two_rows_is_refused_however_the_name_is_spelt(office):
    found = sentences(office, line("sato"), line("Sato", number=3))
    assert len(found) == 2
    assert all("1人1行" in sentence for sentence in found)


def test_a_name_that_differs_only_by_capitals_makes_no_second_account(office):
    person("suzuki")
    assert "大文字・小文字だけが違います" in sentences(office, line("Suzuki"))[0]


def test_full_width_letters_mean_the_same_account(office):
    person("suzuki")
    assert look([line("ｓｕｚｕｋｉ")], by=office).changes == []


def test_closing_somebody_who_is_not_there_is_refused(office):
    assert "利用者はいません" in sentences(office, line("dare", 在籍="いいえ"))[0]


@pytest.mark.parametrize("role", ["事務局", "公表権者"])
def test_the_coordinator_cannot_hand_out_the_offices_and_the_publishers_roles(office, role):
    assert f"2行目「役割」：「{role}」は、この画面では付けられません" in sentences(office, line("sato", 役割=role))[0]


def test_the_coordinator_cannot_touch_accounts_above_by_a_hand_edited_file(office):
    person("other", "事務局")
    person("koho", "公表権者")
    person("special").user_permissions.add(Permission.objects.first())
    factories.make_user(username="root")
    for number, username in enumerate(("other", "koho", "special", "root", "jimu"), 2):
        found = sentences(office, line(username, number, 在籍="いいえ"))
        assert f"{number}行目「利用者名」" in found[0]
    with pytest.raises(GroundMoved):
        import_people([line("koho", 在籍="いいえ")], by=office, seen=look([line("koho")], by=office).seal)
    assert User.objects.filter(is_active=False).count() == 0


def test_a_superuser_hands_out_every_role_but_does_not_close_their_own_account(coordinator):
    take(coordinator, line("sato", 役割="公表権者"))
    assert User.objects.get(username="sato").groups.get().name == "公表権者"
    assert "自分の利用者は閉じられません" in sentences(coordinator, line("coordinator", 在籍="いいえ"))[0]


def test_a_group_beside_the_portals_own_stays_when_a_superuser_leaves_it_in_the_list(coordinator):
    extra = Group.objects.create(name="研修係")
    user = person("suzuki", "担当者")
    user.groups.add(extra)
    take(coordinator, line("suzuki", 役割="課長、研修係"))
    assert {group.name for group in user.groups.all()} == {"課長", "研修係"}


def test_with_one_fault_nothing_at_all_is_stored(office):
    lines = [line("sato"), line("kato", number=3, 役割="係長")]
    assert [change.kind for change in look(lines, by=office).changes] == [NEW]
    with pytest.raises(GroundMoved):
        import_people(lines, by=office, seen=look(lines, by=office).seal)
    assert not User.objects.filter(username="sato").exists()


def test_nothing_is_stored_when_somebody_changed_a_person_after_the_preview(office):
    user = person("suzuki", "担当者", email="old@example.jp")
    lines = [line("suzuki", メールアドレス="new@example.jp", 役割="担当者")]
    seen = look(lines, by=office).seal
    User.objects.filter(pk=user.pk).update(email="meanwhile@example.jp")
    with pytest.raises(GroundMoved):
        import_people(lines, by=office, seen=seen)
    user.refresh_from_db()
    assert user.email == "meanwhile@example.jp"


@pytest.mark.parametrize("role", ["担当者", "課長", "公表権者", "閲覧者"])
def test_nobody_else_brings_people_in(role):
    with pytest.raises(PermissionDenied):
        look([line("sato")], by=person("dare", role))


def test_closing_ends_the_sessions_at_once_and_reopening_brings_the_role_back(office):
    user = person("suzuki", "担当者", departments=[factories.make_department("福祉課")])
    browser = Client()
    browser.force_login(user)
    assert browser.get("/admin/").status_code == 200
    assert close_accounts([user], by=office) == 1
    assert browser.get("/admin/").status_code == 302
    assert user.departments.count() == 0
    assert user.history.first().history_change_reason == "退職・異動のため閉じた"
    assert close_accounts([user], by=office) == 0
    assert reopen_accounts([user], by=office) == 1
    user.refresh_from_db()
    assert user.is_active
    assert user.groups.get().name == "担当者"


def test_nobody_closes_their_own_account_or_one_above(office, coordinator):
    for by, account in ((coordinator, coordinator), (office, office), (office, coordinator)):
        with pytest.raises(PermissionDenied):
            close_accounts([account], by=by)


def test_a_forgotten_password_gets_a_new_first_one(office):
    user = person("suzuki")
    given = renew_password(user, by=office)
    assert authenticate(username="suzuki", password=given.password) == user
    assert "最初のパスワードを作成" in user.history.values_list("history_change_reason", flat=True)
    with pytest.raises(PermissionDenied):
        renew_password(office, by=office)


def test_the_number_of_questions_does_not_grow_with_the_people(office, django_assert_num_queries):
    department = factories.make_department("福祉課")
    for size in (5, 200):
        people = User.objects.bulk_create(User(username=f"p{size}-{n}", is_staff=True) for n in range(size))
        department.members.add(*people)
        lines = [line(each.username, number, 所属課="福祉課") for number, each in enumerate(people, 2)]
        with django_assert_num_queries(9):
            assert len(look(lines, by=User.objects.get(pk=office.pk)).changes) == size


def test_the_columns_are_those_of_the_handbook():
    assert COLUMNS == ("利用者名", "姓", "名", "メールアドレス", "所属課", "役割", "在籍")
