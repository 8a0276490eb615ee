"""Workbooks as people save them, and workbooks that mean harm."""

import re
from datetime import date, datetime, time
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest

from actionplan import archives, uploads
from actionplan.exports.tabular import write_xlsx
from actionplan.text import workbook_escape
from actionplan.uploads import MEGABYTE, UploadError, read_xlsx

HEADER = ["番号", "項目"]
SHEET = "xl/worksheets/sheet1.xml"


def workbook(*lines: list, prepare=None) -> bytes:
    """A workbook as Excel would save it (shared strings), prepared by hand where a test needs it."""
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    if prepare:
        prepare(book)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def repacked(data: bytes, **parts: bytes | None) -> bytes:
    """The archive with its first sheet (sheet=…) or a further part (extra=…) put in."""
    stream = BytesIO()
    with ZipFile(BytesIO(data)) as source, ZipFile(stream, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, parts["sheet"] if name == SHEET and "sheet" in parts else source.read(name))
        if "extra" in parts:
            target.writestr("xl/media/extra.bin", parts["extra"])
    return stream.getvalue()


def refusal(data: bytes) -> str:
    with pytest.raises(UploadError) as caught:
        read_xlsx(data)
    return str(caught.value)


def test_values_are_read_as_a_person_sees_them():
    values = [1, 2.0, 0.5, True, date(2026, 4, 1), datetime(2026, 4, 1, 9, 30), time(9, 30), None, "0012"]
    result = read_xlsx(workbook([f"列{index}" for index in range(len(values))], values))
    assert result.rows == [["1", "2", "0.5", "TRUE", "2026-04-01", "2026-04-01T09:30:00", "09:30:00", "", "0012"]]


@pytest.mark.parametrize("text", ["_x0041_", "_x000D_", "x005F_", "_x005F_x0041_", "改\n行"])
def test_shared_strings_are_read_to_the_letter(text):
    def spell(book):
        book.active["B2"] = workbook_escape(text)

    assert read_xlsx(workbook(HEADER, ["1", "x"], prepare=spell)).rows == [["1", text]]


def test_a_wrong_note_of_the_sheet_s_size_cuts_nothing_off():
    data = write_xlsx(HEADER, [["1", "一"], ["2", "二"]])
    sheet = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', ZipFile(BytesIO(data)).read(SHEET))
    assert read_xlsx(repacked(data, sheet=sheet)).rows == [["1", "一"], ["2", "二"]]


def test_a_formula_is_refused_with_its_cell():
    assert refusal(workbook(HEADER, [1, "一"], [2, "=A2+1"])).startswith("B3：数式が入っています。")


def test_an_error_value_is_refused_with_its_cell():
    def fail(book):
        book.active["A2"].value = "#N/A"
        book.active["A2"].data_type = "e"

    assert refusal(workbook(HEADER, ["1", "一"], prepare=fail)).startswith("A2：Excelのエラー（#N/A）")


def test_merged_cells_are_refused_with_their_place():
    def merge(book):
        book.active.merge_cells("A2:A3")

    assert refusal(workbook(HEADER, ["1", "一"], ["", "二"], prepare=merge)).startswith(
        "A2:A3：セルが結合されています。"
    )


def test_text_that_speaks_of_merging_is_no_merged_cell():
    text = '<mergeCell ref="A1:B2"/>'
    assert read_xlsx(write_xlsx(HEADER, [["1", text]])).rows == [["1", text]]


def test_a_second_filled_sheet_is_refused_and_an_empty_one_is_not():
    def add(book):
        book.create_sheet("空")

    def fill(book):
        book.create_sheet("別表").append(["値"])

    assert read_xlsx(workbook(HEADER, ["1", "一"], prepare=add)).rows == [["1", "一"]]
    assert "「Sheet」「別表」" in refusal(workbook(HEADER, ["1", "一"], prepare=fill))


def test_an_empty_workbook_has_no_header():
    assert refusal(workbook()).startswith("1行目に見出しがありません。")


@pytest.mark.parametrize(
    "data",
    [
        "番号,項目\r\n1,一\r\n".encode(),
        b"PK\x03\x04 cut off",
        workbook(HEADER, ["1", "一"])[:-400],
        repacked(workbook(HEADER, ["1", "一"]), sheet=b"<worksheet><sheetData><row"),
    ],
)
def test_what_is_no_workbook_is_refused_in_words(data):
    assert refusal(data) == archives.NOT_XLSX


def test_an_archive_of_something_else_is_refused():
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        archive.writestr("memo.txt", "memo")
    assert refusal(stream.getvalue()) == archives.NOT_XLSX


def test_an_old_workbook_and_a_locked_one_are_told_apart():
    container = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512
    assert refusal(container + "Workbook".encode("utf-16-le")) == archives.OLD
    assert refusal(container + "EncryptedPackage".encode("utf-16-le")) == archives.LOCKED


def test_a_small_file_that_unpacks_into_a_huge_one_is_refused_before_it_is_opened(monkeypatch):
    monkeypatch.setattr(uploads, "open_exactly", lambda data: pytest.fail("opened"))
    data = repacked(workbook(HEADER, ["1", "一"]), extra=b"\0" * (3 * MEGABYTE))
    assert len(data) < MEGABYTE
    assert refusal(data).startswith("ブックの中身が大きすぎます。")


@pytest.mark.parametrize(
    "row", [b'<row r="99999999"><c r="A99999999"><v>1</v></c></row>', b'<row r="1"><c r="XFD1"><v>1</v></c></row>']
)
def test_a_cell_far_out_is_refused_instead_of_filling_up_the_way_to_it(row, monkeypatch):
    monkeypatch.setattr(uploads, "LAST_ROW", 1000)
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    data = repacked(workbook(HEADER, ["1", "一"]), sheet=head + row + b"</sheetData></worksheet>")
    assert refusal(data).startswith("表の外の遠い行か列にセルがあります。")


def test_entities_that_multiply_are_refused():
    levels = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 10))
    head = f'<!DOCTYPE w [<!ENTITY e0 "{"x" * 99}">{levels}]>'
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    body = '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&e9;</t></is></c></row></sheetData>'
    bomb = f'{head}<worksheet xmlns="{space}">{body}</worksheet>'.encode()
    assert refusal(repacked(workbook(HEADER, ["1", "一"]), sheet=bomb)) == archives.NOT_XLSX
