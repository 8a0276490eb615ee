"""Taking in what a browser sends as inquiry workbooks: what can be read waits, of the rest one is told why not."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.html import format_html

from actionplan.admin.inquiry import files as inquiry_files
from actionplan.admin.inquiry.files import MARKED, WaitingInquiry
from actionplan.admin.inquiry.upload import upload_address
from actionplan.exports.uploads import LARGEST_FILE, MEGABYTE, UploadError
from actionplan.inquiry.compare import compare
from actionplan.inquiry.ground import Ground, OtherYear, read_ground
from actionplan.models import AnnualReport

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
    ground, before = read_ground(report, [], request.user), inquiry_files.waiting(request.user, report)
    for upload in uploads:
        try:
            kept.append(_keep(request, upload, ground))
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
    ground = read_ground(report, list(read.values()), request.user)
    found = {file: compare(inquiry, ground) for file, inquiry in read.items()}
    idle = {file: comparison for file, comparison in found.items() if comparison.says_nothing}
    for file in idle:
        file.remove()
    return {
        file: "".join([IDLE.format(title=file.title, items=comparison.unchanged), *comparison.notes])
        for file, comparison in idle.items()
    }


def _keep(request: HttpRequest, upload: UploadedFile, ground: Ground) -> WaitingInquiry:
    if upload.size > LARGEST_FILE:  # asked first: what is too large is never read into memory
        raise UploadError(TOO_LARGE.format(size=upload.size / MEGABYTE, most=LARGEST_FILE // MEGABYTE))
    file = inquiry_files.keep(request.user, ground.report, upload.name, upload.read())
    read = False
    try:
        ground.check(file.read())
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


def _known_by(file: WaitingInquiry) -> tuple[str, int | None]:
    """The file's name, whether it was given back with marks or not, and its department."""
    return Path(file.title).stem.replace(MARKED, ""), file.read().department_id
