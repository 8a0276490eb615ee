"""The people as they stand: every account with its departments and roles as a list of staff shows them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.contrib.auth.models import AbstractBaseUser, Group, User

from actionplan import permissions
from actionplan.models import Department
from actionplan.organisation.offices import Offices
from actionplan.permissions import HEAD


@dataclass(frozen=True)
class Facts:
    """What a list of staff says about a person; departments and roles by name, in alphabetical order."""

    last_name: str = ""
    first_name: str = ""
    email: str = ""
    departments: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    active: bool = True

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells of the list, the name to log in with aside."""
        lists = "、".join(self.departments), "、".join(self.roles)
        return self.last_name, self.first_name, self.email, *lists, "はい" if self.active else "いいえ"


class Roster:
    """Everybody and what they belong to, read in six queries for as many people as there are."""

    def __init__(self, reader: AbstractBaseUser) -> None:
        """reader: who looks; only accounts and roles that they may manage are theirs to change."""
        self.reader = reader
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
        stand = {username: self.facts(person) for username, person in self.accounts.items()} | changed
        heads = [each for each in stand.values() if each.active and HEAD in each.roles]
        return {department for each in heads for department in each.departments}

    @cached_property
    def folded(self) -> dict[str, str]:
        """Names to log in with, by their small letters."""
        return {name.casefold(): name for name in self.accounts}


def _names(things: Iterable[Department | Group | str]) -> tuple[str, ...]:
    return tuple(sorted({str(thing) for thing in things}))
