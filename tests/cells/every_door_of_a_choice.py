"""Run by test_one_more_cell.py in a portal with one more category: what it is goes by its kind, never by its name."""

import re
from io import BytesIO

import openpyxl
import pytest

from actionplan.answers.saving import missing_parts
from actionplan.inquiry.layout import SHEET
from actionplan.models import EditionRow, State
from actionplan.publishing.publish import publish
from tests import factories
from tests.admin.pages import signed_in
from tests.answers.answering import make_office, written
from tests.inquiry import inquiring
from tests.inquiry.filled import stored

pytestmark = pytest.mark.django_db
NAME, LABEL, CODE, WORDS = "partners", "連携した団体", "partly_done", "一部実施"


@pytest.fixture
def office():
    return make_office(2)


def test_the_page_of_answers_offers_its_categories_and_saves_one(office):
    html = office.save(office.browser(), **{f"{NAME}_0": CODE})
    assert html.count(f"<legend>{LABEL}</legend>") == 2
    assert len(re.findall(rf'type="radio"\s+name="{NAME}-', html)) == 12
    assert not re.search(rf'<textarea[^>]*name="{NAME}-', html)
    assert (office.stored().partners, office.stored().state) == (CODE, State.DRAFT)


def test_handing_in_asks_for_it_and_the_front_page_counts_by_it(office):
    head = office.browser("担当者", "課長")
    cells = {f"{name}_{index}": words for index in (0, 1) for name, words in written().items()}
    office.save(head, "submit", **cells)
    assert missing_parts(office.stored()) == [LABEL]
    assert "0項目が記入済み" in head.get("/admin/").content.decode()
    office.save(head, "submit", **{f"{NAME}_{index}": CODE for index in (0, 1)})
    assert office.states() == [State.SUBMITTED, State.SUBMITTED]


def test_the_inquiry_workbook_has_its_list_its_words_and_brings_it_back():
    office = inquiring.make_office()
    office.first.partners = CODE
    office.first.save()
    data = office.book()
    sheet = openpyxl.load_workbook(BytesIO(data))[SHEET]
    column = next(cell.column for row in sheet.iter_rows() for cell in row if cell.value == LABEL)
    letter = openpyxl.utils.get_column_letter(column)
    assert any(
        letter in str(rule.sqref) and "一部実施" in rule.formula1 for rule in sheet.data_validations.dataValidation
    )
    words = [cell.value for cell in sheet[letter]]
    assert WORDS in words
    assert "unset" not in words
    page = inquiring.upload(office.clerk, office.report, office.book(c1_1_1={NAME: "検討中"}))
    assert "検討中" in page.content.decode()
    inquiring.confirm(office.clerk, page)
    assert stored(office.first).partners == "under_consideration"


def test_a_workbook_with_another_word_is_refused_by_its_name():
    office = inquiring.make_office()
    html = inquiring.upload(office.clerk, office.report, office.book(c1_1_1={NAME: "ほぼ完了"})).content.decode()
    assert f"{LABEL}「ほぼ完了」は使えません" in html


def test_an_edition_keeps_code_and_words_and_pages_and_files_say_the_words(client):
    status = factories.make_status(factories.make_report(), **{NAME: CODE})
    publish(status.report, by=None)
    row = EditionRow.objects.get()
    assert (row.partners, row.partners_label) == (CODE, WORDS)
    csv = client.get("/reports/2009.csv").content.decode("utf-8-sig")
    assert f"{LABEL}コード" in csv
    for address in ("/reports/2009/", "/search/?q=一部実施&year=2009"):
        assert LABEL in client.get(address).content.decode()


def test_a_correction_tells_it_once_in_words():
    status = factories.make_status(factories.make_report(), **{NAME: CODE})
    publish(status.report, by=None)
    status.partners = "done"
    status.save()
    html = signed_in().get(f"/admin/actionplan/annualreport/{status.report.pk}/publish/").content.decode()
    assert html.count(f"<td>{LABEL}</td>") == 1
    assert "partly_done" not in html
