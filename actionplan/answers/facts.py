"""What the page of a department's answers shows of each item: its boxes, the steps taken, and what may be done."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.core.paginator import Page
from django.utils.safestring import SafeString

from actionplan.answers.admin import marks_html
from actionplan.answers.copying import text_to_copy
from actionplan.answers.saving import CLASH, CLOSED, FAULTY, Judgement, is_untouched, missing_parts
from actionplan.answers.sheet import SheetRow, box_name, figure_box_name, stamp_of
from actionplan.cells import BY_NAME, CHOICE, EXTRAS, FIGURES, NAMES, OPEN_STATES, missing_cells
from actionplan.checks.questions import Concern
from actionplan.figures import raw_values, written_number
from actionplan.models import State, YearlyStatus
from actionplan.scale import Scale
from actionplan.seen import mark_of
from actionplan.voices.beside import BesideText, joined_text
from actionplan.words import person_name


@dataclass(frozen=True)
class Choice:
    """A category beside its box."""

    code: str
    label: str
    definition: str
    checked: bool


NOT_CHOSEN = "まだ選んでいません。"


@dataclass(frozen=True)
class Box:
    """A cell of an item.

    place: its id on the page. value: what stands in the box. stored: what is saved. last: last year's words.
    theirs: what somebody else saved meanwhile, where it clashes with ours. given_back: what was written here and can
    no longer be saved.
    """

    cell: str
    name: str
    place: str
    value: str
    stored: str
    last: str
    scale: Scale
    theirs: str | None = None
    given_back: str | None = None
    errors: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """実施状況."""
        return BY_NAME[self.cell].label

    @property
    def stored_words(self) -> str:
        """What is saved, as a reader knows it."""
        return BY_NAME[self.cell].words(self.stored, self.scale)

    @property
    def choices(self) -> list[Choice]:
        """The categories, 未設定 last."""
        return [
            Choice(each.code, each.label, NOT_CHOSEN if each.is_unset else each.definition, each.code == self.value)
            for each in self.scale.offered(self.stored)
        ]

    @property
    def is_choice(self) -> bool:
        """Whether it is a category."""
        return BY_NAME[self.cell].kind == CHOICE

    @property
    def says_something(self) -> bool:
        """Whether anything is saved in it."""
        return bool(BY_NAME[self.cell].filled(self.stored, self.scale))

    @property
    def asks_for_a_look(self) -> bool:
        """Whether something is written in it, or to be told of it."""
        written = bool(BY_NAME[self.cell].filled(self.value, self.scale))
        return written or self.theirs is not None or bool(self.errors)


def make_box(row: SheetRow, name: str, mine: Mapping[str, str], refused: Judgement | None) -> Box:
    """The box of a cell. mine: the words that were sent and not saved, by cell."""
    status = row.status
    stored, why = getattr(status, name), refused.why if refused else ""
    scale = status.scale
    written = BY_NAME[name].words(mine[name], scale) if name in mine else None
    return Box(
        name,
        box_name(status, name),
        f"{name}-{status.pk}",
        stored if why == CLOSED else mine.get(name, stored),
        stored,
        row.last_of(name),
        scale,
        theirs=BY_NAME[name].words(stored, scale) if refused and why == CLASH and name in refused.clashes else None,
        given_back=written if why == CLOSED else None,
        errors=tuple(refused.errors.get(name, ())) if refused and why == FAULTY else (),
    )


@dataclass(frozen=True)
class FigureBox:
    """Where one of the item's figures is written. last: last year's number, ahead: this year's target, as people read
    them; empty where there is none.
    """

    name: str
    place: str
    label: str
    unit: str
    value: str
    last: str
    ahead: str


STEPS = ("answered", "submitted", "returned", "confirmed")


@dataclass(frozen=True)
class StepTaken:
    """A step that was taken: its words, by whom, when."""

    words: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Item:
    """One item of the page. opened: somebody asked for this very one; asked: what the check asks of its saved texts."""

    row: SheetRow
    writable: bool
    boxes: dict[str, Box]
    steps: tuple[StepTaken, ...]
    refused: Judgement | None = None
    clash: StepTaken | None = None
    copied: bool = False
    opened: bool = False
    evidence: int = 0
    beside: Sequence[BesideText] = ()
    joined: bool = False
    asked: Sequence[Concern] = ()

    @property
    def status(self) -> YearlyStatus:
        """The answer itself."""
        return self.row.status

    @property
    def stamp(self) -> str:
        """What the page remembers of the answer."""
        return stamp_of(self.status)

    @property
    def marks(self) -> SafeString:
        """★◎ with their words."""
        return marks_html(self.status.item.actors.all())

    @property
    def is_open(self) -> bool:
        """Whether the answer is not handed in."""
        return self.status.state in OPEN_STATES

    @property
    def is_submitted(self) -> bool:
        """Whether it is handed in and may still be taken back."""
        return self.status.state == State.SUBMITTED

    @property
    def missing(self) -> list[str]:
        """The names of the cells that handing in still needs."""
        return missing_parts(self.status) if self.is_open else []

    @property
    def reason(self) -> str:
        """Why the answer came back; told until it is handed in again."""
        return self.status.return_reason if self.is_open else ""

    @property
    def is_mended(self) -> bool:
        """Whether it came back and was written anew."""
        return self.status.state == State.RETURNED and not is_untouched(self.status)

    @property
    def figures(self) -> list[FigureBox]:
        """A box for each number that the item's figures ask for; none for an item without figures."""
        return list(_figure_boxes(self.row, self.boxes[FIGURES.name].value))

    @property
    def figures_box(self) -> Box:
        """The cell that holds them together."""
        return self.boxes[FIGURES.name]

    @property
    def extras(self) -> list[Box]:
        """The cells besides the status and its category."""
        return [self.boxes[cell.name] for cell in EXTRAS]

    @property
    def needed(self) -> list[Box]:
        """Those of them that handing in asks for."""
        return [self.boxes[cell.name] for cell in EXTRAS if cell.needed]

    @property
    def optional(self) -> list[Box]:
        """Those that may stay empty."""
        return [self.boxes[cell.name] for cell in EXTRAS if not cell.needed]

    @property
    def extras_open(self) -> bool:
        """Whether one of them is written or asks for attention."""
        return any(box.asks_for_a_look for box in self.optional)

    @property
    def filled_extras(self) -> list[Box]:
        """Those that say something."""
        return [box for box in self.extras if box.says_something]

    @property
    def given_back(self) -> list[Box]:
        """Cells whose words were sent after the answer was closed."""
        return [box for box in self.boxes.values() if box.given_back]

    @property
    def last_extras(self) -> list[Box]:
        """Those of last year that say something."""
        return [box for box in self.extras if box.last]

    @property
    def trouble(self) -> str:
        """What kind of refusal the item met: clash, closed or faulty; empty when it was saved."""
        return self.refused.why if self.refused else ""

    @property
    def may_join(self) -> bool:
        """Whether there is a text of a related department that may be put after the item's own."""
        return self.writable and not self.joined and any(each.may_join for each in self.beside)

    @property
    def copied_mark(self) -> str:
        """The mark of last year's text, where its box holds it unsaved; see YearlyStatus.copied."""
        sent = self.refused.answer.copied if self.refused else ""
        return mark_of(self.boxes["text"].last) if self.copied else sent

    @property
    def is_copied(self) -> bool:
        """Whether last year's text is stored in it as it was copied."""
        return self.is_open and self.status.is_copied

    @property
    def is_folded(self) -> bool:
        """Whether nothing is left to be done or told, so that what is saved is enough to see at first."""
        waits = self.missing or is_untouched(self.status) or self.is_copied
        return not (waits or self.refused or self.copied or self.joined or self.opened)

    @property
    def may_copy(self) -> bool:
        """Whether last year's text may be put into the empty box."""
        return self.writable and not self.boxes["text"].value and bool(text_to_copy(self.row))


