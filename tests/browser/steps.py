"""Steps that a person takes in a browser, each ended only when the page that answers has come."""

from playwright.sync_api import Locator, Page


def follow(page: Page, target: str | Locator) -> None:
    """Clicks a link or a button that leads to another page, and waits until that page has loaded.

    A bare click returns as soon as the browser has been asked: what is read next may still be the old page.
    """
    found = page.locator(target).first if isinstance(target, str) else target
    with page.expect_navigation():
        found.click()
