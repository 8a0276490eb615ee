"""Areas and tags as citizens meet them: report, item, lists, one page a name, search and files."""

import re
from urllib.parse import quote

import pytest

from actionplan.models import EditionRow
from actionplan.publishing.publish import publish, withdraw
from actionplan.uploads import read_csv
from tests import factories
from tests.named.naming import make_areas, name, publish_year
from tests.views.test_html import faults
from tests.views.test_search import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def published():
    make_areas("厳原", "美津島", "豊玉")
    return publish_year((["厳原", "豊玉"], ["防災"]), (["厳原"], ["防災", "SDGs 17"]), ([], []))


def get(client, address: str) -> str:
    return client.get(address).content.decode()


def item_address(number: int) -> str:
    return f"/items/{EditionRow.objects.get(position=number).public_id}/"


def test_the_report_shows_them_where_they_are_set(client, published):
    html = get(client, "/reports/2009/")
    assert '<p class="named"><span class="named__label">地域</span>厳原、豊玉</p>' in html
    assert html.count('class="named"') == 4


def test_the_item_leads_to_their_pages(client, published):
    html = get(client, item_address(2))
    assert f'<a href="/areas/{quote("厳原")}/">厳原</a>' in html
    assert f'<a href="/tags/{quote("SDGs 17")}/">SDGs 17</a>' in html
    assert "地域" not in get(client, item_address(3))


def test_an_item_of_several_years_shows_those_of_each(client, published):
    later = factories.make_report(published.report.plan, fiscal_year=2010)
    item = name(published.rows.first().item, ["美津島"], [])
    factories.make_status(later, item)
    publish(later, by=None)
    html = get(client, f"/items/{item.public_id}/")
    row = re.search(r'<th scope="row">地域</th>.*?</tr>', html, re.S)[0]
    assert "美津島" in row
    assert "厳原" in row


def test_the_lists_count_the_latest_year_in_the_citys_order(client, published):
    text = words(get(client, "/areas/"))
    assert "厳原2件豊玉1件" in text
    assert "美津島" not in text
    assert "防災2件" in words(get(client, "/tags/"))


def test_a_name_of_an_earlier_year_stays_on_the_list(client, published):
    publish_year((["美津島"], []), year=2010)
    text = words(get(client, "/areas/"))
    assert "平成22年度（2010年度）の項目の数" in text
    assert re.search("美津島1件.*前の年度の報告にあるもの厳原豊玉", text)


def test_a_page_lists_its_items_and_leads_to_other_years(client, published):
    publish_year((["厳原"], []), year=2010)
    html = get(client, "/areas/厳原/")
    assert "平成22年度（2010年度）の報告に、1件の項目があります。" in html
    assert f'<a href="/search/?year=2009&amp;area={quote("厳原")}">平成21年度（2009年度）</a></th>' in html
    assert "平成21年度（2009年度）項目2件進捗区分未設定2件" in words(html)
    assert "2件見つかりました" in words(get(client, "/search/?year=2009&area=厳原"))


def test_an_address_that_was_once_shown_answers_for_good(client, published):
    for row in published.rows.all():
        name(row.item)
    publish(published.report, by=None, wording="current", note="地域とタグを外しました。")
    assert "地域" not in get(client, "/sitemap/")
    assert "いま公表している報告に、この地域の項目はありません。" in get(client, "/areas/厳原/")
    assert client.get("/areas/厳原/").status_code == 200


def test_a_withdrawn_edition_takes_its_names_along(client, published):
    withdraw(published, by=None, reason="誤り")
    assert client.get("/areas/厳原/").status_code == client.get("/areas/").status_code == 404


@pytest.mark.parametrize(
    "address", ["/areas/壱岐/", "/tags/観光/", "/areas/原/", '/areas/厳原"/', "/tags/防災%25/", "/tags/DS/"]
)
def test_what_no_edition_bears_is_not_found_in_words(client, published, address):
    answer = client.get(address)
    assert answer.status_code == 404
    assert "公表された報告にありません" in answer.content.decode()


def test_where_none_is_set_there_is_nothing_to_see(client):
    publish_year(([], []))
    for address in ("/areas/", "/tags/", "/areas/厳原/"):
        assert client.get(address).status_code == 404
    for address in ("/", "/sitemap/", "/search/", "/reports/2009/", item_address(1)):
        assert not re.search("地域|タグ", get(client, address))
    assert "地域" not in get(client, "/reports/2009.csv")
    assert "タグ" not in get(client, "/reports/2009.csv")


