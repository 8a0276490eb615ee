"""Who stands for whom on a day: departments that were renamed, merged, split, and that are yet to come."""

from datetime import date

import pytest

from actionplan.models import Department, Succession

BEFORE, LAST_DAY, FIRST_DAY = date(2011, 3, 1), date(2011, 3, 31), date(2011, 4, 1)


def department(pk, *, until=None, successor=None, since=None, split_from=None):
    """A department that is in no database."""
    return Department(
        pk=pk,
        name=f"課{pk}",
        in_force_until=until,
        successor_id=successor,
        in_force_from=since,
        split_from_id=split_from,
    )


def test_a_department_without_days_stands_for_itself():
    assert Succession([department(1)]).current(1, BEFORE) == 1


def test_nobody_stands_for_no_department():
    assert Succession([department(1)]).current(None, BEFORE) is None


def test_an_ended_department_is_followed_from_the_day_after_its_last():
    departments = Succession([department(1, until=LAST_DAY, successor=2), department(2, since=FIRST_DAY)])
    assert departments.current(1, LAST_DAY) == 1
    assert departments.current(1, FIRST_DAY) == 2
    assert departments.current(2, FIRST_DAY) == 2


def test_a_chain_of_successors_is_followed_to_its_end():
    departments = Succession(
        [
            department(1, until=date(2010, 3, 31), successor=2),
            department(2, until=LAST_DAY, successor=3),
            department(3),
        ]
    )
    assert departments.current(1, LAST_DAY) == 2
    assert departments.current(1, FIRST_DAY) == 3


def test_a_department_that_ended_without_a_successor_stands_for_itself():
    assert Succession([department(1, until=LAST_DAY)]).current(1, FIRST_DAY) == 1


def test_a_part_that_is_yet_to_begin_is_stood_for_by_what_it_is_split_from():
    departments = Succession([department(1), department(2, since=FIRST_DAY, split_from=1)])
    assert departments.current(2, LAST_DAY) == 1
    assert departments.current(2, FIRST_DAY) == 2


def test_a_part_that_is_yet_to_begin_without_a_whole_stands_for_itself():
    assert Succession([department(2, since=FIRST_DAY)]).current(2, BEFORE) == 2


@pytest.mark.parametrize("start", [1, 2])
def test_a_circle_ends(start):
    departments = Succession([department(1, until=BEFORE, successor=2), department(2, until=BEFORE, successor=1)])
    assert departments.current(start, FIRST_DAY) in (1, 2)


def test_a_department_that_follows_itself_stands_for_itself():
    assert Succession([department(1, until=BEFORE, successor=1)]).current(1, FIRST_DAY) == 1


def test_people_of_a_merged_department_stand_for_all_that_went_into_it():
    departments = Succession(
        [
            department(1, until=LAST_DAY, successor=3),
            department(2, until=LAST_DAY, successor=3),
            department(3, since=FIRST_DAY),
            department(4),
        ]
    )
    assert departments.standing_for([3], FIRST_DAY) == {1, 2, 3}
    assert departments.standing_for([1], FIRST_DAY) == {1, 2, 3}
    assert departments.standing_for([1], LAST_DAY) == {1}


def test_people_of_the_old_department_stand_for_the_parts_until_these_begin():
    parts = [department(pk, since=FIRST_DAY, split_from=1) for pk in (2, 3)]
    departments = Succession([department(1, until=LAST_DAY, successor=2), *parts])
    assert departments.standing_for([1], LAST_DAY) == {1, 2, 3}
    assert departments.standing_for([1], FIRST_DAY) == {1, 2}
    assert departments.standing_for([3], FIRST_DAY) == {3}


def test_nobody_stands_for_nothing():
    assert Succession([department(1)]).standing_for([], BEFORE) == frozenset()


@pytest.mark.django_db
def test_the_departments_are_read_once(django_assert_num_queries):
    Department.objects.create(name="一課")
    with django_assert_num_queries(1):
        succession = Succession()
        pk = next(iter(succession.by_pk))
        assert succession.current(pk, BEFORE) == pk
        assert succession.standing_for([pk], BEFORE) == {pk}
