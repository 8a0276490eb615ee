"""Which edition a citizen sees. Everything public begins here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404

from actionplan.models import Edition

NOT_FOUND = "お探しの年度の報告は、公表されていません。"


def public_editions() -> list[Edition]:
    """The public edition of every year, latest year first; one query."""
    return list(
        Edition.objects.filter(pk__in=Edition.objects.public().latest_per_year().values("pk")).order_by(
            "-report__fiscal_year"
        )
    )


def latest_public_edition() -> Edition | None:
    """The public edition of the latest year, or None before anything is published."""
    return Edition.objects.public().order_by("-report__fiscal_year", "-number").first()


def public_edition(year: int, number: int | None = None) -> Edition:
    """The year's public edition, or that numbered one while it stands.

    Raises Http404 for a year without one, and for a number that is unknown, scheduled or withdrawn.
    """
    editions = Edition.objects.public().for_year(year)
    edition = editions.filter(number=number).first() if number is not None else editions.first()
    if edition is None:
        raise Http404(NOT_FOUND)
    return edition


def previous_edition(edition: Edition) -> Edition | None:
    """The public edition of the plan's last published year before this one's, or None for its first year; one query."""
    of_the_plan = Edition.objects.public().filter(report__plan__reports=edition.report_id)
    earlier = of_the_plan.filter(report__fiscal_year__lt=edition.fiscal_year)
    return earlier.order_by("-report__fiscal_year", "-number").first()


def corrections(edition: Edition) -> list[Edition]:
    """The year's public editions that correct an earlier one, up to this one, oldest first; front matter left out."""
    public = Edition.objects.public().filter(report=edition.report_id, number__lte=edition.number)
    return list(public.exclude(correction_note="").order_by("number").defer("front_matter"))


@dataclass(frozen=True)
class YearLink:
    """A published year."""

    year: int
    label: str
    era_label: str
    number: int
    public_from: datetime
    sample: bool = False


@dataclass(frozen=True)
class Frame:
    """The city's and the plan's names, the published years (latest first), and whom to ask."""

    municipality: str
    plan_title: str
    years: Sequence[YearLink]
    contact: dict

    @property
    def latest(self) -> YearLink | None:
        """The latest published year."""
        return self.years[0] if self.years else None

    @property
    def samples(self) -> Sequence[YearLink]:
        """The published years that are sample data (見本データ), latest first."""
        return [link for link in self.years if link.sample]


def page_frame(shown: dict | None = None) -> Frame:
    """The frame of every page; one query, whatever the number of items.

    shown: the front matter of the edition that the page shows, whose names and contact stand around it; of the latest
    one for pages that show none.
    """
    editions = public_editions()
    front = shown or (editions[0].front_matter if editions else {"plan": {}})
    return Frame(
        municipality=front["plan"].get("municipality", ""),
        plan_title=front["plan"].get("title", ""),
        years=[_year_link(edition) for edition in editions],
        contact=front.get("contact", {}),
    )


def _year_link(edition: Edition) -> YearLink:
    front = edition.front_matter
    return YearLink(
        year=front["fiscal_year"],
        label=front["label"],
        era_label=front["era_label"],
        number=edition.number,
        public_from=edition.public_from,
        sample=front.get("sample", False),
    )
