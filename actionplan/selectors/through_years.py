"""What goes on over a plan's years: not done again and again, said in the same words, promised and answered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from actionplan.cells import CELLS
from actionplan.models import Edition, EditionRow

# The cell in which a year says what comes next.
[AHEAD] = [cell for cell in CELLS if cell.ahead]


@dataclass(frozen=True)
class Streak:
    """An item as the latest year prints it, and for how many published years running something holds."""

    row: EditionRow
    count: int


@dataclass(frozen=True)
class Streaks:
    """What holds for two years or more, the longest first. years: what they are called, the oldest first."""

    years: Sequence[str]
    not_done: Sequence[Streak]
    same_text: Sequence[Streak]


@dataclass(frozen=True)
class AnsweredPromise:
    """What the year before said would come, and the item's row of this year. is_judged: whether it bears a category."""

    words: str
    now: EditionRow
    is_judged: bool


def streaks(edition: Edition) -> Streaks:
    """Up to this edition, through its plan's public years; one that is not public is passed over. Two queries."""
    public = Edition.objects.public().filter(report__plan=edition.report.plan_id).latest_per_year()
    before = [each for each in public if each.fiscal_year < edition.fiscal_year]
    years = [edition, *before]
    by_item: dict[int, dict[int, EditionRow]] = {}
    fields = ("edition", "item", "public_id", "item_name", "department_name", "status", "progress")
    for row in EditionRow.objects.filter(edition__in=years).order_by("position").only(*fields):
        by_item.setdefault(row.item_id, {})[row.edition_id] = row
    lines = [[found.get(year.pk) for year in years] for found in by_item.values() if edition.pk in found]
    codes = {year.pk: set(year.scale.not_done) for year in years}
    return Streaks(
        years=[year.front_matter["era_label"] for year in reversed(years)],
        not_done=_longest(lines, lambda row, first: row.progress in codes[row.edition_id]),
        same_text=_longest(lines, lambda row, first: bool(row.status.strip()) and row.status == first.status),
    )


def _longest(
    lines: Sequence[Sequence[EditionRow | None]], holds: Callable[[EditionRow, EditionRow], bool]
) -> list[Streak]:
    found = []
    for line in lines:
        first = line[0]
        if first is not None:
            ends = (place for place, row in enumerate(line) if row is None or not holds(row, first))
            found.append(Streak(first, next(ends, len(line))))
    return sorted((each for each in found if each.count > 1), key=lambda each: -each.count)


def promises(edition: Edition, previous: Edition) -> list[AnsweredPromise]:
    """Of every item of the edition that the year before promised something: that, and what came; two queries."""
    said = dict(previous.rows.exclude(**{AHEAD.published: ""}).values_list("item", AHEAD.published))
    unset = edition.scale.unset.code
    rows = edition.rows.filter(item__in=list(said)).order_by("position").defer("search_text")
    return [AnsweredPromise(said[row.item_id], row, row.progress != unset) for row in rows]
