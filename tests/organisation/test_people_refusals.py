"""人事異動: whom a list does not reach, who may not bring one in, and what a forged form cannot do."""

import pytest
from django.contrib.auth.models import User

from actionplan.permissions import CLERK, HEAD, PUBLISHER, READER
from tests import factories
from tests.admin.pages import signed_in
from tests.organisation.staffing import (
    IMPORT,
    confirm,
    csv_of,
    make_coordinator,
    make_member,
    office,
    row,
    send,
    words,
)
from tests.roles.world import state_of_everything

pytestmark = pytest.mark.django_db
WAITING = "確認の途中のファイルがなくなりました。何も保存していません。"


@pytest.fixture
def browser():
    return office()


@pytest.mark.parametrize("username", ["root", "kouho", "dousho"])
def test_accounts_above_the_office_are_refused_by_name(browser, username):
    factories.make_user(username="root")
    make_member("kouho", PUBLISHER)
    make_member("dousho", "事務局")
    before = state_of_everything()
    shown = words(send(browser, csv_of(row(username, 在籍="いいえ"))))
    assert f"2行目「利用者名」：「{username}」は、この画面では変えられない利用者" in shown
    assert state_of_everything() == before


@pytest.mark.parametrize("role", ["事務局", "公表権者"])
def test_roles_above_the_office_cannot_be_given(browser, role):
    assert f"2行目「役割」：「{role}」は、この画面では付けられません。" in words(
        send(browser, csv_of(row("sato", 役割=role)))
    )


def test_nobody_closes_themselves():
    root = signed_in(username="root")
    shown = words(send(root, csv_of(row("root", 在籍="いいえ"))))
    assert "2行目「在籍」：自分の利用者は閉じられません。ほかの人に頼んでください。" in shown


def test_an_account_that_rose_after_the_preview_is_not_touched(browser):
    user = make_member("suzuki", CLERK)
    preview = send(browser, csv_of(row("suzuki", 在籍="いいえ")))
    user.groups.add(factories.make_role(PUBLISHER))
    assert "この画面では変えられない利用者" in words(confirm(browser, preview))
    assert User.objects.get(pk=user.pk).is_active


def test_giving_it_up_stores_nothing_and_removes_the_file(browser, settings):
    preview = send(browser, csv_of(row("suzuki")))
    assert "取り込みをやめました。何も保存していません。" in words(confirm(browser, preview, "cancel"))
    assert list((settings.VAR_DIR / "uploads").iterdir()) == []
    assert WAITING in words(confirm(browser, preview))
    assert not User.objects.filter(username="suzuki").exists()


def test_another_users_waiting_file_cannot_be_confirmed_or_dropped(browser):
    preview = send(browser, csv_of(row("suzuki")))
    colleague = signed_in(make_coordinator(username="dousho"))
    assert WAITING in words(confirm(colleague, preview))
    confirm(colleague, preview, "cancel")
    assert not User.objects.filter(username="suzuki").exists()
    assert "1人分を取り込みました" in words(confirm(browser, preview))


@pytest.mark.parametrize(
    "forged", [{"waiting": "../../secret_key"}, {"waiting": "0" * 32}, {"seal": ""}, {"seal": "x" * 64}, {"name": ""}]
)
def test_a_forged_confirmation_leads_back_to_the_start(browser, forged):
    preview = send(browser, csv_of(row("suzuki")))
    assert WAITING in words(confirm(browser, preview, **forged))
    assert not User.objects.filter(username="suzuki").exists()


def test_a_seal_that_was_not_shown_is_refused_like_a_moved_ground(browser):
    preview = send(browser, csv_of(row("suzuki")))
    assert "まだ何も保存していません。もう一度確かめてください。" in words(confirm(browser, preview, seal="0" * 64))
    assert not User.objects.filter(username="suzuki").exists()


@pytest.mark.parametrize("role", [CLERK, HEAD, PUBLISHER, READER])
def test_no_other_role_sees_the_page_the_list_or_confirms(browser, role):
    preview = send(browser, csv_of(row("suzuki")))
    other, before = signed_in(factories.make_person(role)), state_of_everything()
    for response in (other.get(IMPORT), other.get("/admin/people/list.xlsx"), send(other, csv_of(row("sato")))):
        assert response.status_code == 403
        assert "利用者の取り込みは事務局が行います。" in words(response)
    assert confirm(other, preview).status_code == 403
    assert state_of_everything() == before


def test_who_lost_the_office_before_confirming_stores_nothing():
    person = make_coordinator()
    browser = signed_in(person)
    preview = send(browser, csv_of(row("suzuki")))
    person.groups.clear()
    assert confirm(browser, preview).status_code == 403
    assert not User.objects.filter(username="suzuki").exists()
