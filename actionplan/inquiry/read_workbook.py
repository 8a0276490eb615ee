"""What an uploaded inquiry workbook says: every answer that can be known, and everything that has to be mended."""

from collections.abc import Iterator

from actionplan.exports.uploads import UploadError, column_letters
from actionplan.exports.xlsx_reader import NOT_XLSX
from actionplan.inquiry.find_sheet import FoundSheet, find_sheet
from actionplan.inquiry.layout import (
    ANSWER_COLUMNS,
    LOCKED,
    MOST_NAMED,
    SHEET,
    TOO_LONG,
    AnswerLine,
    InquiryFile,
    Trouble,
)
from actionplan.inquiry.open_workbook import Cells, open_workbook
from actionplan.inquiry.read_cells import CellFault, empty_cell, read_cell, retold
from actionplan.inquiry.read_heads import head_notes, head_troubles
from actionplan.inquiry.read_rows import RowFault, Rows
from actionplan.inquiry.stamp import row_signer


def read_inquiry(data: bytes, name: str) -> InquiryFile:
    """What the workbook says. name: of the file, as the person called it.

    Raises UploadError, with a sentence of its own for each kind of file, when nothing can be read.
    """
    book = open_workbook(data, name)
    try:
        return Reading(find_sheet(book)).result()
    except UploadError:
        raise
    except Exception as error:  # openpyxl and the XML parser raise whatever a broken file leads them into
        raise UploadError(NOT_XLSX) from error


class Reading:
    """One reading of a sheet: the lines, and every trouble in the order of the rows."""

    def __init__(self, sheet: FoundSheet) -> None:
        self.sheet = sheet
        self.rows = Rows(sheet, row_signer())
        self.answers = {field: place for field, place in self.rows.columns.items() if field in ANSWER_COLUMNS}
        self.locked = [key for key in LOCKED if key in self.rows.columns]
        self.lines: list[AnswerLine] = []
        self.lines_of: dict[int, list[int]] = {}  # status → every line that it was met in
        self.unknown: set[str] = set()
        self.retold: list[str] = []
        self.troubles = [*head_troubles(sheet), *self.rows.merged()]

    def result(self) -> InquiryFile:
        """The whole of what the sheet says."""
        for line, cells in self.sheet.rows:
            self._read(line, cells)
        self.troubles += self._doubled()
        stamp = self.sheet.stamp
        return InquiryFile(
            stamp.fiscal_year,
            stamp.department_id,
            stamp.issued_at,
            tuple(self.lines),
            tuple(sorted(self.troubles, key=lambda trouble: trouble.line or 0)),
            tuple(self._notes()),
            {key: column_letters(self.rows.columns[key]) for key in (*self.answers, *self.locked)},
            frozenset(self.unknown),
        )

    def _read(self, line: int, cells: Cells) -> None:
        try:
            number = self.rows.number(line, cells)
        except RowFault as fault:
            self.troubles.append(fault.trouble)
            self.unknown.add(self.rows.words("code", cells))
            return
        if number is None:
            return
        met = self.lines_of.setdefault(number.status_id, [])
        met.append(line)
        if len(met) == 1:
            self.troubles += self.rows.altered(line, cells, number)
            answers, locked = self._cells(line, cells), {key: self.rows.words(key, cells) for key in self.locked}
            self.lines.append(AnswerLine(line, number.status_id, number.revision, answers, number.code, locked))

    def _doubled(self) -> Iterator[Trouble]:
        for line in self.lines:
            met = self.lines_of[line.status_id]
            if len(met) > 1:
                places = "と".join(f"{each}行目" for each in met)
                sentence = f"項目{line.code}の行が{places}にあります。正しい行だけを残してください。"
                yield from (Trouble(self.rows.place("token", each), sentence) for each in met)

    def _cells(self, line: int, cells: Cells) -> dict[str, str]:
        found = {}
        for field, index in self.answers.items():
            try:
                text = read_cell(cells[index], field) if index < len(cells) else empty_cell(field)
                if told := retold(cells, index, text):
                    self.retold.append(f"{self.rows.place(field, line)}{told}")
            except CellFault as fault:
                self.troubles.append(Trouble(self.rows.place(field, line), str(fault)))
                continue
            if text != TOO_LONG:
                found[field] = text
        return found

    def _notes(self) -> Iterator[str]:
        if self.sheet.title != SHEET:
            yield f"シートの名前が「{self.sheet.title}」に変わっていますが、照会票として読み取りました。"
        yield from head_notes(self.sheet)
        order = [tuple(map(int, line.code.split("-"))) for line in self.lines]
        if order != sorted(order):
            yield "行の並びが変わっていますが、照合番号で項目を確かめて読み取りました。"
        yield from self.retold[:MOST_NAMED]
        if (more := len(self.retold) - MOST_NAMED) > 0:
            yield f"ほかに{more}つの欄も、数値かタブが入っていました。どれも文として読みました。"
