"""The inquiry workbook (照会票) of one department: its items, last year's answers, and the cells to fill in."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from django.utils import timezone
from xlsxwriter import Workbook

from actionplan.cycle.sheet import SheetRow
from actionplan.exports.worksheets import OPTIONS
from actionplan.fiscal_year import era_label
from actionplan.inquiry.file_names import safe
from actionplan.inquiry.guidance import GuidanceSheet
from actionplan.inquiry.layout import GUIDANCE, SHEET
from actionplan.inquiry.question_sheet import QuestionSheet
from actionplan.inquiry.stamp import Stamp
from actionplan.inquiry.styles import GrowingWorksheet, formats_of
from actionplan.models import AnnualReport, Department

NO_DEPARTMENT = "担当課なし"


def write_inquiry(
    report: AnnualReport, department: Department | None, rows: Sequence[SheetRow], *, issued_at: datetime | None = None
) -> bytes:
    """The workbook of these rows, in their order.

    department: whom it is for; None for items without one. issued_at: now unless told.
    """
    now = issued_at or timezone.now()
    stamp = Stamp(report.fiscal_year, department.pk if department else None, now, len(rows))
    stream = BytesIO()
    with Workbook(stream, {"constant_memory": True, **OPTIONS}) as book:
        made = timezone.localtime(now).replace(tzinfo=None)
        book.set_properties({"title": f"{report.label}照会票（{name_of(department)}）", "created": made})
        formats = formats_of(book)
        questions = book.add_worksheet(SHEET, worksheet_class=GrowingWorksheet)
        QuestionSheet(questions, formats, stamp).fill(report, name_of(department), rows)
        guidance = book.add_worksheet(GUIDANCE, worksheet_class=GrowingWorksheet)
        GuidanceSheet(guidance, formats).fill(report, name_of(department))
    return stream.getvalue()


def name_of(department: Department | None) -> str:
    """What the workbook calls a department."""
    return str(department) if department else NO_DEPARTMENT


def file_name(report: AnnualReport, department: Department | None) -> str:
    """照会票_平成22年度_○○課.xlsx, safe on every system."""
    year = report.label_override or era_label(report.fiscal_year)
    return safe(f"照会票_{year}_{name_of(department)}", ".xlsx")
