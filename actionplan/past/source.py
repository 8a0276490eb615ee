"""Bytes → tables with places: what anybody's Excel, CSV, Word or PDF file holds, before anybody says what it means.

Every cell knows where it stood. A merged cell stands at every place that it covers and says how far its first one is;
a line of text between tables is a row of one cell, above the table that follows it.
"""

import json
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from html import unescape
from io import BytesIO
from itertools import groupby
from math import inf
from typing import Any
from zipfile import ZipFile

from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
from openpyxl.utils.cell import range_boundaries

from actionplan.archives import NOT_XLSX, OLD
from actionplan.exports.tabular import data_sheets
from actionplan.uploads import (
    MEGABYTE,
    UploadError,
    checked_workbook,
    column_letters,
    csv_doubt,
    csv_lines,
    merged_ranges,
    open_exactly,
    plain_text,
    sheet_rows,
)
from actionplan.words import plain_day
from actionplan.worksheets import COLUMN, ROW, as_shown, hidden_numbers

MOST_ROWS = 5_000


@dataclass(frozen=True)
class SourceCell:
    """One cell. down, right: how far it is from the first cell of the merged one that it is part of; wide: how many
    columns that one covers. note: how it was read, where that is not to the letter; empty otherwise. room: of a PDF,
    what its last line leaves free, in letters: where a page broke the cell, that says whether the line goes on.
    """

    text: str
    place: str
    down: int = 0
    right: int = 0
    wide: int = 1
    note: str = ""
    room: float = inf


@dataclass(frozen=True)
class SourceRow:
    """A row of a table, or a line of text outside any (is_line), which is one cell."""

    cells: Sequence[SourceCell]
    place: str
    is_line: bool = False

    @property
    def words(self) -> list[SourceCell]:
        """The cells that say something, a merged one once a row."""
        return [cell for cell in self.cells if cell.text.strip() and not cell.right]


@dataclass(frozen=True)
class SourceTable:
    """A table with the lines above it. hidden: whether a reader of the file does not see it. title: of its sheet.
    goes_on: whether its first row below the headings is the rest of the last row of the table before.
    """

    name: str
    rows: Sequence[SourceRow]
    hidden: bool = False
    title: str = ""
    goes_on: bool = False

    @property
    def width(self) -> int:
        """How many columns it has."""
        return max((len(row.cells) for row in self.rows if not row.is_line), default=0)


@dataclass(frozen=True)
class Source:
    """A file as read. kind: excel, csv, json, word or pdf. notes: sentences about how it was read."""

    name: str
    kind: str
    tables: Sequence[SourceTable]
    notes: Sequence[str] = field(default_factory=tuple)


def packed(source: Source) -> str:
    """What was read, to be kept beside the file: whoever asks next need not read it again."""
    tables = [
        [
            (each.name, each.hidden, each.title, each.goes_on),
            [(row.place, row.is_line, [tuple(vars(cell).values()) for cell in row.cells]) for row in each.rows],
        ]
        for each in source.tables
    ]
    return json.dumps([source.name, source.kind, list(source.notes), tables])


def unpacked(text: str) -> Source:
    """What packed() kept. Raises ValueError, TypeError for what another version of it wrote."""
    name, kind, notes, tables = json.loads(text)
    return Source(name, kind, [_table(*each) for each in tables], notes)


def _table(facts: Sequence[Any], rows: Sequence[Any]) -> SourceTable:
    name, *more = facts
    return SourceTable(name, [SourceRow([SourceCell(*cell) for cell in cells], *row) for *row, cells in rows], *more)


OLD_WORD = "古い形式（.doc）の文書です。Wordで開いて、.docxの形式で保存し直してください。"
OTHERS = {
    ".xls": OLD,
    ".doc": OLD_WORD,
    ".xlsm": "マクロ付きのブック（.xlsm）です。Excelで開いて、.xlsxの形式で保存し直してください。",
    ".odt": "この文書（.odt）は読めません。文書ソフトで開いて、.docxの形式で保存し直してください。",
    ".jtd": "一太郎の文書です。表をWordかExcelに貼り付けて、.docxか.xlsxの形式で保存し直してください。",
    ".zip": "圧縮したファイル（.zip）です。中のファイルを取り出して、1つずつ選んでください。",
}
TOO_LONG = "{name}：行が多すぎます（{rows}行）。{most}行までに分けてください。"


def read_csv_table(data: bytes) -> tuple[list[SourceTable], list[str]]:
    """The one table of a CSV file, and what there is to tell. Raises UploadError."""
    rows = []
    for number, line in enumerate(csv_lines(data), 1):
        cells = [SourceCell(text, f"{column_letters(index)}{number}") for index, text in enumerate(line)]
        rows.append(SourceRow(cells, f"{number}行目"))
        if number > MOST_ROWS:
            raise UploadError(f"行が多すぎます。{MOST_ROWS}行までに分けてください。")
    return [SourceTable("CSVの表", rows)], csv_doubt(data)


