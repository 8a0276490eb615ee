"""The notice that answers came back: sent where there is an address, and never in the way of the step."""

import pytest
from django.core import mail

from actionplan.models import State
from actionplan.round.responses import response_of
from actionplan.round.return_mail import tell_department
from tests import factories
from tests.asked import ask, make_year
from tests.round.post_office import open_post_office

pytestmark = pytest.mark.django_db


def tell(department, reason="数を書いてください。"):
    report = make_year()
    rows = ask(report, department, State.RETURNED)
    return tell_department(report, response_of(department.pk), rows, reason=reason)


def test_the_department_is_told_the_reason():
    notice = tell(factories.make_department(email="ka@example.jp"))
    (letter,) = mail.outbox
    assert (letter.to, notice.to.addresses, notice.failure) == (["ka@example.jp"], ("ka@example.jp",), "")
    assert "数を書いてください。" in letter.body


def test_a_department_without_address_is_told_nothing():
    notice = tell(factories.make_department())
    assert (notice.to.addresses, notice.failure, mail.outbox) == ((), "", [])


def test_a_failure_is_told_and_logged_not_raised(settings, caplog):
    with open_post_office(settings, refused=["ka@example.jp"]):
        notice = tell(factories.make_department(email="ka@example.jp"))
    assert "メールサーバーが受け付けませんでした" in notice.failure
    assert "no such mailbox" in caplog.text
