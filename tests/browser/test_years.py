"""What a citizen's browser makes of several years, their changes and the charts."""

import pytest

from actionplan.samples import load_sample_years
from tests.browser.steps import follow
from tests.browser.test_accessibility import MODES, problems
from tests.pages import item_page

PAGES = [
    "/plans/1/",
    "/reports/2011/changes/",
    "/reports/2011/compare/2009/",
    "/reports/2011/streaks/",
    item_page("1-1-1"),
]


@pytest.fixture
def years(published):
    return load_sample_years()


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("mode", MODES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(years, visit, address, mode):
    page = visit(address, 1280, java_script_enabled=True, bypass_csp=True, **MODES[mode])
    for width in (1280, 768, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert problems(page, mode) == [], width


def test_years_stand_beside_each_other_on_a_desk_and_below_each_other_on_a_phone(years, visit):
    cells = "tr:has(th:text('実施状況')) td"
    desk = [cell.bounding_box() for cell in visit(item_page("1-1-1")).locator(cells).all()]
    assert len({round(box["y"]) for box in desk}) == 1
    assert desk[0]["x"] < desk[1]["x"] < desk[2]["x"]
    phone = [cell.bounding_box() for cell in visit(item_page("1-1-1"), 320).locator(cells).all()]
    assert phone[0]["y"] < phone[1]["y"] < phone[2]["y"]


def test_a_phone_says_the_year_of_each_cell(years, visit):
    first = visit(item_page("1-1-1"), 320).locator(".beside tbody td").first
    assert "平成23年度（2011年度）" in first.inner_text()


def test_marks_do_not_rest_on_colour(years, visit):
    page = visit("/reports/2011/changes/", java_script_enabled=True)
    line = "selector => getComputedStyle(document.querySelector(selector)).textDecorationLine"
    assert page.evaluate(line, "ins") == "underline"
    assert page.evaluate(line, "del") == "line-through"


@pytest.mark.parametrize("width", [320, 1280])
def test_every_cell_of_the_chart_is_as_wide_as_the_next(visit, width):
    page = visit("/", width, java_script_enabled=True)
    widths = page.evaluate("[...document.querySelectorAll('.chart__cell')].map(c => c.getBoundingClientRect().width)")
    assert len(widths) == 38
    assert max(widths) - min(widths) < 1
    assert min(widths) > 8


@pytest.mark.parametrize("width", [320, 1280])
def test_the_charts_stay_inside_the_page(years, visit, width):
    page = visit("/", width, java_script_enabled=True)
    ends = page.evaluate("[...document.querySelectorAll('main svg *')].map(e => e.getBoundingClientRect().right)")
    assert max(ends) <= width


def test_the_chart_is_drawn_in_the_systems_colours_when_those_are_forced(visit):
    page = visit("/", java_script_enabled=True, forced_colors="active")
    ink = page.evaluate("getComputedStyle(document.querySelector('.pattern-ink')).fill")
    text = page.evaluate("getComputedStyle(document.body).color")
    assert ink == text


def test_a_citizen_walks_from_the_report_to_what_changed_and_back(years, visit):
    page = visit("/reports/2011/", 375)
    follow(page, "text=前の年度からの変更と訂正")
    assert page.locator("h1").inner_text().replace("\n", "") == "前の年度からの変更と訂正"
    follow(page, "#ended a")
    assert "/reports/2010/#item-" in page.url