def read_workbook(data: bytes) -> tuple[list[SourceTable], list[str]]:
    """A table for each sheet of a workbook, and what there is to tell. Raises UploadError."""
    data = checked_workbook(data)
    try:
        return _sheets(data)
    except UploadError:
        raise
    except Exception as error:  # openpyxl and the XML parser raise whatever a broken file leads them into
        raise UploadError(NOT_XLSX) from error


def _sheets(data: bytes) -> tuple[list[SourceTable], list[str]]:
    values, formulas = open_exactly(data, values=True), open_exactly(data)
    shown, same_sheets = data_sheets(values), data_sheets(formulas)
    several = len(shown) > 1
    tables, notes = [], _drawn(data)
    for sheet, same in zip(shown, same_sheets, strict=True):
        grid = _grid(sheet, same)
        _spread(grid, merged_ranges(sheet))
        rows = [SourceRow(row, f"{_in(sheet.title, several)}{number}行目") for number, row in enumerate(grid, 1)]
        tables.append(SourceTable(f"シート「{sheet.title}」", rows, sheet.sheet_state != "visible", sheet.title))
        places = [*_hidden_rows(sheet, grid), *_hidden_columns(sheet, grid)]
        notes += [HIDDEN.format(place=_in(sheet.title, several) + each) for each in places]
    return tables, notes


HIDDEN = "{place}は、Excelで非表示になっています。ほかと同じように読みました。要らないときは、取り込まないでください。"
DRAWN = "図形（テキストボックス）の中の文字は読みません：「{words}」"
COMMENTED = "セルのコメントは読みません：「{words}」"


def _hidden_rows(sheet: Any, grid: list[list[SourceCell]]) -> Iterator[str]:
    """Rows that nobody sees and that say something: 5～7行目."""
    found = [row for [row] in hidden_numbers(sheet._get_source().read(), ROW, b"r") if row <= len(grid)]
    found = [row for row in found if any(cell.text for cell in grid[row - 1])]
    for _, group in groupby(enumerate(found), lambda pair: pair[1] - pair[0]):
        rows = [row for _, row in group]
        yield f"{rows[0]}行目" if len(rows) == 1 else f"{rows[0]}～{rows[-1]}行目"


def _hidden_columns(sheet: Any, grid: list[list[SourceCell]]) -> Iterator[str]:
    """Columns that nobody sees and that say something: C列."""
    for first, last in hidden_numbers(sheet._get_source().read(), COLUMN, b"min", b"max"):
        for index in range(first - 1, min(last, max(map(len, grid), default=0))):
            if any(row[index].text for row in grid if index < len(row)):
                yield f"{column_letters(index)}列"


def _drawn(data: bytes) -> list[str]:
    """What stands beside the cells and is not read: the words of drawings and comments."""
    found = []
    with ZipFile(BytesIO(data)) as archive:
        for name in archive.namelist():
            for part, sentence in (("xl/drawings/", DRAWN), ("xl/comments", COMMENTED)):
                if name.startswith(part) and name.endswith(".xml"):
                    words = re.findall(
                        r"<(?:\w+:)?t(?:\s[^>]*)?>([^<]+)<", archive.read(name).decode("utf-8", "replace")
                    )
                    found += [sentence.format(words=unescape("".join(words))[:200])] if words else []
    return found


def _in(title: str, several: bool) -> str:
    return f"シート「{title}」の" if several else ""


def _grid(sheet: Any, formulas: Any) -> list[list[SourceCell]]:
    several = len(data_sheets(sheet.parent)) > 1
    grid: list[list[SourceCell]] = []
    for number, (row, same) in enumerate(zip(sheet_rows(sheet), sheet_rows(formulas), strict=False), 1):
        if number > MOST_ROWS:
            if any(cell.value is not None for cell in row):
                rows = f"{MOST_ROWS}を超える"
                raise UploadError(TOO_LONG.format(name=f"シート「{sheet.title}」", rows=rows, most=MOST_ROWS))
            continue  # rows that were only formatted
        places = [f"{_in(sheet.title, several)}{column_letters(index)}{number}" for index in range(len(row))]
        grid.append([_cell(*three) for three in zip(row, same, places, strict=False)])
    # Columns and rows that were only formatted are none.
    filled = [[bool(cell.text or cell.note) for cell in row] for row in grid]
    width = max((index for row in filled for index, full in enumerate(row, 1) if full), default=0)
    last = max((number for number, row in enumerate(filled, 1) if any(row)), default=0)
    grid = [row[:width] for row in grid[:last]]
    return [[*row, *_blanks(sheet.title, several, number, len(row), width)] for number, row in enumerate(grid, 1)]


