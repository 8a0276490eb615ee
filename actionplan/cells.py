"""What a yearly status says: every cell of an answer, declared once; and the state that it is in.

Every form, workbook, comparison, record, edition, file and page goes by CELLS, in its order; nowhere else is the name
of a cell written. It stands on the ground, below models/, because both wings go by it.
"""

from dataclasses import dataclass
from functools import reduce
from operator import and_

from django.db.models import Q, TextChoices

from actionplan.scale import UNSET, Scale


class State(TextChoices):
    """How far an answer has come through the year's round."""

    NOT_STARTED = "not_started", "未着手"
    DRAFT = "draft", "記入中"
    SUBMITTED = "submitted", "提出"
    RETURNED = "returned", "差戻し"
    CONFIRMED = "confirmed", "確定"


# Where a clerk may write, until it is handed in.
OPEN_STATES = frozenset({State.NOT_STARTED, State.DRAFT, State.RETURNED})


TEXT, CHOICE, NUMBERS = "text", "choice", "numbers"


@dataclass(frozen=True)
class Cell:
    """One cell of an answer.

    name: the field of an answer (YearlyStatus). label: in Japanese, everywhere. kind: TEXT (running text of the
    record), CHOICE (a category of the plan's scale, or none yet) or NUMBERS (the year's figures, see figures.py).
    needed: whether handing in asks for it. width: of its column in a workbook, in characters of the default font. rows:
    lines of its box in a form. published: the field of an edition's row. column: its ASCII name in data files. hint:
    what the guidance of the workbook says about it. meaning: what readers of the data are told that it is.
    """

    name: str
    label: str
    kind: str
    needed: bool
    width: int
    rows: int
    published: str
    column: str
    hint: str
    ahead: bool = False
    meaning: str = ""

    @property
    def empty(self) -> str:
        """What stands in it while nothing is said."""
        return UNSET if self.kind == CHOICE else ""

    def is_blank(self, value: str) -> bool:
        """Whether the value says nothing."""
        return value == self.empty if self.kind == CHOICE else not value.strip()

    def words(self, value: str, scale: Scale) -> str:
        """The value as a reader knows it: a category by its label."""
        return scale.label(value) if self.kind == CHOICE else value

    def filled(self, value: str, scale: Scale) -> str:
        """The same where nothing said is an empty box: a category that is not set is one."""
        return "" if self.kind == CHOICE and self.is_blank(value) else self.words(value, scale)

    @property
    def published_words(self) -> str:
        """The field of an edition's row that holds the words that people read."""
        return f"{self.published}_label" if self.kind == CHOICE else self.published

    @property
    def published_fields(self) -> tuple[str, ...]:
        """The fields of an edition's row that hold it: of a category its code and its label."""
        return (self.published, self.published_words) if self.kind == CHOICE else (self.published,)

    def as_published(self, value: str, scale: Scale) -> dict[str, str]:
        """What an edition's row keeps of the value, by field."""
        return dict(zip(self.published_fields, (value, self.words(value, scale)), strict=False))


# What an item's declared figures were in the year; no item has it that declares none.
FIGURES = Cell(
    name="figures",
    label="数値",
    kind=NUMBERS,
    needed=False,
    width=26,
    rows=3,
    published="figures",
    column="figures",
    hint="「＝」の右に数字だけを書いてください。全角の数字、3桁ごとのコンマ、△や−の付いた数も読み取れます。",
)
CELLS = (
    Cell(
        name="text",
        label="実施状況",
        kind=TEXT,
        needed=True,
        width=34,
        rows=6,
        published="status",
        column="status",
        hint="この1年に実施したことを、文章で書いてください。そのまま公表されます。",
        meaning="その年度に実施したことを、担当課が書いたとおりに載せています。",
    ),
    Cell(
        name="progress",
        label="進捗区分",
        kind=CHOICE,
        needed=True,
        width=10,
        rows=1,
        published="progress",
        column="progress",
        hint="▼を押して、一覧から選んでください。意味は下の「進捗区分の意味」のとおりです。",
        meaning="どこまで進んだかを、人が選んだ区分です。文から推し量ったものではありません。",
    ),
    Cell(
        name="outcome",
        label="成果",
        kind=TEXT,
        needed=False,
        width=13,
        rows=3,
        published="outcome",
        column="outcome",
        hint="実施して得られた成果を書いてください（任意）。",
        meaning="実施して得られた成果です。",
    ),
    Cell(
        name="challenge",
        label="課題",
        kind=TEXT,
        needed=False,
        width=13,
        rows=3,
        published="challenge",
        column="challenge",
        hint="残った課題を書いてください（任意）。",
        meaning="残った課題です。",
    ),
    Cell(
        name="next_step",
        label="今後の方針",
        kind=TEXT,
        needed=False,
        width=13,
        rows=3,
        published="next_step",
        column="next_step",
        hint="来年度からの進め方を書いてください（任意）。",
        ahead=True,
        meaning="翌年度からの進め方です。",
    ),
)
BY_NAME = {cell.name: cell for cell in (*CELLS, FIGURES)}
NAMES = tuple(BY_NAME)
# Every field of an edition's row that holds one of them.
PUBLISHED = tuple(field for cell in CELLS for field in cell.published_fields)
# The first two have places of their own wherever an answer is shown; the others stand below where they say something.
EXTRAS = CELLS[2:]
CHOICES = tuple(cell for cell in CELLS if cell.kind == CHOICE)


# What makes a text say something, for databases: anything but what Python takes for blanks.
WRITTEN = "[^ \t\n\r\x0b\x0c\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"


def complete() -> Q:
    """The condition that no cell is missing (see missing_cells), for counting without reading the answers."""
    parts = (
        ~Q((cell.name, cell.empty)) if cell.kind == CHOICE else Q((f"{cell.name}__regex", WRITTEN))
        for cell in CELLS
        if cell.needed
    )
    return reduce(and_, parts)


def missing_cells(answer: object) -> list[Cell]:
    """The cells of the answer that handing in asks for and that say nothing yet. answer: bears them by their names."""
    return [cell for cell in CELLS if cell.needed and cell.is_blank(getattr(answer, cell.name))]


def state_once_written(answer: object, state: str) -> str:
    """The one rule for 記入中, whichever way an answer comes: of which any cell says something is no more 未着手."""
    if state != State.NOT_STARTED:
        return state
    return state if all(cell.is_blank(getattr(answer, name)) for name, cell in BY_NAME.items()) else State.DRAFT
