"""Tables as machine-readable files: one header row, one line a record, text always text."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from io import BytesIO, StringIO
from itertools import chain
from unicodedata import east_asian_width

from xlsxwriter import Workbook

from actionplan.exports.formula_guard import guard, looks_like_formula
from actionplan.exports.misfits import CellsDoNotFit, Misfit
from actionplan.exports.worksheets import OPTIONS, ExactWorksheet

Cell = str | int | float | None
Row = Sequence[Cell]
LONGEST_CELL = 32_767  # UTF-16 units: Excel's limit; XlsxWriter would cut the text there.
NARROWEST, WIDEST = 6, 60


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


def write_xlsx(
    headers: Sequence[str], rows: Iterable[Row], *, title: str = "データ", created: datetime | None = None
) -> bytes:
    """The table as a workbook of one sheet: nothing merged, hidden or coloured; text is text, numbers are numbers.

    created: the moment that the file says it was made; the same table and moment give the same bytes.
    Raises CellsDoNotFit for a text that is longer than a cell of Excel can be.
    """
    stream = BytesIO()
    with Workbook(stream, {"constant_memory": True, **OPTIONS}) as book:
        if created:
            book.set_properties({"created": created.replace(tzinfo=None)})
        TableSheet(book, title).fill(headers, rows)
    return stream.getvalue()


class TableSheet:
    """The one sheet of a machine-readable workbook while it is written, row by row."""

    def __init__(self, book: Workbook, title: str) -> None:
        self.sheet = book.add_worksheet(title, worksheet_class=ExactWorksheet)
        self.bold = book.add_format({"bold": True})
        # The quote prefix keeps a text that looks like a formula a text even after somebody edits the cell.
        self.quoted = book.add_format({"quote_prefix": True})
        self.misfits: list[Misfit] = []

    def fill(self, headers: Sequence[str], rows: Iterable[Row]) -> None:
        """Writes the table; raises CellsDoNotFit after the last row when cells were too long."""
        self.headers = headers
        self.widths = [display_width(header) for header in headers]
        for column, header in enumerate(headers):
            self.sheet.write_string(0, column, header, self.bold)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                self._write(number, column, cell)
        if self.misfits:
            raise CellsDoNotFit(self.misfits)
        self._finish()

    def _write(self, row: int, column: int, cell: Cell) -> None:
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            self.sheet.write_number(row, column, cell)
        elif cell is not None:
            self._write_text(row, column, str(cell))

    def _write_text(self, row: int, column: int, text: str) -> None:
        if len(text.encode("utf-16-le")) // 2 > LONGEST_CELL:
            problem = f"文字数がExcelの上限（{LONGEST_CELL}字）を超えています。"
            self.misfits.append(Misfit(row + 1, self.headers[column], problem))
            return
        self.sheet.write_string(row, column, text, self.quoted if looks_like_formula(text) else None)
        self.widths[column] = max(self.widths[column], display_width(text))

    def _finish(self) -> None:
        for column, width in enumerate(self.widths):
            self.sheet.set_column(column, column, min(max(width + 2, NARROWEST), WIDEST))
        self.sheet.freeze_panes(1, 0)


def display_width(text: str) -> int:
    """The width of the longest line in half-width characters; a full-width character counts two."""
    return max((_line_width(line) for line in text.split("\n")), default=0)


def _line_width(line: str) -> int:
    return sum(2 if east_asian_width(character) in "WFA" else 1 for character in line)
