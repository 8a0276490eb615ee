"""What changed since the year before, and the year's corrections."""

from django.http import HttpRequest, HttpResponse

from actionplan.models import Edition
from actionplan.selectors.changes import correction_changes, year_changes
from actionplan.selectors.charts import change_chart, year_summary
from actionplan.selectors.editions import previous_edition, public_edition
from actionplan.views.page import Crumb, crumb, page

TITLE = "前の年度からの変更と訂正"


def changes(request: HttpRequest, year: int) -> HttpResponse:
    """The year's report against the public one before it; where there is none, the page says so."""
    edition = public_edition(year)
    previous = previous_edition(edition)
    label = edition.front_matter["label"]
    return page(
        request,
        "changes",
        page_id=f"B-{year}-C",
        crumbs=[crumb("年度の一覧", "reports"), crumb(label, "annual_report", year), Crumb(TITLE)],
        edition=edition,
        label=label,
        previous=previous,
        corrections=correction_changes(edition),
        **(_against(previous, edition) if previous else {}),
    )


def _against(previous: Edition, edition: Edition) -> dict:
    old, new = list(previous.rows.all()), list(edition.rows.all())
    before, now = previous.front_matter, edition.front_matter
    return {
        "changes": year_changes(previous, old, edition, new),
        "change_chart": change_chart(
            before["era_label"], year_summary(before, old), now["era_label"], year_summary(now, new)
        ),
    }
