"""Departments merged on a day, into a new one or into one that stands."""

from datetime import timedelta

import pytest

from actionplan.models import Department, YearlyStatus
from actionplan.organisation.reorganisation import Part, Reorganisation
from actionplan.organisation.reorganise import reorganise
from tests import factories
from tests.organisation.reorganising import AGO, SOON, TODAY, answers_for, clerk_of, led_by, new

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(coordinator):
    return coordinator


def test_several_departments_merge_into_a_new_one(office):
    olds = [factories.make_department(name) for name in ("甲課", "乙課", "丙課")]
    people = [clerk_of(old) for old in olds]
    for old in olds:
        led_by(old)
    reorganise(Reorganisation(tuple(old.pk for old in olds), (new("合同課"),), AGO), by=office)
    merged = Department.objects.get(name="合同課")
    assert set(merged.members.all()) == set(people)
    assert set(YearlyStatus.objects.values_list("department", flat=True)) == {merged.pk}
    for person in people:
        assert answers_for(person, TODAY) == {merged.pk, *(old.pk for old in olds)}


def test_a_department_merges_into_one_that_goes_on_as_it_is(office):
    old, stays = factories.make_department("甲課"), factories.make_department("乙課", phone="0920-5")
    person, other = clerk_of(old), clerk_of(stays)
    reorganise(Reorganisation((old.pk,), (Part(existing=stays.pk),), AGO), by=office)
    stays.refresh_from_db()
    assert (stays.in_force_from, stays.in_force_until, stays.phone) == (None, None, "0920-5")
    assert set(stays.members.all()) == {person, other}
    assert stays.history.first().history_change_reason.startswith("組織改正：甲課→乙課")


def test_a_department_that_stands_takes_the_others_people_on_the_day_and_not_before(office):
    old, stays = factories.make_department("甲課"), factories.make_department("乙課")
    person = clerk_of(old)
    reorganise(Reorganisation((old.pk,), (Part(existing=stays.pk),), SOON), by=office)
    assert list(stays.members.all()) == []
    assert answers_for(person, SOON - timedelta(days=1)) == {old.pk}
    assert answers_for(person, SOON) == {old.pk, stays.pk}
