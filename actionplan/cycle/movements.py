"""What happened last in each department of a year: the last change of its answers, the last reminder."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max

from actionplan.cycle.names import person_name
from actionplan.models import AnnualReport, Succession, YearlyStatus

# How the records of change begin that organisation/ writes.
REORGANISED = "組織改正："


@dataclass(frozen=True)
class Movement:
    """The last change of a department's answers: when, and who made it (empty: the machine)."""

    at: datetime
    by: str


@dataclass(frozen=True)
class LastReminder:
    """The last reminder that was tried: the day, who sent it (empty: the machine), why it did not go out."""

    day: date
    by: str
    failure: str


def movements(report: AnnualReport, succession: Succession, day: date) -> dict[int, Movement]:
    """By department, the newest record of change; the making of the empty answers is none, nor is a reorganisation."""
    history = YearlyStatus.history.filter(report_id=report.pk, history_type="~")
    history = history.exclude(history_change_reason__startswith=REORGANISED)
    newest = history.values("department_id").annotate(newest=Max("history_id")).order_by().values("newest")
    records = YearlyStatus.history.filter(history_id__in=list(newest.values_list("newest", flat=True)))
    return {
        succession.current(record.department_id, day) or 0: Movement(
            record.history_date, person_name(record.history_user)
        )
        for record in records.select_related("history_user").order_by("history_id")
        # A department may have been deleted since.
        if record.department_id is None or record.department_id in succession.by_pk
    }


def reminders(report: AnnualReport, succession: Succession, day: date) -> dict[int, LastReminder]:
    """By department, the last reminder that was tried."""
    rows = report.reminders.select_related("sent_by").order_by("sent_at", "pk")
    return {
        succession.current(row.department_id, day) or 0: LastReminder(row.day, person_name(row.sent_by), row.failure)
        for row in rows
    }
