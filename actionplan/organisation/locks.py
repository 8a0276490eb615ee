"""What is locked while departments and people change, always in this order: roles, departments, people.

The locks let rows that merely point here be written by others meanwhile, such as a record of change that names its
user: such writers hold rows that this room still wants, and each would wait for the other.
"""

from django.contrib.auth.models import Group, User

from actionplan.models import Department


def lock_departments() -> dict[int, Department]:
    """Every department by primary key, locked until the transaction ends: one reorganisation goes at a time."""
    rows = {row.pk: row for row in Department.objects.select_for_update(no_key=True).order_by("pk")}
    for row in rows.values():
        row.successor = rows.get(row.successor_id)
    return rows


def lock_people() -> None:
    """Locks everybody: one change of people at a time, and none beside a reorganisation.

    The roles are always there to be locked, also when the first person is about to be added.
    """
    list(Group.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    lock_departments()
    list(User.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
