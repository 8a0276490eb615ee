"""Tables as machine-readable files: one header row, one line a record, text always text."""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from io import BytesIO, StringIO
from itertools import chain
from typing import Any
from unicodedata import east_asian_width, normalize

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from actionplan.text import workbook_escape

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int | float | Decimal | None
Row = Sequence[Cell]
LONGEST_CELL = 32_767  # UTF-16 units: Excel's limit; XlsxWriter would cut the text there.
NARROWEST, WIDEST, BUTTON = 6, 60, 5  # characters of the default font
SIZE, LINE_HEIGHT, TALLEST_ROW = 11, 15, 409  # points
MOST_SHOWN = 2_000  # characters of a text that the tallest row can show, and more
LAID = {"text_wrap": True, "valign": "top"}


def csv_text(headers: Sequence[str], rows: Iterable[Row]) -> str:
    """The table as RFC 4180 text: CRLF between records, guarded against formulas (see formula_guard)."""
    return "".join(csv_lines(chain([headers], rows)))


def csv_lines(rows: Iterable[Row]) -> Iterator[str]:
    """The rows as csv_text() writes them, each as soon as it is there: for files that are sent while they grow."""
    stream = StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    for row in rows:
        writer.writerow([guard(cell) if isinstance(cell, str) else cell for cell in row])
        yield stream.getvalue()
        stream.seek(0)
        stream.truncate()


def write_csv(headers: Sequence[str], rows: Iterable[Row]) -> bytes:
    """The table as CSV in UTF-8 with a byte order mark, so that Excel opens it by double-click."""
    return csv_text(headers, rows).encode("utf-8-sig")


DIGITS = re.compile(r'"\\u0000([^"]*)"')


def write_json(content: object) -> bytes:
    """The content as JSON in UTF-8, a value a line; numbers with every digit that they have, 12.50 too."""
    # No text of the record holds the character: what stands behind it in quotes are digits.
    text = json.dumps(content, ensure_ascii=False, indent=1, default=lambda digits: f"\0{digits}")
    return (DIGITS.sub(r"\1", text) + "\n").encode()


# The sheet that explains the columns: what it is called, and what its first cell says.
EXPLANATION, EXPLAINED = "列の説明", "列の名前"


def write_xlsx(
    headers: Sequence[str],
    rows: Iterable[Row],
    *,
    title: str = "データ",
    created: datetime | None = None,
    about: Sequence[Row] = (),
) -> bytes:
    """The table as a workbook: nothing merged, hidden or coloured; text is text, numbers are numbers.

    created: the moment that the file says it was made; the same table and moment give the same bytes.
    about: lines of a second sheet, which explains the columns.
    Raises CellsDoNotFit for a text that is longer than a cell of Excel can be.
    """
    stream = BytesIO()
    with Workbook(stream, {"constant_memory": True, **OPTIONS}) as book:
        if created:
            book.set_properties({"created": created.replace(tzinfo=None)})
        table = TableSheet(book, title)
        table.fill(headers, rows)
        table.filtered()
        if about:
            explained = TableSheet(book, EXPLANATION)
            explained.fill((EXPLAINED, "説明", ""), about)
            explained.sheet.fit_to_pages(1, 0)
    return stream.getvalue()


def data_sheets(book: Any) -> list[Any]:
    """The sheets of a workbook that openpyxl reads, without the one that explains the columns of our own files."""
    return [sheet for sheet in book.worksheets if not _explains(sheet)]


def _explains(sheet: Any) -> bool:
    first = next(iter(sheet.iter_rows(max_row=1, max_col=1, values_only=True)), None)
    return sheet.title == EXPLANATION and first == (EXPLAINED,)


