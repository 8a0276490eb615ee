"""What a yearly status says: every cell of an answer, declared once; and the state that it is in.

Every form, workbook, comparison, record, edition, file and page goes by CELLS, in its order; nowhere else is the name
of a cell written. It stands on the ground, below models/, because both wings go by it.
"""

from dataclasses import dataclass
from functools import reduce
from operator import and_

from django.db.models import Q, TextChoices


class Progress(TextChoices):
    """The category of an item's year, set by people, never inferred from the text. UNSET is shown apart everywhere."""

    DONE = "done", "実施済"
    IN_PROGRESS = "in_progress", "実施中"
    PARTLY_DONE = "partly_done", "一部実施"
    UNDER_CONSIDERATION = "under_consideration", "検討中"
    NOT_DONE = "not_done", "未実施"
    UNSET = "unset", "未設定"


DEFINITIONS = {
    Progress.DONE: "計画した内容を、その年度のうちに終えたもの。",
    Progress.IN_PROGRESS: "取組を続けているもの。",
    Progress.PARTLY_DONE: "計画した内容の一部を実施したもの。",
    Progress.UNDER_CONSIDERATION: "実施に向けて検討しているもの。",
    Progress.NOT_DONE: "その年度に実施しなかったもの。",
    Progress.UNSET: "担当課がまだ区分を決めていないもの。文章から推し量って決めることはしません。",
}


class State(TextChoices):
    """How far an answer has come through the year's round."""

    NOT_STARTED = "not_started", "未着手"
    DRAFT = "draft", "記入中"
    SUBMITTED = "submitted", "提出"
    RETURNED = "returned", "差戻し"
    CONFIRMED = "confirmed", "確定"


# Where a clerk may write, until it is handed in.
OPEN_STATES = frozenset({State.NOT_STARTED, State.DRAFT, State.RETURNED})


TEXT, CHOICE = "text", "choice"


@dataclass(frozen=True)
class Cell:
    """One cell of an answer.

    name: the field of an answer (YearlyStatus). label: in Japanese, everywhere. kind: TEXT (running text of the record)
    or CHOICE (one of Progress). needed: whether handing in asks for it. width: of its column in a workbook, in
    characters of the default font. rows: lines of its box in a form. published: the field of an edition's row.
    column: its ASCII name in data files. hint: what the guidance of the workbook says about it.
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

    @property
    def empty(self) -> str:
        """What stands in it while nothing is said."""
        return Progress.UNSET.value if self.kind == CHOICE else ""

    def is_blank(self, value: str) -> bool:
        """Whether the value says nothing."""
        return value == self.empty if self.kind == CHOICE else not value.strip()

    def words(self, value: str) -> str:
        """The value as a reader knows it: a category by its label."""
        return str(dict(Progress.choices).get(value, value)) if self.kind == CHOICE else value

    def filled(self, value: str) -> str:
        """The same where nothing said is an empty box: a category that is not set is one."""
        return "" if self.kind == CHOICE and self.is_blank(value) else self.words(value)

    @property
    def published_words(self) -> str:
        """The field of an edition's row that holds the words that people read."""
        return f"{self.published}_label" if self.kind == CHOICE else self.published

    def as_published(self, value: str) -> dict[str, str]:
        """What an edition's row keeps of the value, by field: of a category its code and its label."""
        return {self.published: value, self.published_words: self.words(value)}


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
    ),
)
BY_NAME = {cell.name: cell for cell in CELLS}
NAMES = tuple(BY_NAME)
# Every field of an edition's row that holds one of them.
PUBLISHED = tuple(field for cell in CELLS for field in cell.as_published(cell.empty))
# The first two have places of their own wherever an answer is shown; the others stand below where they say something.
EXTRAS = CELLS[2:]


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
    return state if all(cell.is_blank(getattr(answer, cell.name)) for cell in CELLS) else State.DRAFT
