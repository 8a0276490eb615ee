"""The due date of a year's answers, on a page of its own: nothing else can be changed by mistake there."""

from collections.abc import Callable
from datetime import date

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from actionplan import permissions
from actionplan.admin.own_page import own_page
from actionplan.admin.round.forms import due_field
from actionplan.admin.round.pages import TITLE, report_of
from actionplan.cycle.deadline import day_words
from actionplan.models import AnnualReport
from actionplan.models.sourced import note_source

MOVED = "まだ変えていません。ほかの人が締切を{}に変えました。それでも{}に変えるなら、もう一度押してください。"
PAST = "締切を{}に変えました。過ぎた日です。これでよいか確かめてください。"


class DeadlineForm(forms.Form):
    """The new due date, and the one that the page showed."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    answers_due = due_field(required=True, help_text="課が回答を提出する期限です。")


def deadline_page(request: HttpRequest, year: int) -> HttpResponse:
    """The form; a post stores the date and leads back to the round."""
    permissions.require(permissions.may_coordinate(request.user))
    report = report_of(year)
    shown = {"answers_due": report.answers_due, "seen": str(report.answers_due or "")}
    form = DeadlineForm(request.POST or None, initial=shown)
    if request.method == "POST" and form.is_valid():
        if _store(request, year, form.cleaned_data["answers_due"], form.cleaned_data["seen"]):
            return HttpResponseRedirect(reverse("admin:round", args=[year]))
        report = report_of(year)
        form = DeadlineForm(initial={**form.cleaned_data, "seen": str(report.answers_due or "")})
    crumbs = [(f"{TITLE}　{report}", reverse("admin:round", args=[year]))]
    return own_page(request, "admin/round/deadline.html", title="締切を変える", crumbs=crumbs, form=form, report=report)


@transaction.atomic
def _store(request: HttpRequest, year: int, due: date, seen: str) -> bool:
    """Whether the date stands now; nothing is stored over a date that the person has not seen. Raises Http404."""
    report = AnnualReport.objects.select_for_update(of=("self",)).filter(fiscal_year=year).first()
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
        messages.warning(request, PAST.format(day_words(due)))
    else:
        messages.success(request, f"締切を{day_words(due)}に変えました。")
    return True


def urls(door: Callable) -> list[URLPattern]:
    """The page's address."""
    return [path("round/<int:year>/deadline/", door(deadline_page), name="deadline")]