def make_item(
    row: SheetRow,
    names: Mapping[int, str],
    *,
    writable: bool,
    refused: Judgement | None,
    copied: bool,
    beside: Sequence[BesideText] = (),
    joined: bool = False,
) -> Item:
    """The item. names: of people by key. copied: whether last year's text is put into its empty box, unsaved.

    beside: the texts of others. joined: whether those of related departments are put after its own, unsaved.
    """
    mine = refused.answer.touched if refused else {}
    boxes = {name: make_box(row, name, mine, refused) for name in NAMES}
    copied = copied and writable and not boxes["text"].value and bool(text_to_copy(row))
    if copied:
        boxes["text"] = make_box(row, "text", {"text": text_to_copy(row)}, None)
    joined = joined and writable and any(each.may_join for each in beside)
    if joined:
        boxes["text"] = make_box(row, "text", {"text": joined_text(row.status.text, beside)}, None)
    steps = tuple(_steps(row.status, names))
    return Item(row, writable, boxes, steps, refused, copied=copied, beside=beside, joined=joined)


def _figure_boxes(row: SheetRow, text: str) -> Iterator[FigureBox]:
    values, last, status = raw_values(text), row.last_figures, row.status
    asked = [(figure, column) for figure in status.declared for column in figure.asked]
    for place, (figure, column) in enumerate(asked):
        key, target = figure.key(column), figure.targets.get(status.report.fiscal_year, "")
        yield FigureBox(
            name=figure_box_name(status, key),
            place=f"figure-{status.pk}-{place}",
            label=key,
            unit=figure.unit,
            value=values.get(key, ""),
            last=written_number(last[key]) if last.get(key) else "",
            ahead=written_number(target) if target else "",
        )


