"""axe-core finds nothing: three widths, three colour modes, every kind of public page and the main staff pages."""

from pathlib import Path

import pytest

from tests import pages

AXE = Path(__file__).resolve().parent.parent / "tools" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EXTRA = ["target-size", "td-has-header", "table-fake-caption", "p-as-heading"]
# What passed is not asked for: on a long page that is most of the work.
ONLY_FAULTS = {"resultTypes": ["violations"]}
OPTIONS = {
    "runOnly": {"type": "tag", "values": TAGS},
    "rules": {rule: {"enabled": True} for rule in EXTRA},
    **ONLY_FAULTS,
}
# What another colour mode can break: the same page says and does the same in each, only its colours differ.
OF_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}, **ONLY_FAULTS}
MODES = {
    "normal": {},
    "dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active"},
}


@pytest.fixture
def published(transactional_db, real_report):
    """The real report, published with what it does not bear itself."""
    return pages.publish_all_kinds(real_report)


def problems(page, mode: str = "normal") -> list[str]:
    """What axe-core finds on the page, the colours alone in another mode: the rule and the first places."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("options => axe.run(document, options)", OPTIONS if mode == "normal" else OF_COLOURS)
    return [
        f"{rule['id']}: {[node['html'][:120] for node in rule['nodes'][:3]]}"
        for rule in found["violations"]
        if rule["nodes"]
    ]


@pytest.mark.parametrize("address", pages.PUBLIC)
@pytest.mark.parametrize("mode", MODES)
def test_axe_finds_nothing_on_public_pages(visit, address, mode):
    page = visit(address, 1280, java_script_enabled=True, bypass_csp=True, **MODES[mode])
    for width in (1280, 768, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert problems(page, mode) == [], width


def test_the_check_itself_sees_a_fault(visit):
    page = visit("/", java_script_enabled=True)
    page.evaluate("document.querySelector('main').innerHTML += '<img src=\"x.png\">'")
    assert any(problem.startswith("image-alt") for problem in problems(page))


@pytest.mark.parametrize("address", pages.STAFF)
def test_axe_finds_nothing_on_staff_pages(log_in, published, address):
    page = log_in(address.format(report=published.report_id))
    assert problems(page) == []


def test_axe_finds_nothing_on_the_log_in(visit):
    assert problems(visit("/admin/login/", java_script_enabled=True, bypass_csp=True)) == []


def test_axe_finds_nothing_on_a_departments_answers(log_in, live_server, published):
    page = log_in("/admin/")
    page.goto(live_server.url + "/admin/round/2009/0/")
    # At the end of the page the bar of buttons stands where it belongs, in front of no tick box.
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    assert problems(page) == []


def test_the_keyboard_never_comes_to_a_tick_box_behind_the_bar_of_buttons(log_in, live_server, published):
    page = log_in("/admin/")
    page.goto(live_server.url + "/admin/round/2009/0/")
    page.focus("input[name=status]")
    bar = page.locator(".steps")
    for _ in range(12):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.getBoundingClientRect().bottom")
        assert focused <= bar.bounding_box()["y"]


@pytest.mark.parametrize("mode", MODES)
def test_the_check_sees_pale_words_in_every_mode(visit, mode):
    page = visit("/", java_script_enabled=True, bypass_csp=True, **MODES[mode])
    style = "forced-color-adjust: none; color: #777; background: #888"
    page.evaluate("style => document.querySelector('main').innerHTML += `<p style='${style}'>薄い文</p>`", style)
    assert any(problem.startswith("color-contrast") for problem in problems(page, mode))
