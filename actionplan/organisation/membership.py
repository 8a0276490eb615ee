"""Who belongs to which department: pairs added and taken away in bulk, recorded by whoever asked for it."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.auth.models import Group, User
from django.db.models import ManyToManyField, Model, Q
from django.utils import timezone

from actionplan import permissions
from actionplan.models import Department, Person, Succession
from actionplan.permissions import HEAD

Pair = tuple[int, int]
_Rows = Department.members.through


def members_of(departments: Collection[int]) -> dict[int, set[int]]:
    """The primary keys of the people in each of the departments; one query."""
    found: dict[int, set[int]] = defaultdict(set)
    for department, person in _Rows.objects.filter(department__in=departments).values_list("department", "user"):
        found[department].add(person)
    return found


def join(pairs: Iterable[Pair]) -> set[int]:
    """The departments that gained people. pairs: (department, person); who is in already stays so."""
    wanted = set(pairs)
    there = members_of({department for department, _ in wanted})
    new = {(department, person) for department, person in wanted if person not in there[department]}
    _Rows.objects.bulk_create(_Rows(department_id=department, user_id=person) for department, person in sorted(new))
    return {department for department, _ in new}


def leave(pairs: Iterable[Pair]) -> set[int]:
    """The departments that lost people. pairs: (department, person); who is not in it does not count."""
    unwanted = set(pairs)
    chosen = Q(department__in={department for department, _ in unwanted}, user__in={person for _, person in unwanted})
    rows = [row for row in _Rows.objects.filter(chosen) if (row.department_id, row.user_id) in unwanted]
    _Rows.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return {row.department_id for row in rows}


def lock_departments() -> dict[int, Department]:
    """Every department by primary key, locked until the transaction ends: one reorganisation goes at a time."""
    rows = {row.pk: row for row in Department.objects.select_for_update(no_key=True).order_by("pk")}
    for row in rows.values():
        row.successor = rows.get(row.successor_id) if row.successor_id else None
    return rows


def lock_people() -> None:
    """Locks everybody: one change of people at a time, and none beside a reorganisation.

    The roles are always there to be locked, also when the first person is about to be added.
    """
    list(Group.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    lock_departments()
    list(User.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))


class Offices:
    """Every department, read once."""

    def __init__(self) -> None:
        self.day = timezone.localdate()
        self.by_pk = {department.pk: department for department in Department.objects.all()}
        self.succession = Succession(self.by_pk.values())

    def has_ended(self, department: Department) -> bool:
        """Whether the department is no more."""
        return department.in_force_until is not None and department.in_force_until < self.day

    def is_to_come(self, department: Department) -> bool:
        """Whether the department has not begun yet."""
        return department.in_force_from is not None and department.in_force_from > self.day

    def shown(self, pk: int) -> Department:
        """The department as lists name it today: one that has ended by the name of its successor."""
        if self.has_ended(self.by_pk[pk]):
            pk = self.succession.current(pk, self.day)
        return self.by_pk[pk]

    @cached_property
    def standing(self) -> list[Department]:
        """Departments that stand today, then those to come."""
        found = [each for each in self.by_pk.values() if not self.has_ended(each)]
        return sorted(found, key=self.is_to_come)

    @cached_property
    def by_name(self) -> dict[str, list[Department]]:
        """The standing departments by name; see tidy()."""
        found: dict[str, list[Department]] = {}
        for department in self.standing:
            found.setdefault(tidy(str(department)), []).append(department)
        return found

    @cached_property
    def every_name(self) -> dict[str, Department]:
        """Today's department by every name, those of ended ones too; see tidy()."""
        return {tidy(str(each)): self.shown(each.pk) for each in self.by_pk.values()}


def tidy(name: str) -> str:
    """The name with single blanks, full-width ones too: how it was typed does not matter."""
    return re.sub(r"[ 　]+", " ", name).strip()


BATCH = 500


def record(rows: Sequence[Model], *, by: Person | None, reason: str, source: str = "", new: bool = False) -> None:
    """Writes one record of change for each row, as it stands in the database now.

    rows: of one model, stored already without a record (bulk_create, bulk_update, rows of a relation).
    source: the name of the file that the change came from. new: whether the rows were just made.
    """
    if not rows:
        return
    model: Any = type(rows[0])
    records = model.history.bulk_history_create(
        rows,
        batch_size=BATCH,
        update=not new,
        default_user=by,
        default_change_reason=reason or None,
        custom_historical_attrs={"source_file": source[:255]},
    )
    by_pk = {row.pk: each for row, each in zip(rows, records, strict=True)}
    for field in records[0]._history_m2m_fields:
        _record_relation(field, by_pk)


def _record_relation(field: ManyToManyField, records: dict[int, Model]) -> None:
    """The library's bulk path leaves relations out; a record without them would read as if all had been taken away."""
    through: Any = field.remote_field.through
    owner = f"{field.m2m_field_name()}_id"
    kept = through.objects.filter(**{f"{owner}__in": records.keys()})
    history = getattr(type(next(iter(records.values()))), field.name).model
    names = [column.attname for column in through._meta.concrete_fields]
    history.objects.bulk_create(
        (history(history=records[getattr(row, owner)], **{name: getattr(row, name) for name in names}) for row in kept),
        batch_size=BATCH,
    )


@dataclass(frozen=True)
class Facts:
    """What a list of staff says about a person; departments and roles by name, in alphabetical order."""

    last_name: str = ""
    first_name: str = ""
    email: str = ""
    departments: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    active: bool = True


class Roster:
    """Everybody and what they belong to, read in six queries for as many people as there are."""

    def __init__(self, reader: Person) -> None:
        """reader: who looks; only accounts and roles that they may manage are theirs to change."""
        self.reader = reader
        self.every_role = permissions.ROLES
        self.grantable = {group.name: group for group in permissions.grantable_groups(reader)}
        people = User.objects.prefetch_related("groups", "departments").order_by("username")
        self.accounts = {person.username: person for person in people}
        self.manageable = set(permissions.manageable_accounts(reader).values_list("pk", flat=True))
        self.offices = Offices()

    def mine(self) -> list[User]:
        """The accounts that the reader may manage, by name."""
        return [person for person in self.accounts.values() if person.pk in self.manageable]

    def facts(self, person: User) -> Facts:
        """What the list says about the person now."""
        return Facts(
            person.last_name,
            person.first_name,
            person.email,
            _names(self.offices.shown(each.pk) for each in person.departments.all()),
            _names(group.name for group in person.groups.all() if group.name in self.grantable),
            person.is_active and person.is_staff,
        )

    def headed(self, changed: Mapping[str, Facts]) -> set[str]:
        """The departments that have a head (課長) who can log in, by name.

        changed: what people are to be, by the name to log in with; all others as they are.
        """
        stand = {username: self.facts(person) for username, person in self.accounts.items()} | dict(changed)
        heads = [each for each in stand.values() if each.active and HEAD in each.roles]
        return {department for each in heads for department in each.departments}

    @cached_property
    def folded(self) -> dict[str, str]:
        """Names to log in with, by their small letters."""
        return {name.casefold(): name for name in self.accounts}


def _names(things: Iterable[Department | Group | str]) -> tuple[str, ...]:
    return tuple(sorted({str(thing) for thing in things}))
