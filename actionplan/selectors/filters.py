"""What a search asks for, as its address says it: /search/?q=ホームページ&year=2009&progress=not_done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol
from urllib.parse import urlencode

from django.db.models import Count, Q

from actionplan.fiscal_year import FIRST_PLAN, parse_fiscal_year
from actionplan.models import Edition, EditionRow
from actionplan.selectors.scales import ScaleYears
from actionplan.text import CONTROLS, fold

ALL_YEARS = ALL_PLANS = "all"
FACETS = ("policy", "mark", "progress", "department")
LONGEST_TEXT = 100


class Parameters(Protocol):
    """The parameters of an address; Django's QueryDict is one."""

    def getlist(self, name: str) -> list[str]:
        """Every value of the name."""


@dataclass(frozen=True)
class Filters:
    """The state of a search. Of a facet's values any may hold; facets and words must all hold.

    year: "2009", "all", or empty for the latest public year. plan: a slug, "all", or empty for what addresses meant
    while there was one plan: the first one, or all of them where nothing is asked for.
    """

    text: str = ""
    plan: str = ""
    year: str = ""
    policy: tuple[str, ...] = ()
    mark: tuple[str, ...] = ()
    progress: tuple[str, ...] = ()
    department: tuple[str, ...] = ()
    page: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for, so that there is nothing to answer either."""
        return self == Filters()

    @property
    def words(self) -> list[str]:
        """The folded words, each once; those that fold to nothing are left out."""
        return list(dict.fromkeys(filter(None, map(fold, self.text.split()))))

    @property
    def wordless(self) -> list[str]:
        """What was typed but cannot be searched for, such as ー alone."""
        return [word for word in self.text.split() if not fold(word)]

    def address(self, **changes: Any) -> str:
        """The part of an address after the ?, with changes: in one order, nothing empty; the page is left out.

        The first plan is not named: its addresses were there before there were others.
        """
        changed = replace(self, **{"page": "", **changes})
        plan = "" if changed.plan == FIRST_PLAN else changed.plan
        values = [("q", (changed.text,)), ("plan", (plan,)), ("year", (changed.year,))]
        values += [(facet, getattr(changed, facet)) for facet in FACETS]
        values += [("page", (changed.page,))]
        return urlencode([(name, value) for name, some in values for value in some if value])

    def without(self, facet: str, value: str) -> str:
        """The address without one value of a facet."""
        return self.address(**{facet: tuple(kept for kept in getattr(self, facet) if kept != value)})


def filters_from(parameters: Parameters) -> Filters:
    """The search that an address asks for; blanks and what no text may hold are taken off, nothing is checked yet."""
    facets = {facet: _values(parameters, facet) for facet in FACETS}
    text, plan, year, page = (_first(parameters, name) for name in ("q", "plan", "year", "page"))
    return Filters(text=text, plan=plan, year=_plain_year(year), page=page, **facets)


def _values(parameters: Parameters, name: str) -> tuple[str, ...]:
    values = (CONTROLS.sub(" ", value).strip() for value in parameters.getlist(name))
    return tuple(dict.fromkeys(filter(None, values)))


def _first(parameters: Parameters, name: str) -> str:
    return next(iter(_values(parameters, name)), "")


def _plain_year(text: str) -> str:
    """2009 for 平成21年度, H21 or ２００９; what is no year stays as it is, to be named in the answer."""
    try:
        return text if text in ("", ALL_YEARS) else str(parse_fiscal_year(text))
    except ValueError:
        return text


HEADINGS = {"policy": "施策", "mark": "主体", "progress": "進捗区分", "department": "担当課"}


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

    def has(self, facet: str, value: str) -> bool:
        """Whether the items have the value; of marks an item may have several."""
        return value in self.mark if facet == "mark" else getattr(self, facet) == value


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


def words_match(words: Sequence[str]) -> Q:
    """The condition that every folded word stands in a row's shadow; % and _ are letters like any other."""
    condition = Q()
    for word in words:
        condition &= Q(search_text__contains=word)
    return condition


def cells(editions: Sequence[Edition], words: Sequence[str], scales: Sequence[ScaleYears]) -> list[AlikeItems]:
    """The cells of these editions; one query, and as many cells as there are kinds of items."""
    by_edition = {edition: scale for scale in scales for edition in scale.editions}
    places = {edition.pk: (edition.report.plan.slug, str(edition.fiscal_year)) for edition in editions}
    kinds = ("edition", "policy_number", "policy_title", "actor_symbols", "progress", "department_name")
    hits = Count("pk", filter=words_match(words)) if words else Count("pk")
    rows = EditionRow.objects.filter(edition__in=places).order_by().values(*kinds)
    counted = rows.annotate(total=Count("pk"), hits=hits).values_list(*kinds, "total", "hits")
    return [
        AlikeItems(*places[edition], str(policy), title, marks, by_edition[edition].value(progress), *rest)
        for edition, policy, title, marks, progress, *rest in counted
    ]


def chosen(cell: AlikeItems, filters: Filters, leave_out: str = "") -> bool:
    """Whether the choices made hold for the cell; leave_out: the facet whose own choice does not count."""
    wanted = {name: () if value == ALL_YEARS else (value,) for name, value in _scope(filters)}
    wanted |= {facet: getattr(filters, facet) for facet in FACETS}
    wanted[leave_out] = ()
    return all(any(cell.has(facet, value) for value in values) for facet, values in wanted.items() if values)


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
        ("department", HEADINGS["department"], _departments(among, filters)),
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
    def count(facet: str, value: str) -> int:
        return sum(cell.hits for cell in among if cell.has(facet, value) and chosen(cell, filters, leave_out=facet))

    return count


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


def _departments(among: Sequence[AlikeItems], filters: Filters) -> dict[str, str]:
    names = {cell.department for cell in _offered(among, filters, "department")} - {""}
    return {name: name for name in sorted(names)}


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
