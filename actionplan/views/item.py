"""One item through the years."""

from django.http import HttpRequest, HttpResponse

from actionplan.selectors.item_history import item_history, year_tables
from actionplan.views.page import Crumb, crumb, page


def item(request: HttpRequest, policy: int, measure: int, number: int) -> HttpResponse:
    """Every published year of the item with this code, latest first."""
    years = item_history(policy, measure, number)
    latest = years[0]
    return page(
        request,
        "item",
        page_id=f"C-{policy}-{measure}-{number}",
        crumbs=[
            crumb(latest.label, "annual_report", latest.year),
            crumb(f"施策{latest.policy_number}", "policy", latest.year, latest.policy_number),
            Crumb(latest.item.name),
        ],
        years=years,
        tables=year_tables(years) if len(years) > 1 else [],
        latest=latest,
        item=latest.item,
    )
