"""Takes the reference pictures of the running portal: what a citizen and a member of staff see."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import django
from playwright.sync_api import Browser, sync_playwright

from script.lib.guide_pictures import prepare_guide, take_guide

PORT = int(os.environ.get("PORT", "8917"))
SITE = f"http://127.0.0.1:{PORT}"
FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "pictures"


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
            return urllib.request.urlopen(address, timeout=5).close()  # noqa: S310  # our own
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(address)


def take_report(browser: Browser, year: int) -> None:
    """The report as citizens see it, at the policy that has every mark."""
    page = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page.goto(f"{SITE}/reports/{year}/")
    page.locator("#policy-3").evaluate("element => element.scrollIntoView()")
    page.screenshot(path=FOLDER / "report.png")
    page.close()


def main() -> None:
    """Takes every picture; the database is that of VAR_DIR, which script/pictures makes and throws away."""
    django.setup()
    from actionplan.models import AnnualReport

    year, guide = AnnualReport.objects.get().fiscal_year, prepare_guide()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with served(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-background-networking"]
        )
        take_report(browser, year)
        take_guide(browser, guide, SITE, FOLDER)
        browser.close()


if __name__ == "__main__":
    main()
