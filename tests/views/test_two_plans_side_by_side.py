"""What a reader meets where two plans stand side by side: links that lead there, names that tell them apart."""

import csv
import io
import re

import pytest

from actionplan.models import Plan
from tests import factories
from tests.scales.plans import give_scale
from tests.views.test_plans import a_year, main, read


@pytest.fixture
def both(db):
    """Two plans on 2010, the second one under a scale of letters; the first on 2009 too."""
    first = factories.make_plan("第1次計画")
    a_year(first, 2009, "古い項目", progress="done")
    a_year(first, 2010, "古い項目の翌年", progress="done")
    second = factories.make_plan("第2次計画")
    give_scale(second, "a-d")
    Plan.objects.filter(pk=second.pk).update(predecessor=first)
    return a_year(Plan.objects.get(pk=second.pk), 2010, "新しい項目", progress="A")


@pytest.mark.parametrize("place", ["/", "/plans/2/"])
def test_every_count_leads_to_as_many_items(client, both, place):
    page = read(client, place)
    links = re.findall(r'<a href="(/search/\?[^"]*progress=[^"]*)"[^>]*>\s*(?:[^<]*?)(\d+)項目\s*</a>', page)
    assert links
    for address, count in links:
        assert f"{count}件見つかりました" in read(client, address.replace("&amp;", "&"))


def test_another_plan_chosen_with_a_year_that_it_has_not_is_searched_in_its_latest(client, both):
    a_year(Plan.objects.get(slug="2"), 2011, "三年目の項目", progress="A")
    page = read(client, "/search/?plan=1&year=2011&q=項目")
    assert "古い項目の翌年" in re.sub("<.*?>", "", main(page))
    assert client.get("/search/?plan=1&year=1999&q=項目").status_code == 404


def test_the_first_year_is_compared_with_the_year_before_whichever_was_published_first(client, both):
    page = main(read(client, "/plans/2/reports/2010/changes/"))
    assert "/reports/2009/" in page
    assert "第1次計画　平成21年度" in page
    assert "第2次計画　平成22年度" in page


def test_a_plan_that_reported_on_the_same_year_only_is_told_apart_by_name(client, db):
    first = factories.make_plan("第1次計画")
    a_year(first, 2010, "古い項目", progress="done")
    second = factories.make_plan("第2次計画")
    Plan.objects.filter(pk=second.pk).update(predecessor=first)
    a_year(Plan.objects.get(pk=second.pk), 2010, "新しい項目", progress="done")
    page = main(read(client, "/plans/2/reports/2010/changes/"))
    assert "「統合」「終了」は第1次計画　平成22年度の1項目" in page


def test_the_site_map_names_the_items_of_every_plan(client, both):
    page = read(client, "/sitemap/")
    for words in ("古い項目の翌年", "新しい項目", "第1次計画　平成22年度（2010年度）の施策と項目"):
        assert words in page
    header = re.search(r"<header.*?</header>", page, re.S)[0]
    assert "第2次計画" not in header
    assert "最新の報告" not in header


def test_last_years_answer_is_never_this_years(both):
    from actionplan.answers.sheet import previous_report

    second = both.report
    assert previous_report(second).fiscal_year == 2009


def test_a_plan_without_a_purpose_has_no_empty_line_above_its_title(client, both):
    page = read(client, "/plans/2/")
    assert '<p class="eyebrow">　</p>' not in page


def test_records_of_several_plans_name_their_plan_and_those_of_one_do_not(client, both):
    def table(address: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO(client.get(address).content.decode("utf-8-sig"))))

    heads, *records = table("/search.csv?q=項目&plan=all&year=2010")
    assert {record[heads.index("計画")] for record in records} == {"第1次計画", "第2次計画"}
    assert "計画" not in table("/search.csv?q=項目&plan=2&year=2010")[0]
    assert "計画" not in table("/search.csv?q=項目&year=2009")[0]
