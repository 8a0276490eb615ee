"""A citizen searches: on a phone, with any keyboard, without scripts."""

from urllib.parse import quote

import pytest

from actionplan.uploads import read_csv
from tests.browser.steps import follow

NOT_DONE = "/search/?year=2009&progress=not_done"


@pytest.mark.parametrize("address", ["/search/", NOT_DONE, f"/search/?q={quote('ホームページ')}", "/search/?year=1999"])
@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_no_search_page_scrolls_sideways(visit, address, width):
    page = visit(address, width, java_script_enabled=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_phone_gets_from_the_front_page_to_what_was_not_done_and_to_the_item(visit):
    page = visit("/", 375)
    follow(page, page.get_by_role("link", name="未実施 5／38項目"))
    assert page.locator("h2").first.inner_text() == "5件見つかりました（38件のうち）"
    assert page.locator(".hit").count() == 5
    follow(page, page.get_by_role("link", name="里親制度の導入検討"))
    assert page.locator("h1").inner_text() == "里親制度の導入検討"


def test_a_result_opens_its_place_in_the_report(visit):
    page = visit(NOT_DONE, 375)
    follow(page, page.locator(".hit__place").nth(1))
    assert page.url.endswith("/reports/2009/#item-4-2-1")
    assert page.locator("#item-4-2-1").is_visible()


def test_full_width_half_width_and_hiragana_find_the_same(visit):
    found = []
    for typed in ("ホームページ", "ﾎｰﾑﾍﾟｰｼﾞ", "ほーむぺーじ"):
        page = visit("/", 375)
        page.get_by_label("報告からさがす").fill(typed)
        follow(page, page.get_by_role("button", name="検索する"))
        assert page.title().startswith(f"検索結果 7件・{typed}（平成21年度（2009年度））")
        assert page.locator("mark").first.inner_text() == "ホームページ"
        found.append(page.locator(".hit__name").all_inner_texts())
    assert len(found[0]) == 7
    assert found[0] == found[1] == found[2]


def test_a_phone_keeps_the_choices_folded_until_they_are_wanted(visit):
    page = visit(NOT_DONE, 375)
    assert not page.get_by_label("実施済").is_visible()
    page.click("summary")
    assert page.get_by_label("未実施").is_checked()
    page.get_by_label("未実施").uncheck()
    page.get_by_label("実施済").check()
    follow(page, page.get_by_role("button", name="この条件で検索する"))
    assert page.locator("h2").first.inner_text() == "3件見つかりました（38件のうち）"
    assert page.url.endswith("/search/?year=2009&progress=done")


def test_a_desk_shows_the_choices_beside_the_results(visit):
    page = visit(NOT_DONE)
    choices, results = page.locator(".search-form__facets").bounding_box(), page.locator(".results").bounding_box()
    assert choices["height"] > 300
    assert choices["x"] + choices["width"] < results["x"]
    assert page.get_by_label("未実施").is_checked()
    assert page.locator(".option", has_text="未設定").locator(".option__count").inner_text().startswith("30")


def test_the_keyboard_alone_searches_narrows_down_and_opens_a_result(visit):
    page = visit("/search/", java_script_enabled=True)
    focused = "document.activeElement.name || document.activeElement.textContent.trim()"

    def tab_to(name: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate(focused) == name:
                return
        raise AssertionError(f"{name} is out of the keyboard's reach")

    tab_to("q")
    page.keyboard.type("市民")
    tab_to("mark")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=*mark=*")
    tab_to("外す（主体：市民が主体）")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "mark=" not in url)
    tab_to("報告の中で読む")
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports/2009/#item-*")


def test_reading_order_is_the_order_seen(visit):
    page = visit(NOT_DONE, 375)
    tops = [page.locator(part).bounding_box()["y"] for part in ("#words", "summary", "#results-title", ".hit >> nth=0")]
    assert tops == sorted(tops)


def test_the_result_can_be_taken_as_a_file(visit):
    page = visit(NOT_DONE, 375, accept_downloads=True)
    with page.expect_download() as download:
        page.get_by_role("link", name="この結果をCSVで受け取る").click()
    assert download.value.suggested_filename == "422096_action_plan_search_result_fy2009.csv"
    assert len(read_csv(download.value.path().read_bytes()).rows) == 5
