"""What opening a year does, told before it is done: which items come, which stay away, and for which department.

Departments are those that stand on the opening day: renamed, merged and split ones are mapped to their successors.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils import timezone

from actionplan.cycle.plan_items import PlanItem, plan_items
from actionplan.cycle.sheet import CONTINUED, KIND_LABELS, MERGED, NEW
from actionplan.fiscal_year import web_label
from actionplan.models import AnnualReport, Department, Plan, Succession


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
    present: items that have their answer already. ended: items of last year that ended or were merged since.
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

    @property
    def label(self) -> str:
        """令和8年度（2026年度）, as the report words it when there is one."""
        return self.report.label if self.report else web_label(self.fiscal_year)

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
    def moves(self) -> list[Move]:
        """The departments that are mapped to another one."""
        pairs = Counter((row.before, row.department) for row in self.coming if row.before != row.department)
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
    def fingerprint(self) -> str:
        """The same for two openings that do the same: shows whether anything moved after it was looked at."""
        rows = [(row.item.pk, row.department and row.department.pk) for row in self.coming]
        facts = (self.plan.pk, self.fiscal_year, self.report is None, self.old_due, self.answers_due, rows)
        return hashlib.sha256(repr(facts).encode()).hexdigest()


def _stands(department: Department, day: date) -> bool:
    return department.in_force_until is None or department.in_force_until >= day


def opening_of(plan: Plan, fiscal_year: int, answers_due: date | None = None, day: date | None = None) -> Opening:
    """What opening the year does if it is done now (on another day if told); reads only."""
    day = day or timezone.localdate()
    report, before = _this_year_and_the_last(plan, fiscal_year)
    items = plan_items(plan)
    present = _departments(report)
    last = _departments(before)
    sources = _sources(items)
    gone = [item for item in items if item.is_gone]
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
        ended=tuple(item for item in gone if item.pk in last and item.pk not in present),
        kept=tuple(item for item in gone if item.pk in present),
    )


def _this_year_and_the_last(plan: Plan, fiscal_year: int) -> tuple[AnnualReport | None, AnnualReport | None]:
    """The year's report, and the newest real one before it."""
    reports = list(AnnualReport.objects.filter(plan=plan, fiscal_year__lte=fiscal_year).order_by("-fiscal_year"))
    report = next((each for each in reports if each.fiscal_year == fiscal_year), None)
    return report, next((each for each in reports if each.fiscal_year < fiscal_year and not each.sample), None)


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


def _coming(
    item: PlanItem, sources: list[int], last: dict[int, int | None], succession: Succession, day: date
) -> Coming:
    known = [source for source in sources if source in last]
    kind = NEW if not known else CONTINUED if known == [item.pk] else MERGED
    before = item.lead_department or next((last[source] for source in known if last[source]), None)
    by_pk = succession.by_pk
    return Coming(item, kind, by_pk.get(before), by_pk.get(succession.current(before, day)))
