"""Inquiry workbooks (照会票) in the staff wing: their addresses, and those that somebody may download."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actionplan import permissions
from actionplan.admin.site import FrontLink, found_or_404, own_page, standing_in
from actionplan.answers.sheet import answer_sheet
from actionplan.exports.tabular import XLSX
from actionplan.inquiry import read_workbook as inquiry_files
from actionplan.inquiry.apply_answers import Decision, Taken, Undecided, apply_answers
from actionplan.inquiry.compare import Waiting, compare, with_rivals
from actionplan.inquiry.current_answers import CurrentAnswers, OtherYear, partner_lines, read_current_answers
from actionplan.inquiry.layout import InquiryFile
from actionplan.inquiry.read_workbook import MARKED, WaitingInquiry
from actionplan.inquiry.write_workbook import (
    file_name,
    inquiry_zip,
    write_inquiry,
    write_partner_inquiry,
    zip_name,
)
from actionplan.mail import Attached
from actionplan.models import AnnualReport, Partner, Person, Succession, YearlyStatus, place_of
from actionplan.permissions import Standing, standing_of
from actionplan.round.pages import years_in
from actionplan.round.responses import Response
from actionplan.seen import Moved
from actionplan.uploads import LARGEST_FILE, MEGABYTE, UploadError
from actionplan.voices.asked import voices_of

NOT_YOURS = "この課の照会票をダウンロードする権限がありません。自分の課の照会票を選んでください。"
ZIP_NOT_YOURS = "全部の課の照会票をまとめてダウンロードできるのは、事務局だけです。"
PARTNER_NOT_YOURS = "相手方の照会票をダウンロードできるのは、事務局だけです。"
NOT_ANSWERING = "照会票を取り込めるのは、課の担当者・課長と事務局です。必要なときは事務局に相談してください。"


def the_report(key: str) -> AnnualReport:
    """The report with the key. Raises Http404."""
    report = AnnualReport.objects.select_related("plan").filter(key=key).first()
    if report is None:
        raise Http404("この年度の年次報告はありません。")
    return report


def may_upload(standing: Standing) -> bool:
    """Whether the person answers for anybody at all."""
    return standing.coordinates or (standing.answers and bool(standing.departments))


def come_in(user: Person, key: str) -> tuple[AnnualReport, Standing]:
    """The year's report and what the person may do. Raises PermissionDenied, Http404."""
    standing = standing_of(user)
    permissions.require(may_upload(standing), NOT_ANSWERING)
    return the_report(key), standing


def attachment(data: bytes, name: str, content_type: str) -> HttpResponse:
    """The bytes as a file to save; nothing on the way keeps a copy."""
    headers = {"Content-Disposition": content_disposition_header(True, name), "Cache-Control": "no-store"}
    return HttpResponse(data, content_type=content_type, headers=headers)


def asked_department(request: HttpRequest) -> int | None:
    """The department from whose page the person came (?department=3); None when it was no department's."""
    asked = request.GET.get("department", "")
    return int(asked) if asked.isdecimal() and len(asked) < 10 else None


def asked_partner(request: HttpRequest) -> int | None:
    """The partner from whose row the person came (?partner=3); None when it was no partner's."""
    asked = request.GET.get("partner", "")
    return int(asked) if asked.isdecimal() and len(asked) < 10 else None


def upload_address(report: AnnualReport, request: HttpRequest | None = None) -> str:
    """The page that takes workbooks; it knows from which department's page the person came."""
    return reverse("admin:inquiry_upload", args=[report.key]) + (_tail(request) if request else "")


def preview_address(report: AnnualReport, name: str, request: HttpRequest) -> str:
    """The page that shows what a waiting workbook would change."""
    return reverse("admin:inquiry_preview", args=[report.key, name]) + _tail(request)


def _tail(request: HttpRequest) -> str:
    if partner := asked_partner(request):
        return f"?partner={partner}"
    department = asked_department(request)
    return "" if department is None else f"?department={department}"


def answers_address(report: AnnualReport, department_id: int | None) -> str:
    """The page of a department's answers."""
    return reverse("admin:answer_sheet", args=[report.key, department_id or 0])


