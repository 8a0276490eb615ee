"""What was not done in a year: the items whose category says so, and how many the plan's other years have."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count

from actionplan.models import Edition, EditionRow
from actionplan.selectors.editions import public_editions


@dataclass(frozen=True)
class NotDoneCount:
    """Of a report's items those that were not done, and those without a category.

    codes, words: of the categories that say so; none where its scale has no word for that.
    """

    edition: Edition
    codes: Sequence[str]
    words: Sequence[str]
    count: int
    undecided: int
    total: int

    @property
    def search(self) -> str:
        """How an address of the search asks for these items."""
        return "&".join([self.edition.in_search, *(f"progress={code}" for code in self.codes)])


@dataclass(frozen=True)
class NotDoneYear:
    """A report's items that were not done, in its order, and the numbers of the plan's other years, latest first."""

    counts: NotDoneCount
    rows: Sequence[EditionRow]
    others: Sequence[NotDoneCount]

    @property
    def names_departments(self) -> bool:
        """Whether any of these items says whose it is."""
        return any(row.department_name for row in self.rows)


def not_done_year(edition: Edition) -> NotDoneYear:
    """What the year's public edition says was not done; three queries, whatever the number of items and years."""
    counted = _counted(each for each in public_editions() if each.report.plan_id == edition.report.plan_id)
    own = next(each for each in counted if each.edition == edition)
    rows = edition.rows.filter(progress__in=own.codes).defer("search_text")
    return NotDoneYear(own, list(rows), [each for each in counted if each != own])


def _counted(editions: Iterable[Edition]) -> list[NotDoneCount]:
    by_edition = {edition.pk: edition for edition in editions}
    counts: dict[int, Counter[str]] = {pk: Counter() for pk in by_edition}
    rows = EditionRow.objects.filter(edition__in=by_edition).order_by()
    for pk, progress, count in rows.values_list("edition", "progress").annotate(Count("pk")):
        counts[pk][progress] = count
    return [_count(edition, counts[pk]) for pk, edition in by_edition.items()]


def _count(edition: Edition, counts: Counter[str]) -> NotDoneCount:
    codes = edition.scale.not_done
    words = [edition.scale.label(code) for code in codes]
    undecided = counts[edition.scale.unset.code]
    return NotDoneCount(edition, codes, words, sum(counts[code] for code in codes), undecided, counts.total())
