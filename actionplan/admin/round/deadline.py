"""The due date of a year's answers, on a page of its own: nothing else can be changed by mistake there."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from actionplan import permissions
from actionplan.admin.own_page import own_page
from actionplan.admin.round.forms import due_field
from actionplan.admin.round.pages import TITLE, report_of
from actionplan.cycle.deadline import day_words
from actionplan.models import AnnualReport
from actionplan.models.sourced import note_source

PAST = "締切を{}に変えました。過ぎた日です。これでよいか確かめてください。"


class DeadlineForm(forms.Form):
    """The new due date."""

    answers_due = due_field(required=True, help_text="課が回答を提出する期限です。")


def deadline_page(request: HttpRequest, year: int) -> HttpResponse:
    """The form; a post stores the date and leads back to the round."""
    permissions.require(permissions.may_coordinate(request.user))
    report = report_of(year)
    form = DeadlineForm(request.POST or None, initial={"answers_due": report.answers_due})
    if request.method == "POST" and form.is_valid():
        _store(request, report, form.cleaned_data["answers_due"])
        return HttpResponseRedirect(reverse("admin:round", args=[year]))
    crumbs = [(f"{TITLE}　{report}", reverse("admin:round", args=[year]))]
    return own_page(request, "admin/round/deadline.html", title="締切を変える", crumbs=crumbs, form=form, report=report)


def _store(request: HttpRequest, report: AnnualReport, due) -> None:
    if due == report.answers_due:
        messages.info(request, f"締切は{day_words(due)}のままです。")
        return
    report.answers_due = due
    note_source(report, reason="締切を変える").save(update_fields=["answers_due"])
    if due < timezone.localdate():
        messages.warning(request, PAST.format(day_words(due)))
    else:
        messages.success(request, f"締切を{day_words(due)}に変えました。")


def urls(door: Callable) -> list[URLPattern]:
    """The page's address."""
    return [path("round/<int:year>/deadline/", door(deadline_page), name="deadline")]
