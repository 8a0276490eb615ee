"""Opening a year on one page: which year and until when, then what will happen, then it happens."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from actionplan import permissions
from actionplan.admin.own_page import own_page
from actionplan.admin.round.forms import OpenYearForm
from actionplan.cycle.deadline import day_words
from actionplan.cycle.foreseen import opening_of
from actionplan.cycle.open_year import OpeningRefused, open_year, refuse_year
from actionplan.cycle.opening import Opening
from actionplan.cycle.opening_cautions import cautions

PAST = "締切が、過ぎた日になっています。"


def open_year_page(request: HttpRequest) -> HttpResponse:
    """The form, with the preview below it once it is filled in; a post does what the preview said."""
    permissions.require(permissions.may_coordinate(request.user))
    sent = request.POST if request.method == "POST" else request.GET
    form = OpenYearForm(sent if "year" in sent else None)
    opening = None
    if form.is_bound and form.is_valid():
        try:
            if request.method == "POST":
                return _open(request, form)
            opening = _preview(form)
        except OpeningRefused as refusal:
            form.add_error(None, str(refusal))
            opening = _preview(form) if request.method == "POST" and _may_open(form) else None
    crumbs = [("取りまとめ状況", reverse("admin:round_front"))]
    facts = {"form": form, "opening": opening, "cautions": _cautions(opening) if opening else []}
    return own_page(request, "admin/round/open_year.html", title="年度を開く", crumbs=crumbs, **facts)


def _wish(form: OpenYearForm) -> tuple:
    return tuple(form.cleaned_data.get(name) for name in ("plan", "year", "answers_due"))


def _preview(form: OpenYearForm) -> Opening:
    plan, year, due = _wish(form)
    refuse_year(plan, year)
    return opening_of(plan, year, due)


def _may_open(form: OpenYearForm) -> bool:
    try:
        refuse_year(*_wish(form)[:2])
    except OpeningRefused:
        return False
    return True


def _cautions(opening: Opening) -> list[str]:
    late = opening.sets_due and opening.answers_due < opening.day
    return [*([PAST] if late else []), *cautions(opening)]


def _open(request: HttpRequest, form: OpenYearForm) -> HttpResponse:
    plan, year, due = _wish(form)
    # Without the fingerprint nobody looked at the preview: "none" matches no opening, so the preview comes first.
    seen = request.POST.get("seen") or "none"
    opening = open_year(plan, year, answers_due=due, by=request.user, seen=seen)
    if opening.changes_nothing:
        messages.info(request, f"{opening.label}はすでに開いています。変わったところはありません。")
    elif opening.only_due:
        messages.success(request, f"{opening.label}の締切を{day_words(opening.answers_due)}に変えました。")
    else:
        messages.success(request, f"{opening.label}を開きました。{len(opening.coming)}件の回答を用意しました。")
    return HttpResponseRedirect(reverse("admin:round", args=[year]))


def urls(door: Callable) -> list[URLPattern]:
    """The page's address."""
    return [path("round/open/", door(open_year_page), name="open_year")]
