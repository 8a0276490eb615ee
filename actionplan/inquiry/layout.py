"""The inquiry workbook's layout, shared by its writer and its reader: the columns, and what a reading gives."""

import re
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.core.signing import BadSignature, Signer

from actionplan.cells import CELLS, FIGURES
from actionplan.seen import fingerprint

# Raise it when a workbook of before can no longer be read; the reader then asks for a new one.
VERSION = 1

AUTHOR = "照会票の取込み"  # of the comments that mark what has to be mended
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
# What a partner outside the city hall gets: its items, what is public of them or its own, and one box.
PARTNER_COLUMNS = (
    *(column for column in COLUMNS if column.key in ("code", "name", "content", "last_text")),
    Column("last_voice", "昨年度に書いた文", 26, LAST),
    *(Column(column.key, column.header, 40, ANSWER) for column in COLUMNS if column.key == "text"),
    *(column for column in COLUMNS if column.kind in (REMARK, MACHINE)),
)
# Stands before the remarks in the workbook of a department of which an item declares figures; no other has it.
FIGURES_COLUMN = Column(FIGURES.name, FIGURES.label, FIGURES.width, ANSWER)
HEADERS = {column.key: column.header for column in (*PARTNER_COLUMNS, *COLUMNS, FIGURES_COLUMN)}
# The header of each answer cell by the name of its field (see cells.py).
ANSWER_COLUMNS = {column.key: column.header for column in (*COLUMNS, FIGURES_COLUMN) if column.kind == ANSWER}
# Excel lets nobody type into any column but those of ANSWER kind (styles.py); other programs do. What was written there
# all the same is not read, and the person is told so. The number of a row marks them in this order: add at the end.
LOCKED = ("marks", "kind", "name", "content", "last_text", "last_progress", "remark", "last_voice")
# Of these a change of the list since is told although nobody wrote there: a person may take the item for another.
NAMING = ("name", "content")
MOST_NAMED = 20  # cells in one note; more would bury the rest of the page


def known_columns(partner_id: int | None) -> tuple[Column, ...]:
    """Every column that the reader looks for in a partner's workbook, or in a department's."""
    return PARTNER_COLUMNS if partner_id else (*COLUMNS, FIGURES_COLUMN)


def columns_with(*, figures: bool, unsaid: Container[str] = ()) -> tuple[Column, ...]:
    """The columns of a workbook. figures: whether an item declares any. unsaid: what no item says has no column."""
    columns = tuple(column for column in COLUMNS if column.key not in unsaid)
    if not figures:
        return columns
    place = next(index for index, column in enumerate(columns) if column.kind == REMARK)
    return (*columns[:place], FIGURES_COLUMN, *columns[place:])


OPTIONAL = "・".join(cell.label for cell in CELLS if not cell.needed)
# Of these the sheet and the guidance of either kind of workbook have the same.
NO_ROWS_MORE = "行や列を増やさないでください。列の幅と行の高さは、変えてもかまいません。"
NOT_THE_NUMBERS = "右端の改訂番号と照合番号、1行目の右端の文字は、取込みに使います。変更しないでください。"
NO_FORMULAS = "数式は使えません。文字で書いてください。セルの中で改行するには、Altキーを押しながらEnterキーを押します。"
ANY_NAME = (
    "ファイルの名前とシートの名前は変えてもかまいません。形式は「Excelブック（.xlsx）」のまま保存してください。"
    "LibreOfficeの表（.ods）でも取り込めます。"
)


@dataclass(frozen=True)
class Shape:
    """What the words of a workbook are.

    groups: above the columns, by their kind. closed: in place of the call to answer, where nothing is open.
    needed: what strong yellow says is empty. cut: beside a text that paper cuts. asked: what is to be filled in, with
    how. send: how it comes back.
    """

    groups: dict[str, str]
    closed: str
    needed: str
    cut: str
    asked: tuple[tuple[str, str], ...]
    send: str
    rules: tuple[str, ...]


