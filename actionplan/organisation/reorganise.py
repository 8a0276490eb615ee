"""Renaming, merging and splitting departments with a date: first what would change, then the change itself, once."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from actionplan import permissions
from actionplan.answers import saving
from actionplan.models import ActionItem, Department, Person, Plan, State, Succession, YearlyStatus
from actionplan.organisation.membership import join, leave, lock_departments, members_of, record
from actionplan.organisation.reorganisation import REASON, Reorganisation, faults, in_words
from actionplan.seen import fingerprint, refuse_moved

# Which department takes what the old one holds, by primary keys: (old one, item or None for all that is no item's).
Heir = Callable[[int | None, int | None], int]


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
    statuses = open_statuses(departments, splits=splits).select_related("report__plan", "item__measure__policy")
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


def move_items(targets: Mapping[int, int], *, by: Person, reason: str) -> None:
    """Gives items another leading department; targets: department by item."""
    items = list(ActionItem.objects.select_for_update().filter(pk__in=targets).order_by("pk"))
    for item in items:
        item.lead_department_id = targets[item.pk]
    ActionItem.objects.bulk_update(items, ["lead_department"], batch_size=saving.BATCH)
    record(items, by=by, reason=reason)


def move_statuses(targets: Mapping[int, int], *, by: Person, reason: str) -> None:
    """Gives answers another department; targets: department by status. The words themselves are not touched."""
    statuses = saving.lock(targets)
    for status in statuses:
        status.department_id = targets[status.pk]
    if statuses:
        saving.store(statuses, ["department"], by=by, reason=reason)


def move_plans(targets: Mapping[int, int], *, by: Person, reason: str) -> None:
    """Gives plans another office to ask; targets: department by plan."""
    plans = list(Plan.objects.select_for_update().filter(pk__in=targets).order_by("pk"))
    for plan in plans:
        plan.office_id = targets[plan.pk]
    Plan.objects.bulk_update(plans, ["office"])
    record(plans, by=by, reason=reason)


def hand_over(held: Holdings, heir: Heir, *, by: Person, reason: str) -> None:
    """Moves everything but the people to its heirs; each row with its record of change."""
    move_items({item.pk: heir(item.lead_department_id, item.pk) for item in held.items}, by=by, reason=reason)
    statuses = {status.pk: heir(status.department_id, status.item_id) for status in held.statuses}
    move_statuses(statuses, by=by, reason=reason)
    move_plans({plan.pk: heir(plan.office_id, None) for plan in held.plans}, by=by, reason=reason)


class ReorganisationRefused(ValueError):
    """Raised for a change that cannot be; `sentences` say why, in Japanese."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True)
class ReorganisationPreview:
    """What a reorganisation will change, before it does.

    parts: the departments after the day, new ones not yet saved, in the order of the change.
    """

    change: Reorganisation
    olds: list[Department]
    parts: list[Department]
    held: Holdings

    @property
    def reason(self) -> str:
        """組織改正：○○課→△△課（2026年4月1日から）, as the history tells it."""
        return f"{REASON}{self}"

    def __str__(self) -> str:
        return in_words(self.olds, self.parts, self.change.day)

    def items_of(self, place: int) -> list[ActionItem]:
        """The items whose department changes at once to the part: chosen ones, and all others once the day has come."""
        chosen = self.change.parts[place].items
        return [item for item in self.held.items if item.pk in chosen or self._takes(item.pk, place)]

    def _takes(self, item: int, place: int) -> bool:
        return self.change.due and self.change.part_of(item) == place

    def statuses_of(self, place: int) -> list[YearlyStatus]:
        """The answers whose department changes at once to the part; none while the day is to come."""
        return [status for status in self.held.statuses if self._takes(status.item_id, place)]

    @property
    def seal(self) -> str:
        """The fingerprint of all this, which is another one when something of it has changed."""
        facts = [
            [(old.pk, str(old), old.in_force_from, old.in_force_until, old.successor_id) for old in self.olds],
            [(part.pk, str(part), part.postal_code, part.address, part.phone) for part in self.parts],
            [(item.pk, item.lead_department_id, self.change.part_of(item.pk)) for item in self.held.items],
            [(status.pk, status.department_id) for status in self.held.statuses],
            [person.pk for person in self.held.people],
            [(plan.pk, plan.office_id) for plan in self.held.plans],
            self.change.day,
            self.change.due,
        ]
        return fingerprint(*facts)


