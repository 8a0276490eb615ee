"""People who leave and come back: accounts closed and used again."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from actionplan.organisation.accounts import close_accounts, reopen_accounts
from actionplan.organisation.people import CLOSED, REOPENED
from tests import factories
from tests.organisation.listing import line, person, sentences, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db):
    return person("jimu", "事務局")


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


def test_closing_somebody_who_is_not_there_is_refused(office):
    assert "利用者はいません" in sentences(office, line("dare", 在籍="いいえ"))[0]


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
