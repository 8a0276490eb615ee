"""A department's year in the browser, without JavaScript: a clerk writes, two clash, the head hands in, and prints."""

import pytest
from playwright.sync_api import expect

from actionplan.models import State, YearlyStatus
from tests import factories
from tests.answers.answering import make_office, written
from tests.browser.steps import follow
from tests.browser.test_accessibility import MODES, problems

BAR = ".bar button[value={}]"


@pytest.fixture
def office(published):
    """Eight items, answered the year before."""
    office = make_office(8, year=2031)
    before = factories.make_report(office.report.plan, fiscal_year=2030)
    for row in office.rows:
        factories.make_status(before, row.item, text=f"昨年度の文{row.item.number}", progress="in_progress")
    return office


def press(page, button):
    follow(page, BAR.format(button))


def box(office, cell, index=0):
    return f"#{cell}-{office.rows[index].pk}"


def choose(page, office, label, index=0):
    page.locator(box(office, "progress", index)).get_by_label(label).check()


def test_a_clerk_answers_eight_items_and_the_head_hands_them_in(office, enter):
    page = enter(office.person("担当者"), "/admin/")
    follow(page, "text=自課の回答")
    assert "昨年度の文1" in page.inner_text(f"#item-{office.rows[0].pk}")
    for index in range(8):
        page.fill(box(office, "text", index), f"今年度の文{index}")
        choose(page, office, "実施済", index)
    press(page, "save")
    assert "8項目を保存しました。空欄はもうありません。" in page.inner_text(".messagelist")
    head = enter(office.person("課長"), "/admin/")
    assert "8項目すべて記入済み。内容を確かめて提出してください" in head.inner_text(".waiting-work")
    follow(head, "text=自課の回答")
    press(head, "submit")
    assert set(office.states()) == {State.SUBMITTED}
    assert head.locator("textarea").count() == 0
    assert "今年度の文7" in head.inner_text("#content-main")


def test_two_clerks_in_one_box_read_both_texts_and_lose_none(office, enter):
    pages = [enter(office.person("担当者", last_name=name), office.address) for name in ("佐藤", "鈴木")]
    for page, text in zip(pages, ("佐藤の文", "鈴木の文"), strict=True):
        page.fill(box(office, "text"), text)
        press(page, "save")
    shown = pages[1].inner_text(f"#item-{office.rows[0].pk}")
    assert "保存していません。この画面を開いたあとに、佐藤さんが" in shown
    assert "佐藤の文" in shown
    assert pages[1].input_value(box(office, "text")) == "鈴木の文"
    press(pages[1], "save")
    assert office.stored().text == "鈴木の文"


def test_words_that_were_typed_are_there_after_a_link_and_the_way_back(office, enter):
    page = enter(office.person("担当者"), office.address)
    page.fill(box(office, "text"), "まだ保存していない文")
    follow(page, "text=変更の記録")
    assert "/admin/trail/" in page.url
    page.go_back()
    assert page.input_value(box(office, "text")) == "まだ保存していない文"


def test_words_that_were_typed_before_somebody_else_saved_overwrite_nothing_after_the_way_back(office, enter):
    page = enter(office.person("担当者"), office.address)
    page.fill(box(office, "text"), "私の文")
    follow(page, "text=変更の記録")
    other = enter(office.person("担当者"), office.address)
    other.fill(box(office, "text"), "ほかの人の文")
    press(other, "save")
    page.go_back()
    press(page, "save")
    assert office.stored().text == "ほかの人の文"
    assert page.input_value(box(office, "text")) == "私の文"
    assert "ほかの人の文" in page.inner_text(".told")


def test_going_back_after_saving_and_saving_again_does_no_harm(office, enter):
    page = enter(office.person("担当者"), office.address)
    page.fill(box(office, "text"), "一度書いた文")
    press(page, "save")
    page.go_back()
    press(page, "save")
    assert page.locator(".notice--error").count() == 0
    assert (office.stored().text, office.stored().revision) == ("一度書いた文", 2)


def test_the_enter_key_on_a_category_saves_a_draft(office, enter):
    YearlyStatus.objects.filter(report=office.report).update(**written(state=State.DRAFT))
    page = enter(office.person("課長"), office.address)
    page.click(f"#item-{office.rows[0].pk} .fold > summary")
    choose(page, office, "検討中")
    page.keyboard.press("Enter")
    page.wait_for_selector(".messagelist")
    assert (office.stored().progress, office.stored().state) == ("under_consideration", State.DRAFT)


def test_last_years_text_is_copied_into_its_box_and_the_page_stays_there(office, enter):
    page = enter(office.person("担当者"), office.address)
    page.fill(box(office, "text", 0), "書きかけの文")
    follow(page, f"button[value=copy-{office.rows[6].pk}]")
    assert page.input_value(box(office, "text", 6)) == "昨年度の文7"
    assert page.input_value(box(office, "text", 0)) == "書きかけの文"
    assert page.evaluate("window.scrollY") > 500
    assert office.stored(6).text == ""


