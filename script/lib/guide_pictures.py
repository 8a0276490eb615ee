"""The pictures of docs/staff-guide.ja.md: a round under way (script/lib/scene.py), as each person sees it."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page

WIDTH, PREVIEWS = 1180, "mihon-tantou"
# Name of the picture, who looks, address, height.
SHOTS = (
    ("guide-front", "mihon-tantou", "/admin/", 320),
    ("guide-answers", "mihon-tantou", "/admin/answers/{year}/{first}/", 860),
    ("guide-open-year", "mihon-jimukyoku", "/admin/round/open/?plan={plan}&year={next}", 900),
    ("guide-round", "mihon-jimukyoku", "/admin/round/{year}/", 640),
    ("guide-department", "mihon-jimukyoku", "/admin/round/{year}/{second}/", 820),
    ("guide-reorganise", "mihon-jimukyoku", "/admin/departments/{first}/reorganise/", 640),
    ("guide-trail", "mihon-jimukyoku", "/admin/trail/", 760),
)


@dataclass(frozen=True)
class Guide:
    """What the pictures need of the database, read before the browser starts: facts for addresses, who is logged in,
    and a filled workbook with its name."""

    facts: dict[str, int]
    sessions: dict[str, str]
    workbook: bytes
    file_name: str


def prepare_guide() -> Guide:
    """The round, built; the sessions of its people; the workbook of the first department, filled with faults."""
    from actionplan.models import Department
    from script.lib.scene import build

    report = build()
    first, second = Department.objects.order_by("pk")[:2]
    year = report.fiscal_year
    facts = {"year": year, "next": year + 1, "first": first.pk, "second": second.pk, "plan": report.plan_id}
    sessions = {person: _session_of(person) for _, person, _, _ in SHOTS}
    return Guide(facts, sessions, _filled(report, first), f"{first}.xlsx")


def take_guide(browser: Browser, guide: Guide, site: str, folder: Path) -> None:
    """Every picture of the guide."""
    for name, person, address, height in SHOTS:
        page = _page_of(browser, site, guide.sessions[person], height)
        page.goto(site + address.format(**guide.facts))
        page.screenshot(path=folder / f"{name}.png")
        page.context.close()
    _take_preview(_page_of(browser, site, guide.sessions[PREVIEWS], 1000), site, guide, folder)


def _page_of(browser: Browser, site: str, session: str, height: int) -> Page:
    context: BrowserContext = browser.new_context(
        viewport={"width": WIDTH, "height": height}, reduced_motion="reduce", locale="ja-JP"
    )
    context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
    return context.new_page()


def _session_of(person: str) -> str:
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client()
    client.force_login(get_user_model().objects.get(username=person))
    return client.cookies["sessionid"].value


def _take_preview(page: Page, site: str, guide: Guide, folder: Path) -> None:
    """The preview of a workbook in which one answer is new, one is emptied, and one has a category that is none."""
    page.goto(f"{site}/admin/inquiry/{guide.facts['year']}/upload/")
    file: FilePayload = {"name": guide.file_name, "mimeType": "application/octet-stream", "buffer": guide.workbook}
    page.set_input_files('input[type="file"]', file)
    page.locator("form:has(input[type=file]) [type=submit]").first.click()
    page.wait_for_load_state()
    page.screenshot(path=folder / "guide-preview.png")
    page.context.close()


def _filled(report, department) -> bytes:
    from actionplan.answers.sheet import answer_sheet
    from actionplan.inquiry.layout import HEADERS, SHEET
    from actionplan.inquiry.write_workbook import write_inquiry

    book = load_workbook(BytesIO(write_inquiry(report, department, answer_sheet(report, [department.pk]))))
    sheet = book[SHEET]
    row = next(cell.row for line in sheet.iter_rows() for cell in line if cell.value == HEADERS["text"])
    column: dict[Any, Any] = {cell.value: cell.column for cell in sheet[row]}
    text, progress = column[HEADERS["text"]], column[HEADERS["progress"]]
    sheet.cell(row + 1, text).value = None
    sheet.cell(row + 6, text).value = "（見本の文です）手引きの案を作り、各課の意見を聞きました。"
    sheet.cell(row + 6, progress).value = "実施中"
    sheet.cell(row + 7, progress).value = "済"
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()
