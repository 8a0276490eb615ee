"""The inquiry workbook's layout, shared by its writer and its reader: the columns, and what a reading gives."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from actionplan.models import Progress

# Raise it when a workbook of before can no longer be read; the reader then asks for a new one.
VERSION = 1

SHEET, GUIDANCE, FAULTS = "照会票", "記入要領", "直すところ"
# Stands in place of a text that is longer than a cell of Excel can be; the reader takes such a cell for absent.
TOO_LONG = "（長すぎて、この欄には入りません。画面で編集してください。）"

# What may be chosen; a category that is not set is an empty cell.
CHOICES = tuple(progress.label for progress in Progress if progress != Progress.UNSET)

SHOWN, LAST, ANSWER, REMARK, MACHINE = "shown", "last", "answer", "remark", "machine"


@dataclass(frozen=True)
class Column:
    """One column of the sheet.

    key: what stands in it; of an answer the field of YearlyStatus. width: in characters of the default font.
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
    Column("text", "実施状況", 34, ANSWER),
    Column("progress", "進捗区分", 10, ANSWER),
    Column("outcome", "成果", 13, ANSWER),
    Column("challenge", "課題", 13, ANSWER),
    Column("next_step", "今後の方針", 13, ANSWER),
    Column("remark", "状態・差戻しの理由", 12, REMARK),
    Column("revision", "改訂番号", 6, MACHINE),
    Column("token", "照合番号", 12, MACHINE),
)
HEADERS = {column.key: column.header for column in COLUMNS}
# The header of each answer cell by the name of its field (see cycle.answers.CELLS).
ANSWER_COLUMNS = {column.key: column.header for column in COLUMNS if column.kind == ANSWER}
# Cells that are not read, of which the person is told when something else was written there.
LOCKED = ("name", "content")
MOST_NAMED = 20  # cells in one note; more would bury the rest of the page


@dataclass(frozen=True)
class AnswerLine:
    """What the file says about one item.

    line: row of the spreadsheet, from 1. revision: of the row when the workbook was issued.
    cells: values by field, progress as its code; a cell whose column is missing, or that is at fault, is absent;
    an emptied cell is "" (progress: unset).
    locked: what the file has in the cells that are only to be read (see LOCKED), by column; absent without the column.
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

    department_id: of the department that it was issued for; None for items without one.
    lines: every row that is known by its 照合番号. notes: harmless sentences about what was noticed.
    letters: the column of each answer field, and of LOCKED, in this file; a missing column is absent.
    unknown: what stands as the item's code in each row that is there, but is not known by a 照合番号 ("" for nothing).
    """

    fiscal_year: int
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
