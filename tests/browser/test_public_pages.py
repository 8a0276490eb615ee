"""What a citizen's browser makes of the public pages."""

from urllib.parse import urlsplit

import pytest

from actionplan.publishing.publish import publish
from tests import factories
from tests.browser.steps import follow
from tests.pages import item_page

PAGES = ["/", "/reports/", "/reports/2009/", "/reports/2009/policies/3/", item_page("2-3-1"), "/about/", "/nothing/"]


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_no_page_scrolls_sideways(visit, address, width):
    page = visit(address, width, java_script_enabled=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("address", PAGES)
def test_no_page_asks_another_host(visit, live_server, address):
    page = visit(address)
    assert {urlsplit(url).netloc for url in page.asked} == {urlsplit(live_server.url).netloc}
    assert len(page.asked) > 5


def test_no_page_sets_a_cookie(visit):
    page = visit("/reports/2009/")
    assert page.context.cookies() == []


def test_a_phone_shows_each_item_as_a_card_with_its_labels(visit):
    page = visit("/reports/2009/", 375)
    card = page.locator("#item-2-2-1")
    assert card.locator(".mark-words").inner_text() == "市民が主体・市民と市が主体"
    assert card.locator(".cell-status .cell-label").inner_text() == "実施状況"
    boxes = [card.locator(cell).bounding_box() for cell in (".cell-name", ".cell-content", ".cell-status")]
    assert boxes[0]["y"] < boxes[1]["y"] < boxes[2]["y"]
    assert {round(box["x"]) for box in boxes} == {round(boxes[0]["x"])}


def test_columns_line_up_down_the_whole_page(visit):
    page = visit("/reports/2009/", java_script_enabled=True)
    edges = page.evaluate(
        "[...document.querySelectorAll('.report-table tbody tr')].map(row =>"
        " [...row.cells].map(cell => Math.round(cell.getBoundingClientRect().x)).join())"
    )
    assert len(edges) == 38
    assert len(set(edges)) == 1


def test_two_marks_stay_on_one_line(visit):
    page = visit("/reports/2009/")
    for code in ("2-2-1", "3-2-1"):
        assert page.locator(f"#item-{code} .marks").bounding_box()["height"] < 40


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("place", ["policy-4", "item-3-2-1"])
def test_a_link_into_the_report_leads_to_its_place(visit, width, place):
    page = visit(f"/reports/2009/#{place}", width, java_script_enabled=True, reduced_motion="reduce")
    assert 0 <= page.evaluate(f"document.getElementById('{place}').getBoundingClientRect().top") < 100


def test_the_two_paragraphs_of_a_status_stand_on_two_lines(visit):
    page = visit("/reports/2009/")
    lines = page.locator("#item-2-2-1 .cell-status > div").inner_text().split("\n")
    assert lines[:2] == ["・地域づくり団体等の意見交換会を実施", "・対馬市民ボランティア連絡協議会の活動支援"]


def test_a_citizen_walks_from_the_front_page_to_an_item(visit):
    page = visit("/", 375)
    follow(page, "text=報告を読む")
    follow(page, "nav.contents >> text=情報を共有する")
    follow(page, "text=対馬市有線テレビの利用")
    assert page.locator("h1").inner_text() == "対馬市有線テレビの利用"
    assert "市民活動の内容を随時紹介。" in page.locator(".item-year").inner_text()


@pytest.mark.parametrize("name", ["CSV", "Excel（データ）", "Excel（印刷用の様式）"])
def test_each_file_of_the_report_can_be_taken(visit, name):
    page = visit("/reports/2009/", accept_downloads=True)
    with page.expect_download() as download:
        page.click(f"main .files >> text='{name}'")
    assert download.value.suggested_filename.startswith("422096_action_plan_fy2009_v1")


def test_the_keyboard_reaches_the_text_first(visit):
    page = visit("/", java_script_enabled=True)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "本文へ移動"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_citizen_goes_from_what_was_not_done_to_whom_to_ask(visit, published):
    department = factories.make_department("試験課", phone="000-111-2222")
    for status in published.report.statuses.filter(progress="not_done"):
        status.department = department
        status.save()
    publish(published.report, by=None, note="担当課を書き足しました。")
    page = visit("/", 375)
    follow(page, ".numerals >> text=未実施")
    assert page.locator("text=5件見つかりました").is_visible()
    follow(page, "text=里親制度の導入検討")
    assert page.locator(".contact a[href='tel:000-111-2222']").is_visible()
