"""The search page and its file, through their addresses."""

import re
from html import unescape
from urllib.parse import quote

import pytest

from actionplan.publishing.publish import publish
from actionplan.uploads import read_csv
from tests import factories
from tests.pages import item_page

pytestmark = pytest.mark.django_db
NOT_DONE = "/search/?year=2009&progress=not_done"


@pytest.fixture
def published(real_report):
    return publish(real_report, by=None)


def get(client, address: str) -> str:
    return client.get(address).content.decode()


def words(html: str) -> str:
    """The page's text without any white space."""
    return re.sub(r"\s", "", unescape(re.sub(r"<[^>]+>", "", html)))


def test_what_was_not_done_is_one_link_from_the_front_page(client, published):
    address = unescape(re.search(r'<a class="numeral__link" href="([^"]+not_done)"', get(client, "/"))[1])
    assert address == NOT_DONE
    assert "5件見つかりました（38件のうち）" in words(get(client, address))


def test_every_count_of_the_front_page_leads_to_as_many_items(client, published):
    html = get(client, "/")
    links = re.findall(r'<a href="(/search/\?[^"]+)" aria-label="[^"]*?(\d+)件">(\d+)</a>', html)
    assert len(links) > 5
    for address, spoken, shown in links:
        assert spoken == shown
        assert f"{shown}件見つかりました" in words(get(client, unescape(address)))


def test_a_count_of_zero_is_no_link(client, published):
    html = get(client, "/")
    assert "progress=done" in html
    assert "progress=in_progress" not in html


def test_the_header_and_the_report_lead_to_the_search(client, published):
    for address in ("/", "/reports/2009/", "/about/"):
        assert '<a href="/search/">検索</a>' in get(client, address)
    for address in ("/", "/reports/2009/"):
        assert '<form class="search-box" role="search" action="/search/">' in get(client, address)
    assert '<input type="hidden" name="year" value="2009">' in get(client, "/reports/2009/")


def test_before_anything_is_asked_the_page_says_how_to_search(client, published):
    html = get(client, "/search/")
    assert "検索のしかた" in html
    assert "件見つかりました" not in html
    assert "noindex" not in html
    assert '<details class="search-form__filters" open>' in html


def test_before_anything_is_published_the_page_says_so(client):
    assert "まだありません" in get(client, "/search/?q=市民")
    assert client.get("/search.csv").status_code == 404


def test_the_page_keeps_the_whole_state_in_its_form(client, published):
    html = get(client, f"/search/?q={quote('市民')}&year=all&policy=3&mark={quote('◎')}&progress=unset")
    assert 'name="q" value="市民"' in html
    assert '<option value="all" selected>' in html
    for name, value in (("policy", "3"), ("mark", "◎"), ("progress", "unset")):
        assert f'name="{name}" value="{value}" checked' in html
    assert html.count(" checked") == 3


def test_each_choice_in_force_can_be_taken_off(client, published):
    html = get(client, "/search/?year=2009&policy=4&progress=not_done")
    assert 'href="/search/?year=2009&amp;policy=4"' in html
    assert 'href="/search/?year=2009&amp;progress=not_done"' in html


def test_a_result_leads_to_the_item_and_to_its_place_in_the_report(client, published):
    html = get(client, NOT_DONE)
    assert html.count('<article class="hit"') == 5
    for address in (f"{item_page('4-2-1')}#year-2009", "/reports/2009/#item-4-2-1"):
        assert f'href="{address}"' in html
        page, anchor = address.split("#")
        assert f'id="{anchor}"' in get(client, page)


def test_the_hits_are_marked_and_no_text_changes(client, published):
    html = get(client, f"/search/?q={quote('ﾎｰﾑﾍﾟｰｼﾞ')}")
    assert html.count("<mark>ホームページ</mark>") >= 7
    row = published.rows.get(policy_number=2, measure_number=1, item_number=2)
    for cell in (row.item_name, row.content, row.status):
        assert re.sub(r"\s", "", cell) in words(html)


def test_text_that_looks_like_markup_stays_text(client):
    publish(factories.make_status(text="<b>太</b>字").report, by=None)
    html = get(client, f"/search/?q={quote('<b>')}")
    assert "<mark>&lt;b&gt;</mark>太&lt;/b&gt;字" in html
    assert 'value="&lt;b&gt;"' in html
    assert "<b>" not in html


def test_an_answer_is_not_for_search_engines(client, published):
    assert '<meta name="robots" content="noindex">' in get(client, NOT_DONE)
    assert client.get("/search.csv")["X-Robots-Tag"] == "noindex"


def test_empty_fields_of_the_form_leave_the_address(client, published):
    response = client.get("/search/?q=&year=2009&progress=not_done&mark=&page=")
    assert (response.status_code, response["Location"]) == (302, NOT_DONE)
    assert client.get("/search/?q=")["Location"] == "/search/"


