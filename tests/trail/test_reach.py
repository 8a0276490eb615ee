"""How far each role may look back."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from actionplan.trail.kinds import reach_of
from tests import factories
from tests.trail.conftest import make_person

pytestmark = pytest.mark.django_db


def keys(user):
    return {kind.key for kind in reach_of(user).kinds}


@pytest.mark.parametrize("username", ["jimu", "kansa"])
def test_an_auditor_sees_every_kind_of_every_department(username):
    reach = reach_of(make_person(username))
    assert {"yearlystatus", "edition", "user", "group", "department"} <= {kind.key for kind in reach.kinds}
    assert reach.departments is None


def test_accounts_are_only_for_who_may_view_accounts():
    user = factories.make_user(superuser=False)
    user.user_permissions.add(Permission.objects.get(codename="audit_yearlystatus"))
    assert keys(user) & {"user", "group"} == set()
    assert "yearlystatus" in keys(user)


@pytest.mark.parametrize("username", ["tanto", "kacho"])
def test_who_answers_sees_the_answers_of_the_own_department(username, department):
    other = factories.make_department("他の課")
    reach = reach_of(make_person(username, department))
    assert {kind.key for kind in reach.kinds} == {"yearlystatus", "evidence", "voice"}
    assert reach.departments == {department.pk} != {other.pk}


def test_a_renamed_departments_past_belongs_to_its_successor(department):
    yesterday = timezone.localdate() - timedelta(days=1)
    old = factories.make_department("旧課", in_force_until=yesterday, successor=department)
    assert reach_of(make_person("tanto", department)).departments == {department.pk, old.pk}


def test_a_clerk_in_no_department_sees_nothing_but_may_look(department):
    assert reach_of(make_person("tanto")).departments == frozenset()


@pytest.mark.parametrize("fields", [{}, {"is_active": False}])
def test_others_may_not_look_back(fields, department):
    with pytest.raises(PermissionDenied):
        reach_of(make_person("kohyo", department, **fields))
    with pytest.raises(PermissionDenied):
        reach_of(factories.make_user(superuser=False, **fields))
