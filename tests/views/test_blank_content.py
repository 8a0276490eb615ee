"""What nobody wrote, marks or contents, has no empty box on any page or paper; what others wrote stays beside it."""

import re
from io import BytesIO

import openpyxl
import pytest

from actionplan.models import EditionRow
from actionplan.publishing.publish import publish
from tests import factories
from tests.exports.papers import open_pdf, tags

pytestmark = pytest.mark.django_db
CONTENT, WRITTEN = "アクションプランの内容", "説明会を開く。"


def publish_items(*items):
    """A year of these (marks, content), each in a measure of its own."""
    report = factories.make_report(fiscal_year=2009)
    for marks, content in items:
        measure = factories.make_measure(report.plan)
        factories.make_status(report, factories.make_item(measure, marks, content=content), text="実施した。")
    return publish(report, by=None)


@pytest.fixture
def bare():
    return publish_items(("", ""), ("", ""))


def read(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content


def sheet_rows(client):
    book = openpyxl.load_workbook(BytesIO(read(client, "/reports/2009-form.xlsx")))
    return [[cell.value for cell in row if cell.value] for row in book.worksheets[0].iter_rows()]


@pytest.mark.parametrize(
    "address", ["/reports/2009/", "/reports/2009/policies/1/", "/items/{id}/", "/search/?year=2009"]
)
def test_no_page_has_a_box_for_them(client, bare, address):
    page = read(client, address.format(id=EditionRow.objects.first().public_id)).decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert "実施した。" in main
    assert CONTENT not in main
    assert not re.search(r"<(dt|th)[^>]*>主体</", main)
    assert not re.search(r"<(td|dd|div|p|span)[^>]*>\s*</\1>", main)


def test_no_paper_has_a_column_for_them(client, bare):
    rows = sheet_rows(client)
    assert ["項目", "実施状況"] in rows
    assert ["項目", "実施した。"] in rows
    manuscript = read(client, "/reports/2009.txt").decode("utf-8-sig")
    assert CONTENT not in manuscript
    assert "\r\n項目\r\n【実施状況】実施した。" in manuscript
    pdf = open_pdf(read(client, "/reports/2009.pdf"))
    assert [len(tags(pdf, name)) for name in ("TD", "TH")] == [2, 6]


def test_the_data_keep_their_columns(client, bare):
    head, line, *_ = read(client, "/reports/2009.csv").decode("utf-8-sig").split("\r\n")
    assert {"主体_記号", CONTENT} <= set(head.split(","))
    assert len(line.split(",")) == len(head.split(","))


def test_a_table_in_which_one_item_has_them_keeps_the_column_and_no_empty_label(client):
    report = factories.make_report(fiscal_year=2009)
    measure = factories.make_measure(report.plan)
    for content in (WRITTEN, ""):
        factories.make_status(report, factories.make_item(measure, "★", content=content), text="実施した。")
    publish(report, by=None)
    page = read(client, "/reports/2009/").decode()
    assert page.count(f'<th scope="col">{CONTENT}</th>') == 1
    assert page.count(f'aria-hidden="true">{CONTENT}</span>') == 1
    assert page.count('class="cell-content"') == 2
    assert ["★", "項目", "実施した。"] in sheet_rows(client)
    assert ["★", "項目", WRITTEN, "実施した。"] in sheet_rows(client)


def test_measures_with_and_without_stand_beside_each_other(client):
    publish_items(("★", WRITTEN), ("◎", ""))
    page = read(client, "/reports/2009/").decode()
    assert page.count(f'<th scope="col">{CONTENT}</th>') == 1
    assert page.count('<th scope="col">主体</th>') == 2
    assert read(client, "/reports/2009.txt").decode("utf-8-sig").count(f"【{CONTENT}】") == 1