def preview(change: Reorganisation, known: Mapping[int, Department] | None = None) -> ReorganisationPreview:
    """What the change will do; eight queries or fewer. Raises ReorganisationRefused.

    known: every department by primary key; read when None.
    """
    known = known or {row.pk: row for row in Department.objects.select_related("successor")}
    held = holdings(change.olds, splits=change.splits)
    items = {item.pk for item in held.items}
    if found := faults(change, known, items):
        raise ReorganisationRefused(list(dict.fromkeys(found)))
    olds = [known[pk] for pk in change.olds]
    return ReorganisationPreview(
        change, olds, [_part(change, place, known) for place in range(len(change.parts))], held
    )


def _part(change: Reorganisation, place: int, known: Mapping[int, Department]) -> Department:
    part = change.parts[place]
    if part.existing:
        return known[part.existing]
    facts = {name: value.strip() for name, value in part.facts.items()}
    first = known[change.olds[0]]
    split_from = first if change.splits else None
    return Department(**facts, order=first.order, in_force_from=change.day, split_from=split_from)


@transaction.atomic
def reorganise(change: Reorganisation, *, by: Person, seen: str = "") -> ReorganisationPreview:
    """What was done: everything or nothing, each row with its record of change.

    seen: the seal of the preview that the person was shown; empty for callers that showed none.
    Raises ReorganisationRefused, Moved, PermissionDenied.
    """
    permissions.require(permissions.may_coordinate(by) and permissions.may_change(by, Department))
    plan = preview(change, lock_departments())
    refuse_moved(seen or plan.seal, plan.seal)
    _write_departments(plan, by)
    pks = [part.pk for part in plan.parts]
    if change.due:
        hand_over(plan.held, lambda _, item: pks[change.part_of(item)], by=by, reason=plan.reason)
    elif change.splits:
        move_items(
            {item: pks[change.part_of(item)] for part in change.parts for item in part.items}, by=by, reason=plan.reason
        )
    return plan


def _write_departments(plan: ReorganisationPreview, by: Person) -> None:
    change = plan.change
    new = [part for part in plan.parts if part.pk is None]
    Department.objects.bulk_create(new)
    for old in plan.olds:
        old.in_force_until, old.successor = change.last_day, plan.parts[0]
    Department.objects.bulk_update(plan.olds, ["in_force_until", "successor"])
    # A department that stands already takes people on the day: before it, they would read what is not theirs yet.
    open_to_them = plan.parts if change.due else new
    gained = join((part.pk, person.pk) for part in open_to_them for person in plan.held.people)
    if change.due:
        leave((old, person) for old, people in members_of(change.olds).items() for person in people)
    record(new, by=by, reason=plan.reason, new=True)
    record(plan.olds, by=by, reason=plan.reason)
    record([part for part in plan.parts if part not in new and part.pk in gained], by=by, reason=plan.reason)


def unsettled() -> list[Department]:
    """Departments that have ended, have a successor, and still lead items, hold open answers or have people."""
    ended = Department.objects.filter(in_force_until__lt=timezone.localdate(), successor__isnull=False)
    moving = Q(statuses__report__editions=None) | Q(parts__isnull=False)
    still_open = Q(statuses__isnull=False) & moving & ~Q(statuses__state=State.CONFIRMED)
    holds = Q(items__isnull=False) | Q(members__isnull=False) | Q(plans__isnull=False)
    counted = ended.annotate(open_answers=Count("statuses", filter=still_open, distinct=True))
    return list(counted.filter(holds | Q(open_answers__gt=0)).select_related("successor").distinct())


@transaction.atomic
def settle(*, by: Person) -> Counter[str]:
    """How many departments, items and answers were handed over, each row with its record; a second call finds none."""
    permissions.require(permissions.may_coordinate(by) and permissions.may_change(by, Department))
    known, day = lock_departments(), timezone.localdate()
    succession = Succession(known.values())
    done: Counter[str] = Counter()
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
        split_off = [part.pk for part in succession.by_pk.values() if part.split_from_id == old]
        self.parts = {succession.current(pk, day) for pk in split_off} | {self.main}
        self.leads: dict[int | None, int | None] = {}

    def of(self, _: int | None, item: int | None) -> int:
        """The primary key of the department that takes the item's rows, or everything else when item is None."""
        lead = self.succession.current(self.leads.get(item), self.day)
        return lead if lead is not None and lead in self.parts else self.main


def _hand_over_people(old: Department, heirs: Heirs, by: Person, reason: str) -> None:
    people = members_of([old.pk])[old.pk]
    placed = {person for group in members_of(heirs.parts).values() for person in group}
    gained = join((heirs.main, person) for person in people - placed)
    lost = leave((old.pk, person) for person in people)
    record(list(Department.objects.filter(pk__in=gained | lost)), by=by, reason=reason)
