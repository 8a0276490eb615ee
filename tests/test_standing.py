"""What each of the five groups may do in the year's round, and for which departments."""

from datetime import date

import pytest
from django.contrib.auth.models import Group, User

from actionplan import permissions
from actionplan.models import ActionItem, Department, Reminder, State, YearlyStatus
from actionplan.permissions import CLERK, COORDINATOR, HEAD, PUBLISHER, READER, ROLES
from tests import factories

pytestmark = pytest.mark.django_db


def of(department=None, *roles, **fields):
    """The standing of somebody in these groups who belongs to the department."""
    return permissions.standing_of(person(department, *roles, **fields))


def person(department=None, *roles, **fields):
    user = factories.make_user(superuser=False, **fields)
    user.groups.set(Group.objects.filter(name__in=roles))
    if department:
        department.members.add(user)
    return user


def status_in(state, department=None):
    return YearlyStatus(department=department, state=state)


def test_the_migration_ships_every_group_with_rights():
    groups = Group.objects.filter(name__in=ROLES)
    assert {group.name for group in groups} == set(ROLES)
    assert all(group.permissions.exists() for group in groups)


def test_each_group_may_what_its_name_promises_and_no_more():
    asked = (permissions.may_coordinate, permissions.may_publish, permissions.may_audit)
    allowed = {role: [question(person(None, role)) for question in asked] for role in ROLES}
    assert allowed == {
        COORDINATOR: [True, False, True],
        CLERK: [False, False, False],
        HEAD: [False, False, False],
        PUBLISHER: [False, True, False],
        READER: [False, False, True],
    }


@pytest.mark.parametrize("role", [CLERK, HEAD])
def test_a_department_reads_and_writes_its_own_answers_only(role):
    own, other = factories.make_department("一課"), factories.make_department("二課")
    standing = of(own, role)
    assert standing.may_read(own.pk)
    assert standing.may_answer_for(own.pk)
    for stranger in (other.pk, None):
        assert not standing.may_read(stranger)
        assert not standing.may_answer_for(stranger)
        assert not standing.may_submit_for(stranger)


def test_only_the_head_submits():
    own = factories.make_department()
    assert of(own, HEAD).may_submit_for(own.pk)
    assert not of(own, CLERK).may_submit_for(own.pk)


@pytest.mark.parametrize(
    ("state", "clerk", "coordinator"),
    [
        (State.NOT_STARTED, True, True),
        (State.DRAFT, True, True),
        (State.RETURNED, True, True),
        (State.SUBMITTED, False, True),
        (State.CONFIRMED, False, False),
    ],
)
def test_an_answer_closes_to_its_department_once_submitted_and_to_everybody_once_confirmed(state, clerk, coordinator):
    own = factories.make_department()
    row = status_in(state, own)
    assert of(own, CLERK).may_answer(row) is clerk
    assert of(own, HEAD).may_answer(row) is clerk
    assert of(None, COORDINATOR).may_answer(row) is coordinator


def test_the_office_submits_in_place_of_a_department_but_takes_nothing_back_from_it():
    department, office = factories.make_department(), of(None, COORDINATOR)
    assert office.may_submit_for(department.pk)
    assert office.stands_in(department.pk)
    assert not office.may_take_back_for(department.pk)
    assert office.may_take_back_for(None)
    assert not office.stands_in(None)


def test_the_head_stands_in_for_nobody():
    department = factories.make_department()
    head = of(department, HEAD)
    assert head.may_take_back_for(department.pk)
    assert not head.stands_in(department.pk)
    assert not of(department, CLERK).may_take_back_for(department.pk)


@pytest.mark.parametrize("role", [PUBLISHER, READER])
def test_who_only_reads_sees_every_department_and_writes_for_none(role):
    department = factories.make_department()
    standing = of(department, role)
    assert standing.may_read(department.pk)
    assert standing.may_read(None)
    assert not standing.may_answer_for(department.pk)
    assert not standing.may_submit_for(department.pk)


def test_the_office_answers_for_every_department_and_for_none():
    standing = of(None, COORDINATOR)
    for department in (None, factories.make_department().pk):
        assert standing.may_read(department)
        assert standing.may_answer_for(department)
        assert standing.may_submit_for(department)


