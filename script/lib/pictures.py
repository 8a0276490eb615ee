"""Takes the reference pictures of the running portal: what a citizen and a member of staff see."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
from playwright.sync_api import Browser, Page, sync_playwright

from script.lib.guide_pictures import prepare_guide, take_guide

PORT = int(os.environ.get("PORT", "8917"))
SITE = f"http://127.0.0.1:{PORT}"
FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "pictures"
# Name, address, width, height, what to scroll to.
PUBLIC = (
    ("front", "/", 1280, 900, ""),
    ("report", "/reports/{year}/", 1280, 900, "#policy-3"),
    ("report-phone", "/reports/{year}/", 375, 812, "#measure-2-2"),
    ("guideline", "/about/", 1280, 1000, ""),
    ("item", "/items/3-2-1/", 1280, 800, ""),
    ("search", "/search/?year={year}&progress=not_done", 1280, 1000, ""),
)
STAFF = (
    ("admin-statuses", "/admin/actionplan/yearlystatus/", 1280, 900, ""),
    ("admin-publish", "/admin/actionplan/annualreport/{report}/publish/", 1280, 900, ""),
)


@contextmanager
def served():
    """The portal on a port of its own, stopped at the end."""
    command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{PORT}", "--log-level", "error"]
    process = subprocess.Popen([*command, "tsushima_portal.wsgi"])
    try:
        _wait_for(f"{SITE}/healthz")
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_for(address: str) -> None:
    for _ in range(100):
        try:
            return urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(address)


def take(browser: Browser, shots: tuple, cookies: list[Any]) -> None:
    """One picture for each shot."""
    for name, address, width, height, target in shots:
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
        context.add_cookies(cookies)
        page = context.new_page()
        page.goto(SITE + address)
        _scroll_to(page, target)
        page.screenshot(path=FOLDER / f"{name}.png")
        context.close()


def _scroll_to(page: Page, target: str) -> None:
    if target:
        page.locator(target).evaluate("element => element.scrollIntoView()")


def _shots(shots: tuple, report) -> tuple:
    facts = {"report": report.pk, "year": report.fiscal_year}
    return tuple((name, address.format(**facts), *rest) for name, address, *rest in shots)


def staff_cookies() -> list[Any]:
    """The session of the first account, as its browser would hold it."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client()
    client.force_login(get_user_model().objects.filter(is_superuser=True)[0])
    return [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": SITE}]


def main() -> None:
    """Takes every picture; the database is that of VAR_DIR, which script/pictures makes and throws away."""
    django.setup()
    from actionplan.models import AnnualReport

    report = AnnualReport.objects.get()
    public, staff = _shots(PUBLIC, report), _shots(STAFF, report)
    cookies, guide = staff_cookies(), prepare_guide()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with served(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-background-networking"]
        )
        take(browser, public, [])
        take(browser, staff, cookies)
        take_guide(browser, guide, SITE, FOLDER)
        browser.close()


if __name__ == "__main__":
    main()
