"""Uploaded tables of every format, read; every refusal is a sentence that names the place."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from io import BytesIO, StringIO
from itertools import repeat
from typing import Any

import tablib
from import_export.formats import base_formats
from openpyxl.cell.read_only import EMPTY_CELL, EmptyCell, ReadOnlyCell
from openpyxl.cell.rich_text import CellRichText
from openpyxl.cell.text import Text
from openpyxl.packaging.manifest import Manifest
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.workbook import Workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._reader import INLINE_STRING, WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from actionplan.apart import MEGABYTE, UploadError, read_apart
from actionplan.archives import NOT_XLSX
from actionplan.archives import OLD_CONTAINER as OLD_CONTAINER
from actionplan.exports.tabular import data_sheets, unguard, write_csv, write_xlsx
from actionplan.open_sheets import checked_workbook
from actionplan.text import workbook_unescape
from actionplan.upload_table import MOST_COLUMNS as MOST_COLUMNS
from actionplan.upload_table import Table, column_letters, table
from actionplan.upload_table import check_columns as check_columns

LARGEST_FILE = 10 * MEGABYTE


def check_size(data: bytes) -> None:
    """Raises UploadError for an empty file and for one that is too large."""
    if not data:
        raise UploadError("ファイルが空です。内容のあるファイルを選んでください。")
    if len(data) > LARGEST_FILE:
        raise UploadError(
            f"ファイルが大きすぎます（{len(data) / MEGABYTE:.1f}MB）。"
            f"{LARGEST_FILE // MEGABYTE}MB以下に分けてください。"
        )


# Of CP932 and EUC-JP no text file holds a NUL. A stray one in Unicode is named by its cell.
STRAYS = {"utf-16": 3, "utf-8-sig": 3}
# JIS X 0213 has what Windows writes into EUC and JIS besides, ① and ㈱ among it; then characters become Windows' own.
JIS, EUC = (b"\x1b$B", b"\x1b$(Q"), ("euc_jp", "euc_jis_2004")
AS_WINDOWS = str.maketrans("〜−‖—", "～－∥―")
KANA = re.compile("[ぁ-んァ-ヴ]")
EITHER = (
    "文字コードが{taken}にも{other}にも読めるファイルなので、{taken}として読みました。"
    "文字が化けているときは、UTF-8で保存し直してください。"
)
NOT_CSV_BUT_EXCEL = (
    "CSVではなく、Excelのファイルのようです。ファイルの名前の終わりを「.xlsx」に直して、選び直してください。"
)
NOT_CSV = "CSVファイルとして読めません。Excelで「CSV UTF-8（コンマ区切り）」を選んで保存し直してください。"

ENDLESS_FIELD = (
    "{line}行目の付近：1つの欄が{most:,}字を超えています。欄の文字を減らすか、"
    '引用符（"）の閉じ忘れがないか、確かめてください。'
)


def read_csv(data: bytes) -> Table:
    """The table of a CSV file, formula guards taken off. Raises UploadError."""
    return read_apart(_csv_table, data)


def _csv_table(data: bytes) -> Table:
    return table(csv_lines(data))


def csv_lines(data: bytes) -> Iterator[list[str]]:
    """The lines of a CSV file, whatever stands in them, formula guards taken off. Raises UploadError."""
    check_size(data)
    if data.startswith(b"PK\x03\x04"):
        raise UploadError(NOT_CSV_BUT_EXCEL)
    return _csv_lines(_decoded(data)[0])


def csv_doubt(data: bytes) -> list[str]:
    """What there is to tell of a CSV file whose encoding is not certain. Raises UploadError."""
    return list(filter(None, [_decoded(data)[1]]))


def _decoded(data: bytes) -> tuple[str, str]:
    """The text, whichever encoding every byte holds in; a sentence where two do."""
    # What Excel calls Unicode text; its first two bytes say so.
    sure = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    if b"\x1b$" in data and (text := _jis(data)):
        return text, ""
    if (text := _text(data, sure)) is not None:
        return text, ""
    windows, euc = _text(data, "cp932"), _first(_text(data, name) for name in EUC)
    if sure == "utf-16" or (windows is None and euc is None):
        raise UploadError(f"{NOT_CSV}文字コードはUTF-8、シフトJIS（CP932）、EUC-JP、JISのどれかにしてください。")
    # As CP932 a text in EUC-JP is a heap of half-width kana; as EUC-JP such a heap is kanji, and hardly any kana.
    names = ("シフトJIS（CP932）", "EUC-JP")
    taken = 1 if euc is not None and (windows is None or KANA.search(euc)) else 0
    doubt = EITHER.format(taken=names[taken], other=names[1 - taken]) if None not in (windows, euc) else ""
    return (euc or "").translate(AS_WINDOWS) if taken else windows or "", doubt


def _jis(data: bytes) -> str | None:
    wide = data.replace(*JIS)
    found = _first([_text(data, "iso2022_jp_ext"), _text(wide, "iso2022_jp_2004")])
    return found and found.translate(AS_WINDOWS)


def _text(data: bytes, encoding: str) -> str | None:
    with suppress(UnicodeError):
        text = data.decode(encoding)
        return text if text.count("\0") <= STRAYS.get(encoding, 0) else None
    return None


def _first(texts: Iterable[str | None]) -> str | None:
    return next((text for text in texts if text is not None), None)


def _csv_lines(text: str) -> Iterator[list[str]]:
    reader = csv.reader(StringIO(text, newline=""), strict=True, delimiter=_delimiter(text))
    try:
        for number, line in enumerate(reader, 1):
            _check_strays(number, line)
            yield [unguard(cell) for cell in line]
    except csv.Error as error:
        if "field limit" in str(error):
            raise UploadError(ENDLESS_FIELD.format(line=reader.line_num, most=csv.field_size_limit())) from error
        raise UploadError(f'{reader.line_num}行目の付近：引用符（"）の数か位置が合いません。{NOT_CSV}') from error


def _delimiter(text: str) -> str:
    """What parts the cells: the comma, unless tabs or semicolons make more of the first lines equally long."""
    lines = text.splitlines()[:50]
    best, most = ",", 0
    for delimiter in (",", "\t", ";"):
        with suppress(csv.Error):
            widths = Counter(map(len, csv.reader(lines, delimiter=delimiter)))
            even = max((times for width, times in widths.items() if width > 1), default=0)
            best, most = (delimiter, even) if even > most else (best, most)
    return best


def _check_strays(number: int, line: list[str]) -> None:
    for index, cell in enumerate(line):
        if "\0" in cell:
            place = f"{column_letters(index)}{number}"
            raise UploadError(f"{place}：目に見えない制御文字（U+0000）が入っています。取り除いてください。")


def as_dataset(table: Table) -> tablib.Dataset:
    """The table as import-export wants it; it remembers where its rows stand in the file, and what was passed over."""
    dataset = tablib.Dataset(*table.rows, headers=table.headers)
    vars(dataset).update(numbers=table.numbers, passed_over=table.passed_over)
    return dataset


class GuardedCSV(base_formats.CSV):
    """CSV in UTF-8 with a byte order mark, guarded against formulas; reads what csv_lines() reads."""

    def is_binary(self) -> bool:
        """True: bytes go in and come out, so the encoding is settled here and nowhere else."""
        return True

    def get_read_mode(self) -> str:
        """Bytes."""
        return "rb"

    def export_data(self, dataset: tablib.Dataset, **kwargs) -> bytes:
        """The file."""
        return write_csv(dataset.headers, dataset)

    def create_dataset(self, in_stream: bytes, **kwargs) -> tablib.Dataset:
        """The table of an uploaded file, every cell a text. Raises UploadError."""
        return as_dataset(read_csv(in_stream))


class GuardedXLSX(base_formats.XLSX):
    """A workbook of one sheet in which text is text."""

    def export_data(self, dataset: tablib.Dataset, **kwargs) -> bytes:
        """The file. Raises CellsDoNotFit for a text that no cell can hold."""
        return write_xlsx(dataset.headers, dataset)

    def create_dataset(self, in_stream: bytes, **kwargs) -> tablib.Dataset:
        """The table of an uploaded workbook, every cell a text. Raises UploadError."""
        return as_dataset(read_xlsx(in_stream))


LAST_ROW, LAST_COLUMN = 1_048_576, 1_024
MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z0-9:]+)"')


def read_xlsx(data: bytes) -> Table:
    """The table on the only filled sheet of a workbook, every cell as text. Raises UploadError."""
    check_size(data)
    return read_apart(_only_table, data)


def _only_table(data: bytes) -> Table:
    data = checked_workbook(data)
    try:
        book = open_exactly(data)
        return table(_lines(_only_sheet(book)))
    except UploadError:
        raise
    except Exception as error:  # openpyxl and the XML parser raise whatever a broken file leads them into
        raise UploadError(NOT_XLSX) from error


class ExactParser(WorkSheetParser):
    """openpyxl's parser of a sheet, but knowing what is struck in strings that stand in the cell itself."""

    def parse_cell(self, element: Any) -> dict[str, Any]:
        """The facts of a cell."""
        cell, words = super().parse_cell(element), element.find(INLINE_STRING)
        if words is not None and words.find(f"{{{SHEET_MAIN_NS}}}r") is not None:
            cell["value"] = _string(words, rich=False)
        return cell


