"""What search engines, feed readers and whoever shares a link are told; and what other sites may frame."""

import re
from datetime import timedelta
from html import unescape
from xml.etree import ElementTree

import pytest
from django.urls import get_resolver, reverse
from django.utils import timezone
from django.utils.encoding import iri_to_uri

from actionplan.publishing.publish import publish, withdraw
from actionplan.views import found
from tests import factories, pages

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def status():
    return factories.make_status(department=factories.make_department("試験課"))


@pytest.fixture
def edition(status):
    return publish(status.report, by=None)


def head(client, address: str, **asked) -> dict[str, str]:
    """What the page's head says, by name or property."""
    html = client.get(address, **asked).content.decode().partition("</head>")[0]
    told = dict(re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', html))
    links = dict(re.findall(r'<link rel="(canonical|alternate)"(?: type="[^"]+")? href="([^"]*)"', html))
    return {name: unescape(value) for name, value in {**told, **links}.items()}


def test_a_page_tells_its_own_address_its_words_and_its_picture(client, edition):
    told = head(client, "/reports/2009/?from=mail")
    assert told["canonical"] == told["og:url"] == "http://testserver/reports/2009/"
    assert told["og:title"] == edition.front_matter["title"]
    assert told["og:description"] == told["description"]
    assert told["og:image"] == "http://testserver/reports/2009/share.png"
    assert (told["og:locale"], told["twitter:card"]) == ("ja_JP", "summary_large_image")
    assert told["og:site_name"] == "対馬市 試験計画 実施状況"
    assert told["alternate"] == "/feed.atom"


def test_words_in_a_name_cannot_leave_their_place(client, status):
    status.item.name = '"><b>名'
    status.item.save()
    publish(status.report, by=None)
    assert head(client, f"/items/{status.item.public_id}/")["og:title"] == '"><b>名（1-1-1）'


def test_addresses_bear_the_name_that_is_set_for_the_site(client, edition, settings):
    settings.SITE_URL = "https://plan.example.jp"
    assert head(client, "/areas/試験/").get("canonical") is None
    assert head(client, "/reports/")["canonical"] == "https://plan.example.jp/reports/"
    assert b"https://plan.example.jp/sitemap.xml" in client.get("/robots.txt").content


def test_a_search_that_asks_something_is_nobodys_to_find(client, edition):
    assert head(client, "/search/")["canonical"] == "http://testserver/search/"
    asked = head(client, "/search/?q=%E6%96%87")
    assert asked["robots"] == "noindex"
    assert "canonical" not in asked


def test_a_page_without_a_picture_of_its_own_has_its_reports_or_the_front_pages(client, edition):
    assert head(client, "/reports/2009/changes/")["og:image"].endswith("/reports/2009/share.png")
    assert head(client, "/verify/")["og:image"] == "http://testserver/share.png"
    assert head(client, f"/items/{edition.rows.get().public_id}/")["og:image"].endswith("/share.png")


def test_before_anything_is_published_nothing_is_shared_but_all_answers(client):
    assert "og:image" not in head(client, "/")
    assert client.get("/share.png").status_code == 404
    for address in ("/sitemap.xml", "/feed.atom", "/robots.txt"):
        assert client.get(address).status_code == 200


def test_browsers_find_the_icons_that_they_ask_for_by_name(client):
    assert client.get("/favicon.ico").content[:4] == b"\x00\x00\x01\x00"
    assert client.get("/apple-touch-icon.png").content[1:4] == b"PNG"


def locations(content: bytes) -> list[str]:
    return [place.text for place in ElementTree.fromstring(content).iter(f"{MAP}loc")]


def test_the_map_names_every_page_once_and_each_is_there(client, real_report):
    edition = pages.publish_all_kinds(real_report)
    content = client.get("/sitemap.xml").content
    found = locations(content)
    assert len(found) == len(set(found))
    paths = [place.removeprefix("http://testserver") for place in found]
    for address in pages.PUBLIC:
        left_out = "?" in address or address.startswith("/embed/") or address == "/nothing/"
        assert left_out or iri_to_uri(address) in paths, address
    assert sum(path.startswith("/items/") for path in paths) == 38
    kinds = {re.sub(r"/items/\w+/|/policies/\d", "/", path): path for path in paths}
    assert {client.get(path).status_code for path in kinds.values()} == {200}
    assert f"<lastmod>{edition.public_from.isoformat()}</lastmod>".encode() in content


def test_more_pages_than_a_map_holds_are_shared_out(client, edition, monkeypatch):
    whole = locations(client.get("/sitemap.xml").content)
    monkeypatch.setattr(found, "MOST", 5)
    parts = locations(client.get("/sitemap.xml").content)
    assert parts[0] == "http://testserver/sitemap-1.xml"
    assert [place for part in parts for place in locations(client.get(part).content)] == whole
    assert client.get(f"/sitemap-{len(parts) + 1}.xml").status_code == 404


@pytest.mark.parametrize(
    ("address", "queries"), [("/sitemap.xml", 2), ("/feed.atom", 1), ("/items/{item}/feed.atom", 2)]
)
@pytest.mark.parametrize("items", [3, 300])
def test_questions_do_not_grow_with_the_items(client, django_assert_num_queries, address, queries, items):
    report = factories.make_report()
    factories.make_tree(report, items)
    address = address.format(item=publish(report, by=None).rows.first().public_id)
    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200


def entries(client, address: str, **asked) -> list[dict[str, str]]:
    """The feed's entries: title, where each leads, its identifier, its summary, when it was updated."""
    response = client.get(address, **asked)
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ElementTree.fromstring(response.content)
    assert {child.tag for child in root} >= {f"{ATOM}{name}" for name in ("title", "id", "updated", "author", "link")}
    told = [{part.tag.removeprefix(ATOM): part.text for part in entry} for entry in root.iter(f"{ATOM}entry")]
    leads = [entry.find(f"{ATOM}link").get("href") for entry in root.iter(f"{ATOM}entry")]
    return [{**entry, "link": link} for entry, link in zip(told, leads, strict=True)]


def correct(status, note: str):
    status.text += "直した。"
    status.save()
    return publish(status.report, by=None, note=note)


def test_a_feed_tells_what_was_published_and_corrected_and_forgets_what_was_withdrawn(client, status, edition):
    second = correct(status, "数字を<b>直しました</b>。")
    feeds = ("/feed.atom", "/plans/1/feed.atom", f"/items/{status.item.public_id}/feed.atom")
    for address in feeds:
        newest, first = entries(client, address)
        assert newest["title"] == "試験計画　平成21年度（2009年度）の実施状況を訂正しました（第2版）"
        assert unescape(newest["summary"]) == "数字を<b>直しました</b>。"
        assert first["title"] == "試験計画　平成21年度（2009年度）の実施状況を公表しました"
        assert newest["updated"] == second.public_from.isoformat()
        assert newest["id"] != first["id"]
    assert entries(client, "/feed.atom")[0]["link"] == "http://testserver/reports/2009/"
    before = {address: entries(client, address) for address in feeds}
    withdraw(second, by=None, reason="誤り")
    assert {address: entries(client, address) for address in feeds} == {a: told[1:] for a, told in before.items()}


def test_what_a_reader_knows_an_entry_by_is_the_same_whatever_the_site_is_called(client, edition, settings):
    before = [entry["id"] for entry in entries(client, "/feed.atom")]
    assert before[0].startswith("urn:uuid:")
    settings.SITE_URL = "https://plan.example.jp"
    assert [entry["id"] for entry in entries(client, "/feed.atom")] == before


def test_a_department_and_an_item_are_told_of_the_corrections_that_touch_them(client, status):
    other = factories.make_status(department=factories.make_department("別の課"))
    publish(status.report, by=None)
    correct(status, "数字の誤り。")
    counts = {name: len(entries(client, f"/departments/{name}/feed.atom")) for name in ("試験課", "別の課")}
    assert counts == {"試験課": 2, "別の課": 1}
    assert len(entries(client, f"/items/{other.item.public_id}/feed.atom")) == 1
    assert client.get("/departments/知らない課/feed.atom").status_code == 404
    assert client.get("/items/aaaaaaaa/feed.atom").status_code == 404


def test_what_is_not_public_yet_is_in_no_feed_and_on_no_map(client, status):
    publish(status.report, by=None, public_from=timezone.now() + timedelta(hours=1))
    assert entries(client, "/feed.atom") == []
    assert "/reports/2009/" not in str(locations(client.get("/sitemap.xml").content))


def test_where_nothing_is_the_page_offers_the_search_and_ways_on(client, edition):
    html = client.get("/nothing/").content.decode()
    assert '<form class="search-box" role="search" action="/search/">' in html
    assert 'href="/reports/2009/"' in html


def addresses(item: str) -> list[str]:
    """One of every kind of public address."""
    values = {"key": "2009", "public_id": item, "slug": "1", "name": f"{'a' * 64}.jpg"}
    values |= {"file_format": "csv", "ending": "svg"}
    values |= dict.fromkeys(("number", "policy", "measure", "year"), 1)
    patterns = [each for each in get_resolver("actionplan.urls").url_patterns if each.name]
    names = {each.name: each.pattern.regex.groupindex for each in patterns}
    return [reverse(name, kwargs={part: values[part] for part in parts}) for name, parts in names.items()]


def test_other_sites_may_frame_nothing_but_the_cards(client, edition, admin_client):
    cards, others = 0, ["/nothing/", "/reports/h21/", "/search/?q=x", "/healthz", "/admin/login/", "/admin/"]
    for place in [*addresses(edition.rows.get().public_id), *others]:
        answer = (admin_client if place == "/admin/" else client).get(place)
        policy = answer["Content-Security-Policy"]
        if place.startswith("/embed/"):
            cards += 1
            assert answer.status_code == 200, place
            assert "frame-ancestors *" in policy
            assert "X-Frame-Options" not in answer
            assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
        else:
            assert answer["X-Frame-Options"] == "DENY", place
            assert "frame-ancestors 'none'" in policy or "sandbox" in policy, place
    assert cards == 2


def test_a_card_shows_the_latest_words_and_leads_out_of_the_frame(client, status, edition):
    for card, page in ((f"/embed/items/{status.item.public_id}/", "items"), ("/embed/reports/2009/", "reports")):
        html = client.get(card).content.decode()
        assert '<meta name="robots" content="noindex">' in html
        assert re.search(rf'<a href="http://testserver/{page}/\w+/" target="_blank" rel="noopener">', html)
        assert "第1版" in html
        assert not re.search(r"<script|<form|<button", html)
    assert "実施した。" in client.get(f"/embed/items/{status.item.public_id}/").content.decode()
    correct(status, "数字の誤り。")
    assert "直した。" in client.get(f"/embed/items/{status.item.public_id}/").content.decode()


def test_a_page_says_how_other_sites_show_it(client, edition):
    item = edition.rows.get().public_id
    for page, card in ((f"/items/{item}/", f"/embed/items/{item}/"), ("/reports/2009/", "/embed/reports/2009/")):
        html = client.get(page).content.decode()
        assert "<summary>このページをほかのサイトに載せる</summary>" in html
        assert f"&lt;iframe src=&quot;http://testserver{card}&quot;" in html


def test_a_report_tells_machines_that_it_is_data_without_a_script(client, edition):
    html = client.get("/reports/2009/").content.decode()
    told = dict(re.findall(r'itemprop="(\w+)" (?:content|href)="([^"]+)"', html))
    assert 'itemtype="https://schema.org/Dataset"' in html
    assert told["temporalCoverage"] == "2009-04-01/2010-03-31"
    assert told["contentUrl"] == "http://testserver/reports/2009.json"
    assert "<script" not in html
