"""What opening a year does, told before it is done: which items come, which stay away, and for which department.

Departments are those that stand on the opening day: renamed, merged and split ones are mapped to their successors.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from actionplan.answers.sheet import CONTINUED, KIND_LABELS, MERGED, NEW
from actionplan.fiscal_year import report_key, web_label
from actionplan.models import (
    ActionItem,
    AnnualReport,
    Department,
    Edition,
    Plan,
    State,
    Succession,
    Voice,
    YearlyStatus,
)
from actionplan.seen import fingerprint
from actionplan.words import shown_number

PLACE = ("measure__policy__number", "measure__number", "number")
PRINTED = "printed_number"
OWN = ("pk", "name", "ended", "lead_department_id", "successor_id", "marked")
NEXT = ("successor__name", *(f"successor__{name}" for name in (PRINTED, *PLACE)))


class PlanItem(NamedTuple):
    """An item without the weight of a model: a large plan has tens of thousands of them.

    lead_department, successor_id: primary keys. marked: whether it bears a mark.
    next_code, next_name: of the item that follows; empty for none.
    """

    pk: int
    name: str
    ended: bool
    lead_department: int | None
    successor_id: int | None
    marked: bool
    code: str
    next_code: str
    next_name: str

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def successor(self) -> str:
        """The item that follows, in words."""
        return f"{self.next_code} {self.next_name}".strip()

    @property
    def is_gone(self) -> bool:
        """Whether no answer is asked for any more."""
        return self.ended or self.successor_id is not None


def plan_items(plan: Plan) -> list[PlanItem]:
    """live_items() as PlanItems; one query."""
    marks = ActionItem.actors.through.objects.filter(actionitem=OuterRef("pk"))
    items = live_items(plan).annotate(marked=Exists(marks))
    return [
        PlanItem._make((*own, shown_number(*place), shown_number(*following) if name else "", name or ""))
        for own, place, (name, *following) in map(_parts, items.values_list(*OWN, PRINTED, *PLACE, *NEXT))
    ]


def _parts(row: tuple) -> tuple[tuple, tuple, tuple]:
    own, place = len(OWN), len(OWN) + 1 + len(PLACE)
    return row[:own], row[own:place], row[place:]


def live_items(plan: Plan) -> QuerySet[ActionItem]:
    """The plan's items in report order, ended ones too, without those that only sample years know."""
    statuses = YearlyStatus.objects.filter(item=OuterRef("pk"))
    made_up = Exists(statuses.filter(report__sample=True)) & ~Exists(statuses.filter(report__sample=False))
    return ActionItem.objects.filter(measure__policy__plan=plan).exclude(made_up).order_by(*PLACE)


def missing_items(report: AnnualReport) -> QuerySet[ActionItem]:
    """The plan's items that go on and have no answer in the year."""
    going_on = live_items(report.plan).filter(ended=False, successor=None)
    return going_on.filter(~Q(statuses__report=report))


@dataclass(frozen=True)
class Coming:
    """An item that the year gains: how it stands to last year, its department so far and on the opening day."""

    item: PlanItem
    kind: str
    before: Department | None
    department: Department | None

    @property
    def kind_label(self) -> str:
        """新規, 継続 or 統合."""
        return KIND_LABELS[self.kind]


@dataclass(frozen=True)
class Move:
    """A department whose items another one takes over, and how many of them."""

    before: Department
    after: Department
    items: int


