"""Publishing a year in which answers are not confirmed yet: only when the publisher has named every one of them."""

from collections.abc import Collection, Sequence

from actionplan.models import AnnualReport, State, YearlyStatus
from actionplan.publishing.refusals import PublishRefused


class UnnamedAnswers(PublishRefused):
    """Raised when answers are neither confirmed nor named; `rows` are those."""

    def __init__(self, rows: Sequence[YearlyStatus]) -> None:
        codes = "、".join(row.item.code for row in rows)
        super().__init__(
            f"確定していない項目があります：{codes}。確定するか、確定しないまま公表する項目に選んでください。"
        )
        self.rows = list(rows)


def unconfirmed(report: AnnualReport) -> list[YearlyStatus]:
    """The report's answers that are not confirmed, in report order."""
    rows = report.statuses.exclude(state=State.CONFIRMED).select_related("department", "item__measure__policy")
    return list(rows.order_by("item__measure__policy__number", "item__measure__number", "item__number", "item"))


def refuse_unnamed(rows: Sequence[YearlyStatus], named: Collection[int]) -> None:
    """Raises UnnamedAnswers when one of the unconfirmed rows is not among the named primary keys."""
    if missing := [row for row in rows if row.pk not in set(named)]:
        raise UnnamedAnswers(missing)


def as_facts(rows: Sequence[YearlyStatus]) -> list[dict]:
    """What the edition remembers of them, for staff only: code, name, department and the state they were in."""
    return [
        {
            "code": row.item.code,
            "name": row.item.name,
            "department": str(row.department or ""),
            "state": row.get_state_display(),
        }
        for row in rows
    ]
