"""An answer as the coordinator reads it: this year's words, last year's, who did what when, and its tick box."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from actionplan.admin.answers.facts import STEPS
from actionplan.admin.round.forms import tick
from actionplan.cycle.answers import CELLS
from actionplan.cycle.sheet import SheetRow
from actionplan.models import State, YearlyStatus

ALWAYS = ("text", "progress")
TICKABLE = frozenset({State.SUBMITTED, State.CONFIRMED})


@dataclass(frozen=True)
class Cell:
    """A cell's name and words."""

    label: str
    words: str


@dataclass(frozen=True)
class Trace:
    """A step that was taken: its name, by whom, when."""

    label: str
    by: str
    at: datetime


@dataclass(frozen=True)
class ReadRow:
    """One answer on the page.

    tick: what its box sends, empty where there is no box. changed: what somebody changed since the page was read.
    """

    sheet: SheetRow
    cells: tuple[Cell, ...]
    last: tuple[Cell, ...]
    traces: tuple[Trace, ...]
    tick: str
    ticked: bool
    changed: str = ""

    @property
    def status(self) -> YearlyStatus:
        """The answer itself."""
        return self.sheet.status


def read_row(
    row: SheetRow, names: Mapping[int, str], *, boxes: bool, ticks: frozenset[int] | None, changed: str = ""
) -> ReadRow:
    """The row. boxes: whether the person may take steps. ticks: which boxes are ticked; None: what waits for a look."""
    status = row.status
    box = boxes and status.state in TICKABLE
    ticked = box and (status.state == State.SUBMITTED if ticks is None else status.pk in ticks)
    cells = tuple(_cells({name: _words(status, name) for name in CELLS}, ALWAYS))
    last = tuple(_cells({name: row.last_of(name) for name in CELLS}, ()))
    return ReadRow(row, cells, last, tuple(_traces(status, names)), tick(status) if box else "", ticked, changed)


def _words(status: YearlyStatus, name: str) -> str:
    return status.get_progress_display() if name == "progress" else getattr(status, name)


def _cells(words: Mapping[str, str], always: tuple[str, ...]) -> Iterable[Cell]:
    for name, value in words.items():
        if value.strip() or name in always:
            yield Cell(label_of(name), value)


def label_of(name: str) -> str:
    """The name of the cell, as staff know it."""
    return YearlyStatus._meta.get_field(name).verbose_name


def _traces(status: YearlyStatus, names: Mapping[int, str]) -> Iterable[Trace]:
    for step, label in zip(STEPS, ("記入", "提出", "差戻し", "確定"), strict=True):
        if at := getattr(status, f"{step}_at"):
            yield Trace(label, names.get(getattr(status, f"{step}_by_id"), ""), at)