def _blanks(title: str, several: bool, number: int, start: int, width: int) -> list[SourceCell]:
    return [SourceCell("", f"{_in(title, several)}{column_letters(index)}{number}") for index in range(start, width)]


def _cell(cell: ReadOnlyCell | EmptyCell, formula: ReadOnlyCell | EmptyCell, place: str) -> SourceCell:
    if cell.value is None and formula.data_type == "f":
        return SourceCell("", place, note="数式の値が保存されていません。Excelで開いて保存し直すと読めます。")
    if cell.data_type == "e":
        return SourceCell(str(cell.value), place, note=f"Excelのエラー（{cell.value}）が入っています。")
    text = shown(cell)
    note = f"表示の形式に合わせて「{text}」と読みました。" if text != plain_text(cell.value) else ""
    struck = text if text and _is_struck(cell) else getattr(cell.value, "struck", "")
    return SourceCell(text, place, note=note + (STRUCK.format(words=struck.strip()) if struck.strip() else ""))


STRUCK = "取り消し線の付いた文字「{words}」も、そのまま読みました。要らないときは、もとのファイルから消してください。"


def _is_struck(cell: Any) -> bool:
    font = getattr(cell, "font", None)
    return bool(font is not None and font.strike)


def shown(cell: ReadOnlyCell | EmptyCell) -> str:
    """The cell's value as it stands on the screen: 84.0% for 0.84, 4,841 for 4841, where its format says so."""
    value: Any = cell.value  # of the types that the stubs name, a sheet that is only read gives but a few
    pattern = getattr(cell, "number_format", None) or "General"
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return plain_text(value)
    if isinstance(value, datetime) and value.time() == time():
        return plain_day(value)
    if isinstance(value, date | time):
        return plain_day(value) if isinstance(value, date) else plain_text(value)
    return _number(value, pattern.split(";")[0])


def _number(value: int | float, pattern: str) -> str:
    found = None if pattern in ("General", "@") else as_shown(value, pattern)
    if found is not None:
        return found
    return plain_text(value) if pattern in ("General", "@") or float(value).is_integer() else f"{value:.10g}"


def _spread(grid: list[list[SourceCell]], merged: Sequence[str]) -> None:
    """Gives the value of each merged cell to every place that it covers."""
    for area in merged:
        first, top, last, bottom = range_boundaries(area)
        if not first or not top or not last or not bottom:
            continue
        spread(grid, top - 1, first - 1, min(bottom, len(grid)), last)


def spread(grid: list[list[SourceCell]], top: int, left: int, bottom: int, right: int) -> None:
    """Gives the value of the cell at top, left to every place up to, not including, bottom and right."""
    if top >= len(grid) or left >= len(grid[top]):
        return
    first = grid[top][left]
    for row in range(top, bottom):
        for column in range(left, min(right, len(grid[row]))):
            old = grid[row][column]
            grid[row][column] = SourceCell(first.text, old.place, row - top, column - left, right - left, first.note)


def with_last_lines(tables: list[SourceTable], below: Sequence[SourceRow]) -> list[SourceTable]:
    """The same tables, the last one with the lines that stand below it."""
    if not tables or not below:
        return tables
    return [*tables[:-1], replace(tables[-1], rows=[*tables[-1].rows, *below])]


STREAM = re.compile(rb"stream\r?\n")
# What a page is written in; a hundred pages of text take a few of these.
LARGEST_PDF, PIECE = 16 * MEGABYTE, 65_536
LARGE_PDF = "PDFの中身が大きすぎます。もとの文書から、画像を減らしてPDFを作り直してください。"


def refuse_swollen(data: bytes) -> None:
    """Raises UploadError for a small PDF that unpacks into a huge one, before any of it is kept."""
    unpacked = 0
    for found in STREAM.finditer(data):
        with suppress(zlib.error):  # a picture, or packed in another way
            for size in _unpacking(data, found.end()):
                unpacked += size
                if unpacked > LARGEST_PDF:
                    raise UploadError(LARGE_PDF)


def _unpacking(data: bytes, start: int) -> Iterator[int]:
    """The sizes of the pieces that the stream at the place unpacks into; nothing is copied but a piece at a time."""
    stream = zlib.decompressobj()
    while not stream.eof and (stream.unconsumed_tail or start < len(data)):
        piece = stream.unconsumed_tail
        if not piece:
            piece, start = data[start : start + PIECE], start + PIECE
        yield len(stream.decompress(piece, MEGABYTE))