class ExactSheet(ReadOnlyWorksheet):
    """A sheet that is only read.

    beyond: how many cells stood right of the columns that were asked for, at its last reading; first_beyond: place and
    value of the first of them.
    """

    beyond = 0
    first_beyond: tuple[str, Any] = ("", None)

    # The stubs of openpyxl know nothing of what is overridden here; hence Any.
    def _cells_by_row(self, min_col: Any, min_row: Any, max_col: Any, max_row: Any, values_only: Any = False) -> Any:
        whole: Any = self
        self.beyond, number = 0, min_row
        empty = (None if values_only else EMPTY_CELL,) * (max_col + 1 - min_col if max_col else 0)
        with whole._get_source() as source:
            parser = ExactParser(
                source,
                whole._shared_strings,
                whole.parent.data_only,
                whole.parent.epoch,
                whole.parent._date_formats,
                whole.parent._timedelta_formats,
            )
            for index, row in parser.parse():
                if max_row is not None and index > max_row:
                    break
                yield from repeat(empty, index - number)
                if index >= number:
                    yield whole._get_row(row, min_col, max_col, values_only)
                    self._note(row, max_col or len(row))
                    number = index + 1

    def _note(self, row: Sequence[dict[str, Any]], last: int) -> None:
        far = [cell for cell in row if cell["column"] > last and cell["value"] is not None]
        if far and not self.beyond:
            self.first_beyond = f"{column_letters(far[0]['column'] - 1)}{far[0]['row']}", far[0]["value"]
        self.beyond += len(far)


