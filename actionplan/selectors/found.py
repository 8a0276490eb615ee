"""What search engines and feed readers are told: every public page with its day, what was published and corrected."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from uuid import NAMESPACE_URL, uuid5

from django.db.models import QuerySet
from django.http import Http404
from django.urls import NoReverseMatch, reverse

from actionplan.models import Edition, EditionRow
from actionplan.selectors.editions import NO_PLAN, bearing

# Pages by the names of their addresses: of the site, a plan, a report, and of what an edition tells names of (the list
# and the one). What there is no address for is left out.
OF_THE_SITE = ("home", "reports", "about", "search", "sitemap", "verify", "accessibility")
OF_A_PLAN = ("plan", "plan_about")
OF_A_REPORT = ("annual_report", "not_done", "changes", "streaks", "promises")
NAMES = (("departments", "department"), ("marks", "mark"), ("areas", "area"), ("tags", "tag"))
NO_ITEM = "お探しの項目は、公表された報告にありません。"
NO_DEPARTMENT = "お探しの課は、公表された報告にありません。"


@dataclass(frozen=True)
class PublicPage:
    """A public page: its address below the site, and the day of the newest edition that it shows; None before any."""

    address: str
    changed: datetime | None


def found_pages() -> list[PublicPage]:
    """Every public page once, but for files, searches and any two years compared; two queries, however many items."""
    editions = _editions()
    days: dict[str, datetime | None] = dict.fromkeys(reverse(name) for name in OF_THE_SITE)
    latest = _one_of_each_report(editions, max)
    rows = EditionRow.objects.filter(edition__in=latest).order_by("edition", "position")
    rows_of = {pk: list(group) for pk, group in groupby(rows.values_list(*OF_A_ROW), key=itemgetter(0))}
    for edition in editions:
        shown = _address("edition", edition.key, edition.number)
        if edition.pk in latest:
            shown += [*map(reverse, OF_THE_SITE[:-1]), *_pages_of(edition, rows_of.get(edition.pk, []))]
        for address in shown:
            days[address] = max(days.get(address) or edition.public_from, edition.public_from)
    return [PublicPage(address, day) for address, day in days.items()]


OF_A_ROW = ("edition", "policy_number", "public_id", "department_name")


def _pages_of(edition: Edition, rows: Sequence[tuple[int, int, str, str]]) -> Iterator[str]:
    plan, key, front = edition.report.plan.slug, edition.key, edition.front_matter
    for name in OF_A_PLAN:
        yield from _address(name, plan)
    for name in OF_A_REPORT:
        yield from _address(name, key)
    for number in {number for _, number, *_ in rows}:
        yield from _address("policy", key, number)
    for _, _, public_id, _ in rows:
        yield from _address("item", public_id)
    symbols = [actor["symbol"] for actor in front["actors"]]
    departments = dict.fromkeys(department for *_, department in rows if department)
    known = {"departments": departments, "marks": symbols, "areas": front.get("areas"), "tags": front.get("tags")}
    for several, one in NAMES:
        for name in known[several] or ():
            yield from _address(several) + _address(one, name)


def _address(name: str, *args: object) -> list[str]:
    """The address, or nothing where there is none of that name, or none for what it is of."""
    try:
        return [reverse(name, args=args)]
    except NoReverseMatch:
        return []


@dataclass(frozen=True)
class News:
    """Something that became public: a year's report, or a correction of it.

    identifier: what feed readers know it by. address: of the page that shows it.
    """

    edition: Edition
    identifier: str
    address: str

    @property
    def note(self) -> str:
        """What was corrected; empty for a report that is new."""
        return self.edition.correction_note

    @property
    def title(self) -> str:
        """平成21年度（2009年度）の実施状況を公表しました."""
        front = self.edition.front_matter
        sample = "【見本データ】" if front.get("sample") else ""
        plan = f"{front['plan']['title']}　{front['label']}"
        said = f"訂正しました（第{self.edition.number}版）" if self.note else "公表しました"
        return f"{sample}{plan}の実施状況を{said}"


@dataclass(frozen=True)
class Feed:
    """What became public of something, the newest first. about: its name; place: the page that it belongs to."""

    city: str
    about: str
    place: str
    news: list[News]


# Readers ask again and again; whoever looks after so many publications finds the years on the site.
NEWEST = 50


def site_feed() -> Feed:
    """Of every plan; one query."""
    return _feed(_editions(), reverse("home"))


def plan_feed(slug: str) -> Feed:
    """Of one plan; one query. Raises Http404."""
    editions = [edition for edition in _editions() if edition.report.plan.slug == slug]
    if not editions:
        raise Http404(NO_PLAN)
    return _feed(editions, reverse("plan", args=[slug]), editions[0].front_matter["plan"]["title"])


def item_feed(public_id: str) -> Feed:
    """Of one item: the years that report on it, and the corrections that touch it; two queries. Raises Http404."""
    rows, place = EditionRow.objects.filter(public_id=public_id), reverse("item", args=[public_id])
    return _feed_of(rows, place, NO_ITEM, "", lambda edition: f"{place}#year-{edition.fiscal_year}")


def department_feed(name: str) -> Feed:
    """Of the items that a department leads, or writes beside the lead; two queries. Raises Http404."""
    rows = EditionRow.objects.filter(department_name=name) | EditionRow.objects.filter(bearing("voices", name))
    place = next(iter(_address("department", name)), reverse("reports"))
    return _feed_of(rows, place, NO_DEPARTMENT, name, _report_address)


def _feed_of(
    rows: QuerySet[EditionRow], place: str, nobody: str, about: str, address: Callable[[Edition], str]
) -> Feed:
    """Raises Http404 with the sentence where no public edition has such rows. about: else the newest row's item."""
    editions = {edition.pk: edition for edition in _editions()}
    found: dict[int, list[EditionRow]] = {}
    for row in rows.filter(edition__in=list(editions)).only("edition", "item_name", "correction_note"):
        found.setdefault(row.edition_id, []).append(row)
    if not found:
        raise Http404(nobody)
    first = _one_of_each_report(editions.values(), min)
    told = [editions[pk] for pk in editions if pk in found and (pk in first or _is_told(editions[pk], found[pk]))]
    newest = max(found, key=lambda pk: (editions[pk].fiscal_year, editions[pk].number))
    return _feed(told, place, about or found[newest][0].item_name.replace("\n", ""), address)


