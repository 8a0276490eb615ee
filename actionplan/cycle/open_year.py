"""Opening a year: its report, its due date, an empty answer for each item that goes on; all of it or nothing."""

from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from simple_history.utils import bulk_create_with_history

from actionplan import permissions
from actionplan.cycle.foreseen import opening_of
from actionplan.cycle.opening import Opening
from actionplan.cycle.rows import BATCH
from actionplan.models import AnnualReport, Plan, YearlyStatus
from actionplan.models.sourced import note_source

REASON = "年度を開く"


class OpeningRefused(ValueError):
    """Raised when the year cannot be opened; the message is the Japanese sentence for the person."""


class OpeningChanged(OpeningRefused):
    """Raised when opening would do something else by now than what the person looked at."""


def open_year(
    plan: Plan, fiscal_year: int, *, answers_due: date | None = None, by: AbstractBaseUser | None, seen: str = ""
) -> Opening:
    """What was done; a second call does nothing and says so (Opening.changes_nothing).

    answers_due: the due date from now on; None leaves it. by: None when the machine opens the year.
    seen: the fingerprint of the opening that the person looked at.
    Raises PermissionDenied for who does not coordinate, OpeningRefused, OpeningChanged.
    """
    permissions.require(by is None or permissions.may_coordinate(by))
    try:
        return _open(plan, fiscal_year, answers_due, by, seen)
    except IntegrityError:
        # Somebody added the year or one of the answers by its own form just now: asked again, it is there.
        return _open(plan, fiscal_year, answers_due, by, seen)


@transaction.atomic
def _open(plan: Plan, fiscal_year: int, answers_due: date | None, by: AbstractBaseUser | None, seen: str) -> Opening:
    # The plan's row is the lock: of two who open at once, the second finds everything done.
    Plan.objects.select_for_update().get(pk=plan.pk)
    refuse_year(plan, fiscal_year)
    opening = opening_of(plan, fiscal_year, answers_due)
    if seen and opening.fingerprint != seen:
        raise OpeningChanged("確かめていただいている間に、項目か締切が変わりました。もう一度確かめてください。")
    report = _report(opening, by)
    rows = [YearlyStatus(report=report, item_id=row.item.pk, department=row.department) for row in opening.coming]
    bulk_create_with_history(rows, YearlyStatus, batch_size=BATCH, default_user=by, default_change_reason=REASON)
    return opening


def refuse_year(plan: Plan, fiscal_year: int) -> None:
    """Raises OpeningRefused for a year that belongs to another plan or holds made-up data."""
    report = AnnualReport.objects.filter(fiscal_year=fiscal_year).select_related("plan").first()
    if report and report.plan_id != plan.pk:
        raise OpeningRefused(f"{report}は、計画「{report.plan}」の年度です。「{plan}」の年度としては開けません。")
    if report and report.sample:
        raise OpeningRefused(f"{report}には見本データが入っています。見本データを消してから、開いてください。")


def _report(opening: Opening, by: AbstractBaseUser | None) -> AnnualReport:
    report = opening.report or AnnualReport(plan=opening.plan, fiscal_year=opening.fiscal_year)
    if opening.sets_due:
        report.answers_due = opening.answers_due
    if opening.report is None or opening.sets_due:
        report._history_user = by
        note_source(report, reason=REASON).save()
    return report
