"""Taking a registered reorganisation back before its day: first what would be put back, then all of it, once."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from django.contrib.auth.models import AbstractBaseUser, User
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from actionplan import permissions
from actionplan.models import ActionItem, Department
from actionplan.models.sourced import note_source
from actionplan.organisation.holdings import move_items
from actionplan.organisation.locks import lock_departments
from actionplan.organisation.membership import join, members_of
from actionplan.organisation.recording import record
from actionplan.organisation.registered import Registered, registered
from actionplan.organisation.reorganise import GroundMoved, ReorganisationRefused
from actionplan.organisation.undo_refusals import refusals, too_late


@dataclass(frozen=True)
class Undoing:
    """What taking the reorganisation back would do, and the sentences that say why it cannot be.

    items: those that go back to change.home. people: those of the new departments who would be in none of the old
    ones; they go there too. leaving: everybody in the new departments.
    """

    change: Registered
    items: list[ActionItem]
    people: list[User]
    leaving: set[int]
    faults: list[str]

    @property
    def reason(self) -> str:
        """組織改正の取消：○○課→△△課（2026年4月1日から）, as the history tells it."""
        return f"組織改正の取消：{self.change}"

    @property
    def seal(self) -> str:
        """A digest of all this, which is another one when something of it has changed."""
        facts = [
            [(each.pk, str(each)) for each in (*self.change.olds, *self.change.parts, *self.change.new)],
            [row.pk for row in (*self.items, *self.people)],
            sorted(self.leaving),
            self.change.day,
            self.faults,
        ]
        return sha256(repr(facts).encode()).hexdigest()


def undoing(pk: int, known: Mapping[int, Department]) -> Undoing | None:
    """What taking back the reorganisation by which the department ends would do; None when it ends by none.

    known: every department by primary key. Eight queries or fewer.
    """
    change = registered(pk, known)
    if change is None or change.due:
        return change and Undoing(change, [], [], set(), [too_late(change)])
    items = ActionItem.objects.filter(lead_department__in=change.new).select_related("measure__policy").order_by("pk")
    leaving = set().union(*members_of([part.pk for part in change.new]).values())
    people = User.objects.filter(pk__in=leaving, is_active=True).exclude(departments__in=change.olds)
    moving = list(items), list(people.order_by("username"))
    return Undoing(change, *moving, leaving, refusals(change, known, *moving))


def undo(pk: int, *, by: AbstractBaseUser, seen: str) -> Undoing:
    """What was put back: everything or nothing, each row with its record of change.

    seen: the seal of what the person was shown. Raises ReorganisationRefused, GroundMoved, PermissionDenied.
    """
    permissions.require(permissions.may_coordinate(by) and permissions.may_change(by, Department))
    try:
        with transaction.atomic():
            return _undo(pk, by, seen)
    except (ProtectedError, IntegrityError) as error:
        # Somebody gave a new department something between the look and the deletion.
        raise GroundMoved from error


def _undo(pk: int, by: AbstractBaseUser, seen: str) -> Undoing:
    known = lock_departments()
    plan = undoing(pk, known) if pk in known else None
    if plan is None:
        raise GroundMoved
    if plan.faults:
        raise ReorganisationRefused(plan.faults)
    if plan.seal != seen:
        raise GroundMoved
    _put_back(plan, by)
    return plan


def _put_back(plan: Undoing, by: AbstractBaseUser) -> None:
    change, reason = plan.change, plan.reason
    move_items({item.pk: change.home.pk for item in plan.items}, by=by, reason=reason)
    join((change.home.pk, person.pk) for person in plan.people)
    for old in change.olds:
        old.in_force_until = old.successor = None
    Department.objects.bulk_update(change.olds, ["in_force_until", "successor"])
    record(change.olds, by=by, reason=reason)
    for part in change.new:
        part._history_user = by
        note_source(part, reason=reason).delete()
