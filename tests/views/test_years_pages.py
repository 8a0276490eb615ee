"""Pages about several years: compared, what goes on, what was promised and what came of it."""

import re
from html import unescape

import pytest

from actionplan.publishing.publish import publish
from tests import factories

pytestmark = pytest.mark.django_db


def main(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    html = response.content.decode()
    assert html.count("<h1") == 1
    return re.sub(r"\s", "", unescape(re.sub(r"<[^>]+>", "", re.search(r"<main.*?</main>", html, re.S)[0])))


@pytest.fixture
def items(db):
    measure = factories.make_measure()
    return {name: factories.make_item(measure, name=f"{name}の項目") for name in "甲乙丙丁"}


@pytest.fixture
def years(items):
    """甲 forward then still, 乙 back, 丙 never done and always in the same words, 丁 only in the last year."""
    told = [
        (2009, {"甲": ("not_done", "一"), "乙": ("done", "二"), "丙": ("not_done", "同じ文")}),
        (2010, {"甲": ("done", "三"), "乙": ("done", "四"), "丙": ("not_done", "同じ文")}),
        (2011, {"甲": ("done", "五"), "乙": ("not_done", "六"), "丙": ("not_done", "同じ文"), "丁": ("unset", "七")}),
    ]
    plan = items["甲"].measure.policy.plan
    for year, said in told:
        report = factories.make_report(plan, fiscal_year=year)
        for name, (progress, text) in said.items():
            promise = f"{name}を来年こそ" if name != "乙" else ""
            factories.make_status(report, items[name], progress=progress, text=text, next_step=promise)
        publish(report, by=None)


def part(page: str, head: str, end: str) -> str:
    return page.partition(head)[2].partition(end)[0]


def test_any_two_years_of_a_plan_are_compared_by_where_items_went(client, years):
    page = main(client, "/reports/2011/compare/2009/")
    assert "平成21年度と平成23年度の比較" in page
    assert "甲の項目" in part(page, "進んだ1項目", "後退した")
    assert "乙の項目" in part(page, "後退した1項目", "新しい項目")
    assert "丁の項目" in page.split("新しい項目")[-1].partition("統合された項目")[0]
    assert "丙の項目" in part(page, "進捗区分が動かない項目", "文が変わった項目")


@pytest.mark.parametrize(
    "address", ["/reports/2009/compare/2011/", "/reports/2011/compare/2011/", "/reports/2011/compare/2001/"]
)
def test_only_an_earlier_public_year_is_compared_with(client, years, address):
    response = client.get(address)
    assert response.status_code == 404
    assert "それより前の公表した年度" in response.content.decode()


def test_the_changes_page_tells_better_from_worse(client, years):
    page = main(client, "/reports/2011/changes/")
    assert "乙の項目" in part(page, "後退した1項目", "新しい項目")
    assert not re.search(r"進んだ\d+項目", page)
    assert 'href="/reports/2011/compare/2009/"' in client.get("/reports/2011/changes/").content.decode()


def test_what_goes_on_for_years_is_told_with_its_length(client, years):
    page = main(client, "/reports/2011/streaks/")
    assert "平成21年度から平成23年度まで、3年度の報告" in page
    assert "丙の項目3年度続けて" in part(page, "続けて実施しなかった項目", "実施状況の文が")
    assert "乙の項目" not in page
    assert "丙の項目3年度続けて" in page.partition("実施状況の文が続けて同じ項目")[2]


def test_a_first_year_has_nothing_that_goes_on(client, years):
    assert "公表している年度がひとつ" in main(client, "/reports/2009/streaks/")
    assert "この計画の最初の年度" in main(client, "/reports/2009/promises/")


def test_a_promise_stands_beside_what_came_of_it(client, years):
    page = main(client, "/reports/2011/promises/")
    assert "「今後の方針」を書いた2項目" in page
    assert "平成22年度の今後の方針甲を来年こそ平成23年度の実施状況五進捗区分実施済" in page
    assert "乙の項目" not in page


@pytest.mark.parametrize(
    ("address", "queries"),
    [("/reports/2011/compare/2009/", 5), ("/reports/2011/streaks/", 4), ("/reports/2011/promises/", 5)],
)
def test_the_questions_are_counted(client, years, django_assert_num_queries, address, queries):
    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200
