"""Letters from the page, reminders and those that open the year: exactly who gets what, and then it is sent."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from actionplan import permissions
from actionplan.admin.site import own_page
from actionplan.mail import goes_out
from actionplan.models import AnnualReport, LetterKind
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
    sends_workbooks,
)
from actionplan.round.rows import seen_letters

PRINTED = (
    "メールサーバーが設定されていないため、{names}への{kind}は届いていません。文はサーバーの記録に書き出しました。"
)
SENTENCES = {
    SENT: (messages.SUCCESS, "{names}に{kind}のメールを送りました。"),
    ALREADY: (messages.WARNING, "{names}には、{when}もう送っているため、送っていません。"),
    NO_ADDRESS: (messages.WARNING, "{names}には、メールアドレスがないため、送れません。"),
    CHANGED: (messages.WARNING, "{names}は、確かめていただいている間に回答や宛先が変わったため、送っていません。"),
}
WHEN = {LetterKind.REMINDER: "今日は", LetterKind.OPENING: ""}
NO_WORKBOOKS = "照会票を付けたメールを送る設定になっていないため、送れません（WORKBOOK_MAILS と EMAIL_HOST）。"


def remind_page(request: HttpRequest, key: str) -> HttpResponse:
    """The reminders as they would go out, to one department (?department=) or to all; a post sends those shown."""
    return _page(request, key, LetterKind.REMINDER)


def announce_page(request: HttpRequest, key: str) -> HttpResponse:
    """The same for the letters that open the year, each with the department's workbook, where the settings say so."""
    return _page(request, key, LetterKind.OPENING)


def _page(request: HttpRequest, key: str, kind: LetterKind) -> HttpResponse:
    permissions.require(permissions.may_coordinate(request.user))
    report = report_of(key)
    back = reverse("admin:round", args=[key])
    site = request.build_absolute_uri("/")
    try:
        if kind == LetterKind.OPENING and not sends_workbooks():
            raise RemindersRefused(NO_WORKBOOKS)
        if request.method == "POST":
            return _send(request, report, kind, site, back)
        found = letters(report, _chosen(request), site=site, kind=kind)
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
        "kind": kind,
        "when": WHEN[kind],
    }
    crumbs = [(f"{TITLE}　{report}", back)]
    return own_page(request, "admin/round/remind.html", title=f"{kind.label}のメールを送る", crumbs=crumbs, **facts)


def _chosen(request: HttpRequest) -> list[int] | None:
    pk = request.GET.get("department", "")
    return [int(pk)] if pk.isascii() and pk.isdecimal() else None


def _send(request: HttpRequest, report: AnnualReport, kind: LetterKind, site: str, back: str) -> HttpResponse:
    seen = seen_letters(request.POST)
    if not seen:
        messages.warning(request, "送る課が選ばれていないため、送っていません。")
    done = send(report, letters(report, seen, site=site, kind=kind), by=request.user, seen=seen)
    tell(request, done, kind)
    if gone := seen.keys() - {letter.response.key for letter in done}:
        messages.info(
            request, f"{len(gone)}課は、その間にすべて提出したか、組織改正で別の課になったため、送っていません。"
        )
    return HttpResponseRedirect(back)


def tell(request: HttpRequest, done: list[Letter], kind: LetterKind) -> None:
    """Says what became of the letters: one sentence an outcome, one for each failure."""
    for outcome, (level, sentence) in SENTENCES.items():
        if outcome == SENT and not goes_out():
            level, sentence = messages.WARNING, PRINTED
        if names := [letter.response.name for letter in done if letter.outcome == outcome]:
            messages.add_message(
                request, level, sentence.format(names="、".join(names), kind=kind.label, when=WHEN[kind])
            )
    for letter in done:
        if letter.outcome == FAILED:
            sentence = f"{letter.response.name}に送れませんでした。{letter.failure}。今日のうちに、もう一度送れます。"
            messages.error(request, sentence)


def urls(guarded: Callable) -> list[URLPattern]:
    """The pages' addresses."""
    return [
        path("round/<slug:key>/remind/", guarded(remind_page), name="round_remind"),
        path("round/<slug:key>/announce/", guarded(announce_page), name="round_announce"),
    ]
