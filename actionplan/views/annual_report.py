"""The report of a year, whole or one policy of it, and the list of years."""

from django.http import Http404, HttpRequest, HttpResponse

from actionplan.selectors.charts import year_summary
from actionplan.selectors.editions import corrections, public_edition
from actionplan.selectors.report import report_outline
from actionplan.views.page import Crumb, crumb, page

REPORTS = "年度の一覧"


def reports(request: HttpRequest) -> HttpResponse:
    """The list of published years."""
    return page(request, "reports", page_id="A-2", crumbs=[Crumb(REPORTS)])


def annual_report(request: HttpRequest, year: int) -> HttpResponse:
    """The year's report in the newsletter's order."""
    edition = public_edition(year)
    report = report_outline(edition.front_matter, edition.rows.all())
    return page(
        request,
        "annual_report",
        page_id=f"B-{year}",
        crumbs=[crumb(REPORTS, "reports"), Crumb(report.label)],
        edition=edition,
        report=report,
        corrections=corrections(edition),
    )


def policy(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """One policy of the year's report with its counts."""
    edition = public_edition(year)
    rows = list(edition.rows.filter(policy_number=number))
    if not rows:
        raise Http404(f"{edition.front_matter['label']}の報告に、施策{number}はありません。")
    report = report_outline(edition.front_matter, rows)
    return page(
        request,
        "policy",
        page_id=f"B-{year}-{number}",
        crumbs=[crumb(REPORTS, "reports"), crumb(report.label, "annual_report", year), Crumb(f"施策{number}")],
        edition=edition,
        report=report,
        policy=report.policies[0],
        summary=year_summary(edition.front_matter, rows),
        policy_numbers=sorted(set(edition.rows.values_list("policy_number", flat=True))),
    )
