"""Items by area and by tag: the list of names with their counts, and the items that bear one."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count
from django.http import Http404

from actionplan.models import Edition, EditionRow
from actionplan.selectors.editions import bearing, public_editions
from actionplan.selectors.facets import HEADINGS
from actionplan.selectors.filters import NAMED, Filters
from actionplan.selectors.report import ItemOutline, Mark, item_outline

NOBODY = "{heading}を示した報告は、公表されていません。"
UNKNOWN = "「{name}」という{heading}は、公表された報告にありません。"


@dataclass(frozen=True)
class NameCount:
    """A name and how many items bear it."""

    name: str
    count: int


@dataclass(frozen=True)
class NameList:
    """The names of a facet, in the order of their editions.

    editions: the latest one of each plan. now: the names of these; before: those that only earlier years bear.
    """

    heading: str
    page: str
    editions: Sequence[Edition]
    now: Sequence[NameCount]
    before: Sequence[str]

    @property
    def only(self) -> Edition | None:
        """The edition that the page shows; None where it shows several plans'."""
        return self.editions[0] if len(self.editions) == 1 else None


@dataclass(frozen=True)
class NamedPolicy:
    """The items of one policy that bear the name."""

    number: int
    title: str
    printed: str
    items: Sequence[ItemOutline]


@dataclass(frozen=True)
class NamedReport:
    """The items of one report that bear the name."""

    edition: Edition
    policies: Sequence[NamedPolicy]

    @property
    def count(self) -> int:
        """How many items these are."""
        return sum(len(policy.items) for policy in self.policies)


@dataclass(frozen=True)
class NamedYear:
    """Another report's items that bear the name, and the search that shows them."""

    edition: Edition
    count: int
    search: str


@dataclass(frozen=True)
class NamedItems:
    """The items under a name: of each plan those of the latest report that bears it; and the other reports."""

    heading: str
    name: str
    list_page: str
    reports: Sequence[NamedReport]
    others: Sequence[NamedYear]

    @property
    def only(self) -> Edition | None:
        """The edition that the page shows; None where it shows several plans', or none."""
        return self.reports[0].edition if len(self.reports) == 1 else None


def name_list(facet: str) -> NameList:
    """The names of the facet ("area" or "tag"); two queries. Raises Http404 when no public edition bears any."""
    field, editions = NAMED[facet], public_editions()
    known = list(dict.fromkeys(name for edition in editions for name in edition.front_matter.get(field, ())))
    if not known:
        raise Http404(NOBODY.format(heading=HEADINGS[facet]))
    latest = _first_of_each_plan(editions)
    borne = EditionRow.objects.filter(edition__in=[edition.pk for edition in latest]).order_by()
    counts = Counter(name for names in borne.values_list(field, flat=True) for name in names)
    return NameList(
        heading=HEADINGS[facet],
        page=facet,
        editions=latest,
        now=[NameCount(name, counts[name]) for name in known if counts[name]],
        before=[name for name in known if not counts[name]],
    )


def named_items(facet: str, name: str) -> NamedItems:
    """The items under the name; three queries. Raises Http404 when no public edition ever bore it.

    An edition that was corrected since counts too: an address that a page once showed answers for good.
    """
    field = NAMED[facet]
    holders = [edition for edition in public_editions() if name in edition.front_matter.get(field, ())]
    if not holders and not _was_borne(field, name):
        raise Http404(UNKNOWN.format(name=name if len(name) <= 20 else f"{name[:20]}…", heading=HEADINGS[facet]))
    latest = _first_of_each_plan(holders)
    return NamedItems(
        heading=HEADINGS[facet],
        name=name,
        list_page=f"{facet}s",
        reports=_reports(latest, field, name),
        others=_other_years([edition for edition in holders if edition not in latest], facet, name),
    )


def _first_of_each_plan(editions: Iterable[Edition]) -> list[Edition]:
    found: dict[int, Edition] = {}
    for edition in editions:
        found.setdefault(edition.report.plan_id, edition)
    return list(found.values())


def _was_borne(field: str, name: str) -> bool:
    public = Edition.objects.public().values("pk")
    return EditionRow.objects.filter(bearing(field, name), edition__in=public).exists()


def _reports(editions: Sequence[Edition], field: str, name: str) -> list[NamedReport]:
    rows = EditionRow.objects.filter(bearing(field, name), edition__in=[edition.pk for edition in editions])
    found = {edition.pk: [row for row in rows if row.edition_id == edition.pk] for edition in editions}
    return [NamedReport(edition, _policies(edition, found[edition.pk])) for edition in editions]


def _policies(edition: Edition, rows: Iterable[EditionRow]) -> list[NamedPolicy]:
    legend = {actor["symbol"]: Mark(**actor) for actor in edition.front_matter["actors"]}
    in_order = sorted(rows, key=lambda row: row.position)
    groups = [list(group) for _, group in groupby(in_order, key=lambda row: row.policy_number)]
    heads = [(group[0].policy_number, group[0].policy_title, group[0].policy_printed) for group in groups]
    return [
        NamedPolicy(*head, [item_outline(row, legend) for row in group])
        for head, group in zip(heads, groups, strict=True)
    ]


def _other_years(editions: Sequence[Edition], facet: str, name: str) -> list[NamedYear]:
    rows = EditionRow.objects.filter(bearing(NAMED[facet], name), edition__in=[edition.pk for edition in editions])
    counts = dict(rows.order_by().values_list("edition").annotate(Count("pk"))) if editions else {}
    return [NamedYear(edition, counts.get(edition.pk, 0), _search(edition, facet, name)) for edition in editions]


def _search(edition: Edition, facet: str, name: str) -> str:
    filters = Filters(plan=edition.report.plan.slug, year=str(edition.fiscal_year))
    return filters.address(**{facet: (name,)})
