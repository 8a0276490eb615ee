"""The page that asks what becomes of a year's answers when the plan has changed; who saves the plan is led to it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from actionplan import permissions
from actionplan.admin.site import own_page, succession_in
from actionplan.models import AnnualReport
from actionplan.round.opening import years_under_way
from actionplan.round.pages import TITLE, report_of
from actionplan.round.plan_changes import decide, questions
from actionplan.seen import Moved

HEADING = "計画の変更"


def plan_changes_page(request: HttpRequest, key: str) -> HttpResponse:
    """The questions with a button for each way; a post decides one, or all as the plan has it (do=all)."""
    permissions.require(permissions.may_coordinate(request.user))
    report = report_of(key)
    if request.method == "POST":
        sent = request.POST.getlist("question") if request.POST.get("do") == "all" else [request.POST.get("do", "")]
        for each in sent:
            _decide(request, report, each)
        return HttpResponseRedirect(request.path)
    found = questions(report, succession_in(request))
    facts = {"report": report, "questions": found, "several": sum(bool(each.deed) for each in found) > 1}
    crumbs = [(f"{TITLE}　{report}", reverse("admin:round", args=[key]))]
    return own_page(request, "admin/round/plan_changes.html", title=HEADING, crumbs=crumbs, **facts)


def _decide(request: HttpRequest, report: AnnualReport, sent: str) -> None:
    deed, _, question = sent.partition(":")
    key, _, seen = question.partition(":")
    try:
        messages.success(request, decide(report, deed, key, seen, by=request.user))
    except Moved as moved:
        messages.error(request, f"何も変えていません。{str(moved).rstrip('。')}。")


def tell_open_years(request: HttpRequest, items: set[int] | None = None) -> str:
    """Tells of each year under way in which something about these items (of all when None) is to be decided.

    The address of the page that asks, for who may decide; empty where nothing is to be decided.
    """
    asks = permissions.may_coordinate(request.user)
    places = []
    for report in years_under_way():
        found = [each for each in questions(report) if items is None or each.item.pk in items]
        if not found:
            continue
        place = reverse("admin:round_plan", args=[report.key])
        words = f"{report}の回答が進行中です。回答を移すか、項目を加えるか、このままにするかが決まっていない項目が"
        link = format_html('<a href="{}">決める</a>', place) if asks else "事務局に知らせてください。"
        messages.warning(request, format_html("{}{}件あります。{}", words, len(found), link))
        places.append(place)
    return places[0] if places and asks else ""


def urls(guarded: Callable) -> list[URLPattern]:
    """The page's address."""
    return [path("round/<slug:key>/plan/", guarded(plan_changes_page), name="round_plan")]
