"""When somebody came to a department or left it: the records of departments that tell of an account."""

from actionplan.models import Department
from actionplan.trail.kinds import KINDS


def membership_records(person: int) -> list[int]:
    """The keys of the department records by which the person's membership became another one; two queries.

    A department's record lists its people: one that lists the person after one that does not is a coming, the other
    way round a leaving.
    """
    listed = KINDS["department"].marks["members"].objects.filter(user=person)
    held = set(listed.values_list("history_id", flat=True))
    departments = Department.history.filter(history_id__in=held).values("id")
    found, before = [], {}
    rows = Department.history.filter(id__in=departments).order_by("history_id")
    for department, record in rows.values_list("id", "history_id"):
        if (record in held) != before.get(department, False):
            found.append(record)
        before[department] = record in held
    return found