class TableSheet:
    """A sheet of a machine-readable workbook while it is written, row by row: texts wrap in rows tall enough."""

    def __init__(self, book: Workbook, title: str) -> None:
        self.sheet = book.add_worksheet(title, worksheet_class=ExactWorksheet)
        self.bold = book.add_format({"bold": True, "valign": "top"})
        self.plain = book.add_format(LAID)
        # The quote prefix keeps a text that looks like a formula a text even after somebody edits the cell.
        self.quoted = book.add_format({**LAID, "quote_prefix": True})
        self.misfits: list[Misfit] = []

    def fill(self, headers: Sequence[str], rows: Iterable[Row]) -> None:
        """Writes the table; raises CellsDoNotFit after the last row when cells were too long."""
        self.headers, rows = headers, list(rows)
        self.widths, self.last = column_widths(headers, rows), len(rows)
        for column, header in enumerate(headers):
            self.sheet.write_string(0, column, header, self.bold)
        for number, row in enumerate(rows, 1):
            self._set_height(number, row)
            for column, cell in enumerate(row):
                self._write(number, column, cell)
        if self.misfits:
            raise CellsDoNotFit(self.misfits)
        self._finish()

    def filtered(self) -> None:
        """Gives the header its buttons for choosing rows."""
        self.sheet.autofilter(0, 0, self.last, len(self.headers) - 1)

    def _set_height(self, number: int, row: Row) -> None:
        """Before the row is written: it is on its way to the disk as soon as the next one begins."""
        cells = ((str(cell or "")[:MOST_SHOWN], width) for cell, width in zip(row, self.widths, strict=False))
        lines = max((line_count(text, width, SIZE) for text, width in cells), default=1)
        if lines > 1:
            self.sheet.set_row(number, min(lines * LINE_HEIGHT, TALLEST_ROW))

    def _write(self, row: int, column: int, cell: Cell) -> None:
        if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
            self.sheet.write_number(row, column, cell, self.plain)
        elif cell is not None:
            self._write_text(row, column, str(cell))

    def _write_text(self, row: int, column: int, text: str) -> None:
        if len(text.encode("utf-16-le")) // 2 > LONGEST_CELL:
            problem = f"文字数がExcelの上限（{LONGEST_CELL}字）を超えています。"
            self.misfits.append(Misfit(row + 1, self.headers[column], problem))
            return
        self.sheet.write_string(row, column, text, self.quoted if looks_like_formula(text) else self.plain)

    def _finish(self) -> None:
        for column, width in enumerate(self.widths):
            self.sheet.set_column(column, column, width)
        self.sheet.freeze_panes(1, 0)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)  # A4
        self.sheet.repeat_rows(0)


def column_widths(headers: Sequence[str], rows: Iterable[Row]) -> list[int]:
    """How wide each column is: for its longest line and its header with the filter's button, within limits."""
    widths = [display_width(header) + BUTTON for header in headers]
    for row in rows:
        for column, cell in enumerate(row):
            if cell is not None:
                widths[column] = max(widths[column], display_width(str(cell)) + 2)
    return [min(max(width, NARROWEST), WIDEST) for width in widths]


def display_width(text: str) -> int:
    """The width of the longest line in half-width characters; a full-width character counts two."""
    return max((_line_width(line) for line in text.split("\n")), default=0)


def _line_width(line: str) -> int:
    return sum(2 if east_asian_width(character) in "WFA" else 1 for character in line)


SIGN = r"[=+\-@\t\r\n＝＋－＠]"
LOOKS_LIKE_FORMULA = re.compile(f"'*{SIGN}")
GUARDED = re.compile(f"'+{SIGN}")


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet could take the text for a formula."""
    return LOOKS_LIKE_FORMULA.match(text) is not None


def guard(text: str) -> str:
    """The text as a CSV cell: with one ' in front where it needs it, else unchanged."""
    return f"'{text}" if looks_like_formula(text) else text


def unguard(cell: str) -> str:
    """The text that a CSV cell holds; it undoes guard() whatever the text."""
    return cell[1:] if GUARDED.match(cell) else cell


@dataclass(frozen=True)
class Misfit:
    """A cell that does not fit.

    row: as a spreadsheet counts, the header being row 1. problem: what does not fit, in Japanese.
    """

    row: int
    column: str
    problem: str

    def __str__(self) -> str:
        return f"{self.row}行目「{self.column}」：{self.problem}"


class CellsDoNotFit(ValueError):
    """Raised in place of a file; misfits names every cell."""

    def __init__(self, misfits: Sequence[Misfit]) -> None:
        super().__init__("\n".join(str(misfit) for misfit in misfits))
        self.misfits = list(misfits)


ENCODING = "cp932"


def encode(headers: Sequence[str], rows: Iterable[Row]) -> bytes:
    """The table as CSV in CP932 with CRLF and no byte order mark.

    Raises CellsDoNotFit, naming every cell, when a character has no place in CP932: nothing is replaced, not even
    〜 (U+301C) by ～ (U+FF5E), since what is downloaded is the record.
    """
    rows = [list(row) for row in rows]
    if misfits := unencodable(headers, rows):
        raise CellsDoNotFit(misfits)
    return csv_text(headers, rows).encode(ENCODING)


