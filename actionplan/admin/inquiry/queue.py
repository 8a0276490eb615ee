"""The page that takes workbooks, one or twenty at once, and tells of each that waits what it would change."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST

from actionplan.admin.inquiry import files as inquiry_files
from actionplan.admin.inquiry.doors import doors
from actionplan.admin.inquiry.files import WaitingInquiry
from actionplan.admin.inquiry.receive import Received, receive
from actionplan.admin.inquiry.upload import come_in, crumbs_of, preview_address, upload_address
from actionplan.admin.inquiry.waiting import Waiting, with_rivals
from actionplan.admin.own_page import own_page
from actionplan.exports.uploads import UploadError
from actionplan.inquiry.apply_answers import Decision, NotTaken, apply_answers
from actionplan.inquiry.compare import compare
from actionplan.inquiry.ground import Ground, read_ground
from actionplan.inquiry.layout import InquiryFile
from actionplan.models import AnnualReport

OVERTAKEN = "確認したあとに内容が変わったため、取り込んでいません。一覧から開いて、もう一度確かめてください。"


@require_http_methods(["GET", "HEAD", "POST"])
def upload_page(request: HttpRequest, year: int) -> HttpResponse:
    """The page; files that could be read lead on, to the one preview or to the list of those that wait."""
    report, standing = come_in(request.user, year)
    refusals: Sequence[str] = ()
    if request.method == "POST":
        received = receive(request, report)
        refusals = received.refusals
        for sentence in received.idle:
            messages.info(request, sentence)
        if received.waiting or received.idle:
            return HttpResponseRedirect(_next(request, report, received))
    files = inquiry_files.waiting(request.user, report)
    ground, queue = _queue(request, report, files)
    return own_page(
        request,
        "admin/inquiry/upload.html",
        title=f"照会票　{report}",
        crumbs=crumbs_of(report, standing),
        report=report,
        coordinates=standing.coordinates,
        doors=doors(ground),
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


def _queue(request: HttpRequest, report: AnnualReport, files: Sequence[WaitingInquiry]) -> tuple[Ground, list[Waiting]]:
    read = {}
    for file in files:
        try:
            read[file.name] = file.read()
        except (UploadError, FileNotFoundError):  # read once when it came; the portal may have been upgraded since
            file.remove()
    ground = read_ground(report, list(read.values()), request.user)
    queue = [_waiting(request, file, read[file.name], ground) for file in files if file.name in read]
    return ground, with_rivals(queue)


def _waiting(request: HttpRequest, file: WaitingInquiry, inquiry: InquiryFile, ground: Ground) -> Waiting:
    address, department = preview_address(ground.report, file.name, request), ground.title(inquiry)
    try:
        return Waiting(file, address, department, compare(inquiry, ground))
    except UploadError as refusal:
        return Waiting(file, address, department, problem=str(refusal))


@require_POST
def take_all(request: HttpRequest, year: int) -> HttpResponse:
    """Takes every workbook that the page offered to take as it is; each is stored whole, or stays in the list."""
    report, _ = come_in(request.user, year)
    taken = []
    for file in inquiry_files.waiting(request.user, report):
        if seal := request.POST.get(f"seal-{file.name}"):
            taken += _take(request, report, file, seal)
    if taken:
        each = "、".join(f"「{title}」{items}項目" for title, items in taken)
        total = sum(items for _, items in taken)
        messages.success(request, f"照会票{len(taken)}件から{total}項目の回答を保存しました：{each}。")
    return HttpResponseRedirect(upload_address(report, request))


def _take(request: HttpRequest, report: AnnualReport, file: WaitingInquiry, seal: str) -> list[tuple[str, int]]:
    """The file's name and how many items were stored; nothing, and a message, when it could not be taken."""
    try:
        outcome = apply_answers(file.read(), Decision(seal), report=report, name=file.title, by=request.user)
    except (NotTaken, UploadError, FileNotFoundError):
        messages.warning(request, f"「{file.title}」：{OVERTAKEN}")
        return []
    file.remove()
    return [(file.title, outcome.saved)]
