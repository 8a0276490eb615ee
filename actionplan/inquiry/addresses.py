"""What the pages about inquiry workbooks share: the year, who may come in, addresses, files to save."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header

from actionplan import permissions
from actionplan.models import AnnualReport, Person
from actionplan.permissions import Standing, standing_of

NOT_ANSWERING = "照会票を取り込めるのは、課の担当者・課長と事務局です。必要なときは事務局に相談してください。"


def the_report(year: int) -> AnnualReport:
    """The year's report. Raises Http404."""
    report = AnnualReport.objects.select_related("plan").filter(fiscal_year=year).first()
    if report is None:
        raise Http404("この年度の年次報告はありません。")
    return report


def may_upload(standing: Standing) -> bool:
    """Whether the person answers for anybody at all."""
    return standing.coordinates or (standing.answers and bool(standing.departments))


def come_in(user: Person, year: int) -> tuple[AnnualReport, Standing]:
    """The year's report and what the person may do. Raises PermissionDenied, Http404."""
    standing = standing_of(user)
    permissions.require(may_upload(standing), NOT_ANSWERING)
    return the_report(year), standing


def attachment(data: bytes, name: str, content_type: str) -> HttpResponse:
    """The bytes as a file to save; nothing on the way keeps a copy."""
    headers = {"Content-Disposition": content_disposition_header(True, name), "Cache-Control": "no-store"}
    return HttpResponse(data, content_type=content_type, headers=headers)


def asked_department(request: HttpRequest) -> int | None:
    """The department from whose page the person came (?department=3); None when it was no department's."""
    asked = request.GET.get("department", "")
    return int(asked) if asked.isdecimal() and len(asked) < 10 else None


def upload_address(report: AnnualReport, request: HttpRequest | None = None) -> str:
    """The page that takes workbooks; it knows from which department's page the person came."""
    return reverse("admin:inquiry_upload", args=[report.fiscal_year]) + (_tail(request) if request else "")


def preview_address(report: AnnualReport, name: str, request: HttpRequest) -> str:
    """The page that shows what a waiting workbook would change."""
    return reverse("admin:inquiry_preview", args=[report.fiscal_year, name]) + _tail(request)


def _tail(request: HttpRequest) -> str:
    department = asked_department(request)
    return "" if department is None else f"?department={department}"


def answers_address(report: AnnualReport, department_id: int | None) -> str:
    """The page of a department's answers."""
    return reverse("admin:answer_sheet", args=[report.fiscal_year, department_id or 0])


def crumbs_of(report: AnnualReport, standing: Standing) -> list[tuple[str, str]]:
    """The page that the person's work starts from, for the way back."""
    if standing.coordinates:
        return [("取りまとめ状況", reverse("admin:round", args=[report.fiscal_year]))]
    return [("自課の回答", reverse("admin:answers"))]
