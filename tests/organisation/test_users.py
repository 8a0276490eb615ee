"""The form of accounts: who hands out which role, what a forged form cannot do, what is recorded."""

import pytest
from django.contrib.auth.models import Group, Permission, User

from actionplan import permissions
from actionplan.permissions import CLERK, COORDINATOR, HEAD, PUBLISHER, READER
from tests import factories
from tests.admin.pages import change_url, form_of, signed_in
from tests.organisation.staffing import USERS, make_member, office, words
from tests.roles.world import state_of_everything
from tests.trail.watch import Watch, told

pytestmark = pytest.mark.django_db
ADD = f"{USERS}add/"


@pytest.fixture
def browser():
    return office()


def add(browser, **boxes):
    return browser.post(ADD, {**form_of(browser.get(ADD), "user_form"), "username": "suzuki", **boxes})


def save(browser, account, **boxes):
    return browser.post(change_url(account), {**form_of(browser.get(change_url(account)), "user_form"), **boxes})


def fresh(account):
    return User.objects.get(pk=account.pk)


def key(name):
    return str(factories.make_role(name).pk)


def test_a_new_account_may_enter_and_leads_to_its_first_password(browser):
    department = factories.make_department("福祉課")
    answer = add(browser, last_name="鈴木", departments=[department.pk], groups=[key(CLERK)])
    account = User.objects.get(username="suzuki")
    assert (account.is_staff, account.is_active, account.is_superuser) == (True, True, False)
    assert not account.has_usable_password()
    assert list(account.departments.all()) == [department]
    assert [group.name for group in account.groups.all()] == [CLERK]
    assert answer["Location"] == f"/admin/people/{account.pk}/start-password/"
    page = words(browser.get(answer["Location"]))
    assert "鈴木さんを追加しました。続けて、最初のパスワードを作ってください。" in page


def test_only_the_form_that_adds_a_person_says_where_the_password_comes_from(browser):
    sentence = "最初のパスワードを作る画面に進みます。"
    assert sentence in words(browser.get("/admin/auth/user/add/"))
    account = factories.make_user(superuser=False)
    assert sentence not in words(browser.get(f"/admin/auth/user/{account.pk}/change/"))


def test_a_name_that_not_every_keyboard_can_write_is_refused_for_a_new_account_and_kept_by_an_old_one(browser):
    assert "この利用者名は使えません。半角の英数字と" in words(add(browser, username="新人太郎"))
    assert not User.objects.filter(username="新人太郎").exists()
    account = make_member("山田花子")
    assert save(browser, account, email="hanako@example.jp").status_code == 302
    assert fresh(account).email == "hanako@example.jp"


@pytest.mark.parametrize("forged", [{"is_superuser": "on"}, {"is_superuser": "on", "is_staff": ""}])
def test_a_new_account_is_no_superuser_however_the_form_is_forged(browser, forged):
    right = Permission.objects.get(codename="publish_edition")
    add(browser, user_permissions=[right.pk], password="x", **forged)
    account = User.objects.get(username="suzuki")
    assert (account.is_superuser, account.is_staff, account.user_permissions.count()) == (False, True, 0)
    assert not account.has_usable_password()


@pytest.mark.parametrize("who", ["office", "root"])
def test_the_form_offers_the_roles_that_its_user_may_hand_out(who):
    browser = office() if who == "office" else signed_in()
    offered = {group.name for group in browser.get(ADD).context["adminform"].form.fields["groups"].queryset}
    office_gives = {CLERK, HEAD, READER}
    assert offered == (office_gives if who == "office" else office_gives | {COORDINATOR, PUBLISHER})


@pytest.mark.parametrize("role", [COORDINATOR, PUBLISHER])
def test_a_forged_role_is_refused_on_both_forms(browser, role):
    account = make_member("tanto", CLERK)
    for page in (add(browser, groups=[key(role)]), save(browser, account, groups=[key(CLERK), key(role)])):
        assert "その役割は、この画面では付けられません。選び直してください。" in words(page)
    assert [group.name for group in account.groups.all()] == [CLERK]
    assert not User.objects.filter(username="suzuki").exists()


def test_a_role_that_the_form_does_not_offer_is_kept(monkeypatch):
    offered = Group.objects.filter(name__in=[CLERK, HEAD, READER])
    monkeypatch.setattr(permissions, "grantable_groups", lambda user: offered)
    account = make_member("tanto", CLERK, PUBLISHER)
    assert save(signed_in(), account, groups=[key(HEAD)]).status_code == 302
    assert {group.name for group in account.groups.all()} == {HEAD, PUBLISHER}


def test_rights_forged_into_the_form_are_not_taken(browser):
    account = make_member("tanto", CLERK)
    right = Permission.objects.get(codename="coordinate_yearlystatus")
    save(browser, account, last_name="田中", is_superuser="on", user_permissions=[right.pk], is_active="", password="x")
    stored = fresh(account)
    assert (stored.last_name, stored.is_superuser, stored.is_active) == ("田中", False, True)
    assert stored.user_permissions.count() == 0
    assert stored.password == account.password


