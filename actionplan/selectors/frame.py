"""What stands around every public page: the city, the plan, the years to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from actionplan.models import Edition
from actionplan.selectors.editions import public_editions


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


def page_frame() -> Frame:
    """The frame of every page; one query, whatever the number of items."""
    editions = public_editions()
    front = editions[0].front_matter if editions else {"plan": {}}
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
