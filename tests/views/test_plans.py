"""Several plans on one portal: each its pages, files and years; the search spans them."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.utils import timezone

from actionplan.models import ActionItem, ActorType, AnnualReport, Plan
from actionplan.publishing.compose import compose
from actionplan.publishing.publish import publish, withdraw
from tests import factories


def a_year(plan: Plan, year: int, *names: str, **fields):
    """The plan's year, published with an item of each name in its policy 1."""
    measure = factories.make_measure(plan)
    report = factories.make_report(plan, fiscal_year=year)
    for name in names:
        factories.make_status(report, factories.make_item(measure, name=name), text=f"{name}の文", **fields)
    return publish(report, by=None)


@pytest.fixture
def first(db):
    return a_year(factories.make_plan("第1次計画"), 2009, "古い項目", progress="done")


@pytest.fixture
def second(first):
    plan = factories.make_plan("第2次計画")
    plan.start_year, plan.end_year, plan.predecessor = 2009, 2013, first.report.plan
    plan.save()
    return a_year(plan, 2009, "新しい項目", "もう一つ", progress="not_done")


def read(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def main(html: str) -> str:
    return re.search(r"<main.*?</main>", html, re.S)[0]


def test_with_one_plan_the_front_page_is_that_plans(client, first):
    assert "第1次計画" in read(client, "/")
    assert "/plans/" not in main(read(client, "/"))


def test_with_several_the_front_page_lists_them_with_their_latest_result(client, second):
    page = main(read(client, "/"))
    assert 'href="/plans/1/"' in page
    assert 'href="/plans/2/"' in page
    assert 'href="/plans/2/reports/2009/"' in page
    assert 'href="/reports/2009/"' in page
    assert re.search(r"未実施</span>.*?numeral__count\">2<", page, re.S)
    assert "平成21年度（2009年度）～平成25年度（2013年度）" in page
    assert "前の計画" in page
    assert "次の計画" in page


@pytest.mark.parametrize(
    "place",
    [
        "/plans/2/",
        "/plans/2/about/",
        "/plans/2/reports/2009/",
        "/plans/2/reports/2009/changes/",
        "/plans/2/reports/2009/policies/1/",
    ],
)
def test_every_page_of_a_further_plan_bears_its_name_and_leads_to_its_own_pages(client, second, place):
    page = read(client, place)
    assert "第2次計画" in re.search(r"<title>.*?</title>", page, re.S)[0]
    assert "第1次計画" not in re.search(r"<header.*?</header>", page, re.S)[0]
    assert 'href="/plans/2/about/"' in page
    assert re.search(r"breadcrumb.*?第2次計画", page, re.S)


@pytest.mark.parametrize("ending", ["csv", "xlsx", "txt"])
def test_a_further_plan_has_files_of_its_own(client, second, ending):
    own, other = (client.get(f"{place}reports/2009.{ending}") for place in ("/plans/2/", "/"))
    assert own.status_code == other.status_code == 200
    assert own.content != other.content


def test_a_plan_or_year_that_is_not_public_is_not_found(client, second):
    wrong = (
        "/plans/3/",
        "/plans/2/reports/2010/",
        "/plans/x/about/",
        "/plans/x/reports/2009/",
        "/plans/X/",
        "/plans/0/",
    )
    for address in wrong:
        answer = client.get(address)
        assert answer.status_code == 404, address
        assert "ページが見つかりません" in answer.content.decode()


@pytest.mark.parametrize(
    "rest", ["/", ".csv?encoding=cp932", "/v1.xlsx", "-form.xlsx", "/policies/1/", "/changes/", "/?q=x&x=1"]
)
def test_the_first_plans_slug_before_an_address_of_its_report_leads_to_the_address(client, second, rest):
    answer = client.get(f"/plans/1/reports/2009{rest}")
    assert answer.status_code == 301
    assert unquote(answer.headers["Location"]) == f"/reports/2009{rest}"
    assert client.get(answer.headers["Location"]).status_code == 200


def test_a_policy_that_is_not_there_leads_nowhere(client, second):
    answer = client.get("/plans/1/reports/2009/policies/77/", follow=True)
    assert answer.status_code == 404
    assert "施策77はありません" in answer.content.decode()
    assert client.get("/plans/2/reports/2009/policies/77/").status_code == 404


def test_a_report_that_bears_its_year_alone_is_found_below_its_plan_too(client, second):
    AnnualReport.objects.filter(key="2009-2").update(key="2008")
    AnnualReport.objects.filter(key="2008").update(fiscal_year=2008)
    assert client.get("/plans/2/reports/2008/").headers["Location"] == "/reports/2008/"


def test_the_list_of_plans_leads_to_the_front_page_or_to_the_only_plan(client, first):
    assert client.get("/plans/").headers["Location"] == "/plans/1/"
    a_year(factories.make_plan("第2次計画"), 2009, "新しい項目")
    answer = client.get("/plans/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert "第2次計画" in read(client, "/")


def test_the_list_of_plans_leads_to_the_front_page_while_nothing_is_public(client, db):
    factories.make_plan("第1次計画")
    assert client.get("/plans/").headers["Location"] == "/"


@pytest.fixture
def heir(first, second):
    """A year of the second plan, not yet published, whose item goes on with the first plan's."""
    report = factories.make_report(second.report.plan, fiscal_year=2010)
    item = ActionItem.objects.get(name="新しい項目")
    item.origins.add(ActionItem.objects.get(name="古い項目"))
    factories.make_status(report, item, text="次の文")
    return report


def old_page(client) -> str:
    return read(client, f"/items/{ActionItem.objects.get(name='古い項目').public_id}/")


LED = "第2次計画で引き継いだ項目"


def test_an_item_leads_to_the_items_that_go_on_with_it_once_they_are_public(client, heir):
    before = old_page(client)
    edition = publish(heir, by=None)
    address = f"/items/{ActionItem.objects.get(name='新しい項目').public_id}/"
    link = f'<span>{LED}　<a href="{address}">新しい項目</a></span>'
    assert link not in before
    assert link in old_page(client)
    assert old_page(client).replace(link, "") == before
    assert LED not in read(client, address)
    withdraw(edition, by=None, reason="取下げ")
    assert old_page(client) == before


def test_an_item_leads_forward_from_a_time_set_on_only(client, heir):
    publish(heir, by=None, public_from=timezone.now() + timedelta(days=1))
    assert LED not in old_page(client)


def test_an_item_that_was_split_leads_to_each_part(client, heir):
    part = ActionItem.objects.get(name="もう一つ")
    part.origins.add(ActionItem.objects.get(name="古い項目"))
    factories.make_status(heir, part, text="文")
    publish(heir, by=None)
    assert old_page(client).count(LED) == 2


def test_lineage_that_was_drawn_otherwise_since_leads_no_longer(client, heir):
    publish(heir, by=None)
    item = ActionItem.objects.get(name="新しい項目")
    item.origins.clear()
    later = factories.make_report(heir.plan, fiscal_year=2011)
    factories.make_status(later, item, text="文")
    publish(later, by=None)
    assert LED not in old_page(client)


def test_a_name_that_looks_like_an_id_leads_nowhere(client, heir):
    old = ActionItem.objects.get(name="古い項目")
    other = factories.make_item(factories.make_measure(old.measure.policy.plan), name=old.public_id)
    item = ActionItem.objects.get(name="新しい項目")
    item.origins.set([other])
    publish(heir, by=None)
    assert LED not in old_page(client)


def test_an_era_year_leads_to_the_year_of_the_plan(client, second):
    answer = client.get("/plans/2/reports/h21/")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/plans/2/reports/2009/")


def test_the_list_of_years_and_the_site_map_name_the_years_of_each_plan(client, second):
    page = main(read(client, "/reports/"))
    assert page.index("第2次計画") < page.index("/plans/2/reports/2009/") < page.index("第1次計画")
    assert "/plans/2/reports/2009/" in read(client, "/sitemap/")


def test_a_year_is_offered_beside_those_of_its_own_plan_only(client, second):
    a_year(Plan.objects.get(slug="1"), 2010, "古い項目の翌年")
    page = read(client, "/plans/2/reports/2009/")
    assert "/reports/2010/" not in page
    assert "/reports/2010/" in read(client, "/reports/2009/")


def test_the_search_spans_the_plans_and_narrows_to_one(client, second):
    assert "2件見つかりました" in read(client, "/search/?q=項目&plan=all&year=all")
    page = main(read(client, "/search/?q=項目&plan=2&year=2009"))
    assert "1件見つかりました" in page
    assert "新しい項目" in re.sub("<.*?>", "", page)
    assert "古い項目" not in re.sub("<.*?>", "", page)
    assert '<option value="2" selected>' in page


def test_an_address_of_the_time_with_one_plan_searches_that_plan(client, second):
    text = re.sub("<.*?>", "", main(read(client, "/search/?q=項目&year=2009")))
    assert "1件見つかりました" in text
    assert "古い項目" in text


def test_every_count_of_a_further_plan_leads_to_as_many_items(client, second):
    page = read(client, "/plans/2/")
    [address] = set(re.findall(r'href="(/search/\?[^"]*progress=not_done)"', page)) - set(
        re.findall(r'href="(/search/\?[^"]*policy=[^"]*)"', page)
    )
    assert "2件見つかりました" in read(client, address.replace("&amp;", "&"))


def test_a_plan_that_is_none_is_named(client, second):
    response = client.get("/search/?q=x&plan=9")
    assert response.status_code == 404
    assert "「9」という計画の報告は、公表されていません。" in response.content.decode()


def test_with_one_plan_the_search_offers_no_plan(client, first):
    assert 'name="plan"' not in read(client, "/search/?q=項目")


def test_public_pages_ask_as_often_with_three_plans_as_with_one(client, first, django_assert_max_num_queries):
    def asked(address: str) -> int:
        with django_assert_max_num_queries(20) as queries:
            read(client, address)
        return len(queries)

    places = ["/reports/2009/", "/search/?q=項目", "/sitemap/", "/reports/", "/about/"]
    before = {place: asked(place) for place in places}
    for title in ("第2次計画", "第3次計画"):
        for year in (2009, 2010, 2011):
            plan = Plan.objects.filter(title=title).first() or factories.make_plan(title)
            a_year(plan, year, "あ", "い")
    assert {place: asked(place) for place in places} == before
    assert asked("/") <= 4


LEGEND = "記号の読み方"


def unmarked(plan, year: int, marks: str = ""):
    """A past year of the plan, published, its item bearing the marks."""
    report = factories.make_report(plan, fiscal_year=year)
    report.past_source = "広報"
    report.save()
    factories.make_status(report, factories.make_item(factories.make_measure(plan), marks=marks), text="文")
    return publish(report, by=None)


def test_a_plan_whose_items_bear_no_marks_shows_no_legend_and_no_table_of_zeros(client, db):
    factories.make_item(factories.make_measure(factories.make_plan("印のある計画")))
    edition = unmarked(factories.make_plan("印のない計画"), 2015)
    assert edition.front_matter["actors"] == []
    about = read(client, "/plans/2/about/")
    assert LEGEND not in about
    assert "主体ごとの項目数" not in about
    for place in ("/plans/2/reports/2015/", "/plans/2/reports/2015/policies/1/"):
        assert 'class="legend"' not in read(client, place)
    for ending in ("csv", "xlsx", "txt"):
        assert client.get(f"/plans/2/reports/2015.{ending}").status_code == 200
    assert client.get("/plans/2/reports/2015-form.xlsx").status_code == 200


def test_a_legend_comes_with_the_first_mark_and_stays_in_the_corrections(client, db):
    plan = factories.make_plan("計画")
    edition = unmarked(plan, 2015)
    item = ActionItem.objects.get()
    item.actors.set([ActorType.objects.get_or_create(symbol="◎", defaults={"label": "市民と市", "order": 1})[0]])
    marked = publish(edition.report, by=None, note="印を付けた", wording="current")
    assert [actor["symbol"] for actor in marked.front_matter["actors"]]
    assert LEGEND in read(client, "/about/")
    item.actors.clear()
    status = edition.report.statuses.get()
    status.text = "直した文"
    status.save()
    assert publish(edition.report, by=None, note="訂正").front_matter["actors"] == marked.front_matter["actors"]


def test_an_edition_that_showed_a_legend_which_no_item_bears_keeps_it(client, db, monkeypatch):
    plan = factories.make_plan("計画")
    factories.make_item(factories.make_measure(plan))
    monkeypatch.setattr("actionplan.publishing.compose.with_named", lambda front, *facts, **more: front)
    before = unmarked(plan, 2015)
    monkeypatch.undo()
    assert LEGEND in read(client, "/about/")
    assert compose(before.report).content_sha256 == before.content_sha256
