"""Harmless things that are told once: rows that are not there, cells that are not read, numbers read as words."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actionplan.models import ActionItem, AnnualReport
from tests import factories
from tests.inquiry.filled import compared
from tests.inquiry.workbooks import edited, filled, issue, issued, read, sheet_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def report():
    report = factories.make_report(fiscal_year=2010)
    measure = factories.make_measure(report.plan)
    for _ in range(3):
        factories.make_status(report, factories.make_item(measure, name="広報紙の発行"))
    return report


def notes(report, data):
    return compared(read(data), report, factories.make_user()).notes


def test_an_untouched_workbook_has_no_notes(report):
    assert notes(report, issue(report)) == []


def test_rows_that_are_not_there_are_told_once(report):
    data = edited(issue(report), lambda sheet: sheet.delete_rows(6))
    assert notes(report, data) == ["この照会票に行のない項目：1-1-2。その項目の回答は変わりません。"]


@pytest.mark.parametrize("number", ["2010/0/1/1/1-1-2:forged", None])
def test_an_item_whose_row_is_there_without_its_number_is_not_called_missing(report, number):
    assert notes(report, filled(issue(report), O6=number)) == []


def test_an_item_with_a_row_of_another_year_is_not_called_missing(report):
    other = factories.make_report(fiscal_year=2009)
    for status in report.statuses.all():
        factories.make_status(other, status.item, text="昨年の文")
    number = sheet_of(issue(other))["O6"].value
    assert notes(report, filled(issue(report), O6=number)) == []


def test_where_a_row_says_nothing_of_itself_no_item_is_called_missing(report):
    assert notes(report, filled(issue(report), A6=None, O6="x")) == []


def test_cells_that_are_not_read_are_named_when_something_else_was_written_there(report):
    found = notes(report, filled(issue(report), D5="広報誌の発行", E7=None))
    assert found == [
        "D5（項目）は確認用の欄です。「広報誌の発行」と書き換えられていますが、読み込みません。もとの「広報紙の発行」のままです。",
        "E7（アクションプランの内容）は確認用の欄です。（空欄）と書き換えられていますが、読み込みません。もとの「内容」のままです。",
    ]


LOCKED_PLACES = {"marks": "B5", "kind": "C5", "last_text": "F5", "last_progress": "G5", "remark": "M5"}


@pytest.mark.parametrize("place", LOCKED_PLACES.values())
def test_whatever_column_is_only_to_be_read_what_was_written_there_is_told(report, place):
    last = factories.make_report(fiscal_year=2009, plan=report.plan)
    factories.make_status(last, report.statuses.first().item, text="昨年の文")
    [note] = notes(report, filled(issue(report), **{place: "課長と相談する"}))
    assert note.startswith(f"{place}（")
    assert "「課長と相談する」と書き換えられていますが、読み込みません。もとの" in note


def test_a_plan_that_changed_after_the_workbook_was_made_is_not_laid_at_the_writers_door(report):
    data = issue(report)
    ActionItem.objects.update(name="広報誌の発行")
    places = "D5（項目）、D6（項目）、D7（項目）"
    assert notes(report, data) == [
        f"{places}は、照会票を作ったあとに一覧のほうが変わりました。この欄は確認用なので、読み込みません。"
    ]
    [note, _] = notes(report, filled(data, D5="わたしの名前"))
    assert note.endswith("照会票を作ったあとに一覧も変わり、いまは「広報誌の発行」です。")


def test_a_workbook_of_before_says_only_that_it_differs(report, monkeypatch):
    monkeypatch.setattr("actionplan.inquiry.write_workbook.cell_marks", lambda words: "")
    data = issue(report)
    assert notes(report, data) == []
    [note] = notes(report, filled(data, D5="広報誌の発行", C6="新規？"))
    assert note.startswith("D5（項目）、C6（区分）は、いまの一覧と違います。照会票を作ったあとに一覧が変わったか、")


def test_what_was_written_into_the_other_cells_of_a_faulty_row_is_told_too(report):
    assert len(notes(report, filled(issue(report), D5="広報誌の発行", H5="=1+1"))) == 1


def test_what_stood_there_is_asked_of_the_database_once_however_many_rows_were_written_in(report):
    last, user = factories.make_report(fiscal_year=2009, plan=report.plan), factories.make_user()
    for status in report.statuses.all():
        factories.make_status(last, status.item, text="昨年の文")
    data = issue(report)
    files = [read(filled(data, **cells)) for cells in ({}, {"F5": "x"}, {"F5": "x", "F6": "x", "G7": "x"})]
    asked = []
    for file in files:
        with CaptureQueriesContext(connection) as queries:
            compared(file, report, user)
        asked.append(len(queries))
    assert asked[1] == asked[2] <= asked[0] + 6


def test_a_line_break_more_in_a_cell_that_is_not_read_is_nothing_to_tell(report):
    assert notes(report, filled(issue(report), D5="広報紙の\n発行 ")) == []


def test_deleted_columns_that_are_not_read_are_nothing_to_tell(report):
    assert notes(report, edited(issue(report), lambda sheet: sheet.delete_cols(1, 7))) == []


def test_many_cells_that_are_not_read_are_counted_past_the_first_twenty():
    data, report = issued(*[{}] * 23), AnnualReport.objects.get()
    changed = filled(data, **{f"D{row}": "別の名前" for row in range(5, 28)})
    found = notes(report, changed)
    assert len(found) == 21
    assert found[-1].startswith("ほかにD25（項目）、D26（項目）、D27（項目）も、確認用の欄が書き換えられています。")


@pytest.mark.parametrize(("number", "text"), [(12345, "12345"), (0.3, "0.3"), (3, "3")])
def test_a_number_in_a_text_cell_is_read_as_words_and_told(number, text):
    found = read(filled(issued(), H5=number))
    assert found.lines[0].cells["text"] == text
    assert found.notes == (f"H5は数値でした。「{text}」という文として読みました。",)


def test_many_numbers_are_counted_past_the_first_twenty():
    found = read(filled(issued(*[{}] * 22), **{f"H{row}": row for row in range(5, 27)}))
    assert len(found.notes) == 21
    assert found.notes[-1] == "ほかに2か所の欄も、数値か、タブや見えない文字でした。どれも文として読みました。"


def test_a_character_that_the_csv_of_old_systems_lacks_is_told_with_what_could_stand_there():
    assert read(filled(issued(), H5="𠮷田")).notes == (
        "H5：古いシステム用のCSV（CP932）に入らない字があります。「𠮷」（U+20BB7）は「吉」にすると入ります。",
    )


def test_a_tab_that_becomes_a_blank_is_told():
    found = read(filled(issued(), H5="前\t後"))
    assert found.lines[0].cells["text"] == "前 後"
    assert found.notes == ("H5：文の中のタブは、空白に置き換えて読みました。",)


def test_a_text_of_digits_is_nothing_to_tell():
    assert read(filled(issued(), H5="12345")).notes == ()


def test_what_stands_under_no_header_is_told_once_a_column(report):
    found = notes(report, filled(issue(report), Q5="メモ", Q6="別のメモ"))
    assert found == ["Q5の「メモ」など、見出しのないQ列の文字は読み取りません。"]
