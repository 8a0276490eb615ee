"""The publishing pages of a year: what will change, preview, publish or correct, withdraw."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from actionplan import permissions
from actionplan.admin.own_pages import found_or_404
from actionplan.admin.site import FrontLink
from actionplan.cells import CELLS
from actionplan.models import AnnualReport, Edition, EditionRow, EditionWithdrawal, State, YearlyStatus
from actionplan.publishing.compose import DraftRows, Wording, newest
from actionplan.publishing.differences import Outlook, outlook
from actionplan.publishing.forms import PublishForm, WithdrawForm
from actionplan.publishing.publish import PublishRefused, publish, withdraw
from actionplan.publishing.unconfirmed import unconfirmed
from actionplan.selectors.editions import page_frame
from actionplan.selectors.report import report_outline
from actionplan.words import day_words

PER_PAGE = 100


def wording_of(request: HttpRequest) -> Wording:
    """Which wording of the plan the person chose."""
    chosen = request.POST.get("wording") or request.GET.get("wording")
    return "current" if chosen == "current" else "published"


def publish_facts(request: HttpRequest, report: AnnualReport, *, anew: bool = False) -> dict:
    """The editions and the changes for the page; anew: composed afresh, as after a refusal."""
    editions, now = (
        list(report.editions.select_related("published_by", "withdrawal").order_by("-number")),
        timezone.now(),
    )
    standing = [edition for edition in editions if not hasattr(edition, "withdrawal")]
    last, shown = newest(standing), newest([edition for edition in standing if edition.public_from <= now])
    base, wording = shown or last, wording_of(request)
    view = outlook(report, wording, standing, base, anew=anew)
    return {
        "last": last,
        "base": base,
        "now": now,
        "shown_number": shown.number if shown else 0,
        "pending": last if last and last != shown else None,
        "editions": editions,
        "wording": wording,
        "outlook": view,
        "unchanged": bool(base) and base.content_sha256 == view.content_sha256,
        **_page_of_changes(request, view),
    }


def _page_of_changes(request: HttpRequest, view: Outlook) -> dict:
    paginator = Paginator(view.rows, PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    front: Sequence = view.front if page.number == 1 else ()
    return {"page": page, "pages": list(paginator.get_elided_page_range(page.number)), "front": front}


@dataclass(frozen=True)
class Last:
    """The newest edition of a year that has not been withdrawn."""

    pk: int
    number: int
    public_from: datetime


def waiting_years() -> list[tuple[AnnualReport, str]]:
    """Each year for which there is something to do or to know, and the sentence that says what; three queries."""
    confirmed = Count("statuses", filter=Q(statuses__state=State.CONFIRMED))
    years = AnnualReport.objects.filter(sample=False).annotate(asked=Count("statuses"), ready=confirmed)
    last = _last_editions()
    corrected = _corrected(last.values()) if last else {}
    found = [(year, _words(year, last.get(year.pk), corrected.get(year.pk, 0))) for year in years if year.asked]
    return [(year, words) for year, words in found if words]


def _last_editions() -> dict[int, Last]:
    """By report."""
    editions = Edition.objects.standing().filter(report__sample=False).order_by("number")
    return {report: Last(*facts) for report, *facts in editions.values_list("report", "pk", "number", "public_from")}


def _corrected(editions: Iterable[Last]) -> dict[int, int]:
    """By report, how many confirmed answers its newest edition does not have as they are now."""
    rows = EditionRow.objects.filter(edition__in=[each.pk for each in editions])
    same = {cell.published: OuterRef(cell.name) for cell in CELLS}
    printed = rows.filter(edition__report=OuterRef("report"), item=OuterRef("item"), **same)
    answers = YearlyStatus.objects.filter(state=State.CONFIRMED, report__in=rows.values("edition__report"))
    counts = answers.filter(~Exists(printed)).order_by().values_list("report")
    return dict(counts.annotate(found=Count("pk")))


def _words(year: AnnualReport, last: Last | None, corrected: int) -> str:
    if last is None:
        return f"{year.asked}項目のうち{year.ready}項目が確定しています。"
    if last.public_from > timezone.now():
        moment = timezone.localtime(last.public_from)
        when = f"{day_words(moment)}{moment.hour}時{moment.minute:02}分"
        changed = f"予約のあとに変わった項目が{corrected}件あります。" if corrected else ""
        return f"第{last.number}版が{when}に公表されます（予約）。{changed}"
    if corrected:
        return f"公表したあとに直して確定した項目が{corrected}件あります。訂正版を公表できます。"
    left = year.asked - year.ready
    return f"公表済みですが、確定していない項目が{left}件あります。" if left else ""


CHOSEN = ("public_from", "note", "wording", "expected_sha256", "named")
TEMPLATES = "admin/actionplan/annualreport"
# A year of the usual size is previewed whole.
PREVIEWED = 500


class PublishingPages:
    """Mixed into the annual report's admin: three pages of its own."""

    def get_urls(self) -> list:
        """The admin's addresses with the publishing pages before them."""
        wrap = self.admin_site.admin_view
        own = [
            path("<int:pk>/publish/", wrap(self.publish_page), name="publish"),
            path("<int:pk>/preview/", wrap(self.preview_page), name="preview"),
            path("<int:pk>/editions/<int:number>/withdraw/", wrap(self.withdraw_page), name="withdraw"),
        ]
        return [*own, *super().get_urls()]

    def publish_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What will change, and the form that publishes it."""
        report = self._report(request, pk)
        if request.method == "POST":
            form = PublishForm(request.POST, unconfirmed=unconfirmed(report))
            if self._publishes(request, report, form):
                return HttpResponseRedirect(_address("publish", pk))
            facts = publish_facts(request, report, anew=True)
        else:
            facts = publish_facts(request, report)
            form = PublishForm(unconfirmed=facts["outlook"].unconfirmed)
        return self._page(request, "publish", report, title=f"{report}の公表", form=form, **facts)

    def _publishes(self, request: HttpRequest, report: AnnualReport, form: PublishForm) -> bool:
        permissions.require(permissions.may_publish(request.user), "公表する権限がありません。")
        if not form.is_valid():
            return False
        chosen = {name: form.cleaned_data[name] for name in CHOSEN}
        try:
            edition = publish(report, by=request.user, **chosen)
        except PublishRefused as refusal:
            form.add_error(None, str(refusal))
            return False
        when = "を公表しました" if edition.public_from <= edition.published_at else "の公表を予約しました"
        messages.success(request, f"{edition}{when}。")
        return True

    def preview_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The report as citizens would see it, by the same template, before anything is saved."""
        draft = DraftRows(self._report(request, pk), wording_of(request))
        paginator = Paginator(draft, PREVIEWED)
        page = paginator.get_page(request.GET.get("page"))
        context = {
            "frame": page_frame(),
            "report": report_outline(draft.front_matter, page.object_list),
            "page_id": "確認用",
            "back": _address("publish", pk),
            "page": page,
            "pages": list(paginator.get_elided_page_range(page.number)),
            "wording": wording_of(request),
        }
        return TemplateResponse(request, f"{TEMPLATES}/preview.html", context)

    def withdraw_page(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """Asks for the reason and takes the edition back."""
        report = self._report(request, pk)
        permissions.require(permissions.may_publish(request.user), "公表を取り下げる権限がありません。")
        edition = found_or_404(Edition.objects.all(), report=report, number=number)
        if EditionWithdrawal.objects.filter(edition=edition).exists():
            messages.warning(request, f"{edition}は、すでに取り下げられています。")
            return HttpResponseRedirect(_address("publish", pk))
        form, ahead = WithdrawForm(request.POST or None), edition.public_from > timezone.now()
        if request.method == "POST" and form.is_valid():
            try:
                withdraw(edition, by=request.user, reason=form.cleaned_data["reason"])
                messages.success(
                    request, f"{edition}の予約を取り消しました。" if ahead else f"{edition}を取り下げました。"
                )
                return HttpResponseRedirect(_address("publish", pk))
            except PublishRefused as refusal:
                form.add_error(None, str(refusal))
        title = f"{edition}の{'予約の取消し' if ahead else '取下げ'}"
        return self._page(request, "withdraw", report, title=title, edition=edition, form=form, ahead=ahead)

    def _report(self, request: HttpRequest, pk: int) -> AnnualReport:
        permissions.require(permissions.may_view(request.user, AnnualReport))
        report = AnnualReport.objects.select_related("plan__office").filter(pk=pk).first()
        if report is None:
            raise Http404("この年次報告はありません。")
        return report

    def _page(self, request: HttpRequest, name: str, report: AnnualReport, **facts) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": AnnualReport._meta,
            "report": report,
            "may_publish": permissions.may_publish(request.user),
            **facts,
        }
        return TemplateResponse(request, f"{TEMPLATES}/{name}.html", context)


def _address(name: str, *args: int) -> str:
    return reverse(f"admin:{name}", args=args)


def front_links(request: HttpRequest) -> list[FrontLink]:
    """For who publishes: each year of which an edition is to come or could come."""
    if not permissions.may_publish(request.user):
        return []
    return [FrontLink(f"公表の画面　{year}", _address("publish", year.pk), words) for year, words in waiting_years()]


def urls(door: Callable) -> list[URLPattern]:
    """None of its own: the pages belong to the annual report."""
    return []
