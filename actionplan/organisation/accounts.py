"""Storing accounts with their departments and roles in bulk, one record of change each; closing and reopening them."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import Group, User
from django.db import transaction

from actionplan import permissions
from actionplan.models import Department, Person, gave_passwords, password_changed
from actionplan.organisation.membership import (
    BATCH,
    Facts,
    Offices,
    Pair,
    Roster,
    join,
    leave,
    lock_people,
    record,
    tidy,
)
from actionplan.words import full_name

# No 0/O, 1/l/I: the password is read off paper or a screen and typed.
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
GROUPS, GROUP_LENGTH = 4, 5
# A hundred random bits cannot be guessed however fast one tries, and a file of two hundred people has to be answered
# in seconds. Django hashes the password again, at full strength, when its owner first logs in.
ROUNDS = 10_000
REASON = "最初のパスワードを作成"


@dataclass(frozen=True)
class StartPassword:
    """What the coordinator hands to a person."""

    username: str
    name: str
    password: str

    @property
    def days(self) -> int:
        """For how many days it can be used."""
        return settings.FIRST_PASSWORD_DAYS


def make_password() -> str:
    """A password of about 100 random bits in four groups, such as k7mfa-…."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))


def give_password(account: User) -> StartPassword:
    """A new password, put into the account, which is not saved here."""
    password, hasher = make_password(), PBKDF2PasswordHasher()
    account.password = hasher.encode(password, hasher.salt(), iterations=ROUNDS)
    return StartPassword(account.username, full_name(account), password)


@transaction.atomic
def renew_password(account: User, *, by: Person) -> StartPassword:
    """A new first password for an account; its owner's sessions end. Raises PermissionDenied."""
    account = User.objects.select_for_update(no_key=True).get(pk=account.pk)
    permissions.require(permissions.may_change(by, User, account))
    given = give_password(account)
    User.objects.filter(pk=account.pk).update(password=account.password)
    gave_passwords([account])
    password_changed.send(User, account=account)
    record([account], by=by, reason=REASON)
    return given


@transaction.atomic
def make_first_accounts(office: str, admin: str) -> list[StartPassword]:
    """The first passwords of the two accounts of a new portal. Raises IntegrityError when a name is somebody's.

    office, admin: the names of the account for every day, in the office's role, and of the one that may do everything.
    """
    passwords = [make_password(), make_password()]
    daily = User.objects.create_user(username=office, password=passwords[0], is_staff=True)
    # Roles come with the tables; an installation that took this one away gets an account without a role.
    daily.groups.set(Group.objects.filter(name=permissions.COORDINATOR))
    sealed = User.objects.create_superuser(username=admin, password=passwords[1])
    gave_passwords([daily, sealed])
    return [StartPassword(name, name, password) for name, password in zip((office, admin), passwords, strict=True)]


TEXTS = ("last_name", "first_name", "email")
STORED = (*TEXTS, "is_active", "is_staff")
CLOSED, REOPENED = "退職・異動のため閉じた", "もう一度使えるようにした"
_Roles = User.groups.through


@dataclass(frozen=True)
class AccountChange:
    """What an account is to be; account is None for a new one."""

    account: User | None
    username: str
    facts: Facts


def store_accounts(
    changes: Sequence[AccountChange], roster: Roster, *, reason: str, source: str = ""
) -> list[StartPassword]:
    """The first passwords of new accounts. Stores everything by the roster's reader; who may was asked before."""
    new = [User(username=change.username) for change in changes if change.account is None]
    made = {account.username: account for account in new}
    accounts = [change.account or made[change.username] for change in changes]
    for account, change in zip(accounts, changes, strict=True):
        _put(account, change.facts)
    passwords = [give_password(account) for account in new]
    User.objects.bulk_create(new, batch_size=BATCH)
    gave_passwords(new)
    old = [change.account for change in changes if change.account]
    User.objects.bulk_update(old, STORED, batch_size=BATCH)
    facts = {account.pk: change.facts for account, change in zip(accounts, changes, strict=True)}
    _store_roles(facts, roster)
    touched = _store_departments(facts, {account.pk for account in new}, roster)
    by = roster.reader
    record(new, by=by, reason=reason, source=source, new=True)
    record(old, by=by, reason=reason, source=source)
    record(list(Department.objects.filter(pk__in=touched)), by=by, reason=reason, source=source)
    return passwords


