"""Renaming, merging and splitting departments with a date: first what would change, then the change itself, once."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from actionplan import permissions
from actionplan.models import ActionItem, Department, YearlyStatus
from actionplan.organisation.holdings import Holdings, hand_over, holdings, move_items
from actionplan.organisation.locks import lock_departments
from actionplan.organisation.membership import join, leave, members_of
from actionplan.organisation.recording import record
from actionplan.organisation.reorganisation import REASON, Reorganisation, faults, in_words


class ReorganisationRefused(ValueError):
    """Raised for a change that cannot be; `sentences` say why, in Japanese."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


class GroundMoved(RuntimeError):
    """Raised when what would change is no longer what the person was shown."""


@dataclass(frozen=True)
class Outlook:
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
        """A digest of all this, which is another one when something of it has changed."""
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
        return sha256(repr(facts).encode()).hexdigest()


def outlook(change: Reorganisation, known: Mapping[int, Department] | None = None) -> Outlook:
    """What the change will do; eight queries or fewer. Raises ReorganisationRefused.

    known: every department by primary key; read when None.
    """
    known = known or {row.pk: row for row in Department.objects.select_related("successor")}
    held = holdings(change.olds, splits=change.splits)
    items = {item.pk for item in held.items}
    if found := faults(change, known, items):
        raise ReorganisationRefused(list(dict.fromkeys(found)))
    olds = [known[pk] for pk in change.olds]
    return Outlook(change, olds, [_part(change, place, known) for place in range(len(change.parts))], held)


def _part(change: Reorganisation, place: int, known: Mapping[int, Department]) -> Department:
    part = change.parts[place]
    if part.existing:
        return known[part.existing]
    facts = {name: value.strip() for name, value in part.facts.items()}
    first = known[change.olds[0]]
    split_from = first if change.splits else None
    return Department(**facts, order=first.order, in_force_from=change.day, split_from=split_from)


@transaction.atomic
def reorganise(change: Reorganisation, *, by: AbstractBaseUser, seen: str = "") -> Outlook:
    """What was done: everything or nothing, each row with its record of change.

    seen: the seal of the outlook that the person was shown; empty for callers that showed none.
    Raises ReorganisationRefused, GroundMoved, PermissionDenied.
    """
    permissions.require(permissions.may_coordinate(by) and permissions.may_change(by, Department))
    plan = outlook(change, lock_departments())
    if seen and seen != plan.seal:
        raise GroundMoved
    _write_departments(plan, by)
    pks = [part.pk for part in plan.parts]
    if change.due:
        hand_over(plan.held, lambda _, item: pks[change.part_of(item)], by=by, reason=plan.reason)
    elif change.splits:
        move_items(
            {item: pks[change.part_of(item)] for part in change.parts for item in part.items}, by=by, reason=plan.reason
        )
    return plan


def _write_departments(plan: Outlook, by: AbstractBaseUser) -> None:
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