@dataclass(frozen=True)
class Opening:
    """What opening a year does.

    report: the year's, None when it has to be made.
    answers_due: the date asked for, None when old_due, which stands so far, stays.
    before: the year's that this one is held against, None where none has asked for anything.
    present: items that have their answer already. ended: items of last year that ended or were merged since; for the
    first year of a plan those of the plan before that none of its items comes from.
    kept: items that ended although the year has an answer for them; it stays.
    """

    plan: Plan
    fiscal_year: int
    report: AnnualReport | None
    old_due: date | None
    answers_due: date | None
    day: date
    coming: tuple[Coming, ...]
    present: int
    ended: tuple[PlanItem, ...]
    kept: tuple[PlanItem, ...]
    before: AnnualReport | None = None

    @cached_property
    def label(self) -> str:
        """令和8年度（2026年度）, as the report words it when there is one."""
        if self.report:
            return str(self.report)
        coming = AnnualReport(plan=self.plan, fiscal_year=self.fiscal_year)
        if self.before and self.before.plan_id == self.plan.pk:
            coming.plan_name = self.before.plan_name
        else:
            coming.take_plan_name()
        return str(coming)

    @property
    def key(self) -> str:
        """What the year's report is found by."""
        return self.report.key if self.report else report_key(self.plan.slug, self.fiscal_year)

    @property
    def sets_due(self) -> bool:
        """Whether the due date becomes another one."""
        return self.answers_due is not None and self.answers_due != self.old_due

    @property
    def changes_nothing(self) -> bool:
        """Whether everything is there already."""
        return self.report is not None and not self.coming and not self.sets_due

    @property
    def only_due(self) -> bool:
        """Whether nothing but the due date changes."""
        return self.report is not None and not self.coming and self.sets_due

    @property
    def kinds(self) -> list[tuple[str, list[Coming]]]:
        """The coming items under 継続, 新規 and 統合, each in report order."""
        return [
            (KIND_LABELS[kind], [row for row in self.coming if row.kind == kind]) for kind in (CONTINUED, NEW, MERGED)
        ]

    @property
    def succeeds(self) -> bool:
        """Whether the year before is the plan's before."""
        return self.before is not None and self.before.plan_id != self.plan.pk

    @property
    def added(self) -> list[Coming]:
        """The coming items that the year before did not have; none where there is no year before."""
        return [row for row in self.coming if row.kind == NEW and self.before]

    @property
    def moves(self) -> list[Move]:
        """The departments that are mapped to another one."""
        known = [(row.before, row.department) for row in self.coming if row.before and row.department]
        pairs = Counter((before, after) for before, after in known if before != after)
        return [Move(before, after, items) for (before, after), items in pairs.items()]

    @property
    def without_department(self) -> list[Coming]:
        """Items that nobody is asked for."""
        return [row for row in self.coming if row.department is None]

    @property
    def stranded(self) -> list[Coming]:
        """Items whose department has ended, with nobody named who follows it."""
        return [row for row in self.coming if row.department and not _stands(row.department, self.day)]

    @cached_property
    def seal(self) -> str:
        """The same for two openings that do the same: shows whether anything moved after it was looked at."""
        rows = [(row.item.pk, row.department and row.department.pk) for row in self.coming]
        facts = (self.plan.pk, self.fiscal_year, self.report is None, self.old_due, self.answers_due, rows)
        return fingerprint(*facts)


def _stands(department: Department, day: date) -> bool:
    return department.in_force_until is None or department.in_force_until >= day


def opening_of(plan: Plan, fiscal_year: int, answers_due: date | None = None, day: date | None = None) -> Opening:
    """What opening the year does if it is done now (on another day if told); reads only."""
    day = day or timezone.localdate()
    report, before = _this_year_and_the_last(plan, fiscal_year)
    items = plan_items(plan)
    present = _departments(report)
    last = _departments(before)
    succeeds = before is not None and before.plan_id != plan.pk
    sources = _drawn(plan, items) if succeeds else _sources(items)
    gone = [item for item in items if item.is_gone]
    left = _left_behind(before, sources, last) if before and succeeds else gone
    succession = Succession()
    missing = [item for item in items if item.pk not in present and not item.is_gone]
    return Opening(
        plan=plan,
        fiscal_year=fiscal_year,
        report=report,
        old_due=report.answers_due if report else None,
        answers_due=answers_due,
        day=day,
        coming=tuple(_coming(item, sources[item.pk], last, succession, day) for item in missing),
        present=len(present),
        ended=tuple(item for item in left if item.pk in last and item.pk not in present),
        kept=tuple(item for item in gone if item.pk in present),
        before=before if last else None,
    )


def _this_year_and_the_last(plan: Plan, fiscal_year: int) -> tuple[AnnualReport | None, AnnualReport | None]:
    """The year's report, and the newest real one before it: for the plan's first one that of the plan before."""
    until = AnnualReport.objects.filter(fiscal_year__lte=fiscal_year).order_by("-fiscal_year")
    reports = list(until.filter(plan=plan))
    report = next((each for each in reports if each.fiscal_year == fiscal_year), None)
    before = next((each for each in reports if each.fiscal_year < fiscal_year and not each.sample), None)
    if before is None and plan.predecessor_id:
        before = until.filter(plan=plan.predecessor_id, sample=False, fiscal_year__lt=fiscal_year).first()
    return report, before


def _departments(report: AnnualReport | None) -> dict[int, int | None]:
    """The department of each item that has an answer in the year."""
    return dict(report.statuses.values_list("item", "department").order_by()) if report else {}


