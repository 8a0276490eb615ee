"""人事異動 through the page: export, edit, look, confirm; every fault at once, all of it or nothing."""

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.test import Client

from actionplan.models import Department
from actionplan.permissions import CLERK, HEAD
from tests import factories
from tests.admin.pages import form_of
from tests.organisation.staffing import (
    IMPORT,
    USERS,
    confirm,
    csv_of,
    exported,
    make_member,
    office,
    row,
    send,
    take,
    words,
    xlsx_of,
)
from tests.roles.world import state_of_everything

pytestmark = pytest.mark.django_db
WAITING = "確認の途中のファイルがなくなりました。何も保存していません。"


@pytest.fixture
def browser():
    return office()


def test_an_exported_and_edited_list_goes_by_preview_to_confirmation(browser):
    old, new = factories.make_department("福祉課"), factories.make_department("市民課")
    user = make_member("suzuki", CLERK, departments=[old])
    [line] = exported(browser)
    line[4], line[5] = "市民課", "課長"
    preview = send(browser, csv_of(line))
    shown = words(preview)
    assert "まだ保存していません。「名簿.csv」で変わるのは1人です（変更1人）" in shown
    assert "福祉課 → から 市民課" in shown
    assert "担当者 → から 課長" in shown
    assert list(user.departments.all()) == [old]
    done = confirm(browser, preview)
    assert "1人分を取り込みました" in words(done)
    assert list(user.departments.all()) == [new]
    assert [group.name for group in user.groups.all()] == [HEAD]
    record = user.history.first()
    assert (record.history_user.username, record.source_file) == ("jimu", "名簿.csv")


@pytest.mark.parametrize("encode", [csv_of, xlsx_of])
def test_every_bad_cell_is_told_at_once_with_row_and_column_and_nothing_can_be_confirmed(browser, encode):
    rows = [
        row("suzuki", 所属課="ない課、福祉課", 役割="係長"),
        row("sato"),
        row("tanaka", メールアドレス="tanaka", 在籍="○"),
        row("日本 太郎"),
        row("新人太郎"),
    ]
    preview = send(browser, encode(*rows), f"名簿.{'csv' if encode is csv_of else 'xlsx'}")
    shown = words(preview)
    for start in (
        "2行目「所属課」：「ない課」という担当課はありません",
        "2行目「所属課」：「福祉課」という担当課はありません",
        "2行目「役割」：「係長」という役割はありません",
        "4行目「メールアドレス」：「tanaka」はメールアドレスの形ではありません",
        "4行目「在籍」：「○」は使えません",
        "5行目「利用者名」：「日本 太郎」は使えません",
        "6行目「利用者名」：「新人太郎」は使えません。半角の英数字と",
    ):
        assert start in shown
    assert "直すところが7か所あるため、取り込めません。何も保存していません。" in shown
    assert 'name="confirm"' not in preview.content.decode()
    assert User.objects.count() == 1


def test_with_a_fault_in_one_row_no_row_is_stored_however_the_form_is_forged(browser):
    good = send(browser, csv_of(row("sato")))
    bad = send(browser, csv_of(row("sato"), row("kato", 役割="係長")))
    assert "waiting" not in form_of(bad, None)
    department = factories.make_department("福祉課")
    mixed = send(browser, csv_of(row("sato"), row("kato", 所属課="福祉課")))
    Department.objects.filter(pk=department.pk).delete()
    page = confirm(browser, mixed)
    assert "3行目「所属課」：「福祉課」という担当課はありません" in words(page)
    assert not User.objects.filter(username__in=["sato", "kato"]).exists()
    confirm(browser, good)
    assert User.objects.filter(username="sato").exists()


def test_when_somebody_was_changed_meanwhile_nothing_is_stored_and_the_new_preview_is_shown(browser):
    user = make_member("suzuki", email="old@example.jp")
    preview = send(browser, csv_of(row("suzuki", メールアドレス="new@example.jp")))
    User.objects.filter(pk=user.pk).update(email="meanwhile@example.jp")
    again = confirm(browser, preview)
    assert "確認していただいた後に、利用者や担当課が変わりました。まだ何も保存していません。" in words(again)
    assert "meanwhile@example.jp → から new@example.jp" in words(again)
    assert User.objects.get(pk=user.pk).email == "meanwhile@example.jp"
    assert "1人分を取り込みました" in words(confirm(browser, again))
    assert User.objects.get(pk=user.pk).email == "new@example.jp"


