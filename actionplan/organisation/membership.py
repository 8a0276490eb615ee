"""Who belongs to which department: pairs added and taken away in bulk, recorded by whoever asked for it."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import Q

from actionplan.models import Department

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
