"""The files of a year's report, and what other sites show of it: pictures beside links, cards in frames. Each is
written from an edition, which never changes.
"""

import hashlib

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from actionplan import kept_files
from actionplan.codes import CODES, CODES_VERSION
from actionplan.exports.pdf import CannotMakePdf, StillBeingMade
from actionplan.exports.report_files import KINDS, FileKind, code_name, etag, file_name
from actionplan.exports.share_picture import can_draw, share_picture
from actionplan.exports.tabular import CellsDoNotFit
from actionplan.models import Edition, EditionFile
from actionplan.seen import fingerprint
from actionplan.selectors.charts import year_summary
from actionplan.selectors.editions import latest_of_each_plan, plan_edition, public_edition
from actionplan.selectors.item_history import item_history
from actionplan.selectors.shared import PictureWords, item_words, plan_words, policy_words, report_words, site_words
from actionplan.views.frame import Crumb, crumb, page, site_of

NO_SUCH_FILE = (
    "お探しの形式のファイルはありません。"
    "PDF、CSV（UTF-8またはCP932）、Excel（xlsx）、JSON、広報の原稿（txt）、"
    "確かめるためのファイル（content.json、sha256）から選んでください。"
)
NO_SUCH_CODE = "お探しの施策のQRコードはありません。"
EVIDENCE_NAME = kept_files.NAME
NO_SUCH_EVIDENCE = "お探しの写真・資料は、公表されていません。"
# A name stands for one content for good, so that nobody needs to ask twice. Nothing in a file may act.
FOR_EVER = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}
# Other sites show it beside a link; it is a picture and nothing else.
FOR_OTHERS = {
    "Cache-Control": "no-cache",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
}
FRAMED = {
    "Cache-Control": "no-cache",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"
    ),
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


def site_picture(request: HttpRequest) -> HttpResponse:
    """The picture that stands beside a shared link to the front page."""
    return _picture(site_words(latest_of_each_plan()))


def plan_picture(request: HttpRequest, slug: str) -> HttpResponse:
    """The same of a plan."""
    return _picture(plan_words(plan_edition(slug)))


def report_picture(request: HttpRequest, key: str, number: int | None = None) -> HttpResponse:
    """The same of a year's report, or of that numbered edition; asked each time: it may be withdrawn."""
    return _picture(report_words(public_edition(key, number)))


def policy_picture(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The same of a policy of the report."""
    return _picture(policy_words(public_edition(key), number))


def item_picture(request: HttpRequest, public_id: str) -> HttpResponse:
    """The same of an item."""
    return _picture(item_words(public_id))


def _picture(words: PictureWords) -> HttpResponse:
    if not can_draw():
        return redirect("touch_icon")
    return HttpResponse(share_picture(words), content_type="image/png", headers=FOR_OTHERS)


def embedded_item(request: HttpRequest, public_id: str) -> HttpResponse:
    """An item's latest year as a card that other sites frame."""
    latest = item_history(public_id)[0]
    page = reverse("item", args=[public_id])
    return _card(request, "item", page, edition=latest.edition, latest=latest, item=latest.item)


def embedded_report(request: HttpRequest, key: str) -> HttpResponse:
    """A year's counts as a card that other sites frame."""
    edition = public_edition(key)
    summary = year_summary(edition.front_matter, edition.rows.all())
    return _card(request, "report", reverse("annual_report", args=[key]), edition=edition, summary=summary)


def _card(request: HttpRequest, name: str, page: str, **facts) -> HttpResponse:
    """page: the address of the page that the card is taken from."""
    response = render(request, f"actionplan/embed_{name}.html", {**facts, "page": site_of(request) + page})
    for header, value in FRAMED.items():
        response[header] = value
    # The one thing of ours that other sites may frame: it holds no form, no script and nothing to press but a link.
    response.xframe_options_exempt = True
    return response


def policy_code(request: HttpRequest, key: str, number: int, ending: str) -> HttpResponse:
    """The QR code of a policy's page, for the newsletter: qr.svg for print of any size, qr.png for Word; else 404."""
    edition = public_edition(key)
    if not edition.rows.filter(policy_number=number).exists():
        raise Http404(NO_SUCH_CODE)
    address = site_of(request) + reverse("policy", args=[key, number])
    tag = f'"{fingerprint(address, ending, CODES_VERSION, length=32)}"'
    if unchanged := get_conditional_response(request, etag=tag):
        return _dated(unchanged, tag)
    write, content_type = CODES[ending]
    name = f"{code_name(edition, number)}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return _dated(HttpResponse(write(address), content_type=content_type, headers=headers), tag)


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
