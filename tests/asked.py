"""A year in which departments are asked for answers; nothing of it belongs to a real city."""

from collections import Counter
from datetime import date

from actionplan.models import AnnualReport, Department, State, YearlyStatus
from tests import factories


def make_year(year: int = 2026, due: date | None = None, **fields) -> AnnualReport:
    """A year's report with its due date."""
    report = factories.make_report(fiscal_year=year)
    for name, value in {"answers_due": due, **fields}.items():
        setattr(report, name, value)
    report.save()
    return report


def ask(report: AnnualReport, department: Department | None, *states: str, **fields) -> list[YearlyStatus]:
    """One answer of the department in each of the states."""
    return [_ask(report, department, state, **fields) for state in states]


def _ask(report: AnnualReport, department: Department | None, state: str, **fields) -> YearlyStatus:
    words = {"text": ""} if state == State.NOT_STARTED else {"text": "実施した。", "progress": "done"}
    return factories.make_status(report, department=department, state=state, **{**words, **fields})


def counted(response) -> Counter:
    """The response's counts without zeros."""
    return +response.counts
