"""Reminding from the page: exactly who gets what, and then it is sent."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from actionplan import permissions
from actionplan.admin.site import own_page
from actionplan.mail import goes_out
from actionplan.models import AnnualReport
from actionplan.round.pages import TITLE, due_of, report_of
from actionplan.round.reminders import (
    ALREADY,
    CHANGED,
    FAILED,
    NO_ADDRESS,
    SENT,
    Letter,
    RemindersRefused,
    letters,
    send,
)
from actionplan.round.rows import seen_letters

PRINTED = "メールサーバーが設定されていないため、{names}への督促は届いていません。文はサーバーの記録に書き出しました。"
SENTENCES = {
    SENT: (messages.SUCCESS, "{names}に督促のメールを送りました。"),
    ALREADY: (messages.WARNING, "{names}には、今日はもう送っているため、送っていません。"),
    NO_ADDRESS: (messages.WARNING, "{names}には、メールアドレスがないため、送れません。"),
    CHANGED: (messages.WARNING, "{names}は、確かめていただいている間に回答や宛先が変わったため、送っていません。"),
}


def remind_page(request: HttpRequest, key: str) -> HttpResponse:
    """The letters as they would go out, to one department (?department=) or to all; a post sends those shown."""
    permissions.require(permissions.may_coordinate(request.user))
    report = report_of(key)
    back = reverse("admin:round", args=[key])
    site = request.build_absolute_uri("/")
    try:
        if request.method == "POST":
            return _send(request, report, site, back)
        found = letters(report, _chosen(request), site=site)
    except RemindersRefused as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(back)
    facts = {
        "report": report,
        "due": due_of(report),
        "ready": [letter for letter in found if not letter.outcome],
        "idle": [letter for letter in found if letter.outcome],
        "back": back,
        "printed_only": not goes_out(),
        "sender": settings.DEFAULT_FROM_EMAIL,
    }
    crumbs = [(f"{TITLE}　{report}", back)]
    return own_page(request, "admin/round/remind.html", title="督促のメールを送る", crumbs=crumbs, **facts)


def _chosen(request: HttpRequest) -> list[int] | None:
    pk = request.GET.get("department", "")
    return [int(pk)] if pk.isascii() and pk.isdecimal() else None


def _send(request: HttpRequest, report: AnnualReport, site: str, back: str) -> HttpResponse:
    seen = seen_letters(request.POST)
    if not seen:
        messages.warning(request, "送る課が選ばれていないため、送っていません。")
    done = send(report, letters(report, seen, site=site), by=request.user, seen=seen)
    tell(request, done)
    if gone := seen.keys() - {letter.response.key for letter in done}:
        messages.info(
            request, f"{len(gone)}課は、その間にすべて提出したか、組織改正で別の課になったため、送っていません。"
        )
    return HttpResponseRedirect(back)


def tell(request: HttpRequest, done: list[Letter]) -> None:
    """Says what became of the letters: one sentence an outcome, one for each failure."""
    for outcome, (level, sentence) in SENTENCES.items():
        if outcome == SENT and not goes_out():
            level, sentence = messages.WARNING, PRINTED
        if names := [letter.response.name for letter in done if letter.outcome == outcome]:
            messages.add_message(request, level, sentence.format(names="、".join(names)))
    for letter in done:
        if letter.outcome == FAILED:
            sentence = f"{letter.response.name}に送れませんでした。{letter.failure}。今日のうちに、もう一度送れます。"
            messages.error(request, sentence)


def urls(guarded: Callable) -> list[URLPattern]:
    """The page's address."""
    return [path("round/<slug:key>/remind/", guarded(remind_page), name="round_remind")]
