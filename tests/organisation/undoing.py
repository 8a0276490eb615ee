"""Registering reorganisations of a day to come, for the tests that take them back."""

from datetime import timedelta

from django.utils import timezone

from actionplan.models import Department
from actionplan.organisation.reorganisation import Part, Reorganisation
from actionplan.organisation.reorganise import reorganise
from actionplan.organisation.undo import undo, undoing
from tests import factories

TODAY = timezone.localdate()
SOON = TODAY + timedelta(days=30)


def new(name, *items):
    """A part that is a new department, with the items dealt to it."""
    return Part(facts={"name": name}, items=frozenset(item.pk for item in items))


def register(by, olds, *parts, day=SOON):
    """The departments after the day, the main one first."""
    reorganise(Reorganisation(tuple(old.pk for old in olds), parts, day), by=by)
    names = [part.facts["name"] for part in parts if not part.existing]
    return [Department.objects.get(name=name, in_force_from=day) for name in names]


def led_by(department):
    """An item of the department and its answer."""
    item = factories.make_item(lead_department=department)
    return item, factories.make_status(item=item, department=department)


def member_of(*departments):
    """A person in the departments."""
    person = factories.make_user(superuser=False)
    person.departments.set(departments)
    return person


def look(department):
    """What taking back the reorganisation would do, as the page asks it."""
    return undoing(department.pk, {row.pk: row for row in Department.objects.all()})


def take_back(department, by):
    """Takes back what the page shows."""
    return undo(department.pk, by=by, seen=look(department).seal)


def standing():
    """Every department with its days, who stands behind it, its items and its people."""
    rows = Department.objects.prefetch_related("items", "members", "statuses").order_by("pk")
    return [
        (
            *(row.name, row.in_force_from, row.in_force_until, row.successor_id),
            *(set(row.items.all()), set(row.members.all()), set(row.statuses.all())),
        )
        for row in rows
    ]
