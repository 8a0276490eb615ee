"""The page of changes and corrections, and an item's years."""

import re

import pytest

from actionplan.publishing.publish import publish
from actionplan.samples import load_sample_years
from tests import factories
from tests.pages import item_page

ITEM = item_page("1-1-1")
PAGES = ["/", "/reports/", "/reports/2009/", "/reports/2010/", "/reports/2011/changes/", ITEM, "/about/"]
QUERIES = {"/": 6, "/reports/2010/changes/": 7, "/reports/2009/changes/": 5, ITEM: 4, "/about/": 3}


@pytest.fixture
def published(real_report):
    return publish(real_report, by=None)


@pytest.fixture
def years(published):
    return load_sample_years()


def page(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def part(html: str, name: str) -> str:
    """The section of that id."""
    return re.search(rf'<section class="changes-part" id="{name}".*?</section>', html, re.S)[0]


def test_a_first_year_says_that_there_is_nothing_to_compare(client, published):
    html = page(client, "/reports/2009/changes/")
    assert "公表している中で最初の年度です" in html
    assert "訂正はありません" in html


def test_every_kind_of_change_is_listed_with_its_link(client, years):
    html = page(client, "/reports/2011/changes/")
    assert "見本の案内板" in part(html, "added")
    assert re.search(r"#item-\d-\d-2\">見本の交流会.*/items/\w{8}/\">見本の集い", part(html, "merged"), re.S)
    assert "/reports/2010/#item-" in part(html, "ended")
    assert re.search(r"平成22年度の番号は\d-\d-3でした", part(html, "renumbered"))
    assert "検討中" in part(html, "categories")


def test_corrections_show_date_reason_and_the_marked_cell(client, years):
    html = page(client, "/reports/2011/changes/")
    corrections = html[html.index('id="corrections"') : html.index('id="texts"')]
    assert "見本：説明会の回数に誤り" in corrections
    assert re.search(r"\d+年\d+月\d+日　第2版", corrections)
    assert '<del><span class="visually-hidden">（削除：</span>3' in corrections
    assert '<ins><span class="visually-hidden">（追加：</span>4' in corrections


def test_the_report_and_the_list_of_years_lead_there(client, published):
    for address in ("/reports/2009/", "/reports/"):
        assert 'href="/reports/2009/changes/"' in page(client, address)


@pytest.mark.parametrize("address", ["/reports/2008/changes/", "/reports/20/changes/"])
def test_an_unknown_year_is_not_found(client, published, address):
    assert client.get(address).status_code == 404


def test_markup_in_a_text_is_shown_as_text(client, db):
    item = factories.make_item()
    for year, text in ((2009, "<b>一回目の会</b>"), (2010, "<b>二回目の会</b>")):
        publish(factories.make_status(factories.make_report(fiscal_year=year), item, text=text).report, by=None)
    for address in ("/reports/2010/changes/", f"/items/{item.public_id}/"):
        assert "<b>" not in page(client, address)


def test_an_items_years_stand_beside_each_other_with_marks(client, years):
    html = page(client, ITEM)
    heads = re.findall(r'<th scope="col"[^>]*id="year-(\d+)"', html)
    assert heads == ["2011", "2010", "2009"]
    assert "<ins>" in html
    assert "<del>" in html


def test_an_item_of_one_year_has_no_table_and_no_marks(client, published):
    html = page(client, ITEM)
    assert '<dl class="facts">' in html
    assert "<ins>" not in html
    assert "<table" not in html


def test_an_item_says_what_it_has_taken_in(client, years):
    item = years[-1].rows.get(item_name="見本の集い").public_id
    assert "統合した項目　見本の交流会" in page(client, f"/items/{item}/")


@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_marked_while_samples_are_loaded(client, years, address):
    html = page(client, address)
    assert html.count('class="sample-ribbon"') == 1
    assert "見本データ" in html


def test_the_real_year_is_not_called_fictitious_itself(client, years):
    html = page(client, "/reports/2009/")
    assert "このページの平成21年度の内容は" not in html
    assert "平成23年度・平成22年度の内容は、試しに作った架空のものです" in html
    assert "このページの平成21年度は実際の報告です。" in html


@pytest.mark.parametrize("address", PAGES[:3])
def test_no_page_is_marked_without_samples(client, published, address):
    assert "見本データ" not in page(client, address)


def test_the_front_page_draws_the_categories_of_every_policy(client, published):
    html = page(client, "/")
    assert html.count('role="img"') == 6  # with the code on paper
    assert html.count('class="chart__part chart__cell"') == 38
    assert "11項目のうち、" in html
    assert "進捗区分ごとの項目数の変化" not in html


def test_the_front_page_draws_the_change_once_there_are_two_years(client, years):
    assert "進捗区分ごとの項目数の変化" in page(client, "/")


def test_the_guideline_page_counts_the_marks(client, published):
    html = page(client, "/about/")
    assert "主体ごとの項目数" in html
    assert "二つの記号が付く9項目" in html


@pytest.mark.parametrize("items", [38, 1000])
@pytest.mark.parametrize("address", QUERIES)
def test_queries_do_not_grow_with_the_items(client, db, django_assert_num_queries, items, address):
    first = factories.make_report(fiscal_year=2009)
    factories.make_tree(first, items)
    publish(first, by=None)
    second = factories.make_report(first.plan, fiscal_year=2010)
    for status in first.statuses.all():
        status.pk, status.report, status.text = None, second, "別の年の文。"
        status._state.adding = True
        type(status).objects.bulk_create([status])
    edition = publish(second, by=None)
    queries = QUERIES[address]
    address = f"/items/{edition.rows.first().public_id}/" if address == ITEM else address
    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200
