"""The inquiry workbook's layout, shared by its writer and its reader: the columns, and what a reading gives."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from django.core.signing import BadSignature, Signer

from actionplan.cells import CELLS, FIGURES

# Raise it when a workbook of before can no longer be read; the reader then asks for a new one.
VERSION = 1

SHEET, GUIDANCE, FAULTS = "照会票", "記入要領", "直すところ"
# Stands in place of a text that is longer than a cell of Excel can be; the reader takes such a cell for absent.
TOO_LONG = "（長すぎて、この欄には入りません。画面で編集してください。）"

SHOWN, LAST, ANSWER, REMARK, MACHINE = "shown", "last", "answer", "remark", "machine"


@dataclass(frozen=True)
class Column:
    """One column of the sheet.

    key: what stands in it; of an answer the field of YearlyStatus. width: in characters of the default font.
    kind: of ANSWER are the columns to be filled in; all others are locked.
    """

    key: str
    header: str
    width: int
    kind: str


COLUMNS = (
    Column("code", "番号", 7, SHOWN),
    Column("marks", "主体", 5, SHOWN),
    Column("kind", "区分", 5, SHOWN),
    Column("name", "項目", 14, SHOWN),
    Column("content", "アクションプランの内容", 22, SHOWN),
    Column("last_text", "昨年度の実施状況", 22, LAST),
    Column("last_progress", "昨年度の進捗区分", 8, LAST),
    *(Column(cell.name, cell.label, cell.width, ANSWER) for cell in CELLS),
    Column("remark", "状態・差戻しの理由", 12, REMARK),
    Column("revision", "改訂番号", 6, MACHINE),
    Column("token", "照合番号", 12, MACHINE),
)
# Stands before the remarks in the workbook of a department of which an item declares figures; no other has it.
FIGURES_COLUMN = Column(FIGURES.name, FIGURES.label, FIGURES.width, ANSWER)
HEADERS = {column.key: column.header for column in (*COLUMNS, FIGURES_COLUMN)}
# The header of each answer cell by the name of its field (see cells.py), and of those that every workbook has.
ANSWER_COLUMNS = {column.key: column.header for column in (*COLUMNS, FIGURES_COLUMN) if column.kind == ANSWER}
ALWAYS = tuple(column.header for column in COLUMNS if column.kind == ANSWER)
# Excel lets nobody type into any column but those of ANSWER kind (styles.py); other programs do. What was written there
# all the same is not read, and in these the person is told so.
TOLD_WHEN_CHANGED = ("name", "content")
MOST_NAMED = 20  # cells in one note; more would bury the rest of the page


def columns_with(*, figures: bool) -> tuple[Column, ...]:
    """The columns of a workbook. figures: whether an item declares any."""
    if not figures:
        return COLUMNS
    place = next(index for index, column in enumerate(COLUMNS) if column.kind == REMARK)
    return (*COLUMNS[:place], FIGURES_COLUMN, *COLUMNS[place:])


@dataclass(frozen=True)
class AnswerLine:
    """What the file says about one item.

    line: row of the spreadsheet, from 1. revision: of the row when the workbook was issued.
    cells: values by field, progress as its code; a cell whose column is missing, or that is at fault, is absent;
    an emptied cell is "" (progress: unset).
    locked: what the file has in the locked cells of TOLD_WHEN_CHANGED, by column; absent without the column.
    """

    line: int
    status_id: int
    revision: int
    cells: dict[str, str]
    code: str = ""
    locked: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Trouble:
    """Something that the person has to mend. cell: "G7", or "" for the sheet as a whole; sentence: without the cell."""

    cell: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.cell}：{self.sentence}" if self.cell else self.sentence

    @property
    def line(self) -> int | None:
        """The row of the spreadsheet that is at fault; None for the sheet as a whole."""
        digits = re.sub(r"\D", "", self.cell)
        return int(digits) if digits else None


@dataclass(frozen=True)
class InquiryFile:
    """What a workbook says.

    report: the key of the report that it asks about.
    department_id: of the department that it was issued for; None for items without one.
    lines: every row that is known by its 照合番号. notes: harmless sentences about what was noticed.
    letters: the column of each answer field, and of TOLD_WHEN_CHANGED, in this file; a missing column is absent.
    unknown: what stands as the item's code in each row that is there, but is not known by a 照合番号 ("" for nothing).
    """

    report: str
    department_id: int | None
    issued_at: datetime
    lines: tuple[AnswerLine, ...]
    troubles: tuple[Trouble, ...] = ()
    notes: tuple[str, ...] = ()
    letters: dict[str, str] | None = None
    unknown: frozenset[str] = frozenset()

    @property
    def good_lines(self) -> tuple[AnswerLine, ...]:
        """The lines in whose rows nothing is at fault."""
        faulty = {trouble.line for trouble in self.troubles}
        return tuple(line for line in self.lines if line.line not in faulty)

    def place(self, line: AnswerLine, field: str) -> str:
        """The cell of the field in that line, as G7; "" when its column is missing."""
        column = (self.letters or {}).get(field, "")
        return f"{column}{line.line}" if column else ""


MARK = "照会票"
ROW_MARK = "行"
NOBODY = "0"  # stands for 「担当課なし」


class AlteredError(ValueError):
    """Raised for a stamp or a number that does not carry its own signature."""


class OldVersionError(ValueError):
    """Raised for the stamp of a workbook whose layout is another version's."""


