"""What departments hold (items, answers of years still open, people, the plan's office), and its handing over."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser, User
from django.db.models import Exists, OuterRef, Q, QuerySet

from actionplan.cycle import rows
from actionplan.models import ActionItem, Department, Plan, State, YearlyStatus
from actionplan.organisation.recording import record

# Which department takes what the old one holds, by primary keys: (old one, item or None for all that is no item's).
Heir = Callable[[int, int | None], int]


@dataclass(frozen=True)
class Holdings:
    """What the departments hold that moves to their successors; kept: answers that stay under the old name."""

    items: list[ActionItem]
    statuses: list[YearlyStatus]
    plans: list[Plan]
    people: list[User]
    kept: int


def open_statuses(departments: Collection[int], *, splits: bool = False) -> QuerySet[YearlyStatus]:
    """Answers that are not confirmed, of years that were never published: nothing of them stands in public.

    Of a department that is split (splits: now) those of published years too: only the items tell which part answers.
    """
    split = Exists(Department.objects.filter(split_from=OuterRef("department")))
    moving = Q() if splits else Q(report__editions=None) | split
    return YearlyStatus.objects.filter(moving, department__in=departments).exclude(state=State.CONFIRMED).distinct()


def holdings(departments: Collection[int], *, splits: bool = False) -> Holdings:
    """What the departments hold; six queries. splits: whether they are about to be split."""
    items = ActionItem.objects.filter(lead_department__in=departments).select_related("measure__policy")
    statuses = open_statuses(departments, splits=splits).select_related("report", "item__measure__policy")
    every = YearlyStatus.objects.filter(department__in=departments).count()
    moving = list(statuses.order_by("report__fiscal_year", "item"))
    return Holdings(
        list(items),
        moving,
        list(Plan.objects.filter(office__in=departments)),
        list(User.objects.filter(departments__in=departments, is_active=True).distinct().order_by("username")),
        every - len(moving),
    )


def left_behind(department: Department) -> str:
    """What the department holds, in words: 項目3件、確定していない回答2件、職員4人; empty for nothing."""
    held = holdings([department.pk])
    counts = (("項目{}件", held.items), ("確定していない回答{}件", held.statuses), ("職員{}人", held.people))
    return "、".join(words.format(len(rows)) for words, rows in counts if rows)


def move_items(targets: Mapping[int, int], *, by: AbstractBaseUser, reason: str) -> None:
    """Gives items another leading department; targets: department by item."""
    items = list(ActionItem.objects.select_for_update().filter(pk__in=targets).order_by("pk"))
    for item in items:
        item.lead_department_id = targets[item.pk]
    ActionItem.objects.bulk_update(items, ["lead_department"], batch_size=rows.BATCH)
    record(items, by=by, reason=reason)


def move_statuses(targets: Mapping[int, int], *, by: AbstractBaseUser, reason: str) -> None:
    """Gives answers another department; targets: department by status. The words themselves are not touched."""
    statuses = rows.lock(targets)
    for status in statuses:
        status.department_id = targets[status.pk]
    if statuses:
        rows.store(statuses, ["department"], by=by, reason=reason)


def move_plans(targets: Mapping[int, int], *, by: AbstractBaseUser, reason: str) -> None:
    """Gives plans another office to ask; targets: department by plan."""
    plans = list(Plan.objects.select_for_update().filter(pk__in=targets).order_by("pk"))
    for plan in plans:
        plan.office_id = targets[plan.pk]
    Plan.objects.bulk_update(plans, ["office"])
    record(plans, by=by, reason=reason)


def hand_over(held: Holdings, heir: Heir, *, by: AbstractBaseUser, reason: str) -> None:
    """Moves everything but the people to its heirs; each row with its record of change."""
    move_items({item.pk: heir(item.lead_department_id, item.pk) for item in held.items}, by=by, reason=reason)
    statuses = {status.pk: heir(status.department_id, status.item_id) for status in held.statuses}
    move_statuses(statuses, by=by, reason=reason)
    move_plans({plan.pk: heir(plan.office_id, None) for plan in held.plans}, by=by, reason=reason)
