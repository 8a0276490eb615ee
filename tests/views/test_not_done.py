"""What was not done in a year, on a page of its own: by name, with its words, its department and how to reach it."""

import re

import pytest

from actionplan.publishing.publish import publish
from tests import factories
from tests.scales.plans import SCALES, make_year
from tests.views.test_search import get, words

pytestmark = pytest.mark.django_db
PAGE = "/reports/2009/not-done/"


def main(client, address: str = PAGE) -> str:
    return re.search(r"<main.*?</main>", get(client, address), re.S)[0]


def test_the_real_report_names_its_five_in_order_and_says_how_many_nobody_has_judged(client, real_report):
    rows = publish(real_report, by=None).rows.filter(progress="not_done")
    html = main(client)
    assert "38項目のうち、5項目が「未実施」です。" in html
    assert re.findall(r'class="hit__name".*?<a [^>]+>(.*?)</a>', html, re.S) == [row.item_name for row in rows]
    assert '<a href="/search/?year=2009&amp;progress=unset">進捗区分を決めていない項目が30項目</a>' in html
    assert "これらの項目の担当課は、この報告に示されていません。" in html
    assert "<title>実施しなかった項目（平成21年度）｜" in get(client, PAGE)
    assert "noindex" not in get(client, PAGE)


def test_its_file_has_the_same_items(client, real_report):
    publish(real_report, by=None)
    address = re.search(r'href="(/search\.csv[^"]+)">CSV', main(client))[1].replace("&amp;", "&")
    assert client.get(address).content.decode("utf-8-sig").count(",not_done,未実施,") == 5


def test_an_item_stands_with_all_that_its_year_says_and_with_whom_to_ask(client):
    department = factories.make_department("観光課", phone="0920-11-1111", email="kanko@example.jp")
    cells = {"progress": "not_done", "next_step": "来年度に始めます。", "challenge": "予算がつかなかった。"}
    publish(factories.make_status(text="できなかった。", department=department, **cells).report, by=None)
    text = words(main(client))
    for said in ("できなかった。", "課題予算がつかなかった。", "今後の方針来年度に始めます。", "◎市民と市が主体"):
        assert said in text
    assert "担当課観光課電話0920-11-1111メールkanko@example.jp" in text


def test_it_says_so_where_everything_was_done(client):
    publish(factories.make_status(progress="done").report, by=None)
    assert "1項目のうち、「未実施」の項目はありません。" in main(client)
    assert "進捗区分を決めていない" not in main(client)


@pytest.mark.parametrize("name", ["three words", "seven"])
def test_another_scale_is_read_by_what_its_words_mean(client, name):
    report = make_year(name)
    publish(report, by=None)
    label = next(label for _, label, meaning in SCALES[name] if meaning == "not_done")
    assert f"1項目が「{label}」です。" in main(client)
    assert main(client).count('<article class="hit"') == 1


def test_a_scale_without_such_a_word_says_that(client, monkeypatch):
    monkeypatch.setitem(SCALES, "hopeful", [("A", "できた", "done"), ("B", "途中", "under_way")])
    publish(make_year("hopeful"), by=None)
    assert "この報告の進捗区分には、実施しなかったことを表すものがありません。" in main(client)


def test_the_other_years_of_the_plan_are_a_link_away(client):
    first = publish(factories.make_status(progress="not_done").report, by=None)
    later = factories.make_report(first.report.plan, fiscal_year=2010)
    factories.make_status(later, first.rows.get().item, progress="done")
    publish(later, by=None)
    html = main(client)
    assert '<a href="/reports/2010/not-done/">平成22年度（2010年度）</a>（1項目のうち0項目）' in html
    assert client.get("/reports/2011/not-done/").status_code == 404


def test_report_policy_and_site_map_lead_to_it(client):
    publish(factories.make_status(progress="not_done").report, by=None)
    for address in ("/reports/2009/", "/reports/2009/policies/1/", "/sitemap/"):
        assert f'href="{PAGE}' in get(client, address)


def test_it_asks_as_often_for_many_items(client, django_assert_num_queries):
    report = factories.make_report()
    factories.make_tree(report, 30)
    report.statuses.update(progress="not_done")
    publish(report, by=None)
    with django_assert_num_queries(5):
        assert client.get(PAGE).status_code == 200
