"""The link in a mail by which a head hands the department's answers in (HEAD_LINKS): for the head alone, used once.

The address carries a random secret and its signature, as a partner's does; the database keeps the secret's hash only.
The page behind the link needs no log-in and gives none: the one thing that can be done there is to hand in.
What is handed in is what stood when the mail went out, to the revision: whatever moved since asks for a new mail.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from actionplan import permissions
from actionplan.admin.site import own_page
from actionplan.answers.saving import StepRefused, is_untouched, missing_parts, submit_rows
from actionplan.answers.sheet import Sheet, find_sheet, sheet_rows, statuses
from actionplan.answers.tally import heads_of, is_as_sent
from actionplan.checks.reading import check_answers
from actionplan.mail import Post, Words, goes_out
from actionplan.models import OPEN_STATES, Department, HeadLink, Partner, YearlyStatus, likeness, note_source
from actionplan.round.reading_queue import read_answers
from actionplan.round.reminders import item_lines, signature, site_address
from actionplan.seen import Moved, fingerprint, refuse_moved
from actionplan.words import full_name, plain_moment
from tsushima_portal.logs import told

SIGNER = Signer(salt="actionplan.round.head_link", sep=".")
LASTS = timedelta(days=7)
HOW = "課長がメールのリンクで承認"
MADE = "承認のメールを課長に送る"
SHARED = "課やほかの職員と同じメールアドレスなので、本人だけに送れません"
NO_ADDRESS = "メールアドレスが登録されていません"
SOMEBODY_ELSE = "いまログインしている利用者は、このリンクを受け取った課長のものではありません。課長本人だけが使えます。"
CHANGED = (
    "メールを送ったあとに回答が変わったため、提出していません。担当者に、もう一度承認のメールを送るよう頼んでください。"
)


class HeadLinkRefused(ValueError):
    """Raised when a link cannot be made or used; the message is for the person."""


def why_no_mail(head: User) -> str:
    """Why no link goes to the head, or nothing: who reads another's mail must not be able to hand in."""
    if not head.email:
        return NO_ADDRESS
    people = User.objects.filter(is_active=True).exclude(pk=head.pk)
    places = [model.objects.order_by().values("email") for model in (Department, Partner)]
    shared = people.values("email").union(*places)
    return SHARED if likeness(head.email) in {likeness(each["email"]) for each in shared} else ""


def open_rows(rows: Iterable[YearlyStatus]) -> list[YearlyStatus]:
    """Those that would be handed in."""
    return [row for row in rows if row.state in OPEN_STATES]


def seal_of(rows: Iterable[YearlyStatus]) -> str:
    """What the page that asks remembers of the answers."""
    return fingerprint(sorted(_revisions(rows).items()), length=16)


def _revisions(rows: Iterable[YearlyStatus]) -> Mapping[int, int]:
    return {row.pk: row.revision for row in rows}


def _codes(rows: Iterable[YearlyStatus]) -> str:
    return "、".join(row.item.code for row in rows)


def why_not_ask(sheet: Sheet, rows: Sequence[YearlyStatus]) -> str:
    """Why no mail can be sent about the open answers, or nothing."""
    if sheet.report.sample:
        return "見本データの年度なので、メールは送りません。"
    if not rows:
        return "提出していない項目はありません。"
    if gaps := [row for row in rows if missing_parts(row)]:
        return f"まだ書かれていないところがあります：{_codes(gaps)}。書き終えてから送ってください。"
    if untouched := [row for row in rows if is_untouched(row)]:
        return f"差し戻されて、まだ直していない項目があります：{_codes(untouched)}。"
    return ""


@transaction.atomic
def make_link(sheet: Sheet, head: User, *, seen: str) -> tuple[HeadLink, str]:
    """The link and its token, which stands in the mail and is stored nowhere; the head's links of before end.

    seen: the seal of the answers that the person looked at. Raises PermissionDenied, HeadLinkRefused, Moved.
    """
    permissions.require(permissions.head_links() and permissions.may_ask_head(sheet.standing, sheet.pk))
    rows = open_rows(sheet.lock())
    refuse_moved(seen, seal_of(rows))
    if why := why_not_ask(sheet, rows) or why_no_mail(head):
        raise HeadLinkRefused(why)
    revoke(HeadLink.objects.filter(report=sheet.report, department=sheet.department, head=head))
    secret, now = token_urlsafe(24), timezone.now()
    link = HeadLink(report=sheet.report, department=sheet.department, head=head, address=head.email)
    link.secret_hash, link.revisions, link.ends_at = _hash(secret), _revisions(rows), now + LASTS
    link.asked_by = sheet.user
    note_source(link, reason=MADE).save()
    return link, SIGNER.sign(secret)


