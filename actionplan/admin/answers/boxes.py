"""The boxes of an item: what stands in each, what is saved, what it said last year, and what went wrong."""

from collections.abc import Mapping
from dataclasses import dataclass

from actionplan.admin.answers.saving import CLASH, CLOSED, FAULTY, Refused
from actionplan.admin.answers.sent import LABELS, box_name, words_of
from actionplan.cycle.sheet import SheetRow
from actionplan.models import DEFINITIONS, Progress


@dataclass(frozen=True)
class Choice:
    """A category beside its box."""

    code: str
    label: str
    definition: str
    checked: bool


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
    theirs: str | None = None
    given_back: str | None = None
    errors: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """実施状況."""
        return LABELS[self.cell]

    @property
    def stored_words(self) -> str:
        """What is saved, as a reader knows it."""
        return words_of(self.cell, self.stored)

    @property
    def choices(self) -> list[Choice]:
        """The categories, 未設定 last."""
        meanings = DEFINITIONS | {Progress.UNSET: "まだ選んでいません。"}
        return [Choice(each.value, each.label, meanings[each], each == self.value) for each in Progress]

    @property
    def is_missing(self) -> bool:
        """Whether nothing is written here that handing in asks for."""
        return self.stored == Progress.UNSET if self.cell == "progress" else not self.stored.strip()


def make_box(row: SheetRow, name: str, mine: Mapping[str, str], refused: Refused | None) -> Box:
    """The box of a cell. mine: the words that were sent and not saved, by cell."""
    status = row.status
    stored, why = getattr(status, name), refused.why if refused else ""
    written = words_of(name, mine[name]) if name in mine else None
    return Box(
        name,
        box_name(status, name),
        f"{name}-{status.pk}",
        stored if why == CLOSED else mine.get(name, stored),
        stored,
        row.last_of(name),
        theirs=words_of(name, stored) if why == CLASH and name in refused.clashes else None,
        given_back=written if why == CLOSED else None,
        errors=tuple(refused.errors.get(name, ())) if why == FAULTY else (),
    )