def _put(account: User, facts: Facts) -> None:
    for name in TEXTS:
        setattr(account, name, getattr(facts, name))
    account.is_active = facts.active
    account.is_staff = account.is_staff or facts.active


def _store_roles(facts: dict[int, Facts], roster: Roster) -> None:
    """Gives and takes roles that the reader may grant; others are not touched."""
    grantable = {group.pk: name for name, group in roster.grantable.items()}
    held = {
        (row.user_id, row.group_id): row for row in _Roles.objects.filter(user__in=facts, group__in=grantable.keys())
    }
    wanted = {(person, roster.grantable[name].pk) for person, each in facts.items() for name in each.roles}
    _Roles.objects.filter(pk__in=[row.pk for pair, row in held.items() if pair not in wanted]).delete()
    new = sorted(wanted - held.keys())
    _Roles.objects.bulk_create((_Roles(user_id=person, group_id=group) for person, group in new), batch_size=BATCH)


def _store_departments(facts: dict[int, Facts], new: set[int], roster: Roster) -> set[int]:
    """The departments that gained or lost people. A membership that lists show under a wanted name stays."""
    gains: set[Pair] = set()
    losses: set[Pair] = set()
    accounts = {account.pk: account for account in roster.accounts.values()}
    for person, each in facts.items():
        own = [] if person in new else [department.pk for department in accounts[person].departments.all()]
        shown = {pk: str(roster.offices.shown(pk)) for pk in own}
        losses |= {(pk, person) for pk, name in shown.items() if name not in each.departments}
        missing = set(each.departments) - set(shown.values())
        gains |= {(roster.offices.by_name[tidy(name)][0].pk, person) for name in missing}
    return join(gains) | leave(losses)


@transaction.atomic
def place(person: User, departments: Iterable[Department], *, by: Person, reason: str) -> set[int]:
    """The departments that gained or lost the person, each with its record; afterwards lists show these and no other.

    departments: standing ones. A membership of an ended one stays while its successor is among them.
    """
    lock_people()
    offices, wanted = Offices(), {department.pk for department in departments}
    shown = {pk: offices.shown(pk).pk for pk in person.departments.values_list("pk", flat=True)}
    lost = leave((pk, person.pk) for pk, name in shown.items() if name not in wanted)
    touched = lost | join((pk, person.pk) for pk in wanted - set(shown.values()))
    record(list(Department.objects.filter(pk__in=touched)), by=by, reason=reason)
    return touched


@transaction.atomic
def close_accounts(accounts: Iterable[User], *, by: Person, reason: str = CLOSED) -> int:
    """How many accounts were closed: their sessions end, they leave their departments, their history stays.

    Raises PermissionDenied for one's own account and for those that one may not manage.
    """
    return _switch(accounts, by, active=False, reason=reason)


@transaction.atomic
def reopen_accounts(accounts: Iterable[User], *, by: Person, reason: str = REOPENED) -> int:
    """How many closed accounts may be used again, with the roles that they had and in no department yet."""
    return _switch(accounts, by, active=True, reason=reason)


def _switch(accounts: Iterable[User], by: Person, *, active: bool, reason: str) -> int:
    wanted = {account.pk for account in accounts}
    lock_people()
    roster = Roster(by)
    permissions.require(permissions.may_change(by, User) and wanted <= roster.manageable and by.pk not in wanted)
    found = [(account, roster.facts(account)) for account in roster.mine() if account.pk in wanted]
    changes = [
        AccountChange(
            account, account.username, replace(facts, active=active, departments=facts.departments if active else ())
        )
        for account, facts in found
        if facts.active != active
    ]
    store_accounts(changes, roster, reason=reason)
    return len(changes)
