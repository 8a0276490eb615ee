"""Departments to reorganise, the people who answer for them, and what is registered or refused."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from actionplan import permissions
from actionplan.organisation.reorganisation import Part, Reorganisation
from actionplan.organisation.reorganise import ReorganisationRefused, reorganise
from tests import factories

TODAY = timezone.localdate()
SOON = TODAY + timedelta(days=90)
AGO = TODAY - timedelta(days=30)


def clerk_of(*departments):
    """A clerk in the departments."""
    clerk = factories.make_user(superuser=False)
    clerk.groups.add(Group.objects.get(name="担当者"))
    clerk.departments.add(*departments)
    return clerk


def answers_for(user, day):
    """The departments for which the user answers on the day."""
    return permissions.standing_of(user, day).departments


def new(name, *items, **facts):
    """A part that is a new department, with the items dealt to it."""
    return Part(facts={"name": name, **facts}, items=frozenset(item.pk for item in items))


def rename(old, name, day, **facts):
    """The department under a new name from the day on."""
    return Reorganisation((old.pk,), (new(name, **facts),), day)


def led_by(department, **fields):
    """An item of the department and its answer."""
    item = factories.make_item(lead_department=department)
    return item, factories.make_status(item=item, department=department, **fields)


def refusal(change, office):
    """The sentence with which the reorganisation is refused."""
    with pytest.raises(ReorganisationRefused) as refused:
        reorganise(change, by=office)
    return str(refused.value)
