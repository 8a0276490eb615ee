"""What a browser or a spreadsheet can be made to send by hand: refused at every door, with nothing changed."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from actionplan.inquiry.layout import SHEET
from actionplan.models import State, YearlyStatus
from actionplan.permissions import CLERK, COORDINATOR
from tests import factories
from tests.admin.pages import STATUSES, change_url, form_of, signed_in
from tests.answers.answering import make_office
from tests.inquiry.inquiring import confirm, upload
from tests.inquiry.inquiring import make_office as make_inquiring_office
from tests.inquiry.workbooks import FIRST_ROW, filled
from tests.roles.world import state_of_everything

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def coordinator():
    return signed_in(factories.make_person(COORDINATOR))


@pytest.fixture
def offices():
    """The clerk's own department, and another one with answers of the same year."""
    return make_office(), make_office(department=factories.make_department("よその課"))


@pytest.mark.parametrize(("state", "own"), [(State.DRAFT, False), (State.SUBMITTED, True), (State.CONFIRMED, True)])
def test_a_clerk_who_posts_the_offices_list_or_form_writes_no_others_and_no_closed_answer(coordinator, state, own):
    department = factories.make_department()
    status = factories.make_status(department=department if own else factories.make_department("よその課"))
    list_form = form_of(coordinator.get(STATUSES), "changelist-form")
    full_form = form_of(coordinator.get(change_url(status)), "yearlystatus_form")
    YearlyStatus.objects.update(state=state)
    clerk, before = signed_in(factories.make_person(CLERK, departments=[department])), state_of_everything()
    assert clerk.post(STATUSES, {**list_form, "form-0-text": "書き換え", "_save": "保存"}).status_code < 500
    assert state_of_everything() == before
    assert clerk.post(change_url(status), {**full_form, "text": "書き換え"}).status_code == 403
    assert clerk.post(f"{STATUSES}{status.pk}/delete/", {"post": "yes"}).status_code == 403
    assert clerk.post(f"{STATUSES}add/", full_form).status_code == 403
    assert state_of_everything() == before


def test_the_office_cannot_write_a_confirmed_answer_by_any_of_its_forms(coordinator):
    status = factories.make_status()
    list_form = form_of(coordinator.get(STATUSES), "changelist-form")
    full_form = form_of(coordinator.get(change_url(status)), "yearlystatus_form")
    YearlyStatus.objects.update(state=State.CONFIRMED)
    before = state_of_everything()
    page = coordinator.post(STATUSES, {**list_form, "form-0-text": "書き換え", "_save": "保存"})
    assert "確定されているため、保存していません" in page.content.decode()
    assert coordinator.post(change_url(status), {**full_form, "text": "書き換え"}).status_code == 403
    assert coordinator.post(f"{STATUSES}{status.pk}/delete/", {"post": "yes"}).status_code == 403
    assert state_of_everything() == before
    assert YearlyStatus.objects.get().text == "実施した。"


@pytest.mark.parametrize(
    "forged",
    [
        {"state": State.CONFIRMED},
        {"confirmed_by": "1", "confirmed_at_0": "2026-04-01", "confirmed_at_1": "09:00"},
        {"submitted_by": "1"},
        {"revision": "99"},
        {"item": "999", "report": "999"},
    ],
)
def test_a_field_that_the_form_does_not_offer_is_not_taken_from_it(coordinator, forged):
    status = factories.make_status()
    form = form_of(coordinator.get(change_url(status)), "yearlystatus_form")
    coordinator.post(change_url(status), {**form, "text": "正しく書いた文", **forged})
    stored = YearlyStatus.objects.get()
    assert (stored.text, stored.state, stored.revision) == ("正しく書いた文", State.DRAFT, 2)
    assert (stored.confirmed_by, stored.submitted_by) == (None, None)
    assert (stored.item_id, stored.report_id) == (status.item_id, status.report_id)


def test_a_field_for_another_departments_answer_is_not_stored(offices):
    own, other = offices
    clerk = own.browser()
    forged = {f"text-{other.rows[0].pk}": "乗っ取り", f"progress-{other.rows[0].pk}": "done"}
    form = {name.replace(str(own.rows[0].pk), str(other.rows[0].pk)): value for name, value in own.form(clerk).items()}
    own.post(clerk, {**own.form(clerk), **form, **forged}, text_1="自分の文")
    assert other.stored().text == ""
    assert other.stored().revision == other.rows[0].revision


@pytest.mark.parametrize("do", ["save", "submit", "take_back"])
def test_another_departments_page_is_closed_by_its_direct_address(offices, do):
    own, other = offices
    clerk = own.browser(CLERK, "課長")
    assert clerk.get(other.address).status_code == 403
    form = other.form(other.browser())
    before = state_of_everything()
    assert other.post(clerk, form, do, text_0="乗っ取り").status_code == 403
    assert state_of_everything() == before


def test_another_departments_workbook_cannot_be_had_or_sent(offices):
    own, other = offices
    clerk = own.browser()
    year = own.report.fiscal_year
    assert clerk.get(f"/admin/inquiry/{year}/{other.department.pk}.xlsx").status_code == 403
    assert clerk.get(f"/admin/inquiry/{year}/0.xlsx").status_code == 403
    assert clerk.get(f"/admin/inquiry/{year}.zip").status_code == 403


@pytest.fixture
def asked():
    """Two departments with their issued workbooks: the clerk's own, and another one's."""
    mine = make_inquiring_office("自分の課")
    return mine, make_inquiring_office("よその課", mine.report)


def place_of(status):
    """The name of the answer's row, as tests write into it."""
    return f"c{status.item.code.replace('-', '_')}"


def refuse_all(mine, theirs, book, sentence):
    """Sends the book in, takes whatever may be taken, and finds the other department's answers untouched."""
    preview = upload(mine.clerk, mine.report, book)
    assert [trouble.sentence for trouble in preview.context["comparison"].troubles] == [sentence]
    confirm(mine.clerk, preview, scope="good")
    for row in (theirs.first, theirs.second):
        assert row.history.count() == 1
        assert YearlyStatus.objects.get(pk=row.pk).text == row.text


def test_a_workbook_edited_to_carry_another_departments_number_changes_nothing_there(asked):
    mine, theirs = asked
    stolen = {"code": theirs.first.item.code, "text": "乗っ取り"}
    changed = "番号「1-2-1」は、もとの「1-1-1」から変わっています。"
    sentence = f"{changed}もとに戻してください。行がずれていないかも確かめてください。"
    refuse_all(mine, theirs, mine.book(**{place_of(mine.first): stolen}), sentence)


def test_a_workbook_with_another_departments_whole_row_changes_nothing_there(asked):
    mine, theirs = asked
    foreign = load_workbook(BytesIO(theirs.book(**{place_of(theirs.first): {"text": "乗っ取り"}})))[SHEET]
    cells = {f"{cell.column_letter}{FIRST_ROW}": cell.value for cell in foreign[FIRST_ROW]}
    sentence = "ほかの課の照会票の行です。この行を削除してください。"
    refuse_all(mine, theirs, filled(mine.book(), **cells), sentence)