def revoke(links: Iterable[HeadLink], *, reason: str = "承認のリンクの取消し") -> None:
    """Ends those that nobody has used."""
    for link in links:
        if link.used_at is None and link.revoked_at is None:
            link.revoked_at = timezone.now()
            note_source(link, reason=reason).save()


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def find_link(token: str, *, locked: bool = False) -> HeadLink | None:
    """The link of an address that lets its head in now, used or not; None in every other case."""
    try:
        secret = SIGNER.unsign(token)
    except BadSignature:
        return None
    links = HeadLink.objects.select_related("report__plan", "department", "head").filter(secret_hash=_hash(secret))
    link = (links.select_for_update(of=("self",)) if locked else links).first()
    opens = link and link.opens_at(timezone.now()) and permissions.may_use_head_link(link)
    return link if link and opens and _is_still_private(link) else None


def _is_still_private(link: HeadLink) -> bool:
    """Whether the mail went where the head alone reads it: addresses are mended, and given on to others."""
    head = link.head
    return bool(head) and likeness(head.email) == likeness(link.address) and not why_no_mail(head)


def sheet_of(link: HeadLink) -> Sheet:
    """The department's answers as its head meets them."""
    return find_sheet(link.head, link.report.key, link.department_id)


@transaction.atomic
def hand_in(token: str) -> HeadLink:
    """The link, used up: the answers that it was sent for are handed in, recorded as its head's, by the link.

    Raises HeadLinkRefused, and StepRefused or PermissionDenied as submit() does.
    """
    link = _usable(find_link(token))
    sheet = sheet_of(link)
    rows = sheet.lock()
    # After the rows, as make_link() does: two heads at once would wait for each other.
    link = _usable(find_link(token, locked=True))
    if not is_as_sent(link, rows):
        raise HeadLinkRefused(CHANGED)
    submit_rows(open_rows(rows), by=sheet.user, standing=sheet.standing, how=HOW)
    link.used_at = timezone.now()
    note_source(link, reason=HOW)._history_user = link.head
    link.save()
    revoke(HeadLink.objects.filter(report=link.report, department=link.department), reason=HOW)
    told("head_link_used", account=link.head_id, step=str(link))
    return link


def _usable(link: HeadLink | None) -> HeadLink:
    if link is None or link.used_at:
        raise HeadLinkRefused("このリンクは、もう使えません。")
    return link


logger = logging.getLogger(__name__)
TITLE = "課長に承認のメールを送る"
OFF = "メールのリンクで課長が提出する設定になっていないため、送れません（HEAD_LINKS と EMAIL_HOST）。"


def ask_page(request: HttpRequest, key: str, department: int) -> HttpResponse:
    """Who gets the mail about which answers; a post sends it and leads back to the answers."""
    sheet = find_sheet(request.user, key, department)
    permissions.require(permissions.may_ask_head(sheet.standing, sheet.pk))
    rows = open_rows(statuses(sheet.report, sheet.forms))
    heads = [(head, full_name(head), why_no_mail(head)) for head in heads_of(sheet.forms)]
    why_not = "" if permissions.head_links() and goes_out() else OFF
    facts: dict[str, Any] = {"place": sheet, "heads": heads, "seal": seal_of(rows)}
    check = check_answers(sheet.report, rows)
    facts["asked"] = check.asked_of_answers
    facts["questions"] = [(row, check.by_answer.get(row.pk, ())) for row in rows]
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
    if request.user.is_authenticated and request.user.pk != link.head_id:
        told("head_link_refused", request, account=link.head_id, step=str(link))
        return _answer(request, link=link, moved=True, refusal=SOMEBODY_ELSE, status=403)
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
    asked = open_rows(rows)
    check = check_answers(sheet.report, asked)
    answers = read_answers(sheet_rows(sheet.report, asked), check)
    return _answer(request, link=link, answers=answers, asked=check.asked_of_answers, **facts)


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
