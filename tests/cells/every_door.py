"""Run by test_one_more_cell.py in a portal with one more cell: the cell is met at every way in and in every file."""

from io import BytesIO

import openpyxl
import pytest

from actionplan.answers.saving import missing_parts
from actionplan.cells import BY_NAME
from actionplan.exports.pdf import can_make_pdf, report_html
from actionplan.inquiry.layout import SHEET
from actionplan.models import State, YearlyStatus
from actionplan.publishing.publish import publish
from tests import factories
from tests.admin.pages import change_url, form_of, signed_in
from tests.answers.answering import make_office, written
from tests.inquiry import inquiring
from tests.inquiry.filled import line, stored, taken

pytestmark = pytest.mark.django_db
NAME, LABEL, WORDS = "partners", "連携した団体", "しま共生会"


@pytest.fixture
def office():
    return make_office(2)


def test_the_list_knows_it():
    assert BY_NAME[NAME].label == LABEL


def test_it_has_a_box_on_the_page_of_answers_and_is_saved(office):
    html = office.save(office.browser(), **{f"{NAME}_0": WORDS})
    assert html.count(f"{LABEL}</label>") == 2
    assert (office.stored().partners, office.stored().state) == (WORDS, State.DRAFT)


def test_handing_in_asks_for_it(office):
    head = office.browser("担当者", "課長")
    cells = {f"{name}_{index}": words for index in (0, 1) for name, words in written().items()}
    html = office.save(head, "submit", **cells)
    assert "まだ書かれていないところがある" in html
    assert missing_parts(office.stored()) == [LABEL]
    office.save(head, "submit", **{f"{NAME}_{index}": WORDS for index in (0, 1)})
    assert office.states() == [State.SUBMITTED, State.SUBMITTED]


def test_last_years_words_stand_beside_it(office):
    before = factories.make_report(office.report.plan, fiscal_year=2009)
    factories.make_status(before, office.rows[0].item, **{NAME: "去年の団体"})
    assert "去年の団体" in office.browser().get(office.address).content.decode()


def test_the_full_form_of_the_admin_has_it(office):
    client, row = signed_in(), office.rows[0]
    form = form_of(client.get(change_url(row)), "yearlystatus_form")
    client.post(change_url(row), {**form, NAME: WORDS, "_save": "x"})
    assert office.stored().partners == WORDS


def test_the_record_of_changes_names_it(office):
    office.save(office.browser(), **{f"{NAME}_0": WORDS})
    html = signed_in().get("/admin/trail/").content.decode()
    assert LABEL in html
    assert WORDS in html


def test_the_inquiry_workbook_asks_explains_and_brings_it():
    office = inquiring.make_office()
    book = openpyxl.load_workbook(BytesIO(office.book()))
    heads = [str(cell.value) for row in book[SHEET].iter_rows() for cell in row]
    assert any(LABEL in head for head in heads)
    everything = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any("一緒に取り組んだ団体" in words for words in everything)
    page = inquiring.upload(office.clerk, office.report, office.book(c1_1_1={NAME: WORDS}))
    assert WORDS in page.content.decode()
    inquiring.confirm(office.clerk, page)
    assert stored(office.first).partners == WORDS


def test_a_workbook_says_what_is_wrong_with_it_and_with_what_clashes():
    office = inquiring.make_office()
    file = inquiring_file(office, **{NAME: "制\x07御"})
    with pytest.raises(Exception, match="何も保存していません"):
        taken(file, office.report, factories.make_person("事務局"))
    assert stored(office.first).partners == ""


def inquiring_file(office, **cells):
    from tests.inquiry.filled import file_of

    return file_of(line(office.first, **cells), report=office.report, department=office.department)


@pytest.fixture
def published():
    status = factories.make_status(factories.make_report(), **{NAME: WORDS})
    publish(status.report, by=None)
    return status


FILES = ("2009.csv", "2009.csv?encoding=cp932", "2009.txt", "2009.xlsx", "2009-form.xlsx")


def words_in(data: bytes) -> str:
    if not data.startswith(b"PK"):
        return data.decode("utf-8-sig", "replace") + data.decode("cp932", "replace")
    book = openpyxl.load_workbook(BytesIO(data))
    return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("address", [*(f"reports/{name}" for name in FILES), "reports/2009/", "items/1-1-1/"])
def test_every_page_and_file_has_it_under_its_name(client, published, address):
    words = words_in(client.get(f"/{address}", follow=True).content)
    assert WORDS in words
    assert LABEL in words


def test_search_finds_it_and_its_file_has_it(client, published):
    asked = {"q": WORDS, "year": "2009"}
    assert WORDS in client.get("/search/", asked).content.decode()
    assert WORDS in client.get("/search.csv", asked).content.decode("utf-8-sig")


def test_the_pdf_prints_it(published):
    assert can_make_pdf() in (True, False)
    assert WORDS in report_html(published.report.editions.get())


def test_the_draft_as_a_file_has_it(published):
    data = signed_in().get(f"/admin/actionplan/yearlystatus/download/{published.report.pk}.csv").content
    assert WORDS in data.decode("utf-8-sig")


def test_a_correction_of_it_is_shown_before_and_told_after(client, published):
    published.partners = "別の団体"
    published.save()
    html = signed_in().get(f"/admin/actionplan/annualreport/{published.report.pk}/publish/").content.decode()
    assert f"<td>{LABEL}</td>" in html
    edition = publish(published.report, by=None, note="直しました。")
    assert edition.rows.get().correction_note == "第2版で訂正：直しました。"
    assert "直しました。" in client.get("/reports/2009/").content.decode()


def test_the_years_are_compared_by_it(client, published):
    later = factories.make_report(published.report.plan, fiscal_year=2010)
    factories.make_status(later, published.item, **{NAME: "次の年の団体"})
    publish(later, by=None)
    assert "次の年の団体" in client.get("/items/1-1-1/", follow=True).content.decode()


def test_an_answer_of_this_cell_alone_has_begun():
    status = factories.make_status(text="", **{NAME: WORDS})
    assert YearlyStatus.objects.get(pk=status.pk).state == State.DRAFT
