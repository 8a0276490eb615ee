"""What a search asks for, as its address says it: /search/?q=ホームページ&year=2009&progress=not_done."""

from dataclasses import dataclass, replace
from typing import Any, Protocol
from urllib.parse import urlencode

from actionplan.fiscal_year import FIRST_PLAN, parse_fiscal_year
from actionplan.text import CONTROLS

ALL_YEARS = ALL_PLANS = "all"
FACETS = ("policy", "mark", "progress", "department", "area", "tag")
# Facets of names that a row may bear several of, with their fields in rows and front matters.
NAMED = {"area": "areas", "tag": "tags"}
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
    area: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    page: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for, so that there is nothing to answer either."""
        return self == Filters()

    @property
    def has_choice(self) -> bool:
        """Whether anything but words, plan and year narrows it down."""
        return any(getattr(self, facet) for facet in FACETS)

    @property
    def typed(self) -> list[str]:
        """The words as they were typed, each once."""
        return list(dict.fromkeys(self.text.split()))

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
