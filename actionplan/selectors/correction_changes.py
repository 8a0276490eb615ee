"""A year's corrections: when, why, and which cells each one changed against the edition before it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from actionplan.models import Edition, EditionRow
from actionplan.selectors.cells import CellChange, Place, cell_changes, mark_words, place

Rows = dict[int, EditionRow]


@dataclass(frozen=True)
class RowChange:
    """An item that a correction added, took out or changed."""

    kind_label: str
    place: Place
    cells: Sequence[CellChange]


@dataclass(frozen=True)
class Correction:
    """A corrected edition; `against` is the number of the public edition before it."""

    number: int
    against: int
    public_from: datetime
    note: str
    rows: Sequence[RowChange]

    @property
    def before_label(self) -> str:
        """第1版, the edition that it corrects."""
        return f"第{self.against}版"

    @property
    def label(self) -> str:
        """第2版."""
        return f"第{self.number}版"


def correction_changes(edition: Edition) -> Sequence[Correction]:
    """The corrections up to this edition, latest first; two queries, or one when there is none.

    Withdrawn and scheduled editions are passed over: each is compared with what citizens could see before it.
    """
    public = Edition.objects.public().filter(report=edition.report_id, number__lte=edition.number)
    editions = list(public.order_by("number"))
    if len(editions) < 2:
        return []
    rows: dict[int, Rows] = {one.pk: {} for one in editions}
    for row in EditionRow.objects.filter(edition__in=list(rows)).order_by("position").defer("search_text"):
        rows[row.edition_id][row.item_id] = row
    return [_correction(old, rows[old.pk], new, rows[new.pk]) for old, new in pairwise(editions)][::-1]


def _correction(before: Edition, old: Rows, after: Edition, new: Rows) -> Correction:
    changes = list(_row_changes(before, old, after, new))
    return Correction(after.number, before.number, after.public_from, after.correction_note, changes)


def _row_changes(before: Edition, old: Rows, after: Edition, new: Rows) -> Iterator[RowChange]:
    words = mark_words(before, after)
    for key, row in new.items():
        if key not in old:
            yield RowChange("追加", place(after, row), ())
        elif cells := tuple(cell_changes(old[key], row, words)):
            yield RowChange("変更", place(after, row), cells)
    for key, row in old.items():
        if key not in new:
            yield RowChange("削除", place(before, row), ())
