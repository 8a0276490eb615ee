"""The choices that a search offers, each with the number of items that it would find."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_

from django.db.models import Count, Min, Q

from actionplan.models import Edition, EditionRow, label_of
from actionplan.selectors.filters import ALL_PLANS, ALL_YEARS, FACETS, NAMED, Filters
from actionplan.selectors.scales import ScaleYears
from actionplan.spellings import Word

HEADINGS = {"policy": "施策", "mark": "主体", "progress": "進捗区分", "department": "担当課"}
HEADINGS |= {facet: label_of(EditionRow, field) for facet, field in NAMED.items()}


@dataclass(frozen=True)
class AlikeItems:
    """Items that are alike in everything that can be chosen: how many there are, how many the words match."""

    plan: str
    year: str
    policy: str
    policy_title: str
    mark: str
    progress: str
    department: str
    total: int
    hits: int
    area: Sequence[str] = ()
    tag: Sequence[str] = ()

    def has(self, facet: str, value: str) -> bool:
        """Whether the items have the value; of marks, areas and tags an item may have several."""
        return value in self.values(facet)

    def values(self, facet: str) -> Sequence[str]:
        """What the items have of the facet; marks as the text of their symbols."""
        found = getattr(self, facet)
        return found if facet in ("mark", *NAMED) else (found,)


@dataclass(frozen=True)
class Option:
    """A choice; symbol: the mark that stands before its words; address: the search with this choice alone."""

    value: str
    label: str
    count: int
    selected: bool
    symbol: str = ""
    address: str = ""


@dataclass(frozen=True)
class Facet:
    """Choices of one kind."""

    name: str
    heading: str
    options: Sequence[Option]


def words_match(words: Sequence[Word], field: str = "search_text") -> Q:
    """The condition that every word stands in a row's shadow, in any spelling; % and _ are letters like any other."""
    condition = Q()
    for word in words:
        condition &= reduce(or_, (Q(**{f"{field}__contains": spelling}) for spelling in word.spellings))
    return condition


def cells(editions: Sequence[Edition], words: Sequence[Word], scales: Sequence[ScaleYears]) -> list[AlikeItems]:
    """The cells of these editions in the order of their first items; one query, and as many as there are kinds."""
    by_edition = {edition: scale for scale in scales for edition in scale.editions}
    places = {edition.pk: (edition.report.plan.slug, str(edition.fiscal_year)) for edition in editions}
    kinds = ("edition", "policy_number", "policy_title", "actor_symbols", "progress", "department_name")
    # Asked for only where a row bears one: few kinds of items would become many.
    named = [field for field in NAMED.values() if any(edition.front_matter.get(field) for edition in editions)]
    hits = Count("pk", filter=words_match(words)) if words else Count("pk")
    rows = EditionRow.objects.filter(edition__in=places).order_by().values(*kinds, *named)
    in_order = rows.annotate(total=Count("pk"), hits=hits, first=Min("position")).order_by("first")
    counted = in_order.values_list(*kinds, "total", "hits", *named)
    return [
        AlikeItems(
            *(*places[edition], str(policy), title, marks, by_edition[edition].value(progress), *rest[:3]),
            *_in_facets(dict(zip(named, rest[3:], strict=True))),
        )
        for edition, policy, title, marks, progress, *rest in counted
    ]


def _in_facets(names: dict[str, Sequence[str]]) -> list[Sequence[str]]:
    """The names by field, in the order of the facets."""
    return [names.get(field, ()) for field in NAMED.values()]


def found_among(among: Sequence[AlikeItems], filters: Filters) -> int:
    """How many items the words and all the choices find."""
    wanted = _wanted(filters)
    return sum(cell.hits for cell in among if _holds(cell, wanted))


def total_among(among: Sequence[AlikeItems], filters: Filters) -> int:
    """How many items there are in the plan and the years that are searched."""
    wanted = _wanted(Filters(plan=filters.plan, year=filters.year))
    return sum(cell.total for cell in among if _holds(cell, wanted))


def _wanted(filters: Filters, leave_out: str = "") -> dict[str, tuple[str, ...]]:
    """The choices made, by facet; leave_out: the facet whose own choice does not count."""
    wanted = {name: () if value == ALL_YEARS else (value,) for name, value in _scope(filters)}
    wanted |= {facet: getattr(filters, facet) for facet in FACETS}
    return {facet: values for facet, values in wanted.items() if values and facet != leave_out}


def _holds(cell: AlikeItems, wanted: dict[str, tuple[str, ...]]) -> bool:
    return all(any(cell.has(facet, value) for value in values) for facet, values in wanted.items())


def _scope(filters: Filters) -> tuple[tuple[str, str], ...]:
    return ("plan", filters.plan), ("year", filters.year)


def facets(
    editions: Sequence[Edition], among: Sequence[AlikeItems], filters: Filters, scales: Sequence[ScaleYears]
) -> list[Facet]:
    """The facets with their choices in the report's own order; a facet without choices is left out. Years of different
    scales have a facet of categories each.

    editions: every public one; their legends name the marks, the year searched before others.
    """
    editions = sorted(editions, key=lambda edition: str(edition.fiscal_year) != filters.year)
    offered: list[tuple[str, str, dict[str, str]]] = [
        ("policy", HEADINGS["policy"], _policies(among, filters)),
        ("mark", HEADINGS["mark"], _marks(editions)),
        *(("progress", heading, named) for heading, named in _categories(scales, filters)),
        ("department", HEADINGS["department"], _departments(editions, among, filters)),
        *((facet, HEADINGS[facet], _names(editions, facet, filters)) for facet in NAMED),
    ]
    count = _counter(among, filters)
    return [
        Facet(facet, heading, [_option(facet, *name, filters, count) for name in named.items()])
        for facet, heading, named in offered
        if named
    ]