class ExactReader(ExcelReader):
    """openpyxl's reader, but keeping shared strings as they are spelt: its own drops every x005F_ inside."""

    package: Manifest
    keeps_runs = False  # whether strings of several formats keep them

    def read_strings(self) -> None:
        """Reads the table of shared strings."""
        part = self.package.find(SHARED_STRINGS)
        if part is None:
            return
        with self.archive.open(part.PartName[1:]) as source:
            nodes = (node for _, node in iterparse(source) if node.tag == f"{{{SHEET_MAIN_NS}}}si")
            self.shared_strings = [_string(node, rich=self.keeps_runs) for node in nodes]


# What Excel of Japan calls by number alone, and openpyxl does not know: a day would be 40269.
BUILTIN_FORMATS.update(dict.fromkeys((27, 36, 50, 57), "[$-411]ge.m.d"))
BUILTIN_FORMATS.update(dict.fromkeys((28, 29, 51, 54, 58), '[$-411]ggge"年"m"月"d"日"'))
BUILTIN_FORMATS.update({30: "m/d/yy", 31: 'yyyy"年"m"月"d"日"', 32: 'h"時"mm"分"', 33: 'h"時"mm"分"ss"秒"'})
BUILTIN_FORMATS.update(dict.fromkeys((34, 52, 55), 'yyyy"年"m"月"'))
BUILTIN_FORMATS.update(dict.fromkeys((35, 53, 56), 'm"月"d"日"'))
SMALLEST, WHITES = 4, {"FFFFFFFF", "00FFFFFF"}  # points; nobody reads what is smaller, or white


