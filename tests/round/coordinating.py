"""The coordinator's pages as a browser sees and posts them."""

import re

from actionplan.models import State, YearlyStatus
from tests.admin.pages import form_of

BACK, SENT, DONE, DRAFT = State.RETURNED, State.SUBMITTED, State.CONFIRMED, State.DRAFT
OPEN, REMIND = "/admin/round/open/", "/admin/round/2026/remind/"
REASON = "一行目\r\n二行目に理由"


def address(department, query="") -> str:
    return f"/admin/round/2026/{department.pk if department else 0}/{query}"


def shown(browser, department, query="") -> str:
    response = browser.get(address(department, query))
    assert response.status_code == 200
    return response.content.decode()


def ticks_of(browser, department, query="") -> list[str]:
    return form_of(browser.get(address(department, query)), "steps").get("status", [])


def tick(row) -> str:
    return f"{row.pk}-{row.revision}"


def take(browser, department, step, *ticks, reason="", follow=True):
    data = {"step": step, "status": list(ticks), "reason": reason}
    response = browser.post(address(department), data, follow=follow)
    return (
        browser.post(address(department), data | {"step": sure(response)}, follow=follow)
        if sure(response)
        else response
    )


def sure(response) -> str:
    """What the button sends that returns several answers after all; empty when nothing is asked."""
    found = re.search(r'form="steps" name="step" value="([^"]*)"', response.content.decode())
    return found[1] if found else ""


def said(response) -> str:
    """The words of the page, without its marks."""
    return re.sub(r"\s+", "", re.sub(r"<[^>]*>", "", response.content.decode()))


def states() -> list[str]:
    return list(YearlyStatus.objects.order_by("pk").values_list("state", flat=True))


def everything() -> tuple:
    return list(YearlyStatus.objects.order_by("pk").values()), YearlyStatus.history.count()


def letters_on(page: str) -> list[str]:
    """What the boxes of the page that reminds send: department and seal of each letter."""
    return re.findall(r'name="letter"[^>]*value="([^"]*)"', page)


def opening_form(page: str) -> dict[str, str]:
    """What the button below the preview of an opening sends."""
    section = page.partition('id="opening-title"')[2]
    tags = re.findall(r"<input[^>]*>", section)
    pairs = [(re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags]
    return {name[1]: value[1] if value else "" for name, value in pairs if name[1] != "csrfmiddlewaretoken"}
