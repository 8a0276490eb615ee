"""Departments as citizens meet them: in the office's order, with what they lead and what they have a part in."""

import re
from urllib.parse import quote

import pytest

from actionplan.models import Edition, State
from actionplan.publishing.compose import compose
from actionplan.publishing.differences import next_edition
from actionplan.publishing.publish import publish
from actionplan.selectors.facets import cells, facets
from actionplan.selectors.filters import Filters
from actionplan.selectors.scales import scale_years
from tests import factories
from tests.named.test_pages import get
from tests.views.test_search import words

pytestmark = pytest.mark.django_db


def make_office() -> dict:
    """Three departments whose order is neither that of their code points nor that of the report."""
    orders = {"総務課": 10, "観光課": 30, "企画課": 20}
    return {name: factories.make_department(name, order=order, phone="0920-1") for name, order in orders.items()}


@pytest.fixture
def office():
    return make_office()


def make_year(office, *leads: str, year: int = 2009, progress: str = "done"):
    """A year whose items are led by these departments, one each."""
    report = factories.make_report(fiscal_year=year)
    measure = factories.make_measure(report.plan)
    for lead in leads:
        item = factories.make_item(measure, name=f"{lead}の項目")
        factories.make_status(report, item, department=office.get(lead), progress=progress, text=f"{lead}の文")
    return report


@pytest.fixture
def edition(office):
    """Led by 観光課, 企画課 and 観光課; 総務課 writes beside the second."""
    report = make_year(office, "観光課", "企画課", "観光課")
    names = {"name": "総務課", "text": "会場を貸しました。", "state": State.CONFIRMED}
    factories.make_voice(report.statuses.get(text="企画課の文"), department=office["総務課"], **names)
    return publish(report, by=None)


def test_an_edition_keeps_the_offices_order_where_departments_are_named(edition):
    assert edition.front_matter["departments"] == ["総務課", "企画課", "観光課"]


def test_where_none_is_named_the_content_is_that_of_before(office):
    assert "departments" not in publish(make_year(office, "なし"), by=None).front_matter


@pytest.mark.parametrize("wording", ["published", "current"])
def test_a_year_of_before_is_not_changed_by_the_order(edition, wording):
    old = as_of_before(edition)
    assert "departments" not in compose(edition.report, wording, standing=[old]).front_matter
    assert compose(edition.report, wording).content_sha256 == edition.content_sha256


def as_of_before(edition):
    """The edition as it would be if it had been published before there was an order to keep."""
    old = Edition.objects.get(pk=edition.pk)
    del old.front_matter["departments"]
    return old


def test_departments_that_a_correction_adds_bring_their_order(office):
    report = make_year(office, "なし", "なし")
    publish(report, by=None)
    for status, name in zip(report.statuses.all(), ("観光課", "総務課"), strict=True):
        status.department = office[name]
        status.save()
    found = next_edition(report, report.editions.get())
    assert found.draft.front_matter["departments"] == ["総務課", "観光課"]
    assert found.front == []


def test_the_list_counts_what_each_leads_and_has_a_part_in(client, edition):
    assert re.search("総務課.*?0件.*?1件企画課.*?1件.*?0件観光課.*?2件.*?0件", words(get(client, "/departments/")))


def test_a_search_offers_them_in_the_same_order(client, edition):
    html = get(client, "/search/?year=2009")
    assert re.findall(r'name="department"\s+value="(.+?)"', html) == ["企画課", "観光課"]


def test_a_year_that_tells_no_order_offers_them_as_its_report_does(edition):
    old = as_of_before(edition)
    scales = scale_years([old], "1", "2009")
    offered = facets([old], cells([old], [], scales), Filters(plan=old.report.plan.slug, year="2009"), scales)
    [found] = [[option.value for option in facet.options] for facet in offered if facet.name == "department"]
    assert found == ["観光課", "企画課"]


def test_a_page_shows_whom_to_call_what_it_leads_and_what_was_said(client, edition):
    text = words(get(client, "/departments/観光課/"))
    assert "電話0920-1" in text
    assert "平成21年度（2009年度）の報告に、2件の項目があります。" in text
    assert "観光課の項目観光課の文進捗区分実施済" in text
    assert "企画課の項目" not in text


def test_a_page_shows_what_a_department_has_a_part_in_with_its_own_words(client, edition):
    text = words(get(client, "/departments/総務課/"))
    assert "報告に、関係課として取り組む項目が1件あります。" in text
    assert "施策１題1（関係課として）企画課の項目会場を貸しました。" in text


def test_the_years_are_counted_by_category_and_lead_to_their_items(client, office, edition):
    publish(make_year(office, "観光課", year=2010, progress="not_done"), by=None)
    html = get(client, "/departments/観光課/")
    assert "平成22年度（2010年度）の報告に、1件の項目があります。" in html
    assert re.search("平成22年度.*?1件.*?未実施1件.*?平成21年度.*?2件.*?実施済2件", words(html))
    address = re.search(r'href="(/search/\?year=2009&amp;department=[^"]+)"', html)[1].replace("&amp;", "&")
    assert "2件見つかりました" in words(get(client, address))


def test_a_department_that_was_renamed_keeps_the_page_of_its_published_name(client, office, edition):
    office["観光課"].name = "観光交流課"
    office["観光課"].save()
    assert "2件の項目" in get(client, "/departments/観光課/")
    assert client.get("/departments/観光交流課/").status_code == 404


def test_a_department_that_a_correction_took_away_is_still_found(client, office, edition):
    edition.report.statuses.update(department=office["企画課"])
    publish(edition.report, by=None, note="担当課を直しました。")
    assert "いま公表している報告に、この担当課の項目はありません。" in get(client, "/departments/観光課/")


def test_a_name_with_a_slash_has_a_page(client, office):
    office["企画/広報課"] = factories.make_department("企画/広報課")
    publish(make_year(office, "企画/広報課"), by=None)
    address = re.search(r'href="(/departments/[^"]+)"', get(client, "/departments/"))[1]
    assert "企画/広報課" in get(client, address)


def test_where_no_report_names_any_there_is_no_list(client, office):
    publish(make_year(office, "なし"), by=None)
    assert client.get("/departments/").status_code == 404
    assert "/departments/" not in get(client, "/sitemap/")


def test_the_policys_page_says_whose_each_item_is(client, edition):
    html = get(client, "/reports/2009/policies/1/")
    assert html.count(f'<a href="/departments/{quote("観光課")}/">観光課</a>') == 2


def test_marks_have_pages_of_their_own_in_the_legends_words(client):
    measure = factories.make_measure()
    report = factories.make_report(measure.policy.plan)
    for marks in ("★", "★●", "◎"):
        factories.make_status(report, factories.make_item(measure, marks, name=f"項目{marks}"))
    publish(report, by=None)
    assert "★市民が主体2件●市が主体1件◎市民と市が主体1件" in words(get(client, "/marks/"))
    html = get(client, "/marks/★/")
    assert "<h1>市民が主体の項目</h1>" in html
    assert re.findall(r"/#year-2009\">(.*?)</a>", html) == ["項目★", "項目★●"]
    assert client.get("/marks/☆/").status_code == 404
    assert '<a href="/marks/">' in get(client, "/sitemap/")


@pytest.mark.parametrize("address", ["/departments/", "/departments/観光課/", "/marks/", "/marks/◎/"])
def test_a_page_asks_as_often_for_many_items(client, office, edition, django_assert_num_queries, address):
    publish(make_year(office, *["観光課"] * 30, year=2010), by=None)
    with django_assert_num_queries(4 if address.count("/") > 2 else 3):
        assert client.get(address).status_code == 200
