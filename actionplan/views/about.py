"""The guideline behind the plan: purpose, story, aims, stages, and how to read the marks."""

from django.http import HttpRequest, HttpResponse

from actionplan.selectors.charts import actor_chart
from actionplan.selectors.editions import latest_public_edition
from actionplan.views.page import Crumb, page


def about(request: HttpRequest) -> HttpResponse:
    """The guideline as the latest public edition prints it."""
    edition = latest_public_edition()
    front_matter = edition.front_matter if edition else None
    return page(
        request,
        "about",
        page_id="A-3",
        crumbs=[Crumb("指針と計画")],
        edition=edition,
        front_matter=front_matter,
        actor_chart=actor_chart(front_matter, edition.rows.all()) if edition else None,
    )