class StruckText(str):
    """A text whose parts look otherwise. struck: those that are struck through; left: the others.

    raised: those above or below the line; pale: those that nobody sees.
    """

    struck = left = raised = pale = ""


def _string(node: Any, *, rich: bool) -> Any:
    text = Text.from_tree(node)
    if rich and text and text.formatted and "_x" not in text.content:
        return CellRichText.from_tree(node)
    node.clear()
    words = StruckText(text.content if text else "")
    for run in text.formatted if text else ():
        for part in _looks(run.font):
            setattr(words, part, getattr(words, part) + (run.t or ""))
    return words if words.struck or words.raised or words.pale else str(words)


def _looks(font: Any) -> Iterator[str]:
    yield "struck" if font and font.strike else "left"
    if font and font.vertAlign in ("superscript", "subscript"):
        yield "raised"
    if font and (is_white(font.color) or (font.sz and font.sz < SMALLEST)):
        yield "pale"


def is_white(colour: Any) -> bool:
    """Whether a colour of openpyxl's is the paper's own."""
    if colour is None or colour.tint:
        return False
    # The first colour of a theme is that of paper; of the old palette the second and the tenth are white.
    return {"rgb": colour.value in WHITES, "theme": colour.value == 0, "indexed": colour.value in (1, 9)}[colour.type]


def open_exactly(data: bytes, *, values: bool = False) -> Workbook:
    """The workbook for reading, links not followed; its strings still spelt as in the file.

    values: what formulas came to when the file was saved, in place of the formulas.
    """
    reader = ExactReader(BytesIO(data), read_only=True, data_only=values, keep_links=False)
    reader.read()
    for sheet in reader.wb.worksheets:
        sheet.__class__ = ExactSheet  # type: ignore[assignment]  # the stubs know of no sheet that is only read
    return reader.wb


# The stubs of openpyxl know nothing of a sheet that is only read; hence Any.
def _only_sheet(book: Workbook) -> Any:
    filled = [
        sheet for sheet in data_sheets(book) if any(cell.value is not None for row in sheet_rows(sheet) for cell in row)
    ]
    if len(filled) > 1:
        names = "」「".join(sheet.title for sheet in filled)
        raise UploadError(f"値のあるシートが複数あります（「{names}」）。取り込むシート1枚だけにしてください。")
    sheet: Any = (filled or book.worksheets)[0]
    if merged := merged_ranges(sheet):
        raise UploadError(f"{merged[0]}：セルが結合されています。結合を解除してから取り込んでください。")
    return sheet


def merged_ranges(sheet: Any) -> list[str]:
    """The merged ranges of a sheet that is only read: B2:B5."""
    return [found.decode() for found in MERGED.findall(sheet._get_source().read())]


def sheet_rows(sheet: Any) -> Iterator[Sequence[ReadOnlyCell | EmptyCell]]:
    """The rows of a sheet that is only read. Raises UploadError for cells too far out."""
    sheet.reset_dimensions()  # what the file says about its own size may be wrong and would cut rows off
    for number, row in enumerate(sheet.iter_rows(), 1):
        # A file of a few bytes can name a cell far out, and every row up to it would be made.
        if number > LAST_ROW or len(row) > LAST_COLUMN:
            raise UploadError("表の外の遠い行か列にセルがあります。使っていない行と列を削除して保存し直してください。")
        yield row


def _lines(sheet: Any) -> Iterator[list[str]]:
    for number, row in enumerate(sheet_rows(sheet), 1):
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
        return workbook_unescape(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)
