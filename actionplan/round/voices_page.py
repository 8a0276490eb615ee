"""関係課と相手方: what they wrote in a year, confirmed or returned by the office, and the links of the partners."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from actionplan import permissions
from actionplan.admin.site import found_or_404, own_page, succession_in
from actionplan.cells import OPEN_STATES
from actionplan.mail import Post, Words, goes_out
from actionplan.models import AnnualReport, Partner, PartnerLink, State, Voice
from actionplan.round.pages import TITLE, due_of, may_look, report_of
from actionplan.round.reminders import signature
from actionplan.round.rows import CONFIRM, REOPEN, RETURN, StepForm, refuse_far_day, seen_revisions
from actionplan.seen import Moved
from actionplan.text import as_stored
from actionplan.voices.asked import ask, gap_of, voices_of
from actionplan.voices.links import LinkRefused, make_link, revoke_links
from actionplan.voices.related_page import HEADING
from actionplan.voices.saving import StepImpossible, confirm, give_back, reopen
from actionplan.words import day_words

DONE = {CONFIRM: "{}件を確定しました。", RETURN: "{}件を差し戻しました。", REOPEN: "{}件の確定を取り消しました。"}
NOTHING_TICKED = "文が一つも選ばれていません。左の四角に印を付けてから、もう一度押してください。"
OTHERS = "この年度のものではない文が含まれているため、何も変えていません。画面を開き直して、もう一度選んでください。"
LINK_DAYS = 30


@dataclass(frozen=True)
class VoiceRow:
    """A text on the page. tick: what its box sends, or nothing. name: of today, until it is confirmed."""

    voice: Voice
    name: str
    tick: str
    ticked: bool

    @property
    def words(self) -> str:
        """What is written."""
        return self.voice.text


@dataclass(frozen=True)
class PartnerRow:
    """A partner of the year: its texts by state, and its newest link, if there ever was one."""

    partner: Partner
    counts: Counter[str]
    link: PartnerLink | None
    is_open: bool

    @property
    def states(self) -> list[tuple[str, str, int]]:
        """Code, name and count of each state that there is."""
        return [(state.value, state.label, self.counts[state]) for state in State if self.counts[state]]

    @property
    def link_words(self) -> str:
        """What has become of its link."""
        if self.link is None:
            return "まだ作っていません"
        if self.link.used_at:
            return f"提出に使われました（{day_words(timezone.localdate(self.link.used_at))}）"
        if self.link.revoked_at:
            return "取り消しました"
        return f"{day_words(self.link.last_day)}まで使えます" if self.is_open else "期限が過ぎました"

    @property
    def waits(self) -> bool:
        """Whether there is something that it may still write."""
        return any(self.counts[state] for state in OPEN_STATES)


class PartnerLinkForm(forms.Form):
    """Until when a partner's link works."""

    last_day = forms.DateField(
        label="リンクを使える最後の日",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[refuse_far_day],
        error_messages={
            "invalid": "日が読めません。2026-05-20 のように入力してください。",
            "required": "リンクを使える最後の日を入力してください。",
        },
    )


def voices_page(request: HttpRequest, key: str) -> HttpResponse:
    """The year's texts with their tick boxes; a post takes a step with the ticked ones, or makes missing rows."""
    may_look(request)
    report, coordinates = report_of(key), permissions.may_coordinate(request.user)
    refusal, ticks = "", None
    if request.method == "POST":
        permissions.require(coordinates)
        if request.POST.get("step") == "ask":
            return _ask(request, report)
        ticks = seen_revisions(request.POST)
        refusal = _take_step(request, report, ticks)
        if not refusal:
            return HttpResponseRedirect(request.path)
    return _shown(request, report, coordinates, refusal, ticks)


def _shown(
    request: HttpRequest, report: AnnualReport, coordinates: bool, refusal: str, ticks: Mapping[int, int] | None
) -> HttpResponse:
    voices = list(voices_of(report))
    gap = gap_of(report) if coordinates else None
    facts: dict[str, Any] = {
        "report": report,
        "coordinates": coordinates,
        "refusal": refusal,
        "reason": as_stored(request.POST.get("reason", "")),
        "rows": [_row(request, voice, coordinates, ticks) for voice in voices],
        "partners": _partners(report, voices),
        "missing": len(gap.missing) if gap else 0,
        "spare": len(gap.spare) if gap else 0,
        "waiting": sum(voice.state == State.SUBMITTED for voice in voices),
        "due": due_of(report),
    }
    crumbs = [(f"{TITLE}　{report}", reverse("admin:round", args=[report.key]))]
    return own_page(request, "admin/voices/round.html", title=f"{HEADING}　{report}", crumbs=crumbs, **facts)


def _row(request: HttpRequest, voice: Voice, coordinates: bool, ticks: Mapping[int, int] | None) -> VoiceRow:
    box = coordinates and voice.is_handed_in
    ticked = box and (voice.state == State.SUBMITTED if ticks is None else voice.pk in ticks)
    succession, day = succession_in(request), timezone.localdate()
    current = succession.by_pk.get(succession.current(voice.department_id, day))
    name = voice.name or str(voice.partner or current)
    return VoiceRow(voice, name, f"{voice.pk}-{voice.revision}" if box else "", ticked)


def _partners(report: AnnualReport, voices: Sequence[Voice]) -> list[PartnerRow]:
    counts: dict[Partner, Counter[str]] = {}
    for voice in voices:
        if voice.partner:
            counts.setdefault(voice.partner, Counter())[voice.state] += 1
    links: dict[int, PartnerLink] = {}
    for newest_first in report.partner_links.select_related("partner"):
        links.setdefault(newest_first.partner_id, newest_first)
    day = timezone.localdate()
    return [
        PartnerRow(each, found, link := links.get(each.pk), bool(link and not link.used_at and link.opens_on(day)))
        for each, found in sorted(counts.items(), key=lambda pair: pair[0].name)
    ]


