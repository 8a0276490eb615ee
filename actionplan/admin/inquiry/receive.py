"""Taking in what a browser sends as inquiry workbooks: what can be read waits, of the rest one is told why not."""

from collections.abc import Sequence
from contextlib import suppress

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from actionplan.admin.inquiry import files as inquiry_files
from actionplan.admin.inquiry.files import WaitingInquiry
from actionplan.exports.uploads import LARGEST_FILE, MEGABYTE, UploadError
from actionplan.inquiry.ground import Ground, read_ground
from actionplan.models import AnnualReport

NONE_CHOSEN = "ファイルが選ばれていません。記入した照会票（.xlsx）を選んでから、もう一度押してください。"
TOO_LARGE = "ファイルが大きすぎます（{size:.1f}MB）。照会票は{most}MBまでです。貼り付けた画像などを取り除いてください。"


def receive(request: HttpRequest, report: AnnualReport) -> tuple[list[WaitingInquiry], list[str]]:
    """The workbooks that wait now, and a sentence for each file that does not."""
    uploads, kept, refusals = request.FILES.getlist("files"), [], []
    ground, before = read_ground(report, [], request.user), inquiry_files.waiting(request.user, report)
    for upload in uploads:
        try:
            kept.append(_keep(request, upload, ground))
        except UploadError as refusal:
            refusals.append(f"「{upload.name}」：{refusal}")
    _drop_replaced(before, kept)
    return kept, refusals if uploads else [NONE_CHOSEN]


def _keep(request: HttpRequest, upload: UploadedFile, ground: Ground) -> WaitingInquiry:
    if upload.size > LARGEST_FILE:  # asked first: what is too large is never read into memory
        raise UploadError(TOO_LARGE.format(size=upload.size / MEGABYTE, most=LARGEST_FILE // MEGABYTE))
    file = inquiry_files.keep(request.user, ground.report, upload.name, upload.read())
    try:
        ground.check(file.read())
    except UploadError:
        file.remove()
        raise
    return file


def _drop_replaced(before: Sequence[WaitingInquiry], kept: Sequence[WaitingInquiry]) -> None:
    """Removes what came under the same name for the same department earlier: a mended workbook takes its place."""
    newer = {(file.title, file.read().department_id) for file in kept}
    for file in before:
        with suppress(UploadError, FileNotFoundError):
            if (file.title, file.read().department_id) in newer:
                file.remove()
