"""What a second person decides on a year's publishing page, and the withdrawal, which one person may do in haste."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html

from actionplan import permissions
from actionplan.admin import ForModelAdmin
from actionplan.admin.locking import RecordField
from actionplan.admin.site import FrontLink, found_or_404
from actionplan.models import (
    AnnualReport,
    Approval,
    ApprovalKind,
    ApprovalState,
    Edition,
    EditionWithdrawal,
    Person,
    refuse_control_characters,
)
from actionplan.publishing.approval import MAY_NOT_ASK, confirm_withdrawal, grant, refuse, take_back, tell
from actionplan.publishing.publish import PublishRefused, withdraw
from actionplan.words import plain_moment

TEMPLATES = "admin/actionplan/annualreport"
# Of those that have ended, the page names so many.
MOST_ENDED = 20


def reason_box(label: str, **more: Any) -> RecordField:
    """A box for a reason."""
    box = forms.Textarea(attrs={"rows": 3, "cols": 60})
    return RecordField(label=label, max_length=2000, validators=[refuse_control_characters], widget=box, **more)


class WithdrawForm(forms.Form):
    """Why an edition is taken back, and what citizens are told."""

    reason = reason_box("取下げの理由", error_messages={"required": "取下げの理由を書いてください。"})
    told = reason_box("市民の皆さんに表示する文（あれば）", required=False)


GRANT, REFUSE, TAKE_BACK = "grant", "refuse", "take_back"
ACTS = {GRANT: "決裁して公表する", REFUSE: "差し戻す", TAKE_BACK: "起案を取り消す"}
ODD = "送られた内容が読めません。この画面を開き直してから、もう一度操作してください。"


class DecideForm(forms.Form):
    """What becomes of a request: `approval` is the one that the person looked at."""

    approval = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=1,
        max_value=2**62,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), ODD),
    )
    act = forms.ChoiceField(
        choices=list(ACTS.items()), error_messages=dict.fromkeys(("required", "invalid_choice"), ODD)
    )
    reason = reason_box("差し戻す理由", required=False)


class ConfirmWithdrawalForm(forms.Form):
    """What a second person remarks on a withdrawal."""

    remark = reason_box("所見", required=False)


@dataclass(frozen=True)
class OpenApproval:
    """An open approval as one person sees it. why_not: why they may not decide on it, or nothing."""

    approval: Approval
    is_own: bool
    why_not: str


@dataclass(frozen=True)
class Approvals:
    """A year's: the request that waits, the withdrawals that wait, and those that have ended, newest first."""

    waiting: OpenApproval | None
    withdrawals: tuple[OpenApproval, ...]
    ended: tuple[Approval, ...]

    @property
    def request(self) -> Approval | None:
        """What is asked for."""
        return self.waiting.approval if self.waiting else None


def approvals_of(report: AnnualReport, user: Person) -> Approvals:
    """What the year's page shows of them; one query."""
    rows = Approval.objects.filter(report=report).select_related("asked_by", "decided_by", "edition__withdrawal")
    found: list[Approval] = list(rows.defer("edition__front_matter", "edition__unconfirmed"))
    waits = [_waiting(each, user) for each in found if each.is_open]
    return Approvals(
        next((each for each in waits if each.approval.asks), None),
        tuple(each for each in waits if not each.approval.asks),
        tuple(each for each in found if not each.is_open)[:MOST_ENDED],
    )


def _waiting(approval: Approval, user: Person) -> OpenApproval:
    why_not = permissions.why_not_decide(user, approval.asked_by)
    return OpenApproval(approval, approval.asked_by_id == user.pk, why_not)


def published_words(edition: Edition) -> str:
    """That the edition was published, with the way to it, or waits for its time."""
    if edition.public_from > edition.published_at:
        return f"{edition}の公表を予約しました。"
    public = reverse("annual_report", args=[edition.key])
    return format_html('{}を公表しました。<a href="{}">公表したページを見る</a>', edition, public)


def told(request: HttpRequest, approval: Approval) -> None:
    """Tells the others by e-mail, and the person when that failed."""
    page = request.build_absolute_uri(address("publish", approval.report_id))
    if failure := tell(approval, page):
        messages.warning(request, failure)


