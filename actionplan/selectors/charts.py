"""What the charts show: categories per policy, marks per policy, and the change between two years."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from actionplan.models import Edition, EditionRow
from actionplan.scale import BEST_FIRST, UNSET, Category, Pattern, Scale, read_scale

# A bar is at least this many pixels wide (a phone of 320), and a digit of its numbers takes this many.
NARROWEST, DIGIT = 270, 10
# Up to this many items on the scale, each item is drawn as a cell of its own.
MOST_CELLS = 60


@dataclass(frozen=True)
class DrawnCell:
    """A drawn piece: x and width as percentages of the scale."""

    x: str
    width: str


@dataclass(frozen=True)
class BarPart:
    """A category's part of a bar: its cells, and where its number stands (left out where there is no room)."""

    code: str
    label: str
    count: int
    cells: Sequence[DrawnCell]
    middle: str
    shows_count: bool


def percent(count: float, scale: int) -> str:
    """The share as an SVG percentage with at most three decimals: 12.5%."""
    return f"{round(100 * count / scale, 3):g}%" if scale else "0%"


def stacked(counts: Iterable[tuple[str, str, int]], scale: int) -> list[BarPart]:
    """The parts (code, label, count) one after the other on a scale of so many items; empty parts are left out."""
    parts, start = [], 0
    for code, label, count in counts:
        if count:
            middle = percent(start + count / 2, scale)
            fits = NARROWEST * count / scale >= DIGIT * len(str(count))
            parts.append(BarPart(code, label, count, _cells(start, count, scale), middle, fits))
        start += count
    return parts


def _cells(start: int, count: int, scale: int) -> list[DrawnCell]:
    """One cell an item, or one for all where single ones would run together."""
    size = 1 if scale <= MOST_CELLS else count
    return [DrawnCell(percent(at, scale), percent(size, scale)) for at in range(start, start + count, size)]


@dataclass(frozen=True)
class CategoryCount:
    """How many of `total` items stand in a category."""

    category: Category
    count: int
    total: int

    @property
    def code(self) -> str:
        """The category's code, for addresses and looks."""
        return self.category.code

    @property
    def label(self) -> str:
        """What people read."""
        return self.category.label

    @property
    def definition(self) -> str:
        """What the plan says that it means."""
        return self.category.definition

    @property
    def pattern(self) -> str:
        """What fills its part of a chart."""
        return str(self.category.pattern)


@dataclass(frozen=True)
class MeaningCount:
    """How many items stand in the categories of one meaning, whatever the plan calls them."""

    label: str
    count: int
    total: int
    categories: Sequence[CategoryCount]


@dataclass(frozen=True)
class PolicyCount:
    """A policy's items by category, in the order of Summary.categories and 未設定 last."""

    number: int
    title: str
    total: int
    categories: Sequence[CategoryCount]
    printed: str = ""


@dataclass(frozen=True)
class Summary:
    """A year's counts: `categories` are those that people have set, `unset` stands apart."""

    total: int
    scale: Scale
    categories: Sequence[CategoryCount]
    unset: CategoryCount
    policies: Sequence[PolicyCount]

    @property
    def used(self) -> Sequence[CategoryCount]:
        """The categories that an item stands in."""
        return [each for each in self.categories if each.count]

    @property
    def shown(self) -> Sequence[CategoryCount]:
        """The same, and 未設定 last where an item is still without one."""
        return [each for each in self.legend if each.count]

    @property
    def unused(self) -> Sequence[CategoryCount]:
        """The categories that no item stands in."""
        return [each for each in self.categories if not each.count]

    @property
    def legend(self) -> Sequence[CategoryCount]:
        """Every category, 未設定 last."""
        return [*self.categories, self.unset]

    @property
    def meanings(self) -> Sequence[MeaningCount]:
        """The counts by what the categories mean; none for the default scale, whose words say it themselves."""
        if self.scale.is_plain:
            return []
        groups = [(meaning, [c for c in self.categories if c.category.meaning == meaning]) for meaning in BEST_FIRST]
        return [
            MeaningCount(str(meaning.label), sum(count.count for count in group), self.total, group)
            for meaning, group in groups
            if group
        ]


