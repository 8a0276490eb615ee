"""Whose an answer is after its department was split: that of the part to which its item was given."""

from collections.abc import Iterable

from django.utils import timezone

from actionplan.models import Succession, YearlyStatus


def send_home(rows: Iterable[YearlyStatus]) -> None:
    """Gives answers that are open again to the department that leads their item now, where theirs was split up.

    rows: locked, with department and item; stored by the caller. What was confirmed or published before keeps the
    name under which it was, in the editions and in the record of changes.
    """
    day = timezone.localdate()
    ended = [row for row in rows if row.department and row.department.in_force_until]
    ended = [row for row in ended if row.department.in_force_until < day and row.item.lead_department_id]
    if not ended:
        return
    succession = Succession()
    for row in ended:
        lead = succession.current(row.item.lead_department_id, day)
        if lead != succession.current(row.department_id, day) and lead in succession.heirs(row.department_id, day):
            row.department_id = lead
