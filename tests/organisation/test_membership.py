"""Pairs of departments and people, added and taken away in bulk."""

import pytest

from actionplan.organisation.membership import join, leave, members_of
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair():
    """Two departments and two people, the first of them in the first department."""
    departments = [factories.make_department(name) for name in ("福祉課", "市民課")]
    people = [factories.make_user(superuser=False) for _ in range(2)]
    departments[0].members.add(people[0])
    return departments, people


def test_only_departments_that_gained_somebody_are_told(pair):
    (first, second), (one, two) = pair
    assert join([(first.pk, one.pk), (second.pk, one.pk), (second.pk, two.pk)]) == {second.pk}
    assert members_of([first.pk, second.pk]) == {first.pk: {one.pk}, second.pk: {one.pk, two.pk}}
    assert join([(second.pk, one.pk)]) == set()


def test_a_pair_named_twice_is_one_membership(pair):
    (_, second), (one, _) = pair
    assert join([(second.pk, one.pk), (second.pk, one.pk)]) == {second.pk}
    assert second.members.count() == 1


def test_only_the_named_pairs_leave_not_those_that_cross(pair):
    (first, second), (one, two) = pair
    for department in (first, second):
        department.members.set([one, two])
    assert leave([(first.pk, one.pk), (second.pk, two.pk)]) == {first.pk, second.pk}
    assert members_of([first.pk, second.pk]) == {first.pk: {two.pk}, second.pk: {one.pk}}


def test_who_is_not_in_does_not_count_as_leaving(pair):
    (_, second), (one, _) = pair
    assert leave([(second.pk, one.pk)]) == set()
    assert leave([]) == join([]) == set()
    assert members_of([second.pk])[second.pk] == set()
