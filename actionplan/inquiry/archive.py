"""Every department's inquiry workbook of a year in one zip."""

from collections import defaultdict
from datetime import datetime
from io import BytesIO
from zipfile import ZipFile, ZipInfo

from django.utils import timezone

from actionplan.cycle.sheet import SheetRow, answer_sheet
from actionplan.fiscal_year import era_label
from actionplan.inquiry.file_names import safe, told_apart
from actionplan.inquiry.write_workbook import file_name, write_inquiry
from actionplan.models import AnnualReport, Department, Succession, place_of

Bundle = tuple[Department | None, list[SheetRow]]


def inquiry_zip(report: AnnualReport, *, issued_at: datetime | None = None) -> bytes:
    """A zip with one workbook for each department that has items in the year; a few queries, however many there are.

    Departments that were renamed or merged stand together under the one that stands for them today.
    """
    now = issued_at or timezone.now()
    stream, taken = BytesIO(), set()
    with ZipFile(stream, "w") as archive:
        for department, rows in bundles(report):
            name = told_apart(file_name(report, department), taken)
            made = ZipInfo(name, date_time=timezone.localtime(now).timetuple()[:6])
            # A workbook is a zip itself: packing it once more would only take time.
            archive.writestr(made, write_inquiry(report, department, rows, issued_at=now))
    return stream.getvalue()


def bundles(report: AnnualReport) -> list[Bundle]:
    """Each department of the year with its rows in report order; those without a department come last."""
    succession, today = Succession(), timezone.localdate()
    rows_of: dict[int | None, list[SheetRow]] = defaultdict(list)
    for row in answer_sheet(report):
        rows_of[succession.current(row.status.department_id, today)].append(row)
    found = [(succession.by_pk[pk] if pk else None, rows) for pk, rows in rows_of.items()]
    return sorted(found, key=lambda bundle: place_of(bundle[0]))


def zip_name(report: AnnualReport) -> str:
    """照会票_平成22年度.zip."""
    return safe(f"照会票_{report.label_override or era_label(report.fiscal_year)}", ".zip")
