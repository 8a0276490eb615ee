"""The citizen's pages on the real report."""

import re
from html import unescape

import pytest

from actionplan.models import YearlyStatus
from actionplan.publishing.publish import publish
from tests import factories
from tests.pages import item_page

PAGES = ["/", "/reports/", "/reports/2009/", "/reports/2009/policies/3/", item_page("3-2-1"), "/about/"]


@pytest.fixture
def published(real_report):
    return publish(real_report, by=None)


def text_of(html: str) -> str:
    """The page's text without any white space; hidden and visible alike."""
    return re.sub(r"\s", "", unescape(re.sub(r"<[^>]+>", "", html)))


@pytest.mark.parametrize("address", PAGES)
def test_every_page_answers_without_cookie_script_or_other_host(client, published, address):
    response = client.get(address)
    html = response.content.decode()
    assert response.status_code == 200
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    assert "<script" not in html
    ours = html.replace('href="http://testserver/', 'href="/')
    assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', ours)
    assert html.count("<h1") == 1
    assert '<html lang="ja">' in html


@pytest.mark.parametrize("address", PAGES)
def test_every_page_shows_its_page_number_and_a_skip_link(client, published, address):
    html = client.get(address).content.decode()
    assert "ページ番号：" in html
    assert "公表日：" in html
    assert 'href="#main"' in html


def test_every_cell_of_the_report_stands_on_the_page_in_order(client, published):
    page, position = text_of(client.get("/reports/2009/").content.decode()), 0
    for row in published.rows.all():
        for cell in (row.item_name, row.content, row.status):
            wanted = re.sub(r"\s", "", cell)
            assert wanted in page[position:], (row.code, cell)
            position = page.index(wanted, position) + len(wanted)


def test_every_line_of_the_front_matter_stands_on_the_page(client, published):
    page, front = text_of(client.get("/reports/2009/").content.decode()), published.front_matter
    lines = [front["title"], *front["story_remarks"], *(aim["text"] for aim in front["aims"])]
    lines += [step["mark"] + step["keyword"] for step in front["story_steps"]]
    skipped = {"title", "municipality_code", "newsletter", "licence_name", "licence_url"}
    lines += [value for key, value in front["plan"].items() if key not in skipped]
    for line in lines:
        assert re.sub(r"\s", "", line) in page, line


def test_each_policy_carries_the_legend_under_its_heading(client, published):
    html = client.get("/reports/2009/").content.decode()
    assert html.count('<ul class="legend"') == 5
    assert text_of(html).count("★市民が主体●市が主体◎市民と市が主体") == 5


def test_marks_are_read_as_words(client, published):
    row = re.search(r'id="item-3-2-1".*?</tr>', client.get("/reports/2009/").content.decode(), re.S)[0]
    marks = re.search(r'<span class="marks">(.*?)<span class="mark-words"', row, re.S)[1]
    assert re.findall(r'aria-hidden="true">(.)<', marks) == ["★", "●"]
    assert re.sub(r"\s", "", "".join(re.findall(r'visually-hidden">(.*?)</span>', marks))) == "市民が主体、市が主体"


def test_the_odd_column_heading_is_kept_and_explained(client, published):
    html = client.get("/reports/2009/").content.decode()
    assert html.count("関係部署<small") == 1
    assert "原本の見出しのまま" in html


def test_a_category_is_shown_only_where_people_have_set_it(client, published):
    html = client.get("/reports/2009/").content.decode()
    assert html.count('class="progress"') == 8


def test_the_front_page_counts_with_denominators(client, published):
    page = text_of(client.get("/").content.decode())
    for count in ("実施済3／38項目", "未実施5／38項目", "未設定30／38項目"):
        assert count in page


def test_one_policy_shows_only_its_own_items(client, published):
    html = client.get("/reports/2009/policies/4/").content.decode()
    assert html.count('<tr id="item-4-') == 4
    assert 'id="item-3-' not in html


def test_text_that_looks_like_markup_is_shown_as_text(client, db):
    publish(factories.make_status(text="<b>&amp;</b>").report, by=None)
    assert "&lt;b&gt;&amp;amp;&lt;/b&gt;" in client.get("/reports/2009/").content.decode()


def test_nothing_is_shown_before_the_first_publication(client, real_report):
    for address in ("/", "/reports/", "/about/"):
        html = client.get(address).content.decode()
        assert "いま公表している報告はありません" in html
        assert "地域マネージャー" not in html
    assert client.get("/reports/2009/").status_code == 404


def test_a_live_edit_does_not_show_until_it_is_published(client, published):
    before = client.get("/reports/2009/").content
    YearlyStatus.objects.update(text="編集中の文")
    assert client.get("/reports/2009/").content == before


def test_a_correction_shows_its_note(client, published):
    status = published.report.statuses.first()
    status.text = "直した文"
    status.save()
    publish(published.report, by=None, note="数字の誤りを直しました。")
    html = client.get("/reports/2009/").content.decode()
    assert "訂正のお知らせ" in html
    assert "数字の誤りを直しました。" in html


@pytest.mark.parametrize("items", [38, 1000])
@pytest.mark.parametrize(
    ("address", "queries"),
    [("/", 5), ("/reports/", 1), ("/reports/2009/", 4), ("/reports/2009/policies/1/", 4), ("/items/{item}/", 4)],
)
def test_queries_do_not_grow_with_the_items(client, db, django_assert_num_queries, items, address, queries):
    report = factories.make_report()
    factories.make_tree(report, items)
    edition = publish(report, by=None)
    address = address.format(item=edition.rows.first().public_id)
    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200