def crumbs_of(report: AnnualReport, standing: Standing) -> list[tuple[str, str]]:
    """The page that the person's work starts from, for the way back."""
    if standing.coordinates:
        return [("取りまとめ状況", reverse("admin:round", args=[report.key]))]
    return [("自課の回答", reverse("admin:answers"))]


@require_safe
def workbook(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """One department's workbook, for who may answer for it; 0 is for the items without a department."""
    report, succession, day = the_report(key), Succession(), timezone.localdate()
    if pk and pk not in succession.by_pk:
        raise Http404("この担当課はありません。")
    current = succession.current(pk or None, day)
    permissions.require(standing_of(request.user).may_answer_for(current), NOT_YOURS)
    rows = answer_sheet(report, succession.standing_for([current], day) if current else [None])
    if not rows:
        raise Http404("この担当課には、この年度の項目がありません。")
    department = succession.by_pk[current] if current else None
    return attachment(write_inquiry(report, department, rows), file_name(report, department), XLSX)


def attached_workbook(report: AnnualReport, response: Response) -> Attached | None:
    """The department's workbook as a mail carries it; None where it has no items."""
    rows = answer_sheet(report, response.forms)
    whose = response.department
    return (file_name(report, whose), write_inquiry(report, whose, rows), XLSX) if rows else None


@require_safe
def partner_workbook(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """A partner's workbook, for the office, which sends it by mail and takes in what comes back."""
    permissions.require(permissions.may_link(request.user), PARTNER_NOT_YOURS)
    report, partner = the_report(key), found_or_404(Partner.objects.all(), pk=pk)
    if not partner.active:
        raise Http404("この相手方は、回答を頼まない相手方になっています。")
    lines = partner_lines(report, partner)
    if not lines:
        raise Http404("この相手方には、この年度に書いてもらう項目がありません。")
    return attachment(write_partner_inquiry(report, partner, lines), file_name(report, partner), XLSX)


@require_safe
def archive(request: HttpRequest, key: str) -> HttpResponse:
    """Every department's workbook in one zip, for the coordinator."""
    permissions.require(standing_of(request.user).coordinates, ZIP_NOT_YOURS)
    report = the_report(key)
    return attachment(inquiry_zip(report), zip_name(report), "application/zip")


def front_links(request: HttpRequest) -> list[FrontLink]:
    """The way to the workbooks of the years under way, else of the latest year, for those who answer."""
    if not may_upload(standing_in(request)):
        return []
    reports = years_in(request) or list(AnnualReport.objects.all()[:1])
    words = "照会票をダウンロードして記入し、取り込みます。"
    return [FrontLink(f"照会票（Excel）　{report}", upload_address(report), words) for report in reports]


def urls(guarded: Callable) -> list[URLPattern]:
    """The addresses, all under inquiry/."""
    year = "inquiry/<slug:key>"
    return [
        path(f"{year}/<int:pk>.xlsx", guarded(workbook), name="inquiry_workbook"),
        path(f"{year}/partner/<int:pk>.xlsx", guarded(partner_workbook), name="inquiry_partner"),
        path(f"{year}.zip", guarded(archive), name="inquiry_zip"),
        path(f"{year}/upload/", guarded(upload_page), name="inquiry_upload"),
        path(f"{year}/upload/take/", guarded(take_all), name="inquiry_take"),
    ]


@dataclass(frozen=True)
class OwnWorkbook:
    """One department's workbook: the department's name, how many items it has this year, where to get it."""

    name: str
    items: int
    address: str


def own_workbooks(answers: CurrentAnswers) -> list[OwnWorkbook]:
    """The workbooks that there are for this person, by department; that of no department comes last. One query."""
    counted = YearlyStatus.objects.filter(report=answers.report).order_by().values_list("department")
    items: Counter[int | None] = Counter()
    for department, number in counted.annotate(Count("pk")):
        items[answers.current(department)] += number
    own = [department for department in items if answers.standing.may_answer_for(department)]
    return [
        OwnWorkbook(answers.name(pk), items[pk], reverse("admin:inquiry_workbook", args=[answers.report.key, pk or 0]))
        for pk in sorted(own, key=lambda pk: place_of(answers.succession.by_pk.get(pk)))
    ]


def partner_workbooks(answers: CurrentAnswers) -> list[OwnWorkbook]:
    """The workbooks of partners, for the office. One query."""
    if not answers.standing.coordinates:
        return []
    named = voices_of(answers.report).filter(partner__active=True).values_list("partner", "partner__name")
    items = Counter(named.order_by("partner__name"))
    key = answers.report.key
    return [
        OwnWorkbook(name, number, reverse("admin:inquiry_partner", args=[key, pk]))
        for (pk, name), number in items.items()
    ]


NONE_CHOSEN = "ファイルが選ばれていません。記入した照会票（.xlsx）を選んでから、もう一度押してください。"
IDLE = "「{title}」：変わるところはありません。照会票の{items}項目は、どれもいまの回答を変えません。"
TOO_LARGE = "ファイルが大きすぎます（{size:.1f}MB）。照会票は{most}MBまでです。貼り付けた画像などを取り除いてください。"


@dataclass(frozen=True)
class Received:
    """What came: workbooks that wait now, a sentence for each that is refused, and for each that changes nothing."""

    waiting: Sequence[WaitingInquiry]
    refusals: Sequence[str]
    idle: Sequence[str]


def receive(request: HttpRequest, report: AnnualReport) -> Received:
    """What came of the files that the browser sent."""
    uploads, kept, refusals = request.FILES.getlist("files"), [], []
    answers, before = read_current_answers(report, [], request.user), inquiry_files.waiting(request.user, report)
    for upload in uploads:
        try:
            kept.append(_keep(request, upload, answers))
        except UploadError as refusal:
            refusals.append(format_html("「{}」：{}", upload.name, _with_way(refusal)))
    _drop_replaced(before, kept)
    idle = _drop_idle(request, report, kept)
    return Received(
        [file for file in kept if file not in idle], refusals if uploads else [NONE_CHOSEN], [*idle.values()]
    )


def _with_way(refusal: UploadError) -> str:
    """The sentence, with the way to the page of the year that the workbook is of."""
    if not isinstance(refusal, OtherYear) or not refusal.found:
        return str(refusal)
    way = upload_address(refusal.found)
    return format_html('{}<a href="{}">{}の照会票の画面へ</a>', refusal, way, refusal.found)


def _drop_idle(request: HttpRequest, report: AnnualReport, kept: Sequence[WaitingInquiry]) -> dict[WaitingInquiry, str]:
    """Removes the files that change nothing and have nothing to mend; each with what there is to say of it."""
    read = {file: file.read() for file in kept}
    answers = read_current_answers(report, list(read.values()), request.user)
    found = {file: compare(inquiry, answers) for file, inquiry in read.items()}
    idle = {file: comparison for file, comparison in found.items() if comparison.says_nothing}
    for file in idle:
        file.remove()
    return {
        file: "".join([IDLE.format(title=file.title, items=comparison.unchanged), *comparison.notes])
        for file, comparison in idle.items()
    }


def _keep(request: HttpRequest, upload: UploadedFile, answers: CurrentAnswers) -> WaitingInquiry:
    size = upload.size or 0
    if size > LARGEST_FILE:  # asked first: what is too large is never read into memory
        raise UploadError(TOO_LARGE.format(size=size / MEGABYTE, most=LARGEST_FILE // MEGABYTE))
    file = inquiry_files.keep(request.user, answers.report, upload.name or "", upload.read())
    read = False
    try:
        answers.check(file.read())
        read = True
    finally:
        # Whatever ends the reading, a worker's time too: what was not read to its end does not wait to be read again.
        if not read:
            file.remove()
    return file


def _drop_replaced(before: Sequence[WaitingInquiry], kept: Sequence[WaitingInquiry]) -> None:
    """Removes what came under the same name for the same department earlier: a mended workbook takes its place."""
    newer = {_known_by(file) for file in kept}
    for file in before:
        with suppress(UploadError, FileNotFoundError):
            if _known_by(file) in newer:
                file.remove()


def _known_by(file: WaitingInquiry) -> tuple[str, int | None, int | None]:
    """The file's name, whether it was given back with marks or not, and its department or partner."""
    inquiry = file.read()
    return Path(file.title).stem.replace(MARKED, ""), inquiry.department_id, inquiry.partner_id


OVERTAKEN = "確認したあとに内容が変わったため、取り込んでいません。一覧から開いて、もう一度確かめてください。"


@require_http_methods(["GET", "HEAD", "POST"])
def upload_page(request: HttpRequest, key: str) -> HttpResponse:
    """The page; files that could be read lead on, to the one preview or to the list of those that wait."""
    report, standing = come_in(request.user, key)
    refusals: Sequence[str] = ()
    if request.method == "POST":
        received = receive(request, report)
        refusals = received.refusals
        for sentence in received.idle:
            messages.info(request, sentence)
        if received.waiting or received.idle:
            return HttpResponseRedirect(_next(request, report, received))
    files = inquiry_files.waiting(request.user, report)
    answers, queue = _queue(request, report, files)
    return own_page(
        request,
        "admin/inquiry/upload.html",
        title=f"照会票　{report}",
        crumbs=crumbs_of(report, standing),
        report=report,
        coordinates=standing.coordinates,
        own_workbooks=own_workbooks(answers),
        partner_workbooks=partner_workbooks(answers),
        refusals=refusals,
        queue=queue,
        plain=[each for each in queue if each.is_plain],
        status=422 if refusals else 200,
    )


def _next(request: HttpRequest, report: AnnualReport, received: Received) -> str:
    """Where what came leads: to the one preview, or to the list, where everything is told."""
    for sentence in received.refusals:
        messages.error(request, sentence)
    if len(received.waiting) == 1 and not received.refusals:
        return preview_address(report, received.waiting[0].name, request)
    return upload_address(report, request)


def _queue(
    request: HttpRequest, report: AnnualReport, files: Sequence[WaitingInquiry]
) -> tuple[CurrentAnswers, list[Waiting]]:
    read = {}
    for file in files:
        try:
            read[file.name] = file.read()
        except (UploadError, FileNotFoundError):  # read once when it came; the portal may have been upgraded since
            file.remove()
    answers = read_current_answers(report, list(read.values()), request.user)
    queue = [_waiting(request, file, read[file.name], answers) for file in files if file.name in read]
    return answers, with_rivals(queue)


def _waiting(request: HttpRequest, file: WaitingInquiry, inquiry: InquiryFile, answers: CurrentAnswers) -> Waiting:
    address, department = preview_address(answers.report, file.name, request), answers.title(inquiry)
    try:
        return Waiting(file, address, department, compare(inquiry, answers))
    except UploadError as refusal:
        return Waiting(file, address, department, problem=str(refusal))


@require_POST
def take_all(request: HttpRequest, key: str) -> HttpResponse:
    """Takes every workbook that the page offered to take as it is; each is stored whole, or stays in the list."""
    report, _ = come_in(request.user, key)
    taken = []
    for file in inquiry_files.waiting(request.user, report):
        if seal := request.POST.get(f"seal-{file.name}"):
            taken += _take(request, report, file, seal)
    if taken:
        each = "、".join(f"「{title}」{outcome.saved}項目" for title, outcome in taken)
        total = sum(outcome.saved for _, outcome in taken)
        messages.success(request, f"照会票{len(taken)}件から{total}項目の回答を保存しました：{each}。")
    for title, outcome in taken:
        messages.info(request, f"「{title}」：{outcome.receipt}。{''.join(outcome.beside)}")
    return HttpResponseRedirect(upload_address(report, request))


def _take(request: HttpRequest, report: AnnualReport, file: WaitingInquiry, seal: str) -> list[tuple[str, Taken]]:
    """The file's name and what was stored; nothing, and a message, when it could not be taken."""
    try:
        outcome = apply_answers(file.read(), Decision(seal), report=report, name=file.title, by=request.user)
    except (Moved, Undecided, UploadError, FileNotFoundError):
        messages.warning(request, f"「{file.title}」：{OVERTAKEN}")
        return []
    file.remove()
    return [(file.title, outcome)]
