"""Accounts stored in bulk with departments and roles, closed and used again: one record of change each."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from actionplan.organisation.accounts import (
    CLOSED,
    REOPENED,
    AccountChange,
    close_accounts,
    place,
    reopen_accounts,
    store_accounts,
)
from actionplan.organisation.membership import Facts, Roster
from actionplan.permissions import CLERK, COORDINATOR, HEAD, PUBLISHER, READER
from tests import factories

pytestmark = pytest.mark.django_db
YESTERDAY = timezone.localdate() - timedelta(days=1)


@pytest.fixture
def office():
    return factories.make_person(COORDINATOR, username="jimu")


def fresh(account):
    return User.objects.get(pk=account.pk)


def roles_of(account):
    return {group.name for group in account.groups.all()}


def store(office, *changes):
    return store_accounts(changes, Roster(office), reason="試し", source="名簿.csv")


def test_new_and_old_accounts_are_stored_together_with_one_record_each(office):
    department = factories.make_department("福祉課")
    old = factories.make_person(CLERK, username="ito")
    facts = Facts("鈴木", "一郎", "s@example.jp", ("福祉課",), (HEAD,))
    passwords = store(office, AccountChange(old, "ito", facts), AccountChange(None, "ueda", facts))
    new = User.objects.get(username="ueda")
    assert [given.username for given in passwords] == ["ueda"]
    for account in (fresh(old), new):
        assert (account.last_name, account.email, roles_of(account)) == ("鈴木", "s@example.jp", {HEAD})
        assert account.history.first().source_file == "名簿.csv"
    assert new.history.get().history_type == "+"
    assert set(department.members.all()) == {old, new}
    assert department.history.count() == 2


def test_roles_beyond_the_readers_reach_are_not_touched(office):
    account = factories.make_person(CLERK)
    account.groups.add(Group.objects.create(name="研修係"))
    store(office, AccountChange(account, account.username, Facts(roles=(READER,))))
    assert roles_of(account) == {READER, "研修係"}


def test_a_membership_that_shows_under_a_wanted_name_stays(office):
    new = factories.make_department("新課")
    old = factories.make_department("旧課", in_force_until=YESTERDAY, successor=new)
    account = factories.make_person(departments=[old])
    store(office, AccountChange(account, account.username, Facts(departments=("新課",))))
    assert list(account.departments.all()) == [old]


def test_who_could_not_enter_may_enter_once_they_are_in_use(office):
    account = factories.make_person(is_staff=False)
    store(office, AccountChange(account, account.username, Facts(active=True)))
    assert fresh(account).is_staff


def test_nobody_becomes_a_superuser_by_being_stored(office):
    store(office, AccountChange(None, "ueda", Facts("上田", roles=(CLERK,))))
    assert not User.objects.get(username="ueda").is_superuser


def test_a_placed_person_is_where_they_were_placed_and_nowhere_else(office):
    departments = [factories.make_department(name) for name in ("福祉課", "市民課", "水産課")]
    person = factories.make_person(departments=departments[:2])
    touched = place(person, departments[1:], by=office, reason="異動")
    assert set(person.departments.all()) == set(departments[1:])
    assert touched == {departments[0].pk, departments[2].pk}
    assert departments[0].history.first().history_change_reason == "異動"
    assert departments[1].history.first().history_change_reason != "異動"


def test_placing_where_one_is_writes_nothing(office):
    department = factories.make_department()
    person = factories.make_person(departments=[department])
    before = department.history.count()
    assert place(person, [department], by=office, reason="異動") == set()
    assert department.history.count() == before


def test_closing_and_reopening_keep_roles_and_tell_why(office):
    department = factories.make_department()
    account = factories.make_person(CLERK, departments=[department])
    assert close_accounts([account], by=office) == 1
    assert (fresh(account).is_active, roles_of(account), department.members.count()) == (False, {CLERK}, 0)
    assert reopen_accounts([account], by=office) == 1
    assert (fresh(account).is_active, roles_of(account), department.members.count()) == (True, {CLERK}, 0)
    assert list(account.history.values_list("history_change_reason", flat=True)[:2]) == [REOPENED, CLOSED]


def test_closing_twice_closes_once(office):
    account = factories.make_person(CLERK)
    assert close_accounts([account, account], by=office) == 1
    before = account.history.count()
    assert close_accounts([account], by=office) == 0
    assert account.history.count() == before


@pytest.mark.parametrize("act", [close_accounts, reopen_accounts])
def test_one_account_above_among_others_stops_all(office, act):
    plain, boss = factories.make_person(CLERK), factories.make_person(PUBLISHER)
    with pytest.raises(PermissionDenied):
        act([plain, boss], by=office)
    assert fresh(plain).is_active


@pytest.mark.parametrize("role", [CLERK, HEAD, PUBLISHER, READER])
@pytest.mark.parametrize("act", [close_accounts, reopen_accounts])
def test_nobody_else_closes_or_reopens(role, act):
    with pytest.raises(PermissionDenied):
        act([factories.make_person(CLERK)], by=factories.make_person(role))
