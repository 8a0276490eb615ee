"""Years by the scale that they go by: what a search calls a category, so that no two scales are counted together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from actionplan.models import Edition
from actionplan.scale import Category, Scale

AT, ALL = "@", "all"


@dataclass(frozen=True)
class ScaleYears:
    """The public reports that go by one scale, the latest first.

    keys: of the reports. places: plan and year of each, as a search names them. labels: what people call each.
    editions: their primary keys. primary: the codes that the address may write bare; another scale had the others
    first, and they are written with a report of the scale: done@2015.
    """

    scale: Scale
    keys: tuple[str, ...]
    places: tuple[tuple[str, str], ...]
    labels: tuple[str, ...]
    editions: frozenset[int]
    primary: frozenset[str]

    def value(self, code: str) -> str:
        """What the address calls the category."""
        return code if code in self.primary else f"{code}{AT}{self.keys[-1]}"

    @property
    def categories(self) -> Sequence[Category]:
        """In their order, 未設定 where its scale has it."""
        return self.scale.categories

    @property
    def heading(self) -> str:
        """平成21年度, 平成21年度・平成22年度 or 平成21年度ほか4年度."""
        first, *others = dict.fromkeys(self.labels[::-1])
        return f"{first}ほか{len(others)}年度" if len(others) > 1 else "・".join([first, *others])

    def is_in(self, plan: str, year: str) -> bool:
        """Whether one of the reports is of the plan and the year that are searched; all for any."""
        return any(plan in (ALL, of_plan) and year in (ALL, of_year) for of_plan, of_year in self.places)

    def matches(self, values: Iterable[str]) -> Q | None:
        """The condition that a row of these years has one of the values; None when none of them is of this scale."""
        codes = [each.code for each in self.categories if self.value(each.code) in values]
        return Q(edition__in=self.editions, progress__in=codes) if codes else None


def scale_years(editions: Sequence[Edition], plan: str, year: str) -> list[ScaleYears]:
    """The editions (latest year first, with report and plan) by their scales, each scale as the plan and the year that
    are searched word it; no query.
    """
    groups: dict[frozenset, list[Edition]] = {}
    for edition in editions:
        groups.setdefault(edition.scale.identity, []).append(edition)
    primary = _primary(groups)
    several = len({edition.report.plan_id for edition in editions}) > 1
    return [_scale_years(group, (plan, year), primary[identity], several) for identity, group in groups.items()]


def _primary(groups: dict[frozenset, list[Edition]]) -> dict[frozenset, frozenset[str]]:
    """Of each scale the codes that it had first: an address that was given out leads to the same items for good."""
    primary: dict[frozenset, frozenset[str]] = {}
    taken: set[str] = set()
    for identity in sorted(groups, key=lambda identity: min(edition.public_from for edition in groups[identity])):
        codes = {facts["code"] for edition in groups[identity] for facts in edition.front_matter["progress"]}
        primary[identity] = frozenset(codes - taken)
        taken |= codes
    return primary


def _scale_years(
    editions: Sequence[Edition], asked: tuple[str, str], primary: frozenset[str], several: bool
) -> ScaleYears:
    places = [(edition.report.plan.slug, str(edition.fiscal_year)) for edition in editions]
    worded = next((edition for edition, place in zip(editions, places, strict=True) if place == asked), editions[0])
    return ScaleYears(
        worded.scale,
        tuple(edition.key for edition in editions),
        tuple(places),
        tuple(_label(edition, several) for edition in editions),
        frozenset(edition.pk for edition in editions),
        primary,
    )


def _label(edition: Edition, several: bool) -> str:
    front = edition.front_matter
    return f"{front['plan']['title']} {front['era_label']}" if several else front["era_label"]


def plain_value(value: str, plan: str, year: str, scales: Sequence[ScaleYears]) -> str:
    """The value as scale_years() names it: done@2015 is of that report's scale, a bare code of the one scale that the
    plan and the year searched have for it, and where they have several, of the first.
    """
    code, _, named = value.partition(AT)
    having = [each for each in scales if each.scale.find(code)]
    found = [each for each in having if (named in each.keys if named else each.is_in(plan, year))]
    return found[0].value(code) if len(found) == 1 else value