def test_a_confirmation_is_taken_once(browser):
    preview = send(browser, csv_of(row("suzuki")))
    confirm(browser, preview)
    records = state_of_everything()
    assert WAITING in words(confirm(browser, preview))
    assert state_of_everything() == records


def test_the_first_password_of_a_new_person_is_shown_once_and_lets_them_in(browser, settings):
    done = take(browser, row("suzuki", 姓="鈴木", 名="一郎", 役割="担当者"))
    [given] = done.context["passwords"]
    assert f"鈴木 一郎 suzuki {given.password}" in words(done)
    assert "最初のパスワードが表示されるのは、この画面だけです。" in words(done)
    assert "no-store" in done["Cache-Control"]
    assert given.password not in words(browser.get(USERS))
    # The lock of the reading stays, and is empty.
    assert [path for path in settings.VAR_DIR.rglob("*") if path.is_file() and path.stat().st_size] == []
    assert authenticate(username="suzuki", password=given.password)
    person = Client()
    answer = person.post("/admin/login/?next=/admin/answers/", {"username": "suzuki", "password": given.password})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/answers/")
    assert person.get("/admin/answers/").url.startswith("/admin/password_change/")
    own = {"old_password": given.password, "new_password1": "umi-no-kaze-9", "new_password2": "umi-no-kaze-9"}
    assert person.post("/admin/password_change/", own).status_code == 302
    assert person.get("/admin/answers/").status_code == 200


def test_what_happens_to_each_person_is_told_in_words(browser):
    factories.make_department("福祉課")
    make_member("idou", CLERK)
    make_member("yakuwari", CLERK)
    make_member("yameru", CLERK)
    make_member("modoru", is_active=False)
    rows = [
        row("atarashii", 役割="担当者"),
        row("idou", 所属課="福祉課", 役割="担当者"),
        row("yakuwari", 役割="課長"),
        row("yameru", 役割="担当者", 在籍="いいえ"),
        row("modoru"),
    ]
    preview = send(browser, csv_of(*rows))
    shown = words(preview)
    for sentence in (
        "追加1人、閉じる1人、もう一度使う1人、変更2人",
        "2行目 追加 atarashii",
        "3行目 変更 idou 山田 花子 （なし） → から 福祉課",
        "4行目 変更 yakuwari 山田 花子 担当者 → から 課長",
        "5行目 閉じる yameru",
        "6行目 もう一度使う modoru",
        "いいえ → から はい",
    ):
        assert sentence in shown
    confirm(browser, preview)
    assert {name: User.objects.get(username=name).is_active for name in ("yameru", "modoru")} == {
        "yameru": False,
        "modoru": True,
    }


def test_what_may_be_a_slip_is_told_before_the_changes_and_can_be_confirmed(browser):
    user = make_member("kacho", HEAD, departments=[factories.make_department("福祉課")])
    preview = send(browser, csv_of(row("kacho", 在籍="いいえ"), row("sato")))
    for sentence in (
        "福祉課に課長がいなくなります。",
        "3行目「役割」：空です。役割がないと、satoさんは回答を書けません。",
    ):
        assert sentence in words(preview)
    confirm(browser, preview)
    assert not User.objects.get(pk=user.pk).is_active
    assert "確かめてください。" not in words(send(browser, csv_of(row("sato", 姓="佐藤"))))


def test_people_whom_the_list_does_not_name_are_told_and_stay(browser):
    absent = make_member("tanaka", CLERK, last_name="田中", departments=[factories.make_department("福祉課")])
    preview = send(browser, csv_of(row("suzuki")))
    assert "ファイルにない人：1人（そのまま変わりません） 田中 花子（tanaka）" in words(preview)
    confirm(browser, preview)
    absent = User.objects.get(pk=absent.pk)
    assert (absent.is_active, absent.departments.count(), absent.groups.count()) == (True, 1, 1)


def test_the_page_names_the_departments_and_roles_that_may_be_written(browser):
    factories.make_department("福祉課", unit="窓口係")
    factories.make_department("昔の課", in_force_until="2020-03-31")
    shown = words(browser.get(IMPORT))
    assert "使える課の名前（1） 福祉課 窓口係" in shown
    assert "担当者・課長・閲覧者から書きます。" in shown
