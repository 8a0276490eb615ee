"""The staff's browser: two people in one list, and a correction from the text to the citizen's page."""

import pytest

from actionplan.models import State, YearlyStatus
from tests.browser.steps import follow

LIST = "/admin/actionplan/yearlystatus/"
FIRST = "textarea[name=form-0-text]"


def save(page) -> None:
    follow(page, "input[name=_save]")


@pytest.fixture
def reopened(published):
    """The published year, its answers taken back so that they can be written."""
    YearlyStatus.objects.update(state=State.SUBMITTED)
    return published


def test_two_people_in_the_same_cell_lose_nothing(log_in, reopened):
    first, second = log_in(LIST, username="first"), log_in(LIST, username="second")
    first.fill(FIRST, "一人目の文")
    save(first)
    second.fill(FIRST, "二人目の文")
    save(second)
    shown = second.locator("#content").inner_text()
    assert "一人目の文" in shown
    assert second.input_value(FIRST) == "二人目の文"
    assert YearlyStatus.objects.filter(text="一人目の文").exists()
    save(second)
    assert YearlyStatus.objects.filter(text="二人目の文").exists()


def test_two_people_in_different_rows_both_save(log_in, reopened):
    first, second = log_in(LIST, username="first"), log_in(LIST, username="second")
    first.fill(FIRST, "一人目の文")
    save(first)
    second.fill("textarea[name=form-1-text]", "二人目の文")
    save(second)
    assert YearlyStatus.objects.filter(text__in=["一人目の文", "二人目の文"]).count() == 2


def test_a_correction_goes_from_the_list_to_the_citizens_page(log_in, live_server, reopened, visit):
    page = log_in(LIST)
    page.fill(FIRST, "訂正した文")
    save(page)
    YearlyStatus.objects.update(state=State.CONFIRMED)
    assert "訂正した文" not in visit("/reports/2009/").content()
    page.goto(live_server.url + "/admin/actionplan/annualreport/")
    follow(page, "text=公表の画面")
    assert page.locator("ins").all_inner_texts() == ["訂正した文"]
    page.fill("#id_note", "誤りを直しました。")
    follow(page, "input[value=訂正版を公表する]")
    html = visit("/reports/2009/").content()
    assert "訂正した文" in html
    assert "誤りを直しました。" in html


def test_the_admin_asks_no_other_host(log_in, live_server):
    page = log_in(LIST)
    assert {url.split("/")[2] for url in page.asked} == {live_server.url.split("/")[2]}