class ApprovalPages(ForModelAdmin):
    """The pages on which two people meet; the publishing pages stand on it."""

    def get_urls(self) -> list:
        """The admin's addresses with these pages before them."""
        wrap, edition = self.admin_site.admin_view, "<int:pk>/editions/<int:number>/"
        own = [
            path("<int:pk>/publish/decide/", wrap(self.decide_page), name="publish_decide"),
            path(f"{edition}withdraw/", wrap(self.withdraw_page), name="withdraw"),
            path(f"{edition}confirm-withdrawal/", wrap(self.confirm_page), name="confirm_withdrawal"),
        ]
        return [*own, *super().get_urls()]

    def publishing(self, request: HttpRequest, report: AnnualReport, **forms: Any) -> HttpResponse:
        """The year's publishing page. forms: what was sent and refused."""
        raise NotImplementedError

    def decide_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Grants, sends back or takes back what was asked for; shows the page again when that is refused."""
        report = self.report_of(request, pk)
        permissions.require(permissions.may_ask_publication(request.user), MAY_NOT_ASK)
        form = DecideForm(request.POST)
        if request.method == "POST" and not self._decides(request, report, form):
            return self.publishing(request, report, decide=form)
        return HttpResponseRedirect(address("publish", pk))

    def _decides(self, request: HttpRequest, report: AnnualReport, form: DecideForm) -> bool:
        if not form.is_valid():
            return False
        try:
            approval = _decided(report, request.user, **form.cleaned_data)
        except PublishRefused as refusal:
            form.add_error(None, str(refusal))
            return False
        lapsed = approval.state == ApprovalState.LAPSED
        (messages.error if lapsed else messages.success)(request, _decided_words(approval))
        if approval.state != ApprovalState.TAKEN_BACK:
            told(request, approval)
        return True

    def withdraw_page(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """Asks for the reason and takes the edition back."""
        report = self.report_of(request, pk)
        permissions.require(permissions.may_publish(request.user), "公表を取り下げる権限がありません。")
        edition = found_or_404(Edition.objects.order_by("-pk"), report=report, number=number)
        if EditionWithdrawal.objects.filter(edition=edition).exists():
            messages.warning(request, f"{edition}は、すでに取り下げられています。")
            return HttpResponseRedirect(address("publish", pk))
        form, ahead = WithdrawForm(request.POST or None), edition.public_from > timezone.now()
        if request.method == "POST" and form.is_valid():
            try:
                withdraw(edition, by=request.user, **form.cleaned_data)
                done = f"{edition}の予約を取り消しました。" if ahead else f"{edition}を取り下げました。"
                messages.success(request, done)
                tell_of_withdrawals(request, [edition])
                return HttpResponseRedirect(address("publish", pk))
            except PublishRefused as refusal:
                form.add_error(None, str(refusal))
        facts = {"edition": edition, "form": form, "ahead": ahead, "four_eyes": permissions.four_eyes()}
        return self.page(
            request, "withdraw", report, title=f"{edition}の{'予約の取消し' if ahead else '取下げ'}", **facts
        )

    def confirm_page(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """Confirms that the edition was withdrawn."""
        report = self.report_of(request, pk)
        permissions.require(permissions.may_publish(request.user), "公表の取下げを確認する権限がありません。")
        rows = Approval.objects.open().filter(report=report, edition__number=number, kind=ApprovalKind.WITHDRAWAL)
        if (chosen := request.POST.get("approval", "")).isdecimal():
            # Several reservations of one number may have been cancelled.
            rows = rows.filter(pk=chosen)
        form = ConfirmWithdrawalForm(request.POST)
        if request.method == "POST" and not self._confirms(request, report, rows.first(), form):
            return self.publishing(request, report, confirm=form, confirming=number)
        return HttpResponseRedirect(address("publish", pk))

    def _confirms(
        self, request: HttpRequest, report: AnnualReport, waits: Approval | None, form: ConfirmWithdrawalForm
    ) -> bool:
        if not form.is_valid():
            return False
        if waits is None:
            messages.warning(request, "確認を待っている取下げはありません。")
            return True
        try:
            approval = confirm_withdrawal(report, waits.pk, by=request.user, remark=form.cleaned_data["remark"])
        except PublishRefused as refusal:
            form.add_error(None, str(refusal))
            return False
        messages.success(request, f"{approval.edition}の取下げを確認しました。")
        told(request, approval)
        return True

    def report_of(self, request: HttpRequest, pk: int) -> AnnualReport:
        """The report, for who may read it; raises Http404."""
        permissions.require(permissions.may_view(request.user, AnnualReport))
        report = AnnualReport.objects.select_related("plan__office").filter(pk=pk).first()
        if report is None:
            raise Http404("この年次報告はありません。")
        return report

    def page(self, request: HttpRequest, name: str, report: AnnualReport, **facts: Any) -> HttpResponse:
        """One of the year's pages."""
        context = {
            **self.admin_site.each_context(request),
            "opts": AnnualReport._meta,
            "report": report,
            "may_publish": permissions.may_publish(request.user),
            "may_ask": permissions.may_ask_publication(request.user),
            **facts,
        }
        return TemplateResponse(request, f"{TEMPLATES}/{name}.html", context)


