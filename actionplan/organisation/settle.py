"""The day after: what departments still hold although they have ended goes to those that stand in their place."""

from collections import Counter

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from actionplan import permissions
from actionplan.models import ActionItem, Department, State, Succession
from actionplan.organisation.holdings import hand_over, holdings
from actionplan.organisation.locks import lock_departments
from actionplan.organisation.membership import join, leave, members_of
from actionplan.organisation.recording import record


def unsettled() -> list[Department]:
    """Departments that have ended, have a successor, and still lead items, hold open answers or have people."""
    ended = Department.objects.filter(in_force_until__lt=timezone.localdate(), successor__isnull=False)
    moving = Q(statuses__report__editions=None) | Q(parts__isnull=False)
    still_open = Q(statuses__isnull=False) & moving & ~Q(statuses__state=State.CONFIRMED)
    holds = Q(items__isnull=False) | Q(members__isnull=False) | Q(plans__isnull=False)
    counted = ended.annotate(open_answers=Count("statuses", filter=still_open, distinct=True))
    return list(counted.filter(holds | Q(open_answers__gt=0)).select_related("successor").distinct())


@transaction.atomic
def settle(*, by: AbstractBaseUser) -> Counter[str]:
    """How many departments, items and answers were handed over, each row with its record; a second call finds none."""
    permissions.require(permissions.may_coordinate(by) and permissions.may_change(by, Department))
    known, day = lock_departments(), timezone.localdate()
    succession, done = Succession(known.values()), Counter()
    for old in unsettled():
        held, heirs = holdings([old.pk]), Heirs(succession, old.pk, day)
        reason = f"組織改正：{old}→{known[heirs.main]}"
        heirs.leads = dict(ActionItem.objects.filter(statuses__in=held.statuses).values_list("pk", "lead_department"))
        hand_over(held, heirs.of, by=by, reason=reason)
        _hand_over_people(old, heirs, by, reason)
        done += Counter(departments=1, items=len(held.items), statuses=len(held.statuses))
    return done


class Heirs:
    """Who stands for one ended department, today: its successor, or for an item the part that it was split off to."""

    def __init__(self, succession: Succession, old: int, day) -> None:
        self.succession, self.day = succession, day
        self.main = succession.current(old, day)
        split_off = [pk for pk, department in succession.by_pk.items() if department.split_from_id == old]
        self.parts = {succession.current(pk, day) for pk in split_off} | {self.main}
        self.leads: dict[int, int | None] = {}

    def of(self, _: int, item: int | None) -> int:
        """The primary key of the department that takes the item's rows, or everything else when item is None."""
        lead = self.succession.current(self.leads.get(item), self.day)
        return lead if lead in self.parts else self.main


def _hand_over_people(old: Department, heirs: Heirs, by: AbstractBaseUser, reason: str) -> None:
    people = members_of([old.pk])[old.pk]
    placed = {person for group in members_of(heirs.parts).values() for person in group}
    gained = join((heirs.main, person) for person in people - placed)
    lost = leave((old.pk, person) for person in people)
    record(list(Department.objects.filter(pk__in=gained | lost)), by=by, reason=reason)
