"""Items by a name that they bear: area, tag, mark or department. The list of names, and the items under one of them."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from django.db.models import Q, QuerySet
from django.http import Http404

from actionplan.models import Edition, EditionRow
from actionplan.models.voice import RELATED
from actionplan.selectors.editions import bearing, public_editions
from actionplan.selectors.facets import HEADINGS
from actionplan.selectors.filters import NAMED, Filters
from actionplan.selectors.report import ItemOutline, Mark, item_outline

NOBODY = "{heading}を示した報告は、公表されていません。"
UNKNOWN = "「{name}」という{heading}は、公表された報告にありません。"


def _nothing(row: EditionRow) -> Sequence[str]:
    return ()


def _itself(edition: Edition, name: str) -> str:
    return name


@dataclass(frozen=True)
class NamedBy:
    """How rows bear the names of a facet.

    fields: of a row, those that hold them. known: the names that an edition tells of, in its order. bears: the
    condition that a row may bear the name. own: those that it bears; beside: those that have a part in it. label: what
    an edition says for the name. title: what a page is called by the label.
    """

    facet: str
    fields: tuple[str, ...]
    known: Callable[[Edition], Iterable[str]]
    bears: Callable[[str], Q]
    own: Callable[[EditionRow], Sequence[str]]
    beside: Callable[[EditionRow], Sequence[str]] = _nothing
    label: Callable[[Edition, str], str] = _itself
    title: str = "{}"

    def names(self, row: EditionRow) -> list[str]:
        """Every name that the row bears."""
        return [*self.own(row), *self.beside(row)]


def _listed(facet: str) -> NamedBy:
    """Names that a row lists, and the front matter in their order."""
    kept = NAMED[facet]
    return NamedBy(
        facet,
        (kept,),
        lambda edition: edition.front_matter.get(kept, ()),
        lambda name: bearing(kept, name),
        attrgetter(kept),
    )


def _mark_label(edition: Edition, symbol: str) -> str:
    return next((actor["label"] for actor in edition.front_matter["actors"] if actor["symbol"] == symbol), symbol)


WAYS = {
    "area": _listed("area"),
    "tag": _listed("tag"),
    "mark": NamedBy(
        "mark",
        ("actor_symbols",),
        lambda edition: [actor["symbol"] for actor in edition.front_matter["actors"]],
        lambda symbol: Q(actor_symbols__contains=symbol),
        lambda row: list(row.actor_symbols),
        label=_mark_label,
        title="{}の項目",
    ),
    "department": NamedBy(
        "department",
        ("department_name", "voices"),
        lambda edition: edition.front_matter.get("departments", ()),
        lambda name: Q(department_name=name) | bearing("voices", name),
        lambda row: [row.department_name] if row.department_name else [],
        lambda row: [voice["name"] for voice in row.voices if voice["kind"] == RELATED],
    ),
}


@dataclass(frozen=True)
class NameCount:
    """A name, its words, how many items bear it, and in how many others it has a part."""

    name: str
    label: str
    count: int
    beside: int

    @property
    def symbol(self) -> str:
        """The name where it is no word: a mark."""
        return "" if self.name == self.label else self.name


@dataclass(frozen=True)
class NameList:
    """The names of a facet, in the order of their editions.

    editions: the latest one of each plan. now: the names of these; before: those that only earlier years bear.
    """

    heading: str
    page: str
    editions: Sequence[Edition]
    now: Sequence[NameCount]
    before: Sequence[NameCount]

    @property
    def only(self) -> Edition | None:
        """The edition that the page shows; None where it shows several plans'."""
        return self.editions[0] if len(self.editions) == 1 else None

    @property
    def has_beside(self) -> bool:
        """Whether any has a part in items that bear another."""
        return any(each.beside for each in self.now)


@dataclass(frozen=True)
class NamedItem:
    """An item and what is said of its year: its own text, or what who has a part in it says."""

    item: ItemOutline
    words: str


