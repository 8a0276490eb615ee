"""Machine-readable files: what is written is read back to the letter, and text is never anything but text."""

from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actionplan.exports.tabular import LONGEST_CELL, CellsDoNotFit, display_width, write_csv, write_xlsx
from actionplan.uploads import read_csv, read_xlsx
from tests.exports.texts import AWKWARD, record_texts

tables = st.lists(st.tuples(record_texts(), record_texts()), min_size=1, max_size=4).map(
    # The first column keeps every line from being empty, which a reader could not tell from no line.
    lambda pairs: [["行", *pair] for pair in pairs]
)
HEADERS = ["印", "項目", "実施状況"]


def cells_of(data: bytes) -> list:
    sheet = openpyxl.load_workbook(BytesIO(data)).worksheets[0]
    return [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]


@given(tables)
@settings(deadline=None)
def test_a_csv_reads_back_identical(rows):
    assert read_csv(write_csv(HEADERS, rows)).rows == rows


@given(tables)
@settings(deadline=None, max_examples=60)
def test_a_workbook_reads_back_identical_and_holds_nothing_but_text(rows):
    data = write_xlsx(HEADERS, rows)
    assert read_xlsx(data).rows == rows
    assert {cell.data_type for cell in cells_of(data)} == {"s"}
    assert b"<f>" not in ZipFile(BytesIO(data)).read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("text", AWKWARD)
def test_awkward_texts_come_back_from_both_formats(text):
    rows = [["行", text, "後"]]
    assert read_csv(write_csv(HEADERS, rows)).rows == rows
    assert read_xlsx(write_xlsx(HEADERS, rows)).rows == rows


def test_a_csv_begins_with_the_mark_of_utf8_and_ends_lines_with_crlf():
    data = write_csv(["項目", "番号"], [["一行目\n二行目", 3]])
    assert data == '\ufeff項目,番号\r\n"一行目\n二行目",3\r\n'.encode()


def test_a_csv_doubles_quotation_marks():
    assert write_csv(["項目"], [['広報"つしま"']]).endswith('"広報""つしま"""\r\n'.encode())


def test_numbers_stay_numbers_in_a_workbook():
    cells = cells_of(write_xlsx(["年度", "コード"], [[2009, "042209"]]))
    assert [(cell.value, cell.data_type) for cell in cells[2:]] == [(2009, "n"), ("042209", "s")]


def test_an_empty_cell_is_empty_in_both_formats():
    rows = [["行", "", None]]
    assert read_csv(write_csv(HEADERS, rows)).rows == [["行", "", ""]]
    assert read_xlsx(write_xlsx(HEADERS, rows)).rows == [["行", "", ""]]


def test_editing_a_formula_like_cell_in_excel_keeps_it_text():
    cells = {cell.value: cell for cell in cells_of(write_xlsx(["項目"], [["=1+1"], ["普通"]]))}
    assert cells["=1+1"].quotePrefix
    assert not cells["普通"].quotePrefix


def test_the_workbook_is_one_plain_table_with_its_header_held_in_view():
    book = openpyxl.load_workbook(BytesIO(write_xlsx(["項目", "内容"], [["短い", "長" * 50]], title="データ")))
    assert book.sheetnames == ["データ"]
    sheet = book["データ"]
    assert sheet.freeze_panes == "A2"
    assert not sheet.merged_cells.ranges
    assert not any(
        dimension.hidden for dimension in [*sheet.row_dimensions.values(), *sheet.column_dimensions.values()]
    )
    assert sheet.column_dimensions["B"].width > sheet.column_dimensions["A"].width
    assert {cell.fill.fill_type for row in sheet.iter_rows() for cell in row} == {None}
    assert sheet.auto_filter.ref == "A1:B2"


def test_texts_wrap_in_rows_tall_enough_and_no_row_is_taller_than_excel_allows():
    rows = [["短い", "長" * 100], ["短い", "短い"], ["長い", "長\n" * 400]]
    sheet = openpyxl.load_workbook(BytesIO(write_xlsx(["項目", "内容"], rows))).worksheets[0]
    assert all(cell.alignment.wrap_text for row in sheet.iter_rows(min_row=2) for cell in row)
    assert 45 <= sheet.row_dimensions[2].height <= 90
    assert [sheet.row_dimensions[number].height for number in (3, 4)] == [None, 408.75]


def test_a_sheet_that_explains_the_columns_is_no_data_and_comes_back_as_none():
    data = write_xlsx(["項目"], [["一"]], about=[["項目", "項目の名前です。", ""]])
    book = openpyxl.load_workbook(BytesIO(data))
    assert book.sheetnames == ["データ", "列の説明"]
    assert read_xlsx(data).rows == [["一"]]


def test_a_text_longer_than_a_cell_is_named_and_not_cut():
    with pytest.raises(CellsDoNotFit) as caught:
        write_xlsx(["項目", "実施状況"], [["一", "長" * LONGEST_CELL], ["二", "𠮷" * (LONGEST_CELL // 2 + 1)]])
    assert [(misfit.row, misfit.column) for misfit in caught.value.misfits] == [(3, "実施状況")]
    assert str(caught.value).startswith("3行目「実施状況」：文字数が")


def test_the_same_table_made_at_the_same_moment_gives_the_same_bytes():
    moment = datetime(2026, 4, 1, tzinfo=UTC)
    files = [write_xlsx(HEADERS, [["行", "一", "二"]], created=moment) for _ in range(2)]
    assert files[0] == files[1]


def test_the_width_of_a_text_is_that_of_its_longest_line_with_wide_characters_counted_twice():
    assert display_width("ab\n対馬市") == 6
    assert display_width("") == 0
