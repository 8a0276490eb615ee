"""Taking back the opening of a year on one page: what goes, or why the year has to stay."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from actionplan import permissions
from actionplan.admin.own_page import own_page
from actionplan.admin.round.pages import TITLE, report_of
from actionplan.cycle.close_year import ClosingRefused, close_year, closing_of


def close_year_page(request: HttpRequest, year: int) -> HttpResponse:
    """What would go; a post takes the year back."""
    permissions.require(permissions.may_coordinate(request.user))
    report, refusal = report_of(year), ""
    if request.method == "POST":
        try:
            gone = close_year(report, by=request.user, seen=request.POST.get("seen", ""))
        except ClosingRefused as refused:
            refusal = str(refused)
        else:
            messages.success(request, f"{report}を取り消しました。空の回答{gone}件を消しました。")
            return HttpResponseRedirect(reverse("admin:round_front"))
    facts = {"closing": closing_of(report), "refusal": refusal}
    crumbs = [(f"{TITLE}　{report}", reverse("admin:round", args=[year]))]
    return own_page(request, "admin/round/close_year.html", title=f"{report}の取消し", crumbs=crumbs, **facts)


def urls(door: Callable) -> list[URLPattern]:
    """The page's address."""
    return [path("round/<int:year>/close/", door(close_year_page), name="close_year")]
