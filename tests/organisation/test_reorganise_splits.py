"""A department split on a day: which part each item goes to, and who answers for it."""

from datetime import timedelta

import pytest

from actionplan.models import Department
from actionplan.organisation.reorganisation import Reorganisation
from actionplan.organisation.reorganise import reorganise
from tests import factories
from tests.organisation.reorganising import AGO, SOON, TODAY, answers_for, clerk_of, led_by, new, rename

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(coordinator):
    return coordinator


def split_in_two(old, day, office, first, second):
    reorganise(Reorganisation((old.pk,), (new("本課", first), new("分課", second)), day), by=office)
    return Department.objects.get(name="本課"), Department.objects.get(name="分課")


def test_the_items_of_a_split_department_go_to_the_part_chosen_for_each(office):
    old = factories.make_department("旧課")
    (first, status), (second, other) = led_by(old), led_by(old)
    main, part = split_in_two(old, AGO, office, first, second)
    for row in (first, second, status, other):
        row.refresh_from_db()
    assert (first.lead_department, second.lead_department) == (main, part)
    assert (status.department, other.department) == (main, part)
    old.refresh_from_db()
    assert old.successor == main
    assert main.split_from == part.split_from == old


def test_before_the_day_of_a_split_the_old_department_stands_for_every_part(office):
    old = factories.make_department("旧課")
    (first, _), (second, status) = led_by(old), led_by(old)
    person = clerk_of(old)
    main, part = split_in_two(old, SOON, office, first, second)
    second.refresh_from_db()
    status.refresh_from_db()
    assert second.lead_department == part
    assert status.department == old
    assert answers_for(person, SOON - timedelta(days=1)) == {old.pk, main.pk, part.pk}


def test_after_a_split_who_went_to_one_part_answers_for_that_part_only(office):
    old = factories.make_department("旧課")
    (first, _), (second, _) = led_by(old), led_by(old)
    person = clerk_of(old)
    main, part = split_in_two(old, AGO, office, first, second)
    main.members.remove(person)
    assert answers_for(person, TODAY) == {part.pk}


def test_a_part_that_is_renamed_later_answers_under_its_new_name(office):
    old = factories.make_department("旧課")
    (first, _), (second, status) = led_by(old), led_by(old)
    _, part = split_in_two(old, AGO, office, first, second)
    reorganise(rename(part, "新分課", TODAY), by=office)
    status.refresh_from_db()
    assert str(status.department) == "新分課"


def test_a_department_may_split_and_go_on_under_its_own_name(office):
    old = factories.make_department("旧課")
    (first, _), (second, _) = led_by(old), led_by(old)
    change = Reorganisation((old.pk,), (new("旧課", first), new("分課", second)), AGO)
    reorganise(change, by=office)
    assert Department.objects.filter(name="旧課").count() == 2
