"""The next edition a page at a time: what is shown is composed, the rest is only put in order."""

from collections.abc import Sequence

from actionplan.models import AnnualReport, EditionRow
from actionplan.publishing.compose import Wording, base_of, compose_cells, compose_front_matter
from actionplan.publishing.ground import ground_of
from actionplan.publishing.rows import unsaved_rows

LIVE = ("item__measure__policy__number", "item__measure__number", "item__number", "item_id")
PRINTED = ("policy_number", "measure_number", "item_number", "item_id")


class DraftRows(Sequence):
    """The rows of the report's next edition; those that are asked for are composed when they are.

    A slice (without a step) reads the order of all items and the cells of its own; Django's paginator takes it as it
    is. Its rows are those of compose(), to the letter.
    """

    def __init__(self, report: AnnualReport, wording: Wording) -> None:
        self._report, self._base = report, base_of(report, wording)
        self._items = self._order()

    @property
    def front_matter(self) -> dict:
        """The draft's front matter."""
        return compose_front_matter(self._report, self._base)

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, part: slice) -> list[EditionRow]:
        ground = ground_of(self._report, self._items[part])
        return unsaved_rows(compose_cells(ground, self._base), (part.start or 0) + 1)

    def _order(self) -> list[int]:
        """Every item in page order; one that the base printed stands where it stood there."""
        places = {place[-1]: place for place in self._report.statuses.order_by().values_list(*LIVE)}
        if self._base:
            printed = self._base.rows.order_by().values_list(*PRINTED)
            places |= {place[-1]: place for place in printed if place[-1] in places}
        return sorted(places, key=places.__getitem__)