FOR_DEPARTMENTS = Shape(
    {
        SHOWN: "項目（確認用）",
        LAST: "昨年度の回答（確認用）",
        ANSWER: f"▼ 今年度の回答（黄色の欄に記入してください。{OPTIONAL}は任意です）",
        REMARK: "連絡",
        MACHINE: "管理用",
    },
    "今年度の回答（確認用）",
    "実施状況か進捗区分",
    "長い文は、紙には途中までしか出ません。全文は「自課の回答」の画面を印刷して確かめてください。",
    tuple((cell.label, cell.hint) for cell in CELLS),
    "① 記入して保存したこのファイルを、職員用の画面の「照会票（Excel）」で取り込みます。\n"
    "② 取り込む前に、変わるところが画面に出ます。確かめてから確定します。\n"
    "③ 取り込んだだけでは提出になりません。課長が画面の「自課の回答」で提出します。\n"
    "取り込めないときは、事務局{office}へ送ってください。",
    (
        NO_ROWS_MORE,
        NOT_THE_NUMBERS,
        "行を消しても、その項目の回答は消えません。回答を消すときは、欄の中を空にしてください。",
        NO_FORMULAS,
        "ほかの課の照会票や、ほかの年度の照会票の行を貼り付けないでください。",
        "長い文は、この照会票を印刷すると途中で切れることがあります。紙で確かめるときは、画面の「自課の回答」を印刷してください。",
        ANY_NAME,
    ),
)
FOR_PARTNERS = Shape(
    {
        SHOWN: "項目（確認用）",
        LAST: "昨年度（確認用）",
        ANSWER: "▼ 今年度の文（黄色の欄に記入してください）",
        REMARK: "連絡",
        MACHINE: "管理用",
    },
    "今年度の文（確認用）",
    "実施状況",
    "長い文は、紙には途中までしか出ません。",
    (("実施状況", "この1年に実施したことを、文章で書いてください。書くことのない項目は、空欄のままでかまいません。"),),
    "① 黄色の欄に記入して、このファイルを保存してください。\n"
    "② 保存したファイルを、市の事務局{office}へ送ってください。\n"
    "③ 市が内容を確かめてから、お名前とともに公表します。確かめる前の文が公表されることはありません。",
    (
        NO_ROWS_MORE,
        NOT_THE_NUMBERS,
        "行を消しても、前に送った文は消えません。文を消すときは、欄の中を空にしてください。",
        NO_FORMULAS,
        "ほかの団体の照会票や、ほかの年度の照会票の行を貼り付けないでください。",
        "回答用のリンクも受け取っているときは、どちらか一方で書いてください。",
        ANY_NAME,
    ),
)


@dataclass(frozen=True)
class Doubt:
    """Why a cell that was read has to be looked at. other: what it says when read the other way, if there is one."""

    sentence: str
    other: str | None = None


@dataclass(frozen=True)
class AnswerLine:
    """What the file says about one item.

    line: row of the spreadsheet, from 1. revision: of the row when the workbook was issued.
    cells: values by field, progress as its code; a cell whose column is missing, or that is at fault, is absent;
    an emptied cell is "" (progress: unset).
    locked: what the file has in the cells of LOCKED, by column; absent without the column.
    doubts: by cell, what somebody has to be asked about it.
    marks: of what was issued in the cells of LOCKED (see cell_mark), by column; of older workbooks nothing is known.
    """

    line: int
    status_id: int
    revision: int
    cells: dict[str, str]
    code: str = ""
    locked: dict[str, str] = field(default_factory=dict)
    doubts: dict[str, Doubt] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)

    @property
    def doubtful(self) -> list[str]:
        """The columns of locked cells that somebody changed, or of which nobody knows."""
        return [key for key, words in self.locked.items() if self.marks.get(key) != cell_mark(words)]

    def differing(self, today: Callable[[str], str]) -> list[str]:
        """These, and those of NAMING that would say something else now. today: what they would, by column."""
        moved = {key for key in NAMING if key in self.locked and self.marks.get(key) != cell_mark(today(key))}
        return [*dict.fromkeys([*self.doubtful, *sorted(moved)])]


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
    department_id: of the department that it was issued for; None for items without one. partner_id: of the partner
    that it was issued for instead: then the lines are of its texts (Voice).
    lines: every row that is known by its 照合番号. notes: harmless sentences about what was noticed.
    letters: the column of each answer field, and of LOCKED, in this file; a missing column is absent.
    unread: sentences about what the file holds beside the answers.
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
    partner_id: int | None = None
    unread: tuple[str, ...] = ()

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
OUTSIDE = "p"  # stands before the key of a partner
MARK_LENGTH = 4  # hexadecimal digits


def cell_mark(words: str) -> str:
    """The mark of a locked cell's words; a blank or a line break more or less is nobody's doing."""
    return fingerprint("".join(words.split()), length=MARK_LENGTH)


