"""Reorganisations that are registered and not done yet, read back from the rows of their departments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone

from actionplan.models import Department
from actionplan.organisation.reorganisation import REASON, in_words


@dataclass(frozen=True)
class Registered:
    """Departments that end together, what stands in their place from the day on (the main part first), and which of
    that is made for it."""

    olds: list[Department]
    parts: list[Department]
    new: list[Department]
    day: date

    @property
    def due(self) -> bool:
        """Whether the day has come."""
        return self.day <= timezone.localdate()

    @property
    def home(self) -> Department | None:
        """Where what was given to the new departments goes back to; None when several could be it."""
        split = {part.split_from_id for part in self.parts}
        found = [old for old in self.olds if old.pk in split] or self.olds
        return found[0] if len(found) == 1 else None

    def __str__(self) -> str:
        return in_words(self.olds, self.parts, self.day)


def registered(pk: int, known: Mapping[int, Department]) -> Registered | None:
    """The reorganisation by which the department ends, None when it ends by none; one query at most.

    known: every department by primary key.
    """
    old = known[pk]
    if not is_registered(old):
        return None
    same, day = (old.successor_id, old.in_force_until), old.in_force_until + timedelta(days=1)
    rows = [known[key] for key in sorted(known)]
    olds = [row for row in rows if (row.successor_id, row.in_force_until) == same]
    split = [row for row in rows if row.split_from_id in {old.pk for old in olds}]
    main = known[old.successor_id]
    parts = [main, *(part for part in split if part != main)]
    return Registered(olds, parts, split or ([main] if _was_made_for(main, day) else []), day)


def is_registered(old: Department) -> bool:
    """Whether the department has its last day and its successor."""
    return bool(old.in_force_until and old.successor_id)


def is_to_come(old: Department) -> bool:
    """Whether the department ends by a reorganisation whose day has not come."""
    return is_registered(old) and old.in_force_until >= timezone.localdate()


def _was_made_for(main: Department, day: date) -> bool:
    """Whether a reorganisation of that day made the department; one that was added by hand is not its own."""
    made = Department.history.filter(id=main.pk, history_type="+", history_change_reason__startswith=REASON)
    return main.in_force_from == day and made.exists()


def undoable(department: Department) -> list[Department]:
    """One ending department for each reorganisation to come that the department has a part in; one query."""
    part = Q(pk=department.pk) | Q(successor=department.pk) | Q(pk=department.split_from_id)
    ending = Department.objects.filter(part, successor__isnull=False, in_force_until__gte=timezone.localdate())
    rows = ending.select_related("successor")
    return list({(row.successor_id, row.in_force_until): row for row in rows}.values())