def test_the_meaning_of_the_chosen_category_stands_below_it(office, enter):
    page = enter(office.person("担当者"), office.address)
    choose(page, office, "一部実施")
    meanings = page.locator(f"{box(office, 'progress')} .meaning:visible")
    assert meanings.all_inner_texts() == ["計画した内容の一部を実施したもの。"]


def test_a_link_to_an_empty_box_leads_past_the_bar_of_buttons(office, enter):
    page = enter(office.person("課長"), office.address)
    page.fill(box(office, "text"), "文")
    press(page, "submit")
    page.click(f"text={office.rows[7].item.code}（実施状況・進捗区分）")
    area = page.locator(box(office, "text", 7)).bounding_box()
    bar = page.locator(".bar").bounding_box()
    assert area["y"] >= 0
    assert area["y"] + area["height"] <= bar["y"]


@pytest.mark.parametrize("width", [320, 400, 1280])
def test_nothing_scrolls_sideways(office, enter, width):
    page = enter(office.person("課長"), office.address, width=width)
    for address in (office.address, f"{office.address}?view=table", "/admin/answers/?all=1", "/admin/"):
        page.goto(page.url.split("/admin/")[0] + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_paper_stands_what_is_saved_without_boxes_and_buttons(office, enter):
    YearlyStatus.objects.filter(pk=office.rows[0].pk).update(**written(text="保存した文", outcome="保存した成果"))
    page = enter(office.person("課長"), office.address)
    page.click(f"#item-{office.rows[0].pk} .fold > summary")
    page.fill(box(office, "text"), "まだ保存していない文")
    page.emulate_media(media="print")
    assert page.locator("textarea:visible, input:visible, button:visible, summary:visible").count() == 0
    shown = page.inner_text("#content-main")
    for words in (
        "保存した文",
        "保存した成果",
        "実施済",
        "昨年度の文1",
        "保存してある内容を印刷しています。",
        "課長：",
    ):
        assert words in shown


@pytest.mark.parametrize("mode", ["normal", "dark"])
def test_axe_finds_nothing_in_any_state_of_the_page(office, enter, mode):
    head = office.person("課長", last_name="山田")
    page = enter(head, office.address, java_script_enabled=True, bypass_csp=True, **MODES[mode])
    assert problems(page, mode) == []
    page.fill(box(office, "text"), "私の文")
    page.fill(box(office, "text", 1), "制\x07御")
    YearlyStatus.objects.filter(pk=office.rows[0].pk).update(text="ほかの人の文", revision=2)
    YearlyStatus.objects.filter(pk=office.rows[2].pk).update(state=State.RETURNED, return_reason="数を書く。")
    press(page, "save")
    assert page.locator(".told").count() == 2
    for width in (1280, 400):
        page.set_viewport_size({"width": width, "height": 900})
        assert problems(page, mode) == [], width
    for address in (f"{office.address}?view=table", "/admin/"):
        page.goto(page.url.split("/admin/")[0] + address)
        assert problems(page, mode) == [], address
    YearlyStatus.objects.filter(report=office.report).update(**written(state=State.SUBMITTED))
    for address in (office.address, "/admin/answers/?all=1"):
        page.goto(page.url.split("/admin/")[0] + address)
        assert problems(page, mode) == [], address


def leaving(page):
    """What the browser asks when the page is left by a link."""
    asked = []

    def answer(dialog):
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    page.click(".breadcrumbs a")
    page.wait_for_url("**/admin/")
    return asked


def test_whoever_leaves_with_unsaved_words_is_asked_first(office, enter):
    page = enter(office.person("担当者"), office.address, java_script_enabled=True)
    page.locator("textarea").first.fill("書きかけの文")
    assert leaving(page) == ["beforeunload"]


def test_whoever_has_saved_or_written_nothing_is_not_asked(office, enter):
    page = enter(office.person("担当者"), office.address, java_script_enabled=True)
    page.locator("textarea").first.fill("書いた文")
    press(page, "save")
    assert leaving(page) == []


def test_the_table_is_written_by_the_keyboard_alone_and_saved_where_one_writes(office, enter):
    page = enter(office.person("担当者"), f"{office.address}?view=table", java_script_enabled=True)
    page.locator(box(office, "text", 5)).focus()
    page.keyboard.type("今年度の文")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "SELECT"
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    assert page.url.endswith(f"?view=table&at={office.rows[5].pk}#item-{office.rows[5].pk}")
    assert (office.stored(5).text, office.stored(5).progress) == ("今年度の文", "done")
    expect(page.locator(box(office, "text", 5))).to_be_focused()