def _sources(items: Iterable[PlanItem]) -> dict[int, list[int]]:
    """By item: itself, and the items that were merged into it."""
    sources = {item.pk: [item.pk] for item in items}
    for item in items:
        if item.successor_id in sources:
            sources[item.successor_id].append(item.pk)
    return sources


def _drawn(plan: Plan, items: Iterable[PlanItem]) -> dict[int, list[int]]:
    """By item: those of the plan before that it comes from, as staff drew it."""
    sources: dict[int, list[int]] = {item.pk: [] for item in items}
    drawn = ActionItem.origins.through.objects.filter(from_actionitem__measure__policy__plan=plan)
    for item, source in drawn.values_list("from_actionitem", "to_actionitem"):
        sources.setdefault(item, []).append(source)
    return sources


def _left_behind(before: AnnualReport, sources: dict[int, list[int]], last: Container[int]) -> list[PlanItem]:
    """The items of the last year of the plan before that no item comes from."""
    carried = {source for found in sources.values() for source in found}
    return [item for item in plan_items(before.plan) if item.pk in last and item.pk not in carried]


def _coming(
    item: PlanItem, sources: list[int], last: dict[int, int | None], succession: Succession, day: date
) -> Coming:
    known = [source for source in sources if source in last]
    kind = NEW if not known else CONTINUED if known in ([item.pk], sources[:1]) else MERGED
    before = item.lead_department or next((last[source] for source in known if last[source]), None)
    by_pk = succession.by_pk
    return Coming(item, kind, by_pk.get(before), by_pk.get(succession.current(before, day)))


def unfinished_years() -> QuerySet[Any]:
    """The real years that ask for answers and of which no edition stands, newest first; `open` counts what is not
    confirmed.
    """
    return _asked_years().filter(published=False)


def years_under_way() -> QuerySet[AnnualReport]:
    """Those, and the years that were published although something in them is not confirmed yet.

    `voices_waiting` counts the texts of related departments and partners that wait for the office.
    """
    handed_in = Voice.objects.filter(report=OuterRef("pk"), state=State.SUBMITTED).order_by().values("report")
    waiting = Coalesce(Subquery(handed_in.annotate(count=Count("pk")).values("count")), 0)
    years = _asked_years().annotate(voices_waiting=waiting)
    return years.filter(Q(published=False) | Q(open__gt=0) | Q(voices_waiting__gt=0))


def _asked_years() -> QuerySet[Any]:
    standing = Edition.objects.standing().filter(report=OuterRef("pk"))
    counts = {"asked": Count("statuses"), "open": Count("statuses", filter=~Q(statuses__state=State.CONFIRMED))}
    real = AnnualReport.objects.filter(
        sample=False, past_source="", past_published_on=None
    )  # nobody is asked for the past
    years = real.annotate(published=Exists(standing), **counts)
    return years.filter(asked__gt=0).order_by("-fiscal_year")


def cautions(opening: Opening) -> list[str]:
    """A sentence for each; none for a year that is there already."""
    if opening.report is not None:
        return []
    years = AnnualReport.objects.filter(plan=opening.plan, sample=False).order_by("fiscal_year")
    return [*_place(opening.fiscal_year, list(years)), *_unfinished(opening), *_unmarked(opening)]


def _place(year: int, years: list[AnnualReport]) -> Iterator[str]:
    """Whether the year follows the newest one."""
    if not years:
        return
    newest = years[-1].fiscal_year
    if year < newest:
        yield f"{years[-1]}より前の年度です。"
    elif year == newest + 2:
        yield f"{web_label(newest + 1)}を飛ばして開きます。"
    elif year > newest + 2:
        yield f"{web_label(newest + 1)}から{web_label(year - 1)}までの{year - newest - 1}年度を飛ばして開きます。"


MOST_UNMARKED = 20


def _unmarked(opening: Opening) -> Iterator[str]:
    """Which items lack marks that others of the plan bear: the year cannot be published before they have some."""
    items = [row.item for row in opening.coming if not row.item.marked]
    if items and len(items) < len(opening.coming):
        more = f"、ほか{len(items) - MOST_UNMARKED}件" if len(items) > MOST_UNMARKED else ""
        yield f"主体（★●◎）が選ばれていない項目があります：{'、'.join(map(str, items[:MOST_UNMARKED]))}{more}。{CHOOSE}"


CHOOSE = "項目の画面で選ぶまで、この年度は公表できません。"


def _unfinished(opening: Opening) -> Iterator[str]:
    for report in unfinished_years().filter(plan=opening.plan):
        yield f"{report}は、まだ公表していません（確定していない回答が{report.open}件あります）。"