def year_facet(editions: Sequence[Edition], among: Sequence[AlikeItems], filters: Filters) -> Facet:
    """Every public year of the plans searched, latest first, and all of them together."""
    labels: dict[str, str] = {}
    for edition in editions:
        if filters.plan in (ALL_PLANS, edition.report.plan.slug):
            labels.setdefault(str(edition.fiscal_year), edition.front_matter["label"])
    return _scope_facet("year", "年度", {**labels, ALL_YEARS: "すべての年度"}, among, filters)


def plan_facet(editions: Sequence[Edition], among: Sequence[AlikeItems], filters: Filters) -> Facet:
    """Every plan that has a public year, as its latest one names it, and all of them together."""
    titles: dict[str, str] = {}
    for edition in editions:
        titles.setdefault(edition.report.plan.slug, edition.front_matter["plan"]["title"])
    return _scope_facet("plan", "計画", {ALL_PLANS: "すべての計画", **titles}, among, filters)


def _scope_facet(
    name: str, heading: str, labels: dict[str, str], among: Sequence[AlikeItems], filters: Filters
) -> Facet:
    """One of them is in force: the choices with their counts, `all` counting the others together."""
    count, chosen_one = _counter(among, filters), getattr(filters, name)
    counts = {value: count(name, value) for value in labels if value != ALL_YEARS}
    options = [
        Option(value, label, counts.get(value, sum(counts.values())), value == chosen_one, address=address)
        for value, label in labels.items()
        for address in [filters.address(**{name: value})]
    ]
    return Facet(name, heading, options)


def _counter(among: Sequence[AlikeItems], filters: Filters) -> Callable[[str, str], int]:
    @cache
    def counts(facet: str) -> Counter[str]:
        found: Counter[str] = Counter()
        wanted = _wanted(filters, leave_out=facet)
        for cell in among:
            if _holds(cell, wanted):
                for value in cell.values(facet):
                    found[value] += cell.hits
        return found

    return lambda facet, value: counts(facet)[value]


def _option(facet: str, value: str, label: str, filters: Filters, count: Callable[[str, str], int]) -> Option:
    symbol = value if facet == "mark" else ""
    return Option(value, label, count(facet, value), value in getattr(filters, facet), symbol)


def _offered(among: Sequence[AlikeItems], filters: Filters, facet: str) -> list[AlikeItems]:
    """The cells that offer a choice, the wording of the year searched first, then of the latest year.

    They are those of the years searched, and those of a choice that was made before the year changed.
    """
    offered = [
        cell
        for cell in among
        if filters.plan in (ALL_PLANS, cell.plan)
        and (filters.year in (ALL_YEARS, cell.year) or getattr(cell, facet) in getattr(filters, facet))
    ]
    return sorted(offered, key=lambda cell: (cell.year == filters.year, int(cell.year)), reverse=True)


def _policies(among: Sequence[AlikeItems], filters: Filters) -> dict[str, str]:
    """The title by number; where several plans are searched, of each plan that has the number."""
    titles: dict[str, dict[str, str]] = {}
    for cell in _offered(among, filters, "policy"):
        titles.setdefault(cell.policy, {}).setdefault(cell.plan, cell.policy_title)
    return {number: "／".join(dict.fromkeys(titles[number].values())) for number in sorted(titles, key=int)}


def _departments(editions: Sequence[Edition], among: Sequence[AlikeItems], filters: Filters) -> dict[str, str]:
    """In the office's order as the editions tell it, then those of years that do not as their reports name them."""
    names = dict.fromkeys(cell.department for cell in _offered(among, filters, "department") if cell.department)
    told = [name for edition in editions for name in edition.front_matter.get("departments", ()) if name in names]
    return {name: name for name in (*told, *names)}


def _names(editions: Sequence[Edition], facet: str, filters: Filters) -> dict[str, str]:
    """The areas or tags of what is searched, and those chosen before that changed; in their editions' order."""
    kept = getattr(filters, facet)
    return {
        name: name
        for edition in editions
        for name in edition.front_matter.get(NAMED[facet], ())
        if name in kept or _is_searched(edition, filters)
    }


def _is_searched(edition: Edition, filters: Filters) -> bool:
    in_plan = filters.plan in (ALL_PLANS, edition.report.plan.slug)
    return in_plan and filters.year in (ALL_YEARS, str(edition.fiscal_year))


def _marks(editions: Sequence[Edition]) -> dict[str, str]:
    """Labels by symbol; where editions word one differently, the first edition's label stands."""
    labels: dict[str, str] = {}
    for edition in editions:
        for facts in edition.front_matter["actors"]:
            labels.setdefault(facts["symbol"], facts["label"])
    return labels


def _categories(scales: Sequence[ScaleYears], filters: Filters) -> list[tuple[str, dict[str, str]]]:
    """Heading and labels of each scale of the years searched, and of one of which a choice was made before."""
    named = [(each, {each.value(found.code): found.label for found in each.categories}) for each in scales]
    offered = [
        (each, labels)
        for each, labels in named
        if each.is_in(filters.plan, filters.year) or labels.keys() & set(filters.progress)
    ]
    heading = HEADINGS["progress"]
    alone = len(offered) == 1
    return [(heading if alone else f"{heading}（{each.heading}）", labels) for each, labels in offered]
