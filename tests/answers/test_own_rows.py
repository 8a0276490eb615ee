"""実施状況 in the admin for a department's clerk: the own answers in list and form, written while they are open."""

import pytest

from actionplan.models import State, YearlyStatus
from tests import factories
from tests.admin.pages import STATUSES, change_url, form_of, signed_in
from tests.answers.answering import make_office
from tests.round.coordinating import everything

pytestmark = pytest.mark.django_db
LIST = "changelist-form"


@pytest.fixture
def office():
    return make_office(3)


@pytest.fixture
def theirs(office):
    """An answer of another department."""
    other = factories.make_department("第二課")
    return factories.make_status(office.report, department=other, text="ほかの課の文")


@pytest.fixture
def clerk(office):
    return office.browser()


def test_the_list_holds_the_own_answers_and_saves_them(office, theirs, clerk):
    page = clerk.get(STATUSES)
    assert page.status_code == 200
    assert "項目1" in page.content.decode()
    assert "ほかの課の文" not in page.content.decode()
    assert "第二課" not in page.content.decode()
    assert "download" not in page.content.decode()
    form = form_of(page, LIST)
    clerk.post(STATUSES, form | {"form-0-text": "一覧で書いた文", "_save": "保存"})
    row = office.stored()
    assert (row.text, row.state) == ("一覧で書いた文", State.DRAFT)
    assert row.history.first().history_user == row.answered_by


def test_the_full_form_writes_an_open_answer_and_leaves_its_department(office, theirs, clerk):
    address = change_url(office.rows[0])
    form = form_of(clerk.get(address), "yearlystatus_form")
    assert "department" not in form
    answer = clerk.post(
        address, form | {"text": "くわしく書いた文", "department": theirs.department_id, "_save": "保存"}
    )
    assert answer.status_code == 302
    assert (office.stored().text, office.stored().department) == ("くわしく書いた文", office.department)


@pytest.mark.parametrize("state", [State.SUBMITTED, State.CONFIRMED])
def test_what_is_handed_in_is_read_and_not_written(office, clerk, state):
    page = clerk.get(STATUSES)
    form, address = form_of(page, LIST), change_url(office.rows[0])
    YearlyStatus.objects.update(state=state, text="提出した文")
    before = everything()
    refused = clerk.post(STATUSES, form | {"form-0-text": "遅れて書いた文", "_save": "保存"}).content.decode()
    assert "遅れて書いた文" in refused
    assert "確定された項目" in refused or "この項目は確定されている" in refused
    shown = clerk.get(address)
    assert "提出した文" in shown.content.decode()
    assert 'name="text"' not in shown.content.decode()
    assert clerk.post(address, {"text": "遅れて書いた文"}).status_code == 403
    assert everything() == before


def test_another_departments_answer_is_neither_read_nor_written(office, theirs, clerk):
    before = everything()
    assert clerk.get(change_url(theirs)).status_code == 403
    assert clerk.post(change_url(theirs), {"text": "書き換え", "_save": "保存"}).status_code == 403
    assert clerk.get(change_url(theirs).replace("change", "history")).status_code == 403
    form = form_of(clerk.get(STATUSES), LIST)
    clerk.post(STATUSES, form | {"form-0-id": theirs.pk, "form-0-text": "書き換え", "_save": "保存"})
    assert everything() == before


def test_who_belongs_to_no_department_has_an_empty_list(office):
    page = signed_in(factories.make_person("担当者")).get(STATUSES)
    assert list(page.context["cl"].result_list) == []
