"""Debian's Chromium, driven by Playwright, on the real report served by Django's live server."""

import os
import shutil

import pytest
from django.test import Client
from playwright.sync_api import Browser, sync_playwright

from actionplan.publishing.publish import publish
from tests import factories

# Playwright's loop runs in the test's thread, where Django would otherwise refuse its own synchronous queries.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def pytest_collection_modifyitems(items) -> None:
    """Marks everything in this folder as a browser test."""
    for item in items:
        if "/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Browser:
    """The system's browser, which script/test installs; Playwright's own where the system has none."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*SWITCHES, "--disable-sync"])
        yield browser
        browser.close()


@pytest.fixture
def published(transactional_db, real_report):
    """The real report, published."""
    return publish(real_report, by=None)


@pytest.fixture
def visit(chromium, live_server, published):
    """Opens an address in a fresh browser of the given width, JavaScript off, and hands back the page."""
    contexts = []

    def open_page(address: str, width: int = 1280, cookies=(), **options):
        options = {"java_script_enabled": False, "viewport": {"width": width, "height": 900}, **options}
        contexts.append(chromium.new_context(**options))
        contexts[-1].add_cookies(list(cookies))
        page = contexts[-1].new_page()
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(live_server.url + address)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def enter(visit, live_server):
    """Opens an address as a person who logged in before, and hands back the page; the log-in has tests of its own."""

    def open_page(person, address: str, **options):
        client = Client()
        client.force_login(person)
        # A page with a form gives the other cookie: who has both may be shown a page again that the browser kept.
        client.get("/admin/password_change/")
        cookies = [{"name": one.key, "value": one.value, "url": live_server.url} for one in client.cookies.values()]
        return visit(address, cookies=cookies, **options)

    return open_page


@pytest.fixture
def log_in(enter):
    """The same for a new staff account, in a browser with scripts."""
    return lambda address="/admin/", **account: enter(factories.make_user(**account), address, java_script_enabled=True)
