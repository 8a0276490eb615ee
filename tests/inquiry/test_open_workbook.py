"""Files that are no inquiry workbook: each kind is told what it is and what to do instead."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest

from actionplan.archives import LOCKED, NOT_XLSX, OLD, STRICT
from actionplan.exports.tabular import write_csv, write_xlsx
from actionplan.inquiry import find_sheet, layout
from actionplan.open_sheets import NOT_ODS
from actionplan.uploads import MEGABYTE
from tests.inquiry.workbooks import edited, filled, issued, refusal, respelt, sheet_of

CONTAINER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512


def zipped(**parts: bytes) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


def test_a_table_as_csv_is_refused():
    assert refusal(write_csv(["番号"], [["1"]]), "照会票.CSV") == find_sheet.CSV


def test_an_old_workbook_is_refused():
    assert refusal(CONTAINER, "照会票.xls") == OLD


def test_an_old_workbook_under_another_name_is_still_told_for_what_it_is():
    assert refusal(CONTAINER, "照会票.csv") == OLD


def test_a_workbook_with_a_password_is_refused():
    assert refusal(CONTAINER + "EncryptedPackage".encode("utf-16-le")) == LOCKED


def test_a_broken_workbook_of_libreoffice_s_own_kind_is_refused():
    assert refusal(zipped(mimetype=b"", **{"content.xml": b""}), "照会票.ods") == NOT_ODS


def test_a_binary_workbook_is_refused():
    data = zipped(**{"[Content_Types].xml": b"", "xl/workbook.bin": b""})
    assert refusal(data, "照会票.xlsb") == find_sheet.BINARY


def test_a_strict_workbook_is_refused_for_what_it_is():
    strict = b'<workbook xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"/>'
    assert refusal(zipped(**{"[Content_Types].xml": b"", "xl/workbook.xml": strict})) == STRICT


def test_the_zip_of_all_departments_is_refused():
    assert refusal(zipped(**{"照会票_甲課.xlsx": b""}), "照会票.zip") == find_sheet.SEVERAL


def test_a_pdf_is_refused():
    assert refusal(b"%PDF-1.7", "照会票.pdf").startswith("PDFは照会票として取り込めません。")


@pytest.mark.parametrize("data", [b"\x89PNG....", b"<html></html>", b"PK\x03\x04 broken"])
def test_anything_else_is_refused(data):
    assert refusal(data) == NOT_XLSX


def test_an_empty_file_is_refused():
    assert refusal(b"").startswith("ファイルが空です。")


def test_a_file_of_50_megabytes_is_refused_before_it_is_opened(monkeypatch):
    monkeypatch.setattr(find_sheet, "open_exactly", lambda data: pytest.fail("opened"))
    assert refusal(b"PK" + b"\0" * (50 * MEGABYTE)).startswith("ファイルが大きすぎます（50.0MB）。")


def test_a_small_file_that_unpacks_into_a_huge_one_is_refused_before_it_is_opened(monkeypatch):
    monkeypatch.setattr(find_sheet, "open_exactly", lambda data: pytest.fail("opened"))
    data = zipped(**{"[Content_Types].xml": b"", "xl/sheet.xml": b"\0" * (3 * MEGABYTE)})
    assert refusal(data).startswith("ブックの中身が大きすぎます。")


def test_a_broken_workbook_is_refused_in_words():
    assert refusal(zipped(**{"[Content_Types].xml": b"<broken", "xl/workbook.xml": b"<"})) == NOT_XLSX


def test_another_workbook_is_refused():
    assert refusal(write_xlsx(["番号", "実施状況"], [["1", "実施した。"]])) == find_sheet.NO_SHEET


@pytest.mark.django_db
class TestStamps:
    def test_a_stamp_that_was_changed_by_hand_is_found_out(self):
        data = issued()
        text = sheet_of(data)["O1"].value
        assert refusal(filled(data, O1=text.replace("2010", "2011", 1))) == find_sheet.ALTERED

    def test_a_stamp_that_is_gone_is_missed(self):
        assert refusal(filled(issued(), O1=None)) == find_sheet.NO_STAMP

    def test_the_stamp_may_stand_elsewhere_above_the_table(self):
        data = issued()
        moved = filled(data, O1=None, C2=sheet_of(data)["O1"].value)
        assert refusal(filled(moved, C2=None)) == find_sheet.NO_STAMP
        assert find_sheet.find_sheet(find_sheet.open_workbook(moved, "")).stamp.report == "2010"

    def test_a_workbook_of_another_layout_is_refused(self, monkeypatch):
        monkeypatch.setattr(layout, "VERSION", 0)
        data = issued()
        monkeypatch.undo()
        assert refusal(data) == find_sheet.OLD_VERSION

    def test_a_copy_of_the_sheet_in_the_same_workbook_is_refused_by_name(self):
        sentence = refusal(edited(issued(), lambda sheet: sheet.parent.copy_worksheet(sheet)))
        assert "「照会票」「照会票 Copy」" in sentence

    def test_a_sheet_of_the_person_s_own_does_no_harm(self):
        def add(sheet):
            sheet.parent.create_sheet("メモ", 0).append(["控え", "=1+1"])

        data = edited(issued({"text": "実施した。"}), add)
        assert find_sheet.find_sheet(find_sheet.open_workbook(data, "")).title == "照会票"

    def test_a_cell_far_below_the_table_is_refused_before_all_rows_are_made(self):
        assert "ずっと下の行" in refusal(filled(issued(), A1048576="x"))

    @pytest.mark.parametrize("wide", ["A1:XFD1048576", "A:C", "1:9999"])
    def test_a_merge_over_the_whole_sheet_is_refused_since_every_cell_of_it_would_be_made(self, wide):
        merge = f'<mergeCells><mergeCell ref="{wide}"/></mergeCells><conditionalFormatting'
        assert "とても広い範囲" in refusal(respelt(issued(), b"<conditionalFormatting", merge.encode()))

    def test_a_link_over_the_whole_sheet_is_refused_for_the_same_reason(self):
        link = b'<hyperlinks><hyperlink display="x" ref="A1:XFD1048576" location="A1"/></hyperlinks><pageMargins'
        assert "とても広い範囲" in refusal(respelt(issued(), b"<pageMargins", link))

    def test_entities_that_grow_into_gigabytes_are_refused(self):
        grown = b"".join(b'<!ENTITY e%d "%s">' % (level, b"&e%d;" % (level - 1) * 10) for level in range(1, 10))
        start = b'<!DOCTYPE x [<!ENTITY e0 "lol">' + grown + b"]><worksheet"
        data = respelt(respelt(issued(), b"<t>1-1-1</t>", b"<t>&e9;</t>"), b"<worksheet", start)
        assert refusal(data) == NOT_XLSX

    def test_a_cell_far_to_the_right_is_left_alone(self):
        data = filled(issued(), XFD5="x")
        assert openpyxl.load_workbook(BytesIO(data)).active.max_column == 16_384
        assert len(find_sheet.find_sheet(find_sheet.open_workbook(data, "")).rows) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<row r="5"', b'<row r="99999999999999999999"'),
        (b'<row r="5"', b"<row   spans='1:15' r = '1048577'"),
        (b'<c r="A5"', b'<c r="A99999999999"'),
    ],
)
def test_a_row_number_that_no_spreadsheet_has_is_refused_before_rows_are_made(old, new):
    source, stream = ZipFile(BytesIO(issued())), BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as made:
        for name in source.namelist():
            data = source.read(name)
            made.writestr(name, data.replace(old, new) if name.startswith("xl/worksheets/sheet") else data)
    assert "ずっと下の行" in refusal(stream.getvalue())
