"""Which edition a citizen sees. Everything public begins here."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, StrIndex
from django.db.models.lookups import GreaterThan
from django.http import Http404

from actionplan.models import Edition, EditionWithdrawal

NOT_FOUND = "お探しの年度の報告は、公表されていません。"
NO_PLAN = "お探しの計画の報告は、公表されていません。"


def public_editions() -> list[Edition]:
    """The public edition of every report, latest year first, with its plan; one query."""
    latest = Edition.objects.public().latest_per_year().values("pk")
    return list(_with_plan(Edition.objects.filter(pk__in=latest)))


def _with_plan(editions: QuerySet[Edition]) -> QuerySet[Edition]:
    """The editions with report and plan, the latest year first; of plans that report on one year the newest first."""
    order = ("-report__fiscal_year", "-report__plan", "-number")
    return editions.select_related("report__plan").order_by(*order)


def bearing(field: str, name: str) -> Q:
    """The condition that a row bears the name among its areas or tags.

    A list is stored as JSON, whose spelling of a name differs between databases; none occurs inside another name.
    """
    spellings = {json.dumps(name, ensure_ascii=plain) for plain in (True, False)}
    places = [StrIndex(Cast(field, TextField()), Value(spelling)) for spelling in sorted(spellings)]
    return reduce(or_, (Q(GreaterThan(place, 0)) for place in places))


def latest_public_edition() -> Edition | None:
    """The public edition of the latest year, or None before anything is published."""
    return _with_plan(Edition.objects.public()).first()


def latest_of_each_plan() -> list[Edition]:
    """The latest public edition of each plan, the plan that reported last first; one query."""
    found: dict[int, Edition] = {}
    for edition in public_editions():
        found.setdefault(edition.report.plan_id, edition)
    return list(found.values())


def plan_edition(slug: str) -> Edition:
    """The latest public edition of the plan. Raises Http404."""
    if edition := _of_plan(slug).first():
        return edition
    raise Http404(NO_PLAN)


def plan_edition_or_latest(slug: str) -> Edition | None:
    """The same, but the latest of all where the plan has none; None before anything is published."""
    return _of_plan(slug).first() or latest_public_edition()


def _of_plan(slug: str) -> QuerySet[Edition]:
    return _with_plan(Edition.objects.public().filter(report__plan__slug=slug))


class Withdrawn(Http404):
    """Raised for what was taken down with a sentence for citizens. withdrawal: that, with its edition and report."""

    def __init__(self, withdrawal: EditionWithdrawal, whole_year: bool) -> None:
        super().__init__(withdrawal.public_words)
        self.withdrawal, self.whole_year = withdrawal, whole_year


def public_edition(key: str, number: int | None = None) -> Edition:
    """The public edition of the report with the key, or that numbered one while it stands.

    Raises Http404 for a report without one, and for a number that is unknown, scheduled or withdrawn; Withdrawn where
    citizens are told so.
    """
    numbered = {} if number is None else {"number": number}
    if edition := Edition.objects.public().of_report(key).filter(**numbered).first():
        return edition
    told = EditionWithdrawal.objects.filter(edition__in=Edition.objects.of_report(key).filter(**numbered))
    if withdrawal := told.exclude(public_words="").order_by("-withdrawn_at", "-pk").first():
        raise Withdrawn(withdrawal, whole_year=number is None)
    raise Http404(NOT_FOUND)


def key_by_plan_and_year(key: str) -> str:
    """The key of the public report that the slug and the year in this one mean; empty where there is none, or no slug.

    A report of the first plan, and one that was there before plans had slugs, bears its year alone. One query.
    """
    year, _, slug = key.partition("-")
    meant = Edition.objects.public().filter(report__plan__slug=slug, report__fiscal_year=int(year))
    return meant.values_list("report__key", flat=True).first() or "" if slug else ""


def previous_edition(edition: Edition) -> Edition | None:
    """The public edition to compare with: the plan's last year before this one, for its first the plan before.

    None for the first year of a plan that follows none. One query, or up to three.
    """
    public = _with_plan(Edition.objects.public())
    earlier = public.filter(report__plan=edition.report.plan_id, report__fiscal_year__lt=edition.fiscal_year).first()
    predecessor = edition.front_matter["plan"].get("predecessor")
    if earlier is not None or predecessor is None:
        return earlier
    before = public.filter(report__plan__slug=predecessor["slug"])
    # The year before where there is one; a plan that reported on the same year only is compared with that.
    years = before.filter(report__fiscal_year__lt=edition.fiscal_year)
    return years.first() or before.filter(report__fiscal_year=edition.fiscal_year).first()


def year_of_plan(edition: Edition, year: int) -> Edition | None:
    """The public edition of the plan's other year; one query."""
    public = _with_plan(Edition.objects.public())
    return public.filter(report__plan=edition.report.plan_id, report__fiscal_year=year).first()