def test_nothing_found_says_what_to_try(client, published):
    html = get(client, f"/search/?q={quote('宇宙')}&progress=done")
    assert "見つかりませんでした（38件のうち0件）" in words(html)
    assert "「宇宙」は、平成21年度（2009年度）の報告のどこにもありません。" in html
    assert "ことばを短くする" in html
    assert "search.csv" not in html


def test_nothing_found_offers_the_year_that_has_it(client):
    item = factories.make_item()
    publish(factories.make_status(factories.make_report(fiscal_year=2009), item, text="昔の文").report, by=None)
    publish(factories.make_status(factories.make_report(fiscal_year=2010), item, text="今の文").report, by=None)
    html = get(client, f"/search/?q={quote('昔の文')}")
    assert f'<a href="/search/?q={quote("昔の文")}&amp;year=2009">平成21年度（2009年度）でさがす</a>（1件）' in html


@pytest.mark.parametrize(
    "query",
    [
        "q=" + "%E3%81%82" * 10_000,
        "q=" + "%EF%B7%BA" * 100,
        "q=%E3%83%BC",
        "q=%00",
        "q=%E5%B8%82%00%E6%B0%91",
        "q=%FF%FE",
        "q=%ED%A0%80",
        "q=%25_%5C%27%22%3B--",
        "q=" + "a+" * 50,
        "q=%F0%9F%91%A8%E2%80%8D%F0%9F%91%A9",
        "&".join(["progress=not_done"] * 900),
    ],
)
def test_an_absurd_question_gets_a_page(client, published, query):
    response = client.get(f"/search/?{query}")
    assert response.status_code == 200
    assert '<h2 id="results-title">' in response.content.decode()
    assert client.get(f"/search.csv?{query}").status_code in (200, 404)


@pytest.mark.parametrize(
    "query",
    [
        "year=1999",
        "year=%00x",
        "year=-2009",
        "year=" + "9" * 5000,
        "progress=d%00one",
        "progress=finished",
        "mark=x",
        "policy=99999999999999999999",
        "policy=-1",
        "policy=%009",
        "department=" + "x" * 5000,
        "year=2009&page=-1",
        "page=999999",
        "page=abc",
    ],
)
def test_an_address_of_what_does_not_exist_is_a_helpful_404(client, published, query):
    response = client.get(f"/search/?{query}")
    html = response.content.decode()
    assert response.status_code == 404
    assert "検索できませんでした" in html
    assert '<form class="search-form"' in html
    if "page=" not in query:
        assert client.get(f"/search.csv?{query}").status_code == 404


def test_the_result_can_be_taken_as_csv(client, published):
    html = get(client, NOT_DONE)
    address = unescape(re.search(r'href="(/search\.csv[^"]+)"', html)[1])
    assert address == "/search.csv?year=2009&progress=not_done"
    response = client.get(address)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="422096_action_plan_search_result_fy2009.csv"' in response["Content-Disposition"]
    assert len(read_csv(response.content).rows) == 5
    assert not response.cookies


def test_the_file_holds_every_page_of_the_result(client):
    report = factories.make_report()
    factories.make_tree(report, 120)
    publish(report, by=None)
    html = get(client, "/search/?year=2009&page=2")
    assert "51件目から100件目まで" in html
    assert 'href="/search/?year=2009&amp;page=3"' in html
    assert len(read_csv(client.get("/search.csv?year=2009").content).rows) == 120


def test_sample_years_are_called_so(client):
    status = factories.make_status()
    type(status.report).objects.update(sample=True)
    status.report.refresh_from_db()
    publish(status.report, by=None)
    assert "平成21年度（2009年度）（見本データ）" in get(client, "/search/?year=2009")


def test_search_is_read_and_not_posted_to(client, published):
    assert client.post("/search/", {"q": "市民"}).status_code == 405
    assert client.post("/search.csv").status_code == 405


@pytest.mark.parametrize("items", [38, 1000])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/search/", 3),
        ("/search/?year=all", 4),
        (f"/search/?q={quote('内容')}&progress=unset", 5),
        (f"/search/?q={quote('宇宙')}", 5),
        ("/search.csv?year=all", 3),
    ],
)
def test_queries_do_not_grow_with_the_items(client, django_assert_num_queries, items, address, queries):
    report = factories.make_report()
    factories.make_tree(report, items)
    publish(report, by=None)
    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200


def test_a_misprinted_heading_of_the_original_is_said_beside_what_the_cell_is(client, published):
    row = published.rows.filter(status_heading="関係部署").first()
    page = client.get("/search/", {"q": row.item_name, "year": "2009"}).content.decode()
    assert "実施状況（原本の見出しは「関係部署」）" in page
