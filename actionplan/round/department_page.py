"""One department's answers of a year, in full, for the coordinator: read, confirm, return, reopen."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from actionplan import permissions
from actionplan.admin.own_pages import own_page
from actionplan.answers.facts import names_of
from actionplan.answers.sheet import SheetRow, sheet_rows, statuses
from actionplan.models import Department, State
from actionplan.round.pages import TITLE, due_of, may_look, report_of
from actionplan.round.responses import Response, response_of
from actionplan.round.rows import ReadRow, read_row
from actionplan.round.step_pages import Refusal, sent_texts, take_step

# Answers on one page; the steps are taken with those that are on it.
PER_PAGE = 200


def department_page(request: HttpRequest, year: int, department: int) -> HttpResponse:
    """The department's answers with their tick boxes; a post takes a step with the ticked ones."""
    may_look(request)
    report, response = report_of(year), _response(department)
    coordinates = permissions.may_coordinate(request.user)
    refusal = None
    if request.method == "POST":
        permissions.require(coordinates)
        refusal = take_step(request, report, response)
        if refusal is None:
            return HttpResponseRedirect(_address(year, response, request.GET.get("page", "")))
    answers = list(statuses(report, response.forms))
    paginator = Paginator(answers, PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    sheet = sheet_rows(report, page.object_list)
    changed = refusal.changed if refusal else {}
    rows = read_rows(sheet, boxes=coordinates, ticks=_ticks(request, refusal), changed=changed)
    response = replace(response, counts=Counter(row.state for row in answers))
    facts = {
        "report": report,
        "response": response,
        "rows": rows,
        "page": page,
        "pages": list(paginator.get_elided_page_range(page.number)),
        "refusal": refusal,
        "due": due_of(report),
        "coordinates": coordinates,
        "confirmed": response.counts[State.CONFIRMED],
        # Where nothing can be ticked there is no step to take; a refused one keeps what was written for it.
        "steps": coordinates and bool(response.waiting or response.counts[State.CONFIRMED] or refusal),
    }
    crumbs = [(f"{TITLE}　{report}", reverse("admin:round", args=[year]))]
    return own_page(request, "admin/round/department.html", title=f"{response.name}の回答", crumbs=crumbs, **facts)


# Read by rescue.py when the post itself is refused.
department_page.sent_texts = sent_texts


def _address(year: int, response: Response, page: str) -> str:
    query = f"?page={page}" if page.isdecimal() else ""
    return reverse("admin:round_department", args=[year, response.key]) + query


def _response(pk: int) -> Response:
    try:
        return response_of(pk or None)
    except Department.DoesNotExist:
        raise Http404("この担当課はありません。") from None


def _ticks(request: HttpRequest, refusal: Refusal | None) -> frozenset[int] | None:
    """The boxes to tick: those of the refused post, none when asked so, otherwise what waits for confirmation."""
    if refusal:
        return refusal.ticks
    return frozenset() if request.GET.get("tick") == "none" else None


def read_rows(
    sheet: list[SheetRow], *, boxes: bool, ticks: frozenset[int] | None, changed: Mapping[int, str]
) -> list[ReadRow]:
    """The answers as the page shows them, in report order."""
    names = names_of(sheet)
    return [read_row(row, names, boxes=boxes, ticks=ticks, changed=changed.get(row.status.pk, "")) for row in sheet]


def urls(door: Callable) -> list[URLPattern]:
    """The page's address."""
    return [path("round/<int:year>/<int:department>/", door(department_page), name="round_department")]
