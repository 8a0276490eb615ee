"""The page of a partner outside the city hall: its items of a year, a box each; by a link, without an account.

It lies outside /admin/ and sets no cookie: who knows the address may write, and nobody else can post to it.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from actionplan.cells import OPEN_STATES
from actionplan.models import Edition, PartnerLink, State, Voice
from actionplan.permissions import may_answer_by_link
from actionplan.selectors.editions import page_frame
from actionplan.text import changes_told
from actionplan.voices import saving
from actionplan.voices.asked import voices_of
from actionplan.voices.links import find_link, use_up
from actionplan.voices.saving import CLASH, CLOSED, FAULTY, Refused, Sent, Written, box_name, read_sent
from actionplan.words import day_words
from tsushima_portal.patience import is_weather

log = logging.getLogger(__name__)
SUBMIT, ANYWAY = "submit", "anyway"
NOTHING_WRITTEN = "まだ何も書かれていないため、提出していません。"
BLANKS = "書いていない項目があります。書かないまま提出してよいときは、下の「空欄のまま提出する」を押してください。"
NOT_SAVED = "保存していない欄があります。提出もしていません。書いた文は、この画面に残っています。"
DONE_ALREADY = (
    "このリンクからの提出は、もう済んでいます。次の文は保存していません。必要なら写して、市に連絡してください。"
)


@dataclass(frozen=True)
class PartnerItem:
    """An item of the page. words: what stands in its box. refused: why it was not stored, where it was not."""

    voice: Voice
    words: str
    writable: bool
    refused: Refused | None = None

    @property
    def name(self) -> str:
        """The name of its box."""
        return box_name(self.voice)

    @property
    def is_returned(self) -> bool:
        """Whether the office gave it back with a reason."""
        return self.voice.state == State.RETURNED

    @property
    def trouble(self) -> str:
        """In a sentence, why the words were not stored; empty when they were."""
        if self.refused is None:
            return ""
        sentences = {
            CLASH: "この画面を開いたあとに、ほかの画面で別の文が保存されました。いま保存されている文を下に示します。",
            CLOSED: "この項目は、もう提出されています。",
            FAULTY: " ".join(self.refused.sentences),
        }
        return f"保存していません。{sentences[self.refused.why]}"

    @property
    def theirs(self) -> str | None:
        """What was stored meanwhile in place of the words."""
        return self.voice.text if self.refused and self.refused.why == CLASH else None


@require_http_methods(["GET", "HEAD", "POST"])
def partner_page(request: HttpRequest, token: str) -> HttpResponse:
    """The items; a post saves them, and hands them in where the button asks for it.

    A link that is wrong, expired or revoked is answered in one and the same way.
    """
    if request.method == "POST":
        return _posted_or_busy(request, token)
    link = find_link(token)
    if link is None:
        return _answer(request, "gone", status=404)
    if link.used_at:
        return _answer(request, "done", link=link)
    return _shown(request, link, saved="saved" in request.GET, changed="read" in request.GET)


def _posted_or_busy(request: HttpRequest, token: str) -> HttpResponse:
    try:
        # Asked without a lock first: a wrong link holds nobody up.
        if find_link(token) is None:
            return _answer(request, "gone", status=404)
        return _posted(request, token)
    except (DatabaseError, OSError) as error:
        if not is_weather(error):
            raise
        log.exception("A partner's post was failed by the database's condition.")
        # A page that asks the database nothing.
        context = {"lost": _lost(read_sent(request.POST))}
        return _unlisted(render(request, "partner/busy.html", context, status=503))


@transaction.atomic
def _posted(request: HttpRequest, token: str) -> HttpResponse:
    link, sent, do = find_link(token, locked=True), read_sent(request.POST), request.POST.get("do", "")
    if link is None:
        return _answer(request, "gone", status=404, lost=_lost(sent))
    if link.used_at:
        return _answer(request, "done", link=link, lost=_lost(sent), sentence=DONE_ALREADY if _lost(sent) else "")
    rows = saving.lock(Voice.objects.filter(partner=link.partner, report=link.report))
    reason = f"相手方のリンクから保存（{link.partner}）"
    outcome = saving.write(rows, sent, partial(may_answer_by_link, link), by=None, reason=reason)
    if do not in (SUBMIT, ANYWAY):
        if outcome.refused:
            return _shown(request, link, outcome, notice="保存していない欄があります。", status=409)
        told = "&read=1" if changes_told("\n".join(each.words for each in sent)) else ""
        return HttpResponseRedirect(f"{request.path}?saved=1{told}")
    return _submitted(request, link, rows, outcome, anyway=do == ANYWAY)


def _submitted(
    request: HttpRequest, link: PartnerLink, rows: Sequence[Voice], outcome: Written, *, anyway: bool
) -> HttpResponse:
    still_open = [row for row in rows if row.state in OPEN_STATES]
    written = [row for row in still_open if row.says_something]
    if outcome.refused:
        return _shown(request, link, outcome, notice=NOT_SAVED, status=409)
    if not written:
        return _shown(request, link, outcome, notice=NOTHING_WRITTEN, status=409)
    if len(written) < len(still_open) and not anyway:
        return _shown(request, link, outcome, notice=BLANKS, asks=True)
    saving.hand_in(written, by=None, reason=f"相手方のリンクから提出（{link.partner}）")
    use_up(link)
    return HttpResponseRedirect(request.path)


def _lost(sent: Sequence[Sent]) -> list[str]:
    """Words that were written and cannot be stored, to be given back."""
    return [each.words for each in sent if each.is_touched and each.words.strip()]


def _shown(
    request: HttpRequest, link: PartnerLink, outcome: Written | None = None, *, status: int = 200, **facts
) -> HttpResponse:
    refused = outcome.refused if outcome else {}
    voices = list(voices_of(link.report).filter(partner=link.partner))
    items = [_item(link, voice, refused) for voice in voices]
    strangers = [each.sent for pk, each in refused.items() if pk not in {voice.pk for voice in voices}]
    last_day = day_words(link.last_day)
    facts |= {"link": link, "items": items, "lost": _lost(strangers), "last_day": last_day}
    facts["writable"] = any(item.writable for item in items)
    facts["published"] = Edition.objects.public().filter(report=link.report).exists()
    return _answer(request, "items", status=status, **facts)


def _item(link: PartnerLink, voice: Voice, refused: Mapping[int, Refused]) -> PartnerItem:
    found = refused.get(voice.pk)
    return PartnerItem(voice, found.sent.words if found else voice.text, may_answer_by_link(link, voice), found)


def _answer(request: HttpRequest, template: str, *, status: int = 200, **facts) -> HttpResponse:
    """The page; no engine lists it, no link on it tells its address, nobody on the way keeps it."""
    context = {"frame": page_frame(), "page_id": "R-1", **facts}
    return _unlisted(render(request, f"partner/{template}.html", context, status=status))


def _unlisted(response: HttpResponse) -> HttpResponse:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
