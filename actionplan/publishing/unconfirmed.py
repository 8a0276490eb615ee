"""Publishing a year in which answers are not confirmed yet: only when the publisher has named every one of them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from actionplan.cells import NAMES
from actionplan.models import AnnualReport, State, YearlyStatus


class PublishRefused(ValueError):
    """Raised when an edition cannot be made."""


class NothingChanged(PublishRefused):
    """Raised when the draft says what the last edition already says."""


REPORT_ORDER = ("item__measure__policy__number", "item__measure__number", "item__number")


@dataclass(frozen=True)
class OpenAnswer:
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
    """The report's answers that are not confirmed, in report order."""
    rows = report.statuses.select_related("item__measure__policy", "department").defer(*NAMES)
    return unconfirmed_among(rows.order_by(*REPORT_ORDER, "item"))


def unconfirmed_among(answers: Iterable[YearlyStatus]) -> list[OpenAnswer]:
    """The same of answers that have been read already, with their items and departments."""
    return [
        OpenAnswer(row.pk, row.item.code, row.item.name, str(row.department or ""), row.get_state_display())
        for row in answers
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