def test_the_people_of_a_successor_answer_for_the_department_that_has_ended():
    new = factories.make_department("新課", in_force_from=date(2026, 4, 1))
    old = factories.make_department("旧課", in_force_until=date(2026, 3, 31), successor=new)
    clerk = person(new, CLERK)
    assert permissions.standing_of(clerk, date(2026, 4, 1)).departments == {old.pk, new.pk}
    assert permissions.standing_of(clerk, date(2026, 3, 31)).departments == {new.pk}


def test_the_people_of_the_old_department_go_on_answering_after_the_change():
    new = factories.make_department("新課", in_force_from=date(2026, 4, 1))
    old = factories.make_department("旧課", in_force_until=date(2026, 3, 31), successor=new)
    assert permissions.standing_of(person(old, CLERK), date(2026, 5, 1)).is_own(new.pk)


def test_a_closed_account_stands_for_nobody():
    department = factories.make_department()
    standing = of(department, HEAD, is_active=False)
    assert standing == permissions.Standing(False, False, False, False, frozenset())


def test_membership_without_a_group_gives_nothing():
    department = factories.make_department()
    assert not of(department).may_read(department.pk)


def test_a_confirmed_answer_is_changed_and_deleted_by_nobody():
    office = person(None, COORDINATOR)
    for state in State:
        row = status_in(state)
        assert permissions.may_change(office, YearlyStatus, row) is (state != State.CONFIRMED)
        assert permissions.may_delete(office, YearlyStatus, row) is (state != State.CONFIRMED)
    assert not permissions.may_change(factories.make_user(), YearlyStatus, status_in(State.CONFIRMED))


def test_the_office_writes_the_plan_and_the_departments():
    office = person(None, COORDINATOR)
    assert permissions.may_change(office, ActionItem)
    assert permissions.may_import(office, ActionItem)
    assert permissions.may_change(office, Department)


@pytest.mark.parametrize("role", [CLERK, HEAD])
def test_a_department_has_no_door_to_the_generic_lists(role):
    user = person(factories.make_department(), role)
    for model in (ActionItem, Department, YearlyStatus, User):
        assert not permissions.may_view(user, model)
        assert not permissions.may_change(user, model)


def test_the_log_of_reminders_is_only_read():
    assert permissions.may_view(person(None, COORDINATOR), Reminder)
    assert not permissions.may_change(factories.make_user(), Reminder)
    assert not permissions.may_add(factories.make_user(), Reminder)


def test_the_office_hands_out_the_three_lower_groups():
    granted = permissions.grantable_groups(person(None, COORDINATOR))
    assert {group.name for group in granted} == {CLERK, HEAD, READER}
    assert permissions.grantable_groups(factories.make_user()).count() == Group.objects.count()
    assert not permissions.grantable_groups(person(None, HEAD)).exists()


@pytest.mark.parametrize("role", [COORDINATOR, PUBLISHER])
def test_the_office_reaches_no_account_that_could_do_more(role):
    office, higher = person(None, COORDINATOR), person(None, role)
    assert not permissions.may_change(office, User, higher)
    assert not permissions.may_change(office, User, factories.make_user())


def test_the_office_keeps_the_accounts_of_departments():
    office = person(None, COORDINATOR)
    assert permissions.may_change(office, User, person(None, CLERK, HEAD))
    assert not permissions.may_change(person(None, READER), User, person(None, CLERK))


def test_an_account_with_rights_of_its_own_is_kept_by_superusers():
    from django.contrib.auth.models import Permission

    office, special = person(None, COORDINATOR), person(None, CLERK)
    special.user_permissions.add(Permission.objects.get(codename="publish_edition"))
    assert not permissions.may_manage(office, special)
    assert permissions.may_manage(factories.make_user(), special)


def test_standing_costs_two_queries_besides_the_rights(django_assert_max_num_queries):
    department = factories.make_department()
    clerk = User.objects.get(pk=person(department, CLERK).pk)
    with django_assert_max_num_queries(4):
        permissions.standing_of(clerk)
