"""Rows are known by their signed number: what was added, doubled, forged or moved is found out."""

import pytest

from tests import factories
from tests.inquiry.workbooks import edited, filled, issue, issued, read, sheet_of, troubles

pytestmark = pytest.mark.django_db


def test_a_row_that_somebody_added_is_named():
    [sentence] = troubles(filled(issued(), D9="新しい取組", H9="実施した。"))
    assert sentence.startswith("D9：照合番号のない行です。")


def test_a_word_beside_the_table_is_no_added_row():
    assert troubles(filled(issued(), R9="以上", S5="控え")) == []


def test_a_row_twice_is_named_in_both_places():
    data = issued({"text": "甲"}, {})

    def double(sheet):
        for cell in sheet[5]:
            sheet.cell(9, cell.column).value = cell.value
            sheet.cell(10, cell.column).value = cell.value

    found = read(edited(data, double))
    assert [trouble.cell for trouble in found.troubles] == ["O5", "O9", "O10"]
    assert "5行目と9行目と10行目" in found.troubles[0].sentence
    assert [line.line for line in found.good_lines] == [6]


def test_a_number_that_was_changed_by_hand_is_found_out_and_nothing_is_read_from_its_row():
    data = issued({}, {})
    number = sheet_of(data)["O5"].value
    found = read(filled(data, O5=number.replace("/1/", "/2/", 1)))
    assert [str(trouble).split("。")[0] for trouble in found.troubles] == ["O5：照合番号が書き換えられています"]
    assert [line.line for line in found.lines] == [6]


@pytest.mark.parametrize(("cell", "value", "words"), [("A5", "1-1-2", "番号「1-1-2」"), ("N5", "9", "改訂番号「9」")])
def test_what_was_changed_beside_the_number_is_found_out(cell, value, words):
    found = read(filled(issued(), **{cell: value}))
    [sentence] = map(str, found.troubles)
    assert sentence.startswith(f"{cell}：{words}は、もとの「1")
    assert found.good_lines == ()


def test_a_row_of_another_department_s_workbook_is_found_out():
    report = factories.make_report(fiscal_year=2010)
    measure = factories.make_measure(report.plan)
    departments = [factories.make_department(name) for name in ("甲課", "乙課")]
    for department in departments:
        factories.make_status(report, factories.make_item(measure), department=department)
    own, foreign = (issue(report, department) for department in departments)
    row = [cell.value for cell in sheet_of(foreign)[5]]
    found = read(edited(own, lambda sheet: sheet.append(row)))
    assert [str(trouble) for trouble in found.troubles] == ["O6：ほかの課の照会票の行です。この行を削除してください。"]
    assert [line.code for line in found.lines] == ["1-1-1"]


def test_a_row_of_last_year_s_workbook_is_found_out():
    status = factories.make_status(factories.make_report(fiscal_year=2009))
    this = factories.make_report(status.report.plan, fiscal_year=2010)
    factories.make_status(this, status.item)
    row = [cell.value for cell in sheet_of(issue(status.report))[5]]
    assert troubles(edited(issue(this), lambda sheet: sheet.append(row))) == [
        "O6：ほかの年度の照会票の行です。この行を削除してください。"
    ]


def test_merged_answers_are_named_in_every_row_since_one_of_them_is_lost():
    found = read(edited(issued({"text": "甲"}, {"text": "乙"}, {}), lambda sheet: sheet.merge_cells("H5:H6")))
    assert [trouble.cell for trouble in found.troubles] == ["H5", "H6"]
    assert [line.line for line in found.good_lines] == [7]
    assert all("H5:H6" in trouble.sentence for trouble in found.troubles)


def test_merged_words_that_are_no_answers_do_no_harm():
    assert troubles(edited(issued({}, {}), lambda sheet: sheet.merge_cells("D5:E6"))) == []