def _decided(report: AnnualReport, user: Person, *, approval: int, act: str, reason: str) -> Approval:
    if act == GRANT:
        return grant(report, approval, by=user)
    return refuse(report, approval, by=user, reason=reason) if act == REFUSE else take_back(report, approval, by=user)


def _decided_words(approval: Approval) -> str:
    if approval.state == ApprovalState.LAPSED:
        return f"公表していません。この起案は失効しました：{approval.reason}公表するには、もう一度起案してください。"
    if approval.state == ApprovalState.GRANTED:
        return published_words(cast(Edition, approval.edition))
    done = "差し戻しました" if approval.state == ApprovalState.REFUSED else "取り消しました"
    return f"{approval.report}の公表の起案を{done}。"


def tell_of_withdrawals(request: HttpRequest, editions: Sequence[Edition]) -> None:
    """Tells who confirms them, where somebody has to."""
    waiting = list(Approval.objects.open().filter(edition__in=editions, kind=ApprovalKind.WITHDRAWAL))
    if waiting:
        messages.warning(request, "取下げは、ほかの公表権者の確認を待っています。")
    for each in waiting:
        told(request, each)


def address(name: str, *args: int) -> str:
    """Of a page of ours."""
    return reverse(f"admin:{name}", args=args)


# ---- the front page --------------------------------------------------------------------------------------------------


def front_links(request: HttpRequest) -> list[FrontLink]:
    """What waits for this person, what waits for somebody else, and what came back to them; one query."""
    user = request.user
    if not (permissions.four_eyes() and permissions.may_ask_publication(user)):
        return []
    return [
        FrontLink(f"公表の決裁　{each.report}", address("publish", each.report_id), words)
        for each in _to_know(cast(User, user))
        if (words := _words(each, cast(User, user)))
    ]


def _to_know(user: User) -> Iterable[Approval]:
    """The open ones, and what came back to the person and was not asked for anew."""
    ends = (ApprovalState.REFUSED, ApprovalState.LAPSED)
    later = Approval.objects.filter(report=OuterRef("report"), kind=ApprovalKind.PUBLICATION, pk__gt=OuterRef("pk"))
    back = Q(asked_by=user, state__in=ends, kind=ApprovalKind.PUBLICATION) & ~Exists(later)
    rows = Approval.objects.filter(Q(state=ApprovalState.OPEN) | back).select_related("report", "asked_by", "edition")
    return rows.defer("edition__front_matter").order_by("pk")


def _words(approval: Approval, user: User) -> str:
    """The sentence; nothing for the office about what somebody else asked."""
    own, who = approval.asked_by_id == user.pk, f"{approval.asked_name}さん"
    if not approval.is_open:
        return f"公表の起案は、公表されずに戻っています（{approval.state_words}）：{approval.reason}"
    if not (own or permissions.may_publish(user)):
        return ""
    if not approval.asks:
        withdrawn = f"第{cast(Edition, approval.edition).number}版の取下げ"
        return (
            f"{withdrawn}が、ほかの公表権者の確認を待っています。" if own else f"{who}の{withdrawn}を確認してください。"
        )
    if approval.is_late:
        return "公表する日時を過ぎたため、このままでは決裁できません。起案し直してください。"
    if own:
        return "起案した公表が、ほかの公表権者の決裁を待っています。"
    return f"{who}が公表を起案しました。内容を確かめて、決裁してください。{_until(approval)}"


def _until(approval: Approval) -> str:
    moment = approval.public_from
    return f"公表する日時：{plain_moment(timezone.localtime(moment))}。" if moment else ""


def urls(guarded: Callable) -> list[URLPattern]:
    """None of its own: the pages belong to the annual report."""
    return []
