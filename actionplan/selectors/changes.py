"""What changed since the year before: new, continued, merged and ended items, category by category, word by word."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from actionplan.models import Edition, EditionRow
from actionplan.selectors.cells import CellChange, Place, cell_changes, mark_words, place


@dataclass(frozen=True)
class Continued:
    """An item of both years: where each prints it, and the cells that differ."""

    before: Place
    now: Place
    cells: Sequence[CellChange]

    @property
    def renumbered(self) -> bool:
        """Whether the item has another code than the year before."""
        return self.before.code != self.now.code

    @property
    def category(self) -> CellChange | None:
        """The change of category, if there is one."""
        return next((cell for cell in self.cells if cell.field == "progress_label"), None)

    @property
    def texts(self) -> Sequence[CellChange]:
        """The changed cells other than the category."""
        return [cell for cell in self.cells if cell.field != "progress_label"]


@dataclass(frozen=True)
class Merged:
    """An item of the year before that this year's item has taken in."""

    before: Place
    into: Place


@dataclass(frozen=True)
class YearChanges:
    """Everything between two years; the counts add up to both years' items."""

    added: Sequence[Place]
    continued: Sequence[Continued]
    merged: Sequence[Merged]
    ended: Sequence[Place]

    @property
    def now_total(self) -> int:
        """How many items this year has."""
        return len(self.added) + len(self.continued)

    @property
    def before_total(self) -> int:
        """How many items the year before had."""
        return len(self.continued) + len(self.merged) + len(self.ended)

    @property
    def renumbered(self) -> Sequence[Continued]:
        """Continued items with another code."""
        return [item for item in self.continued if item.renumbered]

    @property
    def categories(self) -> Sequence[Continued]:
        """Continued items whose category is another."""
        return [item for item in self.continued if item.category]

    @property
    def texts(self) -> Sequence[Continued]:
        """Continued items of which some text is another."""
        return [item for item in self.continued if item.texts]


def year_changes(
    before: Edition, before_rows: Iterable[EditionRow], now: Edition, now_rows: Iterable[EditionRow]
) -> YearChanges:
    """The changes between two years' editions, in page order; items are matched by identity, not by code."""
    old = {row.item_id: row for row in before_rows}
    new = {row.item_id: row for row in now_rows}
    taken_in = {merged["item"]: row for row in new.values() for merged in row.merged_from}
    gone = [row for row in old.values() if row.item_id not in new]
    return YearChanges(
        added=[place(now, row) for row in new.values() if row.item_id not in old],
        continued=list(_continued(before, old, now, new)),
        merged=[Merged(place(before, r), place(now, taken_in[r.item_id])) for r in gone if r.item_id in taken_in],
        ended=[place(before, row) for row in gone if row.item_id not in taken_in],
    )


def _continued(
    before: Edition, old: dict[int, EditionRow], now: Edition, new: dict[int, EditionRow]
) -> Iterator[Continued]:
    words = mark_words(before, now)
    for key, row in new.items():
        if key in old:
            cells = tuple(cell_changes(old[key], row, words))
            yield Continued(place(before, old[key]), place(now, row), cells)
