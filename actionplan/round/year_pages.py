"""Opening a year on one page: which year and until when, then what will happen, then it happens."""

from collections.abc import Callable
from datetime import date

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from actionplan import permissions
from actionplan.admin.site import own_page, succession_in
from actionplan.models import AnnualReport, note_source
from actionplan.round.opening import Opening, cautions, opening_of
from actionplan.round.pages import TITLE, report_of
from actionplan.round.reminders import sends_workbooks
from actionplan.round.rows import OpenYearForm, due_field
from actionplan.round.staffing import lacking
from actionplan.round.years import ClosingRefused, OpeningRefused, close_year, closing_of, open_year, refuse_year
from actionplan.seen import Moved
from actionplan.words import day_words


def close_year_page(request: HttpRequest, key: str) -> HttpResponse:
    """What would go; a post takes the year back."""
    permissions.require(permissions.may_coordinate(request.user))
    report, refusal = report_of(key), ""
    if request.method == "POST":
        try:
            gone = close_year(report, by=request.user, seen=request.POST.get("seen", ""))
        except (ClosingRefused, Moved) as refused:
            refusal = str(refused)
        else:
            messages.success(request, f"{report}を取り消しました。空の回答{gone}件を消しました。")
            return HttpResponseRedirect(reverse("admin:round_front"))
    facts = {"closing": closing_of(report), "refusal": refusal}
    crumbs = [(f"{TITLE}　{report}", reverse("admin:round", args=[key]))]
    return own_page(request, "admin/round/close_year.html", title=f"{report}の取消し", crumbs=crumbs, **facts)


MOVED = "まだ変えていません。ほかの人が締切を{}に変えました。それでも{}に変えるなら、もう一度押してください。"
PAST_DEADLINE = "締切を{}に変えました。過ぎた日です。これでよいか確かめてください。"


class DeadlineForm(forms.Form):
    """The new due date, and the one that the page showed."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    answers_due = due_field(required=True, help_text="課が回答を提出する期限です。")


def deadline_page(request: HttpRequest, key: str) -> HttpResponse:
    """The form; a post stores the date and leads back to the round."""
    permissions.require(permissions.may_coordinate(request.user))
    report = report_of(key)
    shown = {"answers_due": report.answers_due, "seen": str(report.answers_due or "")}
    form = DeadlineForm(request.POST or None, initial=shown)
    if request.method == "POST" and form.is_valid():
        if _store(request, key, form.cleaned_data["answers_due"], form.cleaned_data["seen"]):
            return HttpResponseRedirect(reverse("admin:round", args=[key]))
        report = report_of(key)
        form = DeadlineForm(initial={**form.cleaned_data, "seen": str(report.answers_due or "")})
    crumbs = [(f"{TITLE}　{report}", reverse("admin:round", args=[key]))]
    return own_page(request, "admin/round/deadline.html", title="締切を変える", crumbs=crumbs, form=form, report=report)


@transaction.atomic
def _store(request: HttpRequest, key: str, due: date, seen: str) -> bool:
    """Whether the date stands now; nothing is stored over a date that the person has not seen. Raises Http404."""
    report = AnnualReport.objects.select_for_update(of=("self",)).filter(key=key).first()
    if report is None:
        raise Http404("この年度は、取り消されました。")
    if due == report.answers_due:
        messages.info(request, f"締切は{day_words(due)}のままです。")
        return True
    if seen != str(report.answers_due or ""):
        now = day_words(report.answers_due) if report.answers_due else "「決まっていない」"
        messages.warning(request, MOVED.format(now, day_words(due)))
        return False
    report.answers_due = due
    note_source(report, reason="締切を変える").save(update_fields=["answers_due"])
    if due < timezone.localdate():
        messages.warning(request, PAST_DEADLINE.format(day_words(due)))
    else:
        messages.success(request, f"締切を{day_words(due)}に変えました。")
    return True


PAST = "締切が、過ぎた日になっています。"


def open_year_page(request: HttpRequest) -> HttpResponse:
    """The form, with the preview below it once it is filled in; a post does what the preview said."""
    permissions.require(permissions.may_coordinate(request.user))
    sent = request.POST if request.method == "POST" else request.GET
    form = OpenYearForm(sent if "year" in sent else None, initial={"plan": sent.get("plan")})
    opening = None
    if form.is_bound and form.is_valid():
        try:
            if request.method == "POST":
                return _open(request, form)
            opening = _preview(form)
        except (OpeningRefused, Moved) as refusal:
            form.add_error(None, str(refusal))
            opening = _preview(form) if request.method == "POST" and _may_open(form) else None
    crumbs = [("取りまとめ状況", reverse("admin:round_front"))]
    facts = {"form": form, "opening": opening, "cautions": _cautions(request, opening) if opening else []}
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


def _cautions(request: HttpRequest, opening: Opening) -> list[str]:
    due = opening.answers_due
    late = opening.sets_due and due is not None and due < opening.day
    missed = lacking((row.department for row in opening.coming), succession_in(request))
    return [*([PAST] if late else []), *cautions(opening), *missed.sentences]


def _open(request: HttpRequest, form: OpenYearForm) -> HttpResponse:
    plan, year, due = _wish(form)
    # Without the seal nobody looked at the preview: "none" matches no opening, so the preview comes first.
    seen = request.POST.get("seen") or "none"
    opening = open_year(plan, year, answers_due=due, by=request.user, seen=seen)
    if opening.changes_nothing:
        messages.info(request, f"{opening.label}はすでに開いています。変わったところはありません。")
    elif opening.only_due:
        messages.success(request, f"{opening.label}の締切を{day_words(due)}に変えました。")
    else:
        messages.success(request, f"{opening.label}を開きました。{len(opening.coming)}件の回答を用意しました。")
        if sends_workbooks():
            return HttpResponseRedirect(reverse("admin:round_announce", args=[opening.key]))
    return HttpResponseRedirect(reverse("admin:round", args=[opening.key]))


def urls(guarded: Callable) -> list[URLPattern]:
    """The pages' addresses."""
    return [
        path("round/open/", guarded(open_year_page), name="open_year"),
        path("round/<slug:key>/close/", guarded(close_year_page), name="close_year"),
        path("round/<slug:key>/deadline/", guarded(deadline_page), name="deadline"),
    ]
