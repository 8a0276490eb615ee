"""Departments as lists of staff name them: today's names, ended ones by their successors, those to come beside them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from actionplan.organisation.membership import Offices, tidy
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
DAY = timedelta(days=1)


def test_an_ended_department_is_shown_by_the_name_of_who_stands_for_it_now():
    third = factories.make_department("三課")
    second = factories.make_department("二課", in_force_until=TODAY - DAY, successor=third)
    first = factories.make_department("一課", in_force_until=TODAY - 9 * DAY, successor=second)
    offices = Offices()
    assert [offices.shown(each.pk) for each in (first, second, third)] == [third, third, third]


def test_an_ended_department_without_a_successor_keeps_its_name():
    gone = factories.make_department("廃課", in_force_until=TODAY - DAY)
    assert Offices().shown(gone.pk) == gone


def test_a_department_to_come_is_shown_by_its_own_name_although_another_stands_for_it():
    old = factories.make_department("旧課", in_force_until=TODAY)
    part = factories.make_department("分課", in_force_from=TODAY + DAY, split_from=old)
    assert Offices().shown(part.pk) == part


@pytest.mark.parametrize(
    ("fields", "ended", "to_come"),
    [
        ({}, False, False),
        ({"in_force_until": TODAY}, False, False),
        ({"in_force_until": TODAY - DAY}, True, False),
        ({"in_force_from": TODAY}, False, False),
        ({"in_force_from": TODAY + DAY}, False, True),
    ],
)
def test_the_first_and_the_last_day_belong_to_the_department(fields, ended, to_come):
    department = factories.make_department("福祉課", **fields)
    assert Offices().has_ended(department) == ended
    assert Offices().is_to_come(department) == to_come


def test_those_that_stand_come_before_those_to_come_and_ended_ones_do_not_come():
    factories.make_department("あ来年の課", in_force_from=TODAY + DAY)
    factories.make_department("い今の課")
    factories.make_department("う昔の課", in_force_until=TODAY - DAY)
    assert [str(each) for each in Offices().standing] == ["い今の課", "あ来年の課"]


def test_two_departments_of_one_name_are_both_found_by_it():
    old = factories.make_department("福祉課", in_force_until=TODAY)
    new = factories.make_department("福祉課", in_force_from=TODAY + DAY)
    assert Offices().by_name == {"福祉課": [old, new]}


def test_every_name_leads_to_todays_department():
    new = factories.make_department("新課")
    factories.make_department("旧課", in_force_until=TODAY - DAY, successor=new)
    assert Offices().every_name == {"新課": new, "旧課": new}


@pytest.mark.parametrize("typed", ["総務部 総務課", "総務部　総務課", "総務部 　 総務課", " 総務部 総務課　"])
def test_how_blanks_were_typed_does_not_matter(typed):
    assert tidy(typed) == "総務部 総務課"


def test_all_is_read_in_one_question(django_assert_num_queries):
    for number in range(30):
        factories.make_department(f"第{number}課")
    with django_assert_num_queries(1):
        offices = Offices()
        assert len(offices.standing) == len(offices.by_name) == len(offices.every_name) == 30