def _steps(status: YearlyStatus, names: Mapping[int, str]) -> list[StepTaken]:
    words = {"answered": "記入", "submitted": "提出", "confirmed": "確定"}
    taken = [(step, getattr(status, f"{step}_at")) for step in words]
    return [StepTaken(words[step], names.get(getattr(status, f"{step}_by_id"), ""), at) for step, at in taken if at]


def names_of(rows: Iterable[SheetRow]) -> dict[int, str]:
    """The names of everybody who took a step with one of the answers, in one query."""
    people = {getattr(row.status, f"{step}_by_id") for row in rows for step in STEPS} - {None}
    found = get_user_model().objects.filter(pk__in=people) if people else ()
    return {user.pk: person_name(user) for user in found}


def authors(refused: Iterable[Judgement]) -> dict[int, StepTaken]:
    """By primary key of the answer, who last changed the cells that clash; one query, none without a clash."""
    clashing = {each.answer.pk: each for each in refused if each.why == CLASH}
    records = defaultdict(list)
    if clashing:
        found = YearlyStatus.history.filter(id__in=clashing).select_related("history_user")
        for record in found.order_by("-revision", "-history_id"):
            records[record.id].append(record)
    return {pk: step for pk, each in clashing.items() if (step := _author(each, records[pk]))}


def _author(refused: Judgement, newest_first: Iterable[Any]) -> StepTaken | None:
    """The step that brought the words that stand now; what changed other cells since does not count."""
    author = None
    for record in newest_first:
        if any(getattr(record, name) != getattr(refused.row, name) for name in refused.clashes):
            break
        author = record
    return author and StepTaken("保存", person_name(author.history_user), author.history_date)


@dataclass(frozen=True)
class Pointer:
    """A link to an item or to one of its boxes, and what is to be said about it."""

    code: str
    address: str
    words: str


Query = Mapping[str, str]


def lacking(answers: list[YearlyStatus], page: Page, view: Query) -> list[Pointer]:
    """The open items that lack a part, with what they lack. page: the one that is shown; others are led to. view: what
    the address says of how the items are shown.
    """
    return [
        _pointer(page, view, index, row, cells[0].name, "・".join(cell.label for cell in cells))
        for index, row in enumerate(answers)
        if row.state in OPEN_STATES and (cells := missing_cells(row))
    ]


def pointers(answers: list[YearlyStatus], page: Page, view: Query) -> dict:
    """The items that came back and nobody has written anew, those with last year's text, and those that were mended."""
    rows = list(enumerate(answers))
    return {
        "returned": [
            _pointer(page, view, index, row, "item", row.return_reason) for index, row in rows if is_untouched(row)
        ],
        "copied": [
            _pointer(page, view, index, row, "text")
            for index, row in rows
            if row.state in OPEN_STATES and row.is_copied
        ],
        "mended": [row.item.code for row in answers if row.state == State.RETURNED and not is_untouched(row)],
    }


def _pointer(page: Page, view: Query, index: int, row: YearlyStatus, part: str, words: str = "") -> Pointer:
    """index: of the row among all rows, from 0."""
    number = index // page.paginator.per_page + 1
    query = "" if number == page.number else f"?{urlencode({**view, 'page': number})}"
    return Pointer(row.item.code, f"{query}#{part}-{row.pk}", words)
