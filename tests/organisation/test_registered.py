"""Reorganisations read back from the rows of their departments."""

from datetime import timedelta

import pytest

from actionplan.models import Department
from actionplan.organisation.people import is_to_come, registered, undoable
from actionplan.organisation.reorganisation import Part
from tests import factories
from tests.organisation.undoing import SOON, TODAY, led_by, new, register

pytestmark = pytest.mark.django_db


@pytest.fixture
def old():
    return factories.make_department("旧課")


def read(department):
    return registered(department.pk, {row.pk: row for row in Department.objects.all()})


def test_a_split_is_read_whole_whichever_department_it_is_asked_by(coordinator, old):
    (first, _), (second, _) = led_by(old), led_by(old)
    main, part = register(coordinator, [old], new("本課", first), new("分課", second))
    change = read(old)
    assert (change.olds, change.parts, change.new, change.day) == ([old], [main, part], [main, part], SOON)
    for department in (old, main, part):
        assert undoable(fresh(department)) == [old]


def fresh(department):
    return Department.objects.get(pk=department.pk)


def test_a_merge_names_every_department_that_ends_and_is_offered_once(coordinator, old):
    other = factories.make_department("農政課")
    [merged] = register(coordinator, [old, other], new("合同課"))
    assert set(read(other).olds) == {old, other}
    assert len(undoable(merged)) == 1


def test_two_merges_into_one_department_on_different_days_are_two(coordinator, old):
    stays, other = factories.make_department("残る課"), factories.make_department("農政課")
    register(coordinator, [old], Part(existing=stays.pk))
    register(coordinator, [other], Part(existing=stays.pk), day=SOON + timedelta(days=1))
    assert (read(old).olds, read(old).new) == ([old], [])
    assert set(undoable(stays)) == {old, other}


@pytest.mark.parametrize(("day", "to_come"), [(TODAY, False), (TODAY + timedelta(days=1), True)])
def test_what_comes_tomorrow_may_be_taken_back_and_what_came_today_not(coordinator, old, day, to_come):
    [successor] = register(coordinator, [old], new("新課"), day=day)
    assert is_to_come(fresh(old)) is to_come
    assert (undoable(successor) == [old]) is to_come
    assert read(old).due is not to_come


def test_a_department_that_stands_or_ends_without_a_successor_ends_by_no_reorganisation(old):
    ended = factories.make_department("昔の課", in_force_until=SOON)
    for department in (old, ended):
        assert read(department) is None
        assert not is_to_come(department)
        assert undoable(department) == []
