"""A department's workbook has no column for marks and contents that none of its items has, and it is read."""

import pytest

from tests import factories
from tests.inquiry.workbooks import edited, issue, read, sheet_of

pytestmark = pytest.mark.django_db
MARKS, CONTENT = "主体", "アクションプランの内容"


def book(*items):
    report = factories.make_report(fiscal_year=2010)
    measure = factories.make_measure(report.plan)
    for marks, content in items:
        factories.make_status(report, factories.make_item(measure, marks, content=content))
    return issue(report)


def heads(data):
    return [cell.value for cell in sheet_of(data)[4]]


@pytest.mark.parametrize(
    ("items", "absent"),
    [
        ([("", "")], {MARKS, CONTENT}),
        ([("", "内容")], {MARKS}),
        ([("★", ""), ("★", "")], {CONTENT}),
        ([("★", ""), ("", "内容")], set()),
        ([], set()),
    ],
)
def test_what_no_item_says_has_no_column(items, absent):
    assert {MARKS, CONTENT} - set(heads(book(*items))) == absent


def test_such_a_workbook_is_read_whole():
    data = book(("", ""), ("", ""))
    place = heads(data).index("実施状況") + 1
    found = read(edited(data, lambda sheet: setattr(sheet.cell(6, place), "value", "実施した。")))
    assert (found.troubles, found.notes) == ((), ())
    assert [line.cells["text"] for line in found.lines] == ["実施した。", "実施した。"]
    assert sheet_of(data).freeze_panes == "D5"
