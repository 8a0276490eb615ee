"""Inquiry workbooks (照会票) in the staff wing: their addresses, and the doors to download them by."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_safe

from actionplan import permissions
from actionplan.admin.inquiry.preview import marked_workbook, preview_page
from actionplan.admin.inquiry.queue import take_all, upload_page
from actionplan.admin.inquiry.upload import attachment, may_upload, the_report, upload_address
from actionplan.admin.round.pages import MOST_YEARS
from actionplan.admin.site import FrontLink
from actionplan.admin.standing import standing_in
from actionplan.cycle.opening_cautions import years_under_way
from actionplan.cycle.sheet import answer_sheet
from actionplan.inquiry.archive import inquiry_zip, zip_name
from actionplan.inquiry.write_workbook import file_name, write_inquiry
from actionplan.models import AnnualReport, Succession

NOT_YOURS = "この課の照会票をダウンロードする権限がありません。自分の課の照会票を選んでください。"
ZIP_NOT_YOURS = "全部の課の照会票をまとめてダウンロードできるのは、事務局だけです。"


@require_safe
def workbook(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """One department's workbook, for who may answer for it; 0 is for the items without a department."""
    report, succession, day = the_report(year), Succession(), timezone.localdate()
    if pk and pk not in succession.by_pk:
        raise Http404("この担当課はありません。")
    current = succession.current(pk or None, day)
    permissions.require(permissions.standing_of(request.user).may_answer_for(current), NOT_YOURS)
    rows = answer_sheet(report, succession.standing_for([current], day) if current else [None])
    if not rows:
        raise Http404("この担当課には、この年度の項目がありません。")
    department = succession.by_pk[current] if current else None
    return attachment(write_inquiry(report, department, rows), file_name(report, department))


@require_safe
def archive(request: HttpRequest, year: int) -> HttpResponse:
    """Every department's workbook in one zip, for the coordinator."""
    permissions.require(permissions.standing_of(request.user).coordinates, ZIP_NOT_YOURS)
    report = the_report(year)
    return attachment(inquiry_zip(report), zip_name(report), "application/zip")


def front_links(request: HttpRequest) -> list[FrontLink]:
    """The way to the workbooks of the years under way, else of the latest year, for those who answer."""
    if not may_upload(standing_in(request)):
        return []
    reports = list(years_under_way()[:MOST_YEARS]) or list(AnnualReport.objects.all()[:1])
    words = "照会票をダウンロードして記入し、取り込みます。"
    return [FrontLink(f"照会票（Excel）　{report}", upload_address(report), words) for report in reports]


def urls(door: Callable) -> list[URLPattern]:
    """The addresses, all under inquiry/."""
    year = "inquiry/<int:year>"
    return [
        path(f"{year}/<int:pk>.xlsx", door(workbook), name="inquiry_workbook"),
        path(f"{year}.zip", door(archive), name="inquiry_zip"),
        path(f"{year}/upload/", door(upload_page), name="inquiry_upload"),
        path(f"{year}/upload/take/", door(take_all), name="inquiry_take"),
        path(f"{year}/upload/<str:name>/", door(preview_page), name="inquiry_preview"),
        path(f"{year}/upload/<str:name>/marked.xlsx", door(marked_workbook), name="inquiry_marked"),
    ]
