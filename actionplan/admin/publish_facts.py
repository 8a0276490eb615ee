"""What the publishing page shows of a year: its editions, and what publishing would change, a hundred items a page."""

from collections.abc import Sequence

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils import timezone

from actionplan.models import AnnualReport
from actionplan.publishing.compose import Wording, newest
from actionplan.publishing.outlook import Outlook, outlook

PER_PAGE = 100


def wording_of(request: HttpRequest) -> Wording:
    """Which wording of the plan the person chose."""
    chosen = request.POST.get("wording") or request.GET.get("wording")
    return "current" if chosen == "current" else "published"


def publish_facts(request: HttpRequest, report: AnnualReport, *, anew: bool = False) -> dict:
    """The editions and the changes for the page; anew: composed afresh, as after a refusal."""
    editions, now = (
        list(report.editions.select_related("published_by", "withdrawal").order_by("-number")),
        timezone.now(),
    )
    standing = [edition for edition in editions if not hasattr(edition, "withdrawal")]
    last, shown = newest(standing), newest([edition for edition in standing if edition.public_from <= now])
    base, wording = shown or last, wording_of(request)
    view = outlook(report, wording, standing, base, anew=anew)
    return {
        "last": last,
        "base": base,
        "now": now,
        "shown_number": shown.number if shown else 0,
        "pending": last if last and last != shown else None,
        "editions": editions,
        "wording": wording,
        "outlook": view,
        "unchanged": bool(base) and base.content_sha256 == view.content_sha256,
        **_page_of_changes(request, view),
    }


def _page_of_changes(request: HttpRequest, view: Outlook) -> dict:
    paginator = Paginator(view.rows, PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    front: Sequence = view.front if page.number == 1 else ()
    return {"page": page, "pages": list(paginator.get_elided_page_range(page.number)), "front": front}
