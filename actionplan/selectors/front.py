"""What the front page answers first: how many were done and not done, what moved, which by name, what was corrected."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from django.utils import timezone

from actionplan.models import Edition, EditionRow
from actionplan.scale import CategoryMove, Scale

RECENT = timedelta(days=90)
# Of each policy the page shows so many items, and of their texts so many letters.
SHOWN, LETTERS = 3, 60


@dataclass(frozen=True)
class YearMovement:
    """How many items went forward, back and nowhere since the year before; uncompared: those without a category in one
    of the two.
    """

    label: str
    forward: int
    back: int
    still: int
    uncompared: int

    @property
    def compared(self) -> int:
        """How many items were compared."""
        return self.forward + self.back + self.still


@dataclass(frozen=True)
class ItemSaid:
    """The beginning of what an item's year says."""

    row: EditionRow
    words: str


@dataclass(frozen=True)
class PolicySaid:
    """A policy and what the first of its items say; more: how many others it has."""

    number: int
    title: str
    printed: str
    total: int
    first: Sequence[ItemSaid]

    @property
    def more(self) -> int:
        """How many items are not shown."""
        return self.total - len(self.first)


@dataclass(frozen=True)
class Missed:
    """An item of which a figure missed its target."""

    row: EditionRow
    words: str


@dataclass(frozen=True)
class FrontAnswer:
    """A year in the first screen. policies: of a year of which most items bear no category, for what the texts say."""

    missed: Sequence[Missed]
    policies: Sequence[PolicySaid]
    movement: YearMovement | None = None


def not_done(scale: Scale, rows: Iterable[EditionRow]) -> list[EditionRow]:
    """Those in a category that says that they were not done, whatever the plan calls it."""
    codes = scale.not_done
    return [row for row in rows if row.progress in codes]


def front_answer(
    edition: Edition, rows: Sequence[EditionRow], before: Edition | None, old_rows: Iterable[EditionRow]
) -> FrontAnswer:
    """The answer of the edition's rows. before: the year before with its rows, where there is one; no query."""
    scale = edition.scale
    unset = sum(scale.unset.code == row.progress for row in rows)
    return FrontAnswer(
        missed=[Missed(row, each.words) for row in rows for each in row.read_figures if each.missed],
        policies=list(_policies(rows)) if 2 * unset > len(rows) else [],
        movement=_movement(scale, rows, before, old_rows) if before else None,
    )


def recent_corrections(plans: Iterable[int]) -> list[Edition]:
    """The public corrections of these plans' years in the last 90 days, latest first; one query."""
    found = Edition.objects.public().filter(report__plan__in=plans, public_from__gte=timezone.now() - RECENT)
    return list(found.exclude(correction_note="").select_related("report__plan").order_by("-public_from"))


def _movement(
    scale: Scale, rows: Sequence[EditionRow], before: Edition, old_rows: Iterable[EditionRow]
) -> YearMovement | None:
    """None where the years go by different scales."""
    if before.scale.identity != scale.identity:
        return None
    old = {row.item_id: row.progress for row in old_rows}
    counted = Counter(scale.move(old[row.item_id], row.progress) for row in rows if row.item_id in old)
    moved = (counted[each] for each in (CategoryMove.FORWARD, CategoryMove.BACK, CategoryMove.STILL, None))
    return YearMovement(before.front_matter["era_label"], *moved)


def _policies(rows: Iterable[EditionRow]) -> Iterable[PolicySaid]:
    for number, group in groupby(rows, key=lambda row: row.policy_number):
        items = list(group)
        head = (number, items[0].policy_title, items[0].policy_printed, len(items))
        yield PolicySaid(*head, [ItemSaid(row, _beginning(row.status)) for row in items[:SHOWN]])


def _beginning(text: str) -> str:
    """The first line, or as much of it as there is room for."""
    line = next(iter(text.split("\n")), "")
    return f"{line[:LETTERS]}…" if len(line) > LETTERS or line != text.strip() else line