def _each_mark(marks: str) -> Iterator[str]:
    return (marks[place : place + MARK_LENGTH] for place in range(0, len(marks), MARK_LENGTH))


def cell_marks(words: Mapping[str, str]) -> str:
    """The marks of all columns of LOCKED. words: by column; one that is not there says nothing."""
    return "".join(cell_mark(words.get(key, "")) for key in LOCKED)


class AlteredError(ValueError):
    """Raised for a stamp or a number that does not carry its own signature."""


class OldVersionError(ValueError):
    """Raised for the stamp of a workbook whose layout is another version's."""


@dataclass(frozen=True)
class Stamp:
    """What a workbook is: whose answers of which report (by its key), when it was issued, and how many rows it had.

    marks: of every text that was issued outside the table, one after the other; "" in older workbooks.
    """

    report: str
    department_id: int | None
    issued_at: datetime
    rows: int
    partner_id: int | None = None
    marks: str = ""

    @property
    def issued(self) -> set[str]:
        """The mark of each text that was issued outside the table."""
        return set(_each_mark(self.marks))

    def sign(self) -> str:
        """The stamp as a signed text."""
        whose = _written(self.department_id, self.partner_id)
        own = (self.marks,) if self.marks else ()
        parts = (VERSION, self.report, whose, self.rows, self.issued_at.isoformat(), *own)
        return _signer(MARK).sign("/".join(map(str, (MARK, *parts))))


@dataclass(frozen=True)
class RowNumber:
    """What a row is: an item's answer as the workbook of a report (by its key) and a department showed it.

    code: the item's numbers; printed: how the workbook shows them, where it is otherwise.
    marks: of what stands in each column of LOCKED, one after the other; "" in older workbooks.
    Of a partner's workbook it is the text of the partner.
    """

    report: str
    department_id: int | None
    status_id: int
    revision: int
    code: str
    printed: str = ""
    partner_id: int | None = None
    marks: str = ""

    @property
    def locked(self) -> dict[str, str]:
        """The mark of each column of LOCKED."""
        return dict(zip(LOCKED, _each_mark(self.marks), strict=False))

    @property
    def shown(self) -> str:
        """The number as the workbook shows it."""
        return self.printed or self.code

    def sign(self, signer: Signer) -> str:
        """The 照合番号: a signed text. signer: as row_signer() gives it, once for many rows."""
        revision = f"{self.revision}.{self.marks}" if self.marks else self.revision
        parts = (self.report, _written(self.department_id, self.partner_id), self.status_id, revision, self.code)
        return signer.sign("/".join(map(str, (*parts, *([self.printed] if self.printed else [])))))


def row_signer() -> Signer:
    """What signs and checks the numbers of rows."""
    return _signer(ROW_MARK)


def read_stamp(text: str) -> Stamp:
    """The stamp that a text says. Raises AlteredError, OldVersionError."""
    _, version, *parts = _parts(text, _signer(MARK))
    if int(version) != VERSION:
        raise OldVersionError(version)
    report, whose, rows, issued_at, *marks = parts
    department, partner = _read(whose)
    return Stamp(report, department, datetime.fromisoformat(issued_at), int(rows), partner, "".join(marks))


def looks_stamped(text: str) -> bool:
    """Whether a text is meant as a stamp, whole or altered."""
    return text.startswith(f"{MARK}/")


def read_row_number(text: str, signer: Signer) -> RowNumber:
    """What a 照合番号 says. Raises AlteredError."""
    report, whose, status, issued, code, *printed = _parts(text, signer)
    department, partner = _read(whose)
    revision, _, marks = issued.partition(".")
    return RowNumber(report, department, int(status), int(revision), code, "/".join(printed), partner, marks)


def _signer(purpose: str) -> Signer:
    return Signer(salt=f"actionplan.inquiry.{purpose}")


def _parts(text: str, signer: Signer) -> list[str]:
    try:
        return signer.unsign(text.strip()).split("/")
    except BadSignature as error:
        raise AlteredError(text) from error


def _written(department_id: int | None, partner_id: int | None) -> str:
    if partner_id:
        return f"{OUTSIDE}{partner_id}"
    return NOBODY if department_id is None else str(department_id)


def _read(whose: str) -> tuple[int | None, int | None]:
    """The keys of the department and of the partner, one of which, or both, are None."""
    if whose.startswith(OUTSIDE):
        return None, int(whose.removeprefix(OUTSIDE))
    return (None if whose == NOBODY else int(whose)), None
