"""The files of a year's report; each is written from an edition, which never changes."""

import hashlib

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from actionplan import kept_files
from actionplan.exports.pdf import CannotMakePdf, StillBeingMade
from actionplan.exports.report_files import KINDS, FileKind, etag, file_name
from actionplan.exports.tabular import CellsDoNotFit
from actionplan.models import Edition, EditionFile
from actionplan.selectors.editions import public_edition
from actionplan.views.frame import Crumb, crumb, page

NO_SUCH_FILE = (
    "お探しの形式のファイルはありません。"
    "PDF、CSV（UTF-8またはCP932）、Excel（xlsx）、JSON、広報の原稿（txt）、"
    "確かめるためのファイル（content.json、sha256）から選んでください。"
)
EVIDENCE_NAME = kept_files.NAME
NO_SUCH_EVIDENCE = "お探しの写真・資料は、公表されていません。"
# A name stands for one content for good, so that nobody needs to ask twice. Nothing in a file may act.
FOR_EVER = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}
RETRY_AFTER = 10  # seconds; a PDF takes one or two


@require_safe
def report_file(request: HttpRequest, key: str, file_format: str, number: int | None = None) -> HttpResponse:
    """The report as a file: its latest public edition, or that numbered one.

    ?encoding=cp932 gives the CSV for old systems, or a page (406) that lists the cells which do not fit. A page (503)
    says so where this machine cannot make a PDF, or while it is busy with one.
    """
    kind = KINDS.get((file_format, request.GET.get("encoding", "utf-8").lower()))
    if kind is None:
        raise Http404(NO_SUCH_FILE)
    edition = public_edition(key, number)
    tag = etag(edition, kind)
    if unchanged := get_conditional_response(request, etag=tag):
        return _dated(unchanged, tag)
    try:
        return _dated(_attachment(edition, kind), tag)
    except CellsDoNotFit as error:
        return _unencodable(request, edition, error)
    except CannotMakePdf:
        return _no_pdf(request, edition)
    except StillBeingMade:
        what = "PDF" if kind.inline else "ファイルの一覧"
        return _no_pdf(request, edition, retry_after=RETRY_AFTER, what=what)


def evidence_file(request: HttpRequest, name: str) -> HttpResponse:
    """A photograph or file that a public edition names; 404 for any other, and once all that name it are withdrawn."""
    public = Edition.objects.public().values("pk")
    if not EditionFile.objects.filter(name=name, edition__in=public).exists():
        raise Http404(NO_SUCH_EVIDENCE)
    try:
        content = kept_files.read(name)
    except FileNotFoundError:
        raise Http404(NO_SUCH_EVIDENCE) from None
    # A PDF is saved, not opened in the page's place: its reader is then the citizen's own.
    manner = "attachment" if name.endswith(".pdf") else "inline"
    headers = {**FOR_EVER, "Content-Disposition": f'{manner}; filename="{name[:16]}{name[64:]}"'}
    return HttpResponse(content, content_type=kept_files.media_type_of(name), headers=headers)


def report_form(request: HttpRequest, key: str) -> HttpResponse:
    """The report as a workbook in the newsletter's layout, for the office printer."""
    return report_file(request, key, "form")


def _attachment(edition: Edition, kind: FileKind) -> HttpResponse:
    manner = "inline" if kind.inline else "attachment"
    content = kind.write(edition)
    headers = {
        "Content-Disposition": f'{manner}; filename="{file_name(edition, kind)}"',
        # Of the file as it is saved, however it is compressed on the way.
        "X-File-SHA256": hashlib.sha256(content).hexdigest(),
        "X-Edition-SHA256": edition.content_sha256,
    }
    return HttpResponse(content, content_type=kind.content_type, headers=headers)


def _dated(response: HttpResponse, tag: str) -> HttpResponse:
    """The response with its tag; browsers keep the file but ask each time, since an edition may be withdrawn."""
    response["ETag"] = tag
    response["Cache-Control"] = "no-cache"
    return response


def _unencodable(request: HttpRequest, edition: Edition, error: CellsDoNotFit) -> HttpResponse:
    label = edition.front_matter["label"]
    response = page(
        request,
        "unencodable",
        page_id="E-406",
        crumbs=[crumb(label, "annual_report", edition.key), Crumb("書き出せない文字")],
        edition=edition,
        label=label,
        misfits=error.misfits,
    )
    response.status_code = 406
    return response


def _no_pdf(request: HttpRequest, edition: Edition, retry_after: int = 0, what: str = "PDF") -> HttpResponse:
    """Why there is no PDF (503): for good when retry_after is 0, else for that many seconds.

    what: a file that is made and kept as PDFs are, and waits its turn with them.
    """
    label = edition.front_matter["label"]
    response = page(
        request,
        "no_pdf",
        page_id="E-503",
        crumbs=[crumb(label, "annual_report", edition.key), Crumb(what)],
        edition=edition,
        label=label,
        retry_after=retry_after,
        what=what,
    )
    response.status_code = 503
    response["Cache-Control"] = "no-store"
    if retry_after:
        response["Retry-After"] = str(retry_after)
    return response