def unencodable(headers: Sequence[str], rows: Sequence[Row]) -> list[Misfit]:
    """The cells that CP932 cannot hold, top to bottom, left to right."""
    return [
        Misfit(number, header, f"{'、'.join(strangers)}はCP932で表せません。")
        for number, row in enumerate([headers, *rows], 1)
        for header, cell in zip(headers, row, strict=True)
        if isinstance(cell, str) and (strangers := strange_characters(cell))
    ]


def strange_characters(text: str) -> list[str]:
    """The characters of the text that CP932 cannot hold, each once, as 𠮷（U+20BB7）."""
    return [f"{character}（U+{ord(character):04X}）" for character in dict.fromkeys(text) if not _fits(character)]


# What NFKC does not know to stand for a character that CP932 lacks.
PLAINER = str.maketrans(dict(zip("〜−—–‖•𠮷𠮟𡈽𣘺\u00a0", "～－―－∥・吉叱土橋 ", strict=True)))
NO_PLAINER = "ほかの字"


def misfit_advice(text: str) -> str:
    """「𠮷」（U+20BB7）は「吉」、…: what CP932 cannot hold, each with what could stand there; "" for nothing."""
    strangers = [character for character in dict.fromkeys(text) if not _fits(character)] if not _encodes(text) else []
    return "、".join(f"「{each}」（U+{ord(each):04X}）は{_plainer(each)}" for each in strangers)


def _plainer(character: str) -> str:
    found = character.translate(PLAINER)
    found = normalize("NFKC", character) if found == character else found
    if found == " ":
        return "ふつうの空白"
    return f"「{found}」" if found and found != character and all(map(_fits, found)) else NO_PLAINER


def became_question_marks(before: str, after: str) -> list[str]:
    """The characters that an old encoding turned into ?: they stood before, CP932 lacks them, and a ? has come."""
    if after.count("?") <= before.count("?"):
        return []
    return [each for each in dict.fromkeys(before) if not _fits(each) and after.count(each) < before.count(each)]


@lru_cache(maxsize=4096)
def _fits(character: str) -> bool:
    return _encodes(character)


def _encodes(text: str) -> bool:
    try:
        return text.encode(ENCODING).decode(ENCODING) == text
    except UnicodeError:
        return False


PIXELS_PER_CHARACTER = 7  # a column's width counts digits of the default font
PIXELS_PER_POINT = 96 / 72
LONGEST_PIECE = 26  # lines of body text: a row of Excel is at most 409 points tall


def half_widths(column_width: float, size: float) -> int:
    """How many half-width characters of a size (points) fit on a line, one full-width character kept in reserve.

    The reserve is for the line-breaking rules, which push a character down so that no line begins with 。 or 」.
    """
    return max(2, int(column_width * PIXELS_PER_CHARACTER / (size / 2 * PIXELS_PER_POINT)) - 2)


def pieces(text: str, column_width: float, size: float, longest: int) -> list[str]:
    """The text cut so that no piece takes more lines than longest; joined they are the text but for \\n at cuts."""
    lines = _lines(text, half_widths(column_width, size))
    cut = ["".join(lines[start : start + longest]) for start in range(0, len(lines), longest)]
    return [piece.removesuffix("\n") for piece in cut] or [""]


def line_count(text: str, column_width: float, size: float) -> int:
    """How many lines the text takes in a column of that width; one for an empty text."""
    return len(_lines(text, half_widths(column_width, size))) or 1


def _lines(text: str, room: int) -> list[str]:
    lines: list[str] = []
    for paragraph in text.splitlines(keepends=True):
        line, used = "", 0
        for character in paragraph:
            width = 2 if east_asian_width(character) in "WFA" else 1
            if character != "\n" and used + width > room:
                lines.append(line)
                line, used = "", 0
            line += character
            used += width
        lines.append(line)
    return lines


# For Workbook(...): nothing that is written may turn into a formula, a link or a number by its looks.
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": False}


class ExactWorksheet(Worksheet):
    """A worksheet for workbooks opened with constant_memory, where cells are written in line, to the letter."""

    @staticmethod
    def _escape_control_characters(data: str) -> str:
        return workbook_escape(data)

    def _xml_rich_inline_string(self, string: str, attributes: Sequence[tuple[str, object]] = ()) -> None:
        # XlsxWriter takes a text that begins with <r> and ends with </r> for markup: the file would not open.
        self._xml_inline_string(string, True, attributes)