def _ask(request: HttpRequest, report: AnnualReport) -> HttpResponse:
    made, gone = ask(report, by=request.user)
    told = [f"{made}件の欄を用意しました。"] * bool(made) + [f"{gone}件の空の欄を取り除きました。"] * bool(gone)
    messages.success(request, "".join(told) or "足りない欄はありません。")
    return HttpResponseRedirect(request.path)


def _take_step(request: HttpRequest, report: AnnualReport, seen: Mapping[int, int]) -> str:
    """Nothing when the step was taken and told in a message, otherwise the sentence of the refusal."""
    form = StepForm({"step": request.POST.get("step", ""), "reason": request.POST.get("reason", "")})
    if not form.is_valid():
        return " ".join(str(each) for sentences in form.errors.values() for each in sentences)
    if not seen:
        return NOTHING_TICKED
    if Voice.objects.filter(pk__in=seen).exclude(report=report).exists():
        return OTHERS
    step, reason = form.cleaned_data["step"], form.cleaned_data["reason"]
    try:
        if step == CONFIRM:
            count = confirm(seen, by=request.user)
        else:
            count = {RETURN: give_back, REOPEN: reopen}[step](seen, by=request.user, reason=reason)
    except (StepImpossible, Moved) as refusal:
        return f"まだ何も変えていません。{refusal}"
    messages.success(request, DONE[step].format(count))
    return ""


def link_page(request: HttpRequest, key: str, partner: int) -> HttpResponse:
    """Makes a link for the partner and shows it once, sends it where asked to, or revokes it."""
    permissions.require(permissions.may_link(request.user))
    report, found = report_of(key), found_or_404(Partner.objects.all(), pk=partner)
    form = PartnerLinkForm(
        request.POST if "last_day" in request.POST else None,
        initial={"last_day": _usual_day(report)},
    )
    address = ""
    if request.method == "POST" and request.POST.get("do") == "revoke":
        gone = revoke_links(found, report, by=request.user)
        messages.success(request, "リンクを取り消しました。" if gone else "使えるリンクはありませんでした。")
        return HttpResponseRedirect(reverse("admin:voices", args=[key]))
    if request.method == "POST" and form.is_valid():
        address = _made(request, report, found, form)
    crumbs = [
        (f"{TITLE}　{report}", reverse("admin:round", args=[key])),
        (HEADING, reverse("admin:voices", args=[key])),
    ]
    has_link = report.partner_links.filter(partner=found, used_at=None, revoked_at=None).exists()
    facts = {"report": report, "partner": found, "form": form, "address": address, "has_link": has_link}
    return own_page(request, "admin/voices/link.html", title=f"{found}の回答用リンク", crumbs=crumbs, **facts)


def _usual_day(report: AnnualReport) -> date:
    """The due date of answers, or a month from now where it is none or has passed."""
    today, due = timezone.localdate(), report.answers_due
    return due if due and due >= today else today + timedelta(days=LINK_DAYS)


def _made(request: HttpRequest, report: AnnualReport, partner: Partner, form: PartnerLinkForm) -> str:
    """The address that was made, told and sent as asked; empty when it was refused, which the form says."""
    last_day = form.cleaned_data["last_day"]
    try:
        token = make_link(partner, report, last_day, by=request.user)
    except LinkRefused as refusal:
        form.add_error("last_day", str(refusal))
        return ""
    address = request.build_absolute_uri(reverse("partner", args=[token]))
    if request.POST.get("do") == "send":
        messages.add_message(request, *_sent(report, partner, address, day_words(last_day)))
    return address


def _sent(report: AnnualReport, partner: Partner, address: str, last_day: str) -> tuple[int, str]:
    if not partner.email:
        return messages.WARNING, f"{partner}のメールアドレスがないため、メールでは送っていません。"
    words = link_words(report, partner, address, last_day)
    with Post() as post:
        failure = post.send(words.subject, words.body, [partner.email])
    if failure:
        return messages.ERROR, f"{partner}にメールで送れませんでした。{failure}。"
    if not goes_out():
        return messages.WARNING, f"メールサーバーが設定されていないため、{partner}にメールでは送っていません。"
    return messages.SUCCESS, f"{partner}に、リンクをメールで送りました（{partner.email}）。"


def link_words(report: AnnualReport, partner: Partner, address: str, last_day: str) -> Words:
    """The mail that brings a partner its link."""
    body = [
        f"{partner}　御中",
        f"{report.plan}の{report.label}の実施状況について、市と一緒に取り組んでいる項目の文を書いてください。",
        f"次のリンクを開くと、書く欄が出ます。登録やパスワードはいりません。{last_day}まで使えます。",
        address,
        "途中でも保存できます。書き終えたら「提出する」を押してください。提出は1回だけです。"
        "市が内容を確かめてから、お名前とともに公表します。このリンクは、ほかの人に知らせないでください。",
        signature(report),
    ]
    return Words(f"{report}の実施状況についてのお願い（{partner}）", "\n\n".join(body) + "\n")


def urls(guarded: Callable) -> list[URLPattern]:
    """The pages' addresses."""
    return [
        path("round/<slug:key>/voices/", guarded(voices_page), name="voices"),
        path("round/<slug:key>/voices/<int:partner>/", guarded(link_page), name="partner_link"),
    ]
