"""Asking the head to hand in by mail, and the page behind the link in it: read, and handed in by one press.

The page behind the link needs no log-in and gives none: the one thing that can be done there is to hand in.
"""

import logging
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from actionplan import permissions
from actionplan.admin.site import own_page
from actionplan.answers.saving import StepRefused
from actionplan.answers.sheet import Sheet, find_sheet, sheet_rows, statuses
from actionplan.mail import Post, Words, goes_out
from actionplan.models import HeadLink, YearlyStatus
from actionplan.round.head_link import (
    CHANGED,
    HeadLinkRefused,
    find_link,
    hand_in,
    heads_of,
    is_as_sent,
    make_link,
    open_rows,
    revoke,
    seal_of,
    sheet_of,
    why_no_mail,
    why_not_ask,
)
from actionplan.round.reading_queue import read_answers
from actionplan.round.reminders import item_lines, signature, site_address
from actionplan.seen import Moved
from actionplan.words import full_name, plain_moment
from tsushima_portal.logs import told

logger = logging.getLogger(__name__)
TITLE = "課長に承認のメールを送る"
OFF = "メールのリンクで課長が提出する設定になっていないため、送れません（HEAD_LINKS と EMAIL_HOST）。"


def ask_page(request: HttpRequest, key: str, department: int) -> HttpResponse:
    """Who gets the mail about which answers; a post sends it and leads back to the answers."""
    sheet = find_sheet(request.user, key, department)
    permissions.require(permissions.may_ask_head(sheet.standing, sheet.pk))
    rows = open_rows(statuses(sheet.report, sheet.forms))
    heads = [(head, full_name(head), why_no_mail(head, sheet)) for head in heads_of(sheet)]
    why_not = "" if permissions.head_links() and goes_out() else OFF
    facts: dict[str, Any] = {"place": sheet, "rows": rows, "heads": heads, "seal": seal_of(rows)}
    facts["why_not"] = why_not or why_not_ask(sheet, rows)
    facts["able"] = [head for head, _, why in heads if not why]
    if request.method == "POST" and not why_not:
        chosen = [head for head in facts["able"] if str(head.pk) in request.POST.getlist("head")]
        try:
            for head in chosen:
                _send(request, sheet, head, request.POST.get("seen", ""))
        except (HeadLinkRefused, Moved) as refusal:
            messages.error(request, f"送っていません。{refusal}")
        if not chosen:
            messages.error(request, "送る相手が選ばれていないため、送っていません。")
        return HttpResponseRedirect(sheet.address)
    return own_page(request, "admin/round/ask_head.html", title=TITLE, crumbs=[(sheet.title, sheet.address)], **facts)


def _send(request: HttpRequest, sheet: Sheet, head: Any, seen: str) -> None:
    """Raises HeadLinkRefused, Moved. A link whose mail did not go out is ended at once."""
    link, token = make_link(sheet, head, seen=seen)
    place = site_address(reverse("admin:approve", args=[token]), request.build_absolute_uri("/"))
    rows = open_rows(statuses(sheet.report, sheet.forms))
    words = asking_words(link, rows, place)
    with Post() as post:
        failure = post.send(words.subject, words.body, [link.address])
    if failure:
        revoke([link], reason="メールを送れなかった")
        logger.warning("the mail that asks a head to hand in did not go out: %s", failure)
        messages.error(request, f"{full_name(head)}さんに送れませんでした。{failure}。")
        return
    told("head_link_sent", request, account=head.pk, step=str(link))
    messages.success(request, f"{full_name(head)}さんに、承認のメールを送りました（{link.address}）。")


def asking_words(link: HeadLink, rows: list[YearlyStatus], place: str) -> Words:
    """The mail to the head."""
    until = plain_moment(timezone.localtime(link.ends_at))
    body = [
        f"{link.department}　{full_name(link.head)}　様",
        f"{link.report.plan}の{link.report.label}の実施状況について、{link.department}の回答{len(rows)}件が書けました。\n"
        "次のページで内容を読み、よければ「承認して提出する」を押してください。ログインは要りません。",
        place,
        f"提出する項目\n{item_lines(rows, len(rows))}",
        f"このリンクはあなた専用で、1回だけ、{until}まで使えます。転送しないでください。\n"
        "このメールのあとに回答が変わったときは、このリンクでは提出できません。",
        signature(link.report),
    ]
    return Words(f"【承認のお願い】{link.report}の実施状況の回答（{link.department}）", "\n\n".join(body) + "\n")


@require_http_methods(["GET", "HEAD", "POST"])
def approve_page(request: HttpRequest, token: str) -> HttpResponse:
    """The answers, to be read; a post hands them in. Whatever is wrong with a link is answered in one way."""
    link = find_link(token)
    if link is None:
        return _answer(request, status=404)
    if link.used_at:
        return _answer(request, link=link, used=True)
    if request.method == "POST":
        try:
            return _answer(request, link=hand_in(token), done=True)
        except (HeadLinkRefused, StepRefused, PermissionDenied, Http404) as refusal:
            told("head_link_refused", request, account=link.head_id, step=str(link))
            return _shown(request, link, refusal=str(refusal), status=409)
    return _shown(request, link)


def _shown(request: HttpRequest, link: HeadLink, **facts: Any) -> HttpResponse:
    sheet = sheet_of(link)
    rows = list(statuses(sheet.report, sheet.forms))
    if not is_as_sent(link, rows):
        facts = {"refusal": CHANGED, "status": 409} | facts
        return _answer(request, link=link, moved=True, **facts)
    return _answer(request, link=link, answers=read_answers(sheet_rows(sheet.report, open_rows(rows))), **facts)


def _answer(request: HttpRequest, **facts: Any) -> HttpResponse:
    """The page; nobody on the way keeps it, and no engine lists it."""
    response = own_page(request, "admin/round/approve.html", title="回答の承認", **facts)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def urls(guarded: Callable) -> list[URLPattern]:
    """The pages' addresses; the one in the mail is open to who holds the link."""
    return [
        path("round/<slug:key>/<int:department>/ask/", guarded(ask_page), name="ask_head"),
        path("approve/<str:token>/", approve_page, name="approve"),
    ]