def _is_told(edition: Edition, rows: Iterable[EditionRow]) -> bool:
    """Whether it is this edition that corrected one of the rows; a note of an earlier one stays at it."""
    return any(row.correction_note.startswith(f"第{edition.number}版で訂正：") for row in rows)


def _editions() -> list[Edition]:
    """Every public edition, the newest first."""
    return list(Edition.objects.public().select_related("report__plan").order_by("-public_from", "-pk"))


def _one_of_each_report(editions: Iterable[Edition], which: Callable[..., Edition]) -> set[int]:
    """By primary key: of each report the edition of the lowest number (min), or of the highest (max)."""
    reports: dict[int, list[Edition]] = {}
    for edition in editions:
        reports.setdefault(edition.report_id, []).append(edition)
    return {which(group, key=lambda edition: edition.number).pk for group in reports.values()}


def _report_address(edition: Edition) -> str:
    return reverse("annual_report", args=[edition.key])


def _feed(
    editions: list[Edition], place: str, about: str = "", address: Callable[[Edition], str] = _report_address
) -> Feed:
    """editions: the newest first. address: of the page that shows one of them."""
    city = editions[0].front_matter["plan"]["municipality"] if editions else ""
    news = [News(edition, _identifier(edition, place), address(edition)) for edition in editions[:NEWEST]]
    return Feed(city, about, place, news)


def _identifier(edition: Edition, place: str) -> str:
    """What a feed reader knows the entry by for good, whatever the site is called and on whichever computer.

    Made of what is frozen alone. A tag: URI needs the name of a host, and this portal answers under several.
    """
    plan = edition.front_matter["plan"]
    facts = (plan["municipality_code"], edition.key, str(edition.number), edition.content_sha256, place)
    return uuid5(NAMESPACE_URL, "\n".join(facts)).urn
