"""What opening a year does, told before it is done: which items come, which stay away, and for which department.

Departments are those that stand on the opening day: renamed, merged and split ones are mapped to their successors.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from actionplan.cycle.plan_items import PlanItem
from actionplan.cycle.sheet import CONTINUED, KIND_LABELS, MERGED, NEW
from actionplan.fiscal_year import web_label
from actionplan.models import AnnualReport, Department, Plan


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