def year_summary(front_matter: dict, rows: Iterable[EditionRow]) -> Summary:
    """The counts of an edition's rows; no query of its own."""
    rows = list(rows)
    scale = read_scale(front_matter["progress"])
    counts = _category_counts(scale, rows)
    by_policy: dict[tuple[int, str, str], list[EditionRow]] = {}
    for row in rows:
        by_policy.setdefault((row.policy_number, row.policy_title, row.policy_printed), []).append(row)
    policies = [
        PolicyCount(number, title, len(group), _category_counts(scale, group), printed)
        for (number, title, printed), group in by_policy.items()
    ]
    return Summary(len(rows), scale, counts[:-1], counts[-1], policies)


@dataclass(frozen=True)
class PlanResult:
    """A plan by its latest public edition: its counts, the plans that follow it, and its items in page order."""

    edition: Edition
    summary: Summary
    successors: Sequence[Edition]
    rows: Sequence[EditionRow]


def rows_of(editions: Iterable[Edition], *fields: str) -> dict[int, list[EditionRow]]:
    """The rows of the editions in page order, by the edition's primary key, these fields alone if any; one query."""
    rows: dict[int, list[EditionRow]] = {edition.pk: [] for edition in editions}
    found = EditionRow.objects.filter(edition__in=rows).order_by("position")
    for row in found.only("edition", *fields) if fields else found.defer("search_text"):
        rows[row.edition_id].append(row)
    return rows


def plan_results(editions: Sequence[Edition]) -> list[PlanResult]:
    """The result of each plan. editions: the latest public one of each; one query for the rows of all."""
    policy = ("policy_number", "policy_title", "policy_printed")
    rows = rows_of(editions, *policy, "progress", "public_id", "item_name", "department_name")
    return [
        PlanResult(
            edition,
            year_summary(edition.front_matter, rows[edition.pk]),
            successors(edition, editions),
            rows[edition.pk],
        )
        for edition in editions
    ]


def successors(edition: Edition, editions: Iterable[Edition]) -> list[Edition]:
    """Those of the editions whose plan follows the edition's plan, as they say themselves."""
    slug = edition.report.plan.slug
    return [each for each in editions if each.front_matter["plan"].get("predecessor", {}).get("slug") == slug]


def _category_counts(scale: Scale, rows: list[EditionRow]) -> list[CategoryCount]:
    counted = Counter(row.progress for row in rows)
    return [CategoryCount(each, counted[each.code], len(rows)) for each in (*scale.chosen, scale.unset)]


@dataclass(frozen=True)
class PolicyBar:
    """A policy's items as a bar; sentence says the same in words."""

    number: int
    title: str
    total: int
    parts: Sequence[BarPart]
    sentence: str
    printed: str = ""


@dataclass(frozen=True)
class ProgressChart:
    """Bars on one scale, and the categories of the legend; by_item: each cell is one item."""

    bars: Sequence[PolicyBar]
    legend: Sequence[CategoryCount]
    by_item: bool


def progress_chart(summary: Summary) -> ProgressChart:
    """A bar a policy, all on the scale of the largest one; 未設定 comes last in each."""
    scale = max((policy.total for policy in summary.policies), default=0)
    bars = [_policy_bar(policy, scale) for policy in summary.policies]
    return ProgressChart(bars, summary.legend, scale <= MOST_CELLS)


def _policy_bar(policy: PolicyCount, scale: int) -> PolicyBar:
    counts = [(count.code, count.label, count.count) for count in policy.categories]
    said = "、".join(f"{label}{count}項目" for _, label, count in counts if count)
    return PolicyBar(
        policy.number,
        policy.title,
        policy.total,
        stacked(counts, scale),
        f"{policy.total}項目のうち、{said}",
        policy.printed,
    )


@dataclass(frozen=True)
class Share:
    """How many of `total` items, and that share as a width."""

    label: str
    symbol: str
    count: int
    total: int
    width: str


