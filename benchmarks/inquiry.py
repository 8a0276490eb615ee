"""How long the inquiry workbook's writer, reader and marker take beside plain openpyxl, in one run.

    DEBUG=on DJANGO_SETTINGS_MODULE=tsushima_portal.settings .venv/bin/python -m benchmarks.inquiry [rows]

Prints seconds and ratios; above 1.0 means slower than openpyxl, which only moves the same cells. An .ods, where
LibreOffice is there to make one, is held against the .xlsx of the same rows. Only ratios of one run mean anything. It
reads no database.
"""

import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import django
import openpyxl

from benchmarks.exports import TEXT, seconds


def rows_of(count: int) -> tuple:
    """A report and as many rows of it as told, every cell filled, last year's text beside; nothing is stored."""
    from actionplan.answers.sheet import CONTINUED, SheetRow
    from actionplan.models import ActionItem, AnnualReport, Measure, Plan, Policy, YearlyStatus

    plan = Plan(pk=1, title="計画")
    plan._prefetched_objects_cache = {"categories": []}
    this, last = (AnnualReport(plan=plan, fiscal_year=year, key=str(year)) for year in (2010, 2009))
    answer = {"outcome": TEXT, "challenge": TEXT, "next_step": TEXT, "progress": "done", "state": "draft"}
    rows = []
    for number in range(count):
        measure = Measure(number=number // 10 % 10 + 1, policy=Policy(number=number // 100 + 1, plan=plan))
        item = ActionItem(pk=number + 1, measure=measure, number=number % 10 + 1, name="項目", content=TEXT)
        item._prefetched_objects_cache = {"actors": [], "figures": []}
        status = YearlyStatus(pk=number + 1, report=this, item=item, text=TEXT * 2, **answer)
        rows.append(SheetRow(status, (YearlyStatus(report=last, item=item, text=TEXT * 2),), CONTINUED))
    return this, rows


def plain_write(table: list[tuple]) -> bytes:
    """The same cells written by openpyxl, without colours, heights or protection."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in table:
        sheet.append(line)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def plain_read(data: bytes) -> list[tuple]:
    """Every value of the first sheet, as openpyxl reads it."""
    return list(openpyxl.load_workbook(BytesIO(data), read_only=True).worksheets[0].iter_rows(values_only=True))


def as_ods(data: bytes) -> bytes | None:
    """The workbook as LibreOffice saves it in its own form; None where there is no LibreOffice."""
    if shutil.which("soffice") is None:
        return None
    with TemporaryDirectory() as folder:
        book = Path(folder, "book.xlsx")
        book.write_bytes(data)
        home = f"-env:UserInstallation=file://{folder}/profile"
        convert = ["soffice", home, "--headless", "--convert-to", "ods", "--outdir", folder, str(book)]
        subprocess.run(convert, check=True, capture_output=True)
        return book.with_suffix(".ods").read_bytes()


def plain_copy(data: bytes) -> None:
    """The workbook opened and saved by openpyxl."""
    openpyxl.load_workbook(BytesIO(data)).save(BytesIO())


def main(count: int) -> None:
    """Prints one line per direction."""
    from actionplan.inquiry.annotate import annotated
    from actionplan.inquiry.layout import Trouble
    from actionplan.inquiry.read_workbook import read_inquiry
    from actionplan.inquiry.write_workbook import write_inquiry

    report, rows = rows_of(count)
    data = write_inquiry(report, None, rows)
    table = plain_read(data)
    faults = [Trouble(f"H{line}", "直してください。") for line in range(5, count + 5)]
    assert len(read_inquiry(data, "").lines) == count
    print(f"{count} rows, {len(data) / 1024:.0f} KB")
    show("write", seconds(lambda: write_inquiry(report, None, rows)), seconds(lambda: plain_write(table)))
    show("read", seconds(lambda: read_inquiry(data, "照会票.xlsx")), seconds(lambda: plain_read(data)))
    if (sheet := as_ods(data)) is not None:
        show("read .ods", seconds(lambda: read_inquiry(sheet, "照会票.ods")), seconds(lambda: read_inquiry(data, "")))
    show("mark all", seconds(lambda: annotated(data, faults)), seconds(lambda: plain_copy(data)))


def show(name: str, ours: float, plain: float) -> None:
    """Prints both times and their ratio."""
    print(f"{name:10} ours {ours:6.2f} s   openpyxl {plain:6.2f} s   ratio {ours / plain:.2f}")


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
