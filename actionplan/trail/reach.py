"""How far a person may look back: everything for an auditor, a department's own answers for those who write them."""

from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser, Group, User

from actionplan import permissions
from actionplan.trail.kinds import ACCOUNTS, ANSWERS, KINDS, Kind


@dataclass(frozen=True)
class Reach:
    """The kinds that a person may read, and the departments whose answers; departments is None for all of them."""

    kinds: tuple[Kind, ...]
    departments: frozenset[int] | None = None


def reach_of(user: AbstractBaseUser) -> Reach:
    """How far the user may look back. Raises PermissionDenied for who may not look back at all."""
    if permissions.may_audit(user):
        seen = all(permissions.may_view(user, model) for model in (User, Group))
        return Reach(tuple(kind for kind in KINDS.values() if seen or kind not in ACCOUNTS))
    standing = permissions.standing_of(user)
    permissions.require(standing.answers or standing.submits)
    return Reach((ANSWERS,), standing.departments)
