"""Publishing a year in which answers are not confirmed yet: only when the publisher has named every one of them."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from actionplan.models import AnnualReport, Department, State
from actionplan.publishing.compose import Ground


class PublishRefused(ValueError):
    """Raised when an edition cannot be made."""


class NothingChanged(PublishRefused):
    """Raised when the draft says what the last edition already says."""


STATES = dict(State.choices)
PLACE = ("item__measure__policy__number", "item__measure__number", "item__number")


class OpenAnswer(NamedTuple):
    """An answer that nobody has confirmed: its key, code, item, department (empty: none) and state, in words."""

    pk: int
    code: str
    name: str
    department: str
    state: str


class UnnamedAnswers(PublishRefused):
    """Raised when answers are neither confirmed nor named; `rows` are those."""

    def __init__(self, rows: Sequence[OpenAnswer]) -> None:
        codes = "、".join(row.code for row in rows)
        super().__init__(
            f"確定していない項目があります：{codes}。確定するか、確定しないまま公表する項目に選んでください。"
        )
        self.rows = list(rows)


def unconfirmed(report: AnnualReport) -> list[OpenAnswer]:
    """The report's answers that are not confirmed, in report order; no row is built in full."""
    departments = {row.pk: str(row) for row in Department.objects.all()}
    rows = report.statuses.exclude(state=State.CONFIRMED).order_by(*PLACE, "item")
    return [
        OpenAnswer(pk, "-".join(map(str, numbers)), name, departments.get(department, ""), STATES[state])
        for pk, name, department, state, *numbers in rows.values_list(
            "pk", "item__name", "department_id", "state", *PLACE
        )
    ]


def unconfirmed_among(ground: Ground) -> list[OpenAnswer]:
    """The same of answers that have been read already, in report order."""
    return [
        OpenAnswer(row.pk, ground.code(row), row.name, ground.departments.get(row.department, ""), STATES[row.state])
        for row in ground.answers
        if row.state != State.CONFIRMED
    ]


def refuse_unnamed(rows: Sequence[OpenAnswer], named: Collection[int]) -> None:
    """Raises UnnamedAnswers when one of the unconfirmed rows is not among the named primary keys."""
    known = set(named)
    if missing := [row for row in rows if row.pk not in known]:
        raise UnnamedAnswers(missing)


def as_facts(rows: Sequence[OpenAnswer]) -> list[dict]:
    """What the edition remembers of them, for staff only: code, name, department and the state they were in."""
    return [{"code": row.code, "name": row.name, "department": row.department, "state": row.state} for row in rows]