def corrections(edition: Edition) -> list[Edition]:
    """The year's public editions that correct an earlier one, up to this one, oldest first; front matter left out."""
    public = Edition.objects.public().filter(report=edition.report_id, number__lte=edition.number)
    return list(public.exclude(correction_note="").order_by("number").defer("front_matter"))


def year_editions(edition: Edition) -> list[Edition]:
    """Every public edition of the same report, newest first; front matter left out."""
    return list(Edition.objects.public().filter(report=edition.report_id).order_by("-number").defer("front_matter"))


@dataclass(frozen=True)
class Link:
    """A public edition in the chain of all that were published. previous: the chain's hash of the one before it."""

    edition: Edition
    previous: str

    @property
    def label(self) -> str:
        """平成21年度（2009年度）　第1版, after the plan's title."""
        front = self.edition.front_matter
        return f"{front['plan']['title']}　{front['label']}　第{self.edition.number}版"


def chain() -> list[Link]:
    """Every public edition, the one published last first, with what binds it to the one before; two queries."""
    bound = Edition.objects.exclude(chain_sha256="").order_by("pk").values_list("chain_sha256", flat=True)
    hashes = ["", *bound]
    before = dict(zip(hashes[1:], hashes, strict=False))
    public = Edition.objects.public().select_related("report__plan").order_by("-pk")
    return [Link(edition, before.get(edition.chain_sha256, "")) for edition in public]


@dataclass(frozen=True)
class YearLink:
    """A published year of a plan."""

    year: int
    key: str
    plan: str
    label: str
    era_label: str
    number: int
    public_from: datetime
    sample: bool = False


@dataclass(frozen=True)
class Frame:
    """The city's and the plan's names, the plan's published years (latest first), and whom to ask.

    slug: of the plan named, empty for the first one, whose addresses bear none. A page that shows no edition has the
    years of all plans, and bears no plan's name where there are several. has_areas, has_tags: whether a year does.
    """

    municipality: str
    plan_title: str
    slug: str
    years: Sequence[YearLink]
    contact: dict
    has_areas: bool = False
    has_tags: bool = False

    @property
    def latest(self) -> YearLink | None:
        """The latest published year."""
        return self.years[0] if self.years else None

    @property
    def names_plan(self) -> bool:
        """Whether the page is one plan's, or there is none yet: not so where it speaks of several."""
        return bool(self.plan_title) or not self.years

    @property
    def by_plan(self) -> list[tuple[str, list[YearLink]]]:
        """The years under the title of each plan, the plan that reported last first."""
        found: dict[str, list[YearLink]] = {}
        for link in self.years:
            found.setdefault(link.plan, []).append(link)
        return list(found.items())

    @property
    def samples(self) -> Sequence[YearLink]:
        """The published years that are sample data (見本データ), latest first."""
        return [link for link in self.years if link.sample]

    @property
    def sample_years(self) -> list[str]:
        """What those years are called, each once although several plans may report on it."""
        return list(dict.fromkeys(link.era_label for link in self.samples))


def page_frame(shown: Edition | None = None) -> Frame:
    """The frame of every page; one query, whatever the number of items.

    shown: the edition that the page shows, whose names, contact and plan stand around it; for pages that show none the
    names of the latest one.
    """
    editions = public_editions()
    first = shown or next(iter(editions), None)
    plans = {edition.report.plan_id for edition in editions if not shown}
    front = first.front_matter if first else {"plan": {}}
    named = {field for edition in editions for field in ("areas", "tags") if edition.front_matter.get(field)}
    if shown:
        editions = [edition for edition in editions if edition.report.plan_id == shown.report.plan_id]
    return Frame(
        municipality=front["plan"].get("municipality", ""),
        plan_title="" if len(plans) > 1 else front["plan"].get("title", ""),
        slug="" if first is None or first.report.plan.is_first else first.report.plan.slug,
        years=[_year_link(edition) for edition in editions],
        contact=front.get("contact", {}),
        has_areas="areas" in named,
        has_tags="tags" in named,
    )


def _year_link(edition: Edition) -> YearLink:
    front = edition.front_matter
    return YearLink(
        year=front["fiscal_year"],
        key=edition.key,
        plan=front["plan"]["title"],
        label=front["label"],
        era_label=front["era_label"],
        number=edition.number,
        public_from=edition.public_from,
        sample=front.get("sample", False),
    )