@dataclass(frozen=True)
class ActorLine:
    """A policy's (or the whole report's) items by mark. Items with two marks count for both."""

    number: int | None
    title: str
    total: int
    shares: Sequence[Share]
    printed: str = ""


@dataclass(frozen=True)
class ActorChart:
    """The marks of the legend per policy, and of the whole report."""

    lines: Sequence[ActorLine]
    whole: ActorLine
    several: int


def actor_chart(front_matter: dict, rows: Iterable[EditionRow]) -> ActorChart:
    """The marks per policy, each share out of the policy's items; several: items that carry more than one mark."""
    rows = list(rows)
    policies: dict[tuple[int, str, str], list[EditionRow]] = {}
    for row in rows:
        policies.setdefault((row.policy_number, row.policy_title, row.policy_printed), []).append(row)
    legend = front_matter["actors"]
    lines = [_actor_line(number, title, group, legend, printed) for (number, title, printed), group in policies.items()]
    several = sum(len(row.actor_symbols) > 1 for row in rows)
    return ActorChart(lines, _actor_line(None, "合計", rows, legend), several)


def _actor_line(
    number: int | None, title: str, rows: list[EditionRow], legend: list[dict], printed: str = ""
) -> ActorLine:
    counted = Counter(symbol for row in rows for symbol in set(row.actor_symbols))
    total = len(rows)
    shares = [
        Share(
            actor["label"], actor["symbol"], counted[actor["symbol"]], total, percent(counted[actor["symbol"]], total)
        )
        for actor in legend
    ]
    return ActorLine(number, title, total, shares, printed)


@dataclass(frozen=True)
class CategoryChange:
    """A category in two years: counts, denominators and the widths of both bars."""

    code: str
    label: str
    before: int
    now: int
    before_width: str
    now_width: str

    @property
    def difference(self) -> str:
        """＋5, －2 or 増減なし."""
        change = self.now - self.before
        return f"{'＋' if change > 0 else '－'}{abs(change)}" if change else "増減なし"


@dataclass(frozen=True)
class YearBars:
    """A year of which the categories are another year's no more: its own categories, each with its bar."""

    label: str
    total: int
    lines: Sequence[tuple[CategoryCount, str]]


@dataclass(frozen=True)
class ChangeChart:
    """Two years: the categories of both on one scale of lengths, or, where the plan judged them by different scales of
    progress, each year by itself (`apart`). legend: the categories that are drawn.
    """

    before_label: str
    now_label: str
    before_total: int
    now_total: int
    lines: Sequence[CategoryChange]
    legend: Sequence[CategoryCount]
    apart: Sequence[YearBars] = ()

    @property
    def plain(self) -> str:
        """The code of the category whose filling is the plainest: the earlier year's bars wear it."""
        return next((each.code for each in self.legend if each.pattern == Pattern.BLANK), UNSET)


def change_chart(before_label: str, before: Summary, now_label: str, now: Summary) -> ChangeChart:
    """The categories of this year's legend with both years' counts, 未設定 last; nothing is held against each other
    where the years have different scales.
    """
    old = {count.code: count.count for count in before.legend}
    longest = max([*old.values(), *(count.count for count in now.legend)], default=0)
    if before.scale.identity != now.scale.identity:
        years = [_year_bars(before_label, before, longest), _year_bars(now_label, now, longest)]
        return ChangeChart(before_label, now_label, before.total, now.total, [], now.legend, years)
    lines = [_category_change(count, old.get(count.code, 0), longest) for count in now.legend]
    return ChangeChart(before_label, now_label, before.total, now.total, lines, now.legend)


def _year_bars(label: str, summary: Summary, longest: int) -> YearBars:
    return YearBars(label, summary.total, [(count, percent(count.count, longest)) for count in summary.legend])


def _category_change(now: CategoryCount, before: int, longest: int) -> CategoryChange:
    return CategoryChange(now.code, now.label, before, now.count, percent(before, longest), percent(now.count, longest))