def test_the_site_map_leads_to_the_lists(client, published):
    html = get(client, "/sitemap/")
    assert '<a href="/areas/">地域の一覧</a>' in html
    assert '<a href="/tags/">タグの一覧</a>' in html


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("area=厳原", 2),
        ("area=豊玉", 1),
        ("area=厳原&area=豊玉", 2),
        ("tag=防災", 2),
        ("tag=SDGs 17", 1),
        ("area=豊玉&tag=防災", 1),
        ("area=豊玉&tag=SDGs 17", 0),
        ("q=豊玉", 1),
        ("q=ＳＤＧｓ", 1),
        ("q=厳原&area=豊玉", 1),
    ],
)
def test_a_search_finds_by_them_and_counts_as_it_finds(client, published, query, count):
    html = get(client, f"/search/?year=2009&{query}")
    found = f"{count}件見つかりました" if count else "見つかりませんでした"
    assert found in words(html)
    assert html.count('<article class="hit"') == count


def test_the_facets_count_what_a_choice_would_find(client, published):
    text = words(get(client, "/search/?year=2009&tag=SDGs 17"))
    assert "地域厳原1件豊玉0件タグSDGs171件防災2件" in text


def test_a_hit_shows_where_the_word_was_found(client, published):
    assert "<mark>豊玉</mark>" in get(client, "/search/?q=豊玉")


@pytest.mark.parametrize("query", ["area=壱岐", "tag=観光", "area=美津島"])
def test_a_choice_that_no_edition_offers_is_not_found(client, published, query):
    answer = client.get(f"/search/?year=2009&{query}")
    assert answer.status_code == 404
    assert "公表された報告にありません" in answer.content.decode()


def test_years_without_names_are_searched_beside_those_with(client, published):
    publish_year(([], []), year=2010)
    assert "2件見つかりました" in words(get(client, "/search/?year=all&area=厳原"))
    assert "地域" not in words(get(client, "/search/?year=2010"))
    assert "見つかりませんでした" in words(get(client, "/search/?year=2010&area=厳原"))


def test_the_files_have_a_column_each_after_the_department(client, published):
    found = read_csv(client.get("/reports/2009.csv").content)
    place = found.headers.index("担当課")
    assert list(found.headers[place : place + 4]) == ["担当課", "地域", "タグ", "更新日"]
    assert [row[place + 1] for row in found.rows] == ["厳原、豊玉", "厳原", ""]
    assert [row[place + 2] for row in found.rows] == ["防災", "SDGs 17、防災", ""]


def test_only_what_is_named_has_a_column(client):
    make_areas("厳原")
    publish_year((["厳原"], []))
    headers = read_csv(client.get("/reports/2009.csv").content).headers
    assert "地域" in headers
    assert "タグ" not in headers


def test_a_search_over_years_has_one_set_of_columns(client, published):
    publish_year(([], []), year=2010)
    found = read_csv(client.get("/search.csv?year=all").content)
    assert [row[found.headers.index("地域")] for row in found.rows] == ["", "厳原、豊玉", "厳原", ""]


@pytest.mark.parametrize("address", ["/reports/2009.txt", "/reports/2009.csv?encoding=cp932"])
def test_manuscript_and_old_systems_have_them_too(client, published, address):
    encoding = "cp932" if "cp932" in address else "utf-8-sig"
    assert "厳原、豊玉" in client.get(address).content.decode(encoding)


def test_the_changes_tell_of_them(client, published):
    name(published.rows.first().item, ["美津島"], ["防災"])
    publish(published.report, by=None, wording="current", note="地域を直しました。")
    html = get(client, "/reports/2009/changes/")
    assert "美津島" in html


@pytest.mark.parametrize("address", ["/areas/", "/areas/厳原/", "/tags/防災/", "/search/?area=厳原", "/sitemap/"])
def test_a_page_is_valid_html_and_asks_as_often_for_many_items(
    client, published, tmp_path, django_assert_max_num_queries, address
):
    publish_year(*([["厳原"], ["防災"]] for _ in range(30)), year=2010)
    with django_assert_max_num_queries(5):
        (tmp_path / "page.html").write_bytes(client.get(address).content)
    assert faults(tmp_path) == []