@dataclass(frozen=True)
class NamedPolicy:
    """The items of one policy that bear the name."""

    number: int
    title: str
    printed: str
    items: Sequence[NamedItem]


@dataclass(frozen=True)
class NamedReport:
    """The items of one report that bear the name, and those in which it has a part."""

    edition: Edition
    policies: Sequence[NamedPolicy]
    beside: Sequence[NamedPolicy]

    @property
    def count(self) -> int:
        """How many items bear it."""
        return sum(len(policy.items) for policy in self.policies)

    @property
    def beside_count(self) -> int:
        """In how many others it has a part."""
        return sum(len(policy.items) for policy in self.beside)


@dataclass(frozen=True)
class NamedYear:
    """A report's items that bear the name: how many, by category, and the search that shows them; beside: of others."""

    edition: Edition
    count: int
    beside: int
    categories: Sequence[tuple[str, int]]
    search: str


@dataclass(frozen=True)
class NamedItems:
    """The items under a name: of each plan those of the latest report that bears it; and the numbers of every year.

    contact: of a department, as the latest report that it led in prints it.
    """

    heading: str
    name: str
    title: str
    list_page: str
    reports: Sequence[NamedReport]
    years: Sequence[NamedYear]
    contact: dict

    @property
    def only(self) -> Edition | None:
        """The edition that the page shows; None where it shows several plans', or none."""
        return self.reports[0].edition if len(self.reports) == 1 else None

    @property
    def has_beside(self) -> bool:
        """Whether it has a part in items that bear another name in any year."""
        return any(year.beside for year in self.years)


def borne_facets(rows: Iterable[Sequence[EditionRow]]) -> set[str]:
    """The facets of which any row of these editions bears a name."""
    together = [row for of_edition in rows for row in of_edition]
    return {facet for facet, way in WAYS.items() if any(way.names(row) for row in together)}


def name_list(facet: str) -> NameList:
    """The names of the facet (a key of WAYS); two queries. Raises Http404 when no public edition bears any."""
    way, editions = WAYS[facet], public_editions()
    latest = _first_of_each_plan(editions)
    rows = _in_page_order(way, editions)
    borne = dict.fromkeys(name for edition in editions for row in rows[edition.pk] for name in way.names(row))
    if not borne:
        raise Http404(NOBODY.format(heading=HEADINGS[facet]))
    told = dict.fromkeys(name for edition in editions for name in way.known(edition))
    counted = _counts(way, [row for edition in latest for row in rows[edition.pk]])
    found = [
        NameCount(name, _label(way, editions, name), *(counts[name] for counts in counted))
        for name in (told | borne)
        if name in borne
    ]
    now = [each for each in found if each.count or each.beside]
    return NameList(HEADINGS[facet], facet, latest, now, [each for each in found if each not in now])


def _in_page_order(way: NamedBy, editions: Iterable[Edition], *conditions: Q) -> dict[int, list[EditionRow]]:
    """The rows of the editions that meet the conditions, with no more than tells what they bear; one query."""
    rows: dict[int, list[EditionRow]] = {edition.pk: [] for edition in editions}
    found = EditionRow.objects.filter(*conditions, edition__in=rows).order_by("position")
    for row in found.only("edition", "progress", *way.fields):
        rows[row.edition_id].append(row)
    return rows


def _counts(way: NamedBy, rows: Sequence[EditionRow]) -> tuple[Counter[str], Counter[str]]:
    """By name how many rows bear it, and how many more it has a part in."""
    own = Counter(name for row in rows for name in way.own(row))
    return own, Counter(name for row in rows for name in set(way.beside(row)) - set(way.own(row)))


def _label(way: NamedBy, editions: Sequence[Edition], name: str) -> str:
    """What the latest edition that tells of the name says for it."""
    return next((way.label(edition, name) for edition in editions if name in way.known(edition)), name)


