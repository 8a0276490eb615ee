"""Giving a year its items: an empty status for each item of the plan that has not ended and has none yet."""

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from simple_history.utils import bulk_create_with_history

from actionplan import permissions
from actionplan.models import ActionItem, AnnualReport, YearlyStatus

REASON = "年度の項目を用意"


def missing_items(report: AnnualReport) -> list[ActionItem]:
    """The plan's items that have not ended and have no status in the report, in any order."""
    items = ActionItem.objects.filter(measure__policy__plan=report.plan_id, ended=False)
    return list(items.exclude(statuses__report=report))


@transaction.atomic
def fill_year(report: AnnualReport, *, by: AbstractBaseUser) -> int:
    """How many statuses were made: empty ones, under the item's own department, each with its history.

    A second call makes none. Raises PermissionDenied for who may not add statuses.
    """
    permissions.require(permissions.may_add(by, YearlyStatus))
    AnnualReport.objects.select_for_update().get(pk=report.pk)
    rows = [
        YearlyStatus(report=report, item=item, department_id=item.lead_department_id) for item in missing_items(report)
    ]
    bulk_create_with_history(rows, YearlyStatus, default_user=by, default_change_reason=REASON)
    return len(rows)
