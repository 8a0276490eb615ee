"""Workbooks that people upload: checked before they are opened, read without running or guessing anything."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
from openpyxl.cell.text import Text
from openpyxl.packaging.manifest import Manifest
from openpyxl.reader.excel import ExcelReader
from openpyxl.workbook import Workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from actionplan.exports.uploads import MEGABYTE, Table, UploadError, check_size, column_letters, table
from actionplan.exports.worksheets import unescape

LARGEST_UNPACKED = 60 * MEGABYTE
LARGEST_RATIO = 200
MOST_PARTS = 500
LAST_ROW, LAST_COLUMN = 1_048_576, 1_024
NOT_XLSX = "Excelブック（.xlsx）として読めません。Excelで開いて、.xlsxの形式で保存し直してください。"
OLD = "古い形式（.xls）のブックです。Excelで開いて、.xlsxの形式で保存し直してください。"
LOCKED = "パスワード付きのブックです。開くときのパスワードを外して、保存し直してください。"
OLD_CONTAINER, ENCRYPTED = b"\xd0\xcf\x11\xe0", "EncryptedPackage".encode("utf-16-le")
MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z0-9:]+)"')


def read_xlsx(data: bytes) -> Table:
    """The table on the only filled sheet of a workbook, every cell as text. Raises UploadError."""
    check_size(data)
    check_archive(data)
    try:
        book = open_exactly(data)
        return table(_lines(_only_sheet(book)))
    except UploadError:
        raise
    except Exception as error:  # openpyxl and the XML parser raise whatever a broken file leads them into
        raise UploadError(NOT_XLSX) from error


def check_archive(data: bytes) -> None:
    """Raises UploadError for what is not a workbook, and for a small file that unpacks into a huge one."""
    if data.startswith(OLD_CONTAINER):
        raise UploadError(LOCKED if ENCRYPTED in data else OLD)
    try:
        parts = ZipFile(BytesIO(data)).infolist()
    except BadZipFile as error:
        raise UploadError(NOT_XLSX) from error
    unpacked = sum(part.file_size for part in parts)
    dense = any(part.file_size > MEGABYTE and part.file_size > LARGEST_RATIO * part.compress_size for part in parts)
    if unpacked > LARGEST_UNPACKED or dense or len(parts) > MOST_PARTS:
        raise UploadError("ブックの中身が大きすぎます。不要なシート・画像・書式を削除して保存し直してください。")
    if "[Content_Types].xml" not in {part.filename for part in parts}:
        raise UploadError(NOT_XLSX)


class ExactReader(ExcelReader):
    """openpyxl's reader, but keeping shared strings as they are spelt: its own drops every x005F_ inside."""

    package: Manifest

    def read_strings(self) -> None:
        """Reads the table of shared strings."""
        part = self.package.find(SHARED_STRINGS)
        if part is None:
            return
        with self.archive.open(part.PartName[1:]) as source:
            nodes = (node for _, node in iterparse(source) if node.tag == f"{{{SHEET_MAIN_NS}}}si")
            self.shared_strings = [_string(node) for node in nodes]


def _string(node) -> str:
    text = Text.from_tree(node).content
    node.clear()
    return text


def open_exactly(data: bytes) -> Workbook:
    """The workbook for reading, formulas as formulas, links not followed; its strings still spelt as in the file."""
    reader = ExactReader(BytesIO(data), read_only=True, data_only=False, keep_links=False)
    reader.read()
    return reader.wb


def _only_sheet(book: Workbook) -> ReadOnlyWorksheet:
    filled = [sheet for sheet in book.worksheets if any(cell.value is not None for row in _rows(sheet) for cell in row)]
    if len(filled) > 1:
        names = "」「".join(sheet.title for sheet in filled)
        raise UploadError(f"値のあるシートが複数あります（「{names}」）。取り込むシート1枚だけにしてください。")
    sheet = (filled or book.worksheets)[0]
    if merged := MERGED.findall(sheet._get_source().read()):
        raise UploadError(f"{merged[0].decode()}：セルが結合されています。結合を解除してから取り込んでください。")
    return sheet


def _rows(sheet: ReadOnlyWorksheet) -> Iterator[Sequence[ReadOnlyCell | EmptyCell]]:
    sheet.reset_dimensions()  # what the file says about its own size may be wrong and would cut rows off
    for number, row in enumerate(sheet.iter_rows(), 1):
        # A file of a few bytes can name a cell far out, and every row up to it would be made.
        if number > LAST_ROW or len(row) > LAST_COLUMN:
            raise UploadError("表の外の遠い行か列にセルがあります。使っていない行と列を削除して保存し直してください。")
        yield row


def _lines(sheet: ReadOnlyWorksheet) -> Iterator[list[str]]:
    for number, row in enumerate(_rows(sheet), 1):
        yield [cell_text(cell, f"{column_letters(index)}{number}") for index, cell in enumerate(row)]


def cell_text(cell: ReadOnlyCell | EmptyCell, place: str) -> str:
    """What the cell holds, as text: 12 for 12.0, 2026-04-01 for a date. Raises UploadError for formulas and errors."""
    if cell.data_type == "f":
        raise UploadError(f"{place}：数式が入っています。値に直して（コピーして値として貼り付け）ください。")
    if cell.data_type == "e":
        raise UploadError(f"{place}：Excelのエラー（{cell.value}）が入っています。正しい値に直してください。")
    return plain_text(cell.value)


def plain_text(value: object) -> str:
    """A cell's value as text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return unescape(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)