def named_items(facet: str, name: str) -> NamedItems:
    """The items under the name; three queries. Raises Http404 when no public edition ever bore it.

    An edition that was corrected since counts too: an address that a page once showed answers for good.
    """
    way, editions = WAYS[facet], public_editions()
    rows = {
        pk: [row for row in found if name in way.names(row)]
        for pk, found in _in_page_order(way, editions, way.bears(name)).items()
    }
    holders = [edition for edition in editions if rows[edition.pk]]
    if not holders and not _was_borne(way, name):
        raise Http404(UNKNOWN.format(name=name if len(name) <= 20 else f"{name[:20]}…", heading=HEADINGS[facet]))
    reports, contact = _reports(way, name, _first_of_each_plan(holders))
    return NamedItems(
        heading=HEADINGS[facet],
        name=name,
        title=way.title.format(_label(way, editions, name)),
        list_page=f"{facet}s",
        reports=reports,
        years=[_year(way, name, edition, rows[edition.pk]) for edition in holders],
        contact=contact,
    )


def _first_of_each_plan(editions: Iterable[Edition]) -> list[Edition]:
    found: dict[int, Edition] = {}
    for edition in editions:
        found.setdefault(edition.report.plan_id, edition)
    return list(found.values())


def _was_borne(way: NamedBy, name: str) -> bool:
    public = Edition.objects.public().values("pk")
    rows = EditionRow.objects.filter(way.bears(name), edition__in=public).order_by()
    return any(name in way.names(row) for row in rows.only(*way.fields))


def _reports(way: NamedBy, name: str, editions: Sequence[Edition]) -> tuple[list[NamedReport], dict]:
    """The editions' items under the name, and the contact that stands there first."""
    rows: QuerySet[EditionRow] = EditionRow.objects.filter(way.bears(name), edition__in=[each.pk for each in editions])
    in_order = list(rows.order_by("position").defer("search_text"))
    reports = []
    for edition in editions:
        of_it = [row for row in in_order if row.edition_id == edition.pk]
        own = [row for row in of_it if name in way.own(row)]
        beside = [row for row in of_it if name in way.beside(row) and row not in own]
        reports.append(NamedReport(edition, _policies(edition, own), _policies(edition, beside, name)))
    own = [row for edition in editions for row in in_order if row.edition_id == edition.pk and name in way.own(row)]
    contacts = (row.department_contact for row in own) if way.facet == "department" else ()
    return reports, next(filter(None, contacts), {})


def _policies(edition: Edition, rows: Iterable[EditionRow], says: str = "") -> list[NamedPolicy]:
    """The rows by policy; says: whose words are wanted, where they are not the row's own."""
    legend = {actor["symbol"]: Mark(**actor) for actor in edition.front_matter["actors"]}
    groups = [list(group) for _, group in groupby(rows, key=attrgetter("policy_number"))]
    heads = [(group[0].policy_number, group[0].policy_title, group[0].policy_printed) for group in groups]
    return [
        NamedPolicy(*head, [_named_item(item_outline(row, legend), says) for row in group])
        for head, group in zip(heads, groups, strict=True)
    ]


def _named_item(item: ItemOutline, says: str) -> NamedItem:
    said = (voice.text for voice in item.voices if voice.kind == RELATED and voice.name == says)
    return NamedItem(item, next(said, item.status))


def _year(way: NamedBy, name: str, edition: Edition, rows: Sequence[EditionRow]) -> NamedYear:
    own = [row for row in rows if name in way.own(row)]
    counted = Counter(row.progress for row in own)
    categories = [(each.label, counted[each.code]) for each in edition.scale.categories if counted[each.code]]
    filters = Filters(plan=edition.report.plan.slug, year=str(edition.fiscal_year))
    search = filters.address(**{way.facet: (name,)}) if own else ""
    return NamedYear(edition, len(own), len(rows) - len(own), categories, search)