@dataclass(frozen=True)
class Stamp:
    """What a workbook is: whose answers of which report (by its key), when it was issued, and how many rows it had."""

    report: str
    department_id: int | None
    issued_at: datetime
    rows: int

    def sign(self) -> str:
        """The stamp as a signed text."""
        parts = (VERSION, self.report, _written(self.department_id), self.rows, self.issued_at.isoformat())
        return _signer(MARK).sign("/".join(map(str, (MARK, *parts))))


@dataclass(frozen=True)
class RowNumber:
    """What a row is: an item's answer as the workbook of a report (by its key) and a department showed it.

    code: the item's numbers; printed: how the workbook shows them, where it is otherwise.
    """

    report: str
    department_id: int | None
    status_id: int
    revision: int
    code: str
    printed: str = ""

    @property
    def shown(self) -> str:
        """The number as the workbook shows it."""
        return self.printed or self.code

    def sign(self, signer: Signer) -> str:
        """The 照合番号: a signed text. signer: as row_signer() gives it, once for many rows."""
        parts = (self.report, _written(self.department_id), self.status_id, self.revision, self.code)
        return signer.sign("/".join(map(str, (*parts, *([self.printed] if self.printed else [])))))


def row_signer() -> Signer:
    """What signs and checks the numbers of rows."""
    return _signer(ROW_MARK)


def read_stamp(text: str) -> Stamp:
    """The stamp that a text says. Raises AlteredError, OldVersionError."""
    _, version, *parts = _parts(text, _signer(MARK))
    if int(version) != VERSION:
        raise OldVersionError(version)
    report, department, rows, issued_at = parts
    return Stamp(report, _read(department), datetime.fromisoformat(issued_at), int(rows))


def looks_stamped(text: str) -> bool:
    """Whether a text is meant as a stamp, whole or altered."""
    return text.startswith(f"{MARK}/")


def read_row_number(text: str, signer: Signer) -> RowNumber:
    """What a 照合番号 says. Raises AlteredError."""
    report, department, status, revision, code, *printed = _parts(text, signer)
    return RowNumber(report, _read(department), int(status), int(revision), code, "/".join(printed))


def _signer(purpose: str) -> Signer:
    return Signer(salt=f"actionplan.inquiry.{purpose}")


def _parts(text: str, signer: Signer) -> list[str]:
    try:
        return signer.unsign(text.strip()).split("/")
    except BadSignature as error:
        raise AlteredError(text) from error


def _written(department_id: int | None) -> str:
    return NOBODY if department_id is None else str(department_id)


def _read(department: str) -> int | None:
    return None if department == NOBODY else int(department)