@pytest.mark.parametrize("above", ["root", "kouho", "dousho", "special", "jimu"])
def test_accounts_above_the_office_and_its_own_are_only_read(browser, above):
    factories.make_user(username="root")
    make_member("kouho", PUBLISHER)
    make_member("dousho", COORDINATOR)
    make_member("special").user_permissions.add(Permission.objects.first())
    account, before = User.objects.get(username=above), state_of_everything()
    page = browser.get(change_url(account))
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
    assert "最初のパスワードを作り直す" not in words(page)
    assert browser.post(change_url(account), {"username": above, "last_name": "乗っ取り"}).status_code == 403
    assert browser.get(f"{USERS}{account.pk}/password/").status_code == 403
    assert state_of_everything() == before


def test_a_password_is_decided_only_for_accounts_below_and_recorded_without_it(browser):
    account = make_member("tanto", CLERK)
    address = f"{USERS}{account.pk}/password/"
    boxes = {"usable_password": "true", "password1": "umi-no-kaze-wataru-9", "password2": "umi-no-kaze-wataru-9"}
    watch = Watch()
    assert browser.post(address, boxes).status_code == 302
    assert fresh(account).check_password("umi-no-kaze-wataru-9")
    assert watch.only().reason == "パスワードの変更"


def test_departments_are_saved_with_one_record_each(browser):
    old, new = factories.make_department("福祉課"), factories.make_department("市民課")
    account = make_member("tanto", CLERK, departments=[old])
    watch = Watch()
    save(browser, account, departments=[new.pk])
    assert list(account.departments.all()) == [new]
    assert sorted((record.kind, record.target) for record in watch.found()) == [
        ("担当課", "市民課"),
        ("担当課", "福祉課"),
    ]
    found = {record.target: record for record in watch.found()}
    assert told(found["福祉課"])["所属する職員"][1] == ""
    assert "tanto" in told(found["市民課"])["所属する職員"][1]
    assert {record.reason for record in found.values()} == {"利用者の画面で所属課を変更"}


def test_a_name_and_a_department_changed_at_once_leave_a_record_each(browser):
    department = factories.make_department("福祉課")
    account = make_member("tanto", CLERK)
    watch = Watch()
    save(browser, account, last_name="佐藤", departments=[department.pk])
    assert sorted(record.kind for record in watch.found()) == ["利用者", "担当課"]
    assert fresh(account).last_name == "佐藤"


def test_an_ended_department_shows_under_its_successor_and_stays_when_it_stays_ticked(browser):
    new = factories.make_department("新課")
    old = factories.make_department("旧課", in_force_until="2020-03-31", successor=new)
    account = make_member("tanto", CLERK, departments=[old])
    form = form_of(browser.get(change_url(account)), "user_form")
    assert form["departments"] == [str(new.pk)]
    save(browser, account, last_name="田中")
    assert list(account.departments.all()) == [old]
    save(browser, account, departments=[])
    assert account.departments.count() == 0


def test_an_ended_or_unknown_department_cannot_be_chosen(browser):
    old = factories.make_department("旧課", in_force_until="2020-03-31")
    for forged in (str(old.pk), "99999"):
        page = add(browser, departments=[forged])
        assert "選ばれた課は、今はありません。選び直してください。" in words(page)
    assert not User.objects.filter(username="suzuki").exists()


def test_a_department_to_come_is_offered_as_such(browser):
    factories.make_department("来年の課", in_force_from="2199-04-01")
    assert "来年の課（これからできる課）" in words(browser.get(ADD))


def test_departments_that_both_changed_are_refused_with_both(browser):
    first, second, third = (factories.make_department(name) for name in ("福祉課", "市民課", "農政課"))
    account = make_member("tanto", CLERK, departments=[first])
    form = form_of(browser.get(change_url(account)), "user_form")
    account.departments.set([second])
    page = words(browser.post(change_url(account), {**form, "departments": [third.pk]}))
    assert "保存していません" in page
    assert list(account.departments.all()) == [second]


def test_departments_that_i_did_not_touch_stay_as_somebody_else_changed_them(browser):
    first, second = factories.make_department("福祉課"), factories.make_department("市民課")
    account = make_member("tanto", CLERK, departments=[first])
    form = form_of(browser.get(change_url(account)), "user_form")
    account.departments.set([second])
    assert browser.post(change_url(account), {**form, "last_name": "田中"}).status_code == 302
    assert (fresh(account).last_name, list(account.departments.all())) == ("田中", [second])


def test_a_name_that_differs_only_by_capitals_is_refused(browser):
    make_member("Suzuki")
    assert "大文字・小文字の違いは区別しません" in words(add(browser))


def test_saving_an_untouched_form_records_nothing(browser):
    account = make_member("tanto", CLERK, departments=[factories.make_department("福祉課")])
    watch = Watch()
    assert save(browser, account).status_code == 302
    assert watch.found() == []


def test_a_superuser_does_not_take_their_own_way_in_away():
    root = factories.make_user(username="root")
    save(signed_in(root), root, is_superuser="", is_staff="", last_name="田中")
    assert (fresh(root).last_name, fresh(root).is_superuser, fresh(root).is_staff) == ("田中", True, True)
