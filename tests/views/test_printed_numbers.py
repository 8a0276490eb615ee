"""Numbers as the plan prints them, wherever citizens read a number; addresses and old editions stay by figures."""

import pytest

from actionplan.exports.report_files import KINDS
from actionplan.models import ActionItem, AnnualReport, EditionRow, Measure, Policy, YearlyStatus
from actionplan.publishing.compose import compose
from actionplan.publishing.publish import publish
from tests import factories

pytestmark = pytest.mark.django_db
NUMBER, OTHER = "2-(1)-①", "3-(1)-②"


def read(client, address, **params):
    response = client.get(address, params)
    assert response.status_code == 200, address
    return response.content.decode()


@pytest.fixture
def report():
    status = factories.make_status(factories.make_report(fiscal_year=2009), text="開いた。")
    Policy.objects.update(printed_number="基本目標Ⅰ")
    Measure.objects.update(printed_number="（１）")
    ActionItem.objects.update(printed_number=NUMBER)
    publish(status.report, by=None)
    return AnnualReport.objects.get()


@pytest.fixture
def row(report):
    return EditionRow.objects.get()


def test_the_report_shows_them_and_is_found_by_figures(client, report):
    page = read(client, "/reports/2009/")
    assert f'aria-hidden="true">番号</span>{NUMBER}</td>' in page
    assert "基本目標Ⅰ" in page
    assert "（１）　" in page
    assert "施策１" not in page
    assert 'id="item-1-1-1"' in page


@pytest.mark.parametrize(
    "address", ["/", "/reports/2009/policies/1/", "/sitemap/", "/items/{id}/", "/search/?q=2-(1)", "/reports/2009/"]
)
def test_a_policy_is_called_as_it_is_printed(client, row, address):
    page = read(client, address.format(id=row.public_id))
    assert "基本目標Ⅰ" in page
    assert "施策1" not in page
    assert "施策１" not in page


@pytest.mark.parametrize("words", [NUMBER, "２－（１）－１", "2-(1)-1", "基本目標Ⅰ"])
def test_the_search_finds_by_it_however_it_is_typed(client, row, words):
    assert f"/items/{row.public_id}/" in read(client, "/search/", q=words)


def test_the_item_s_page_has_it_and_the_address_in_figures_leads_there(client, row):
    page = read(client, f"/items/{row.public_id}/")
    assert f"項目番号　{NUMBER}" in page
    assert client.get("/items/1-1-1/").headers["Location"] == f"/items/{row.public_id}/"


def test_files_have_columns_for_it_and_files_without_have_none(row):
    text = KINDS["csv", "utf-8"].write(row.edition).decode("utf-8-sig")
    assert "施策番号,施策番号の表記,施策名,取組番号,取組番号の表記,取組名,項目番号,項目番号の表記,項目名" in text
    assert f",1,{NUMBER}," in text
    assert NUMBER in KINDS["txt", "utf-8"].write(row.edition).decode("utf-8-sig")


def test_a_correction_of_it_is_told(client, report, row):
    ActionItem.objects.update(printed_number=OTHER)
    publish(report, by=None, wording="current", note="番号を直しました。")
    page = read(client, "/reports/2009/changes/")
    assert "項目番号の表記" in page
    assert "番号を直しました。" in page


def test_a_correction_keeps_it_as_it_was_published(report, row):
    ActionItem.objects.update(printed_number=OTHER)
    assert [each.code for each in compose(report).rows] == [NUMBER]
    assert [each.code for each in compose(report, "current").rows] == [OTHER]


def test_another_year_tells_of_the_number_before(client, report, row):
    item = ActionItem.objects.get()
    item.printed_number = OTHER
    item.save()
    factories.make_status(factories.make_report(report.plan, fiscal_year=2010), item)
    publish(AnnualReport.objects.get(fiscal_year=2010), by=None)
    assert f"番号は{NUMBER}でした" in read(client, "/reports/2010/changes/")
    assert f"この年度の項目番号は{NUMBER}" in read(client, f"/items/{row.public_id}/")


def test_an_edition_without_any_says_nothing_of_them_and_keeps_its_hash():
    factories.make_status(factories.make_report(fiscal_year=2009))
    report = AnnualReport.objects.get()
    before = compose(report)
    assert "printed" not in before.front_matter
    YearlyStatus.objects.update(printed={"item_printed": ""})
    assert compose(report).content_sha256 == before.content_sha256
    ActionItem.objects.update(printed_number=NUMBER)
    YearlyStatus.objects.update(printed={})
    assert compose(report).content_sha256 != before.content_sha256


def test_a_number_is_a_text_and_never_markup(client, row, report):
    ActionItem.objects.update(printed_number="<b>=1")
    publish(report, by=None, wording="current", note="直しました。")
    assert "&lt;b&gt;=1" in read(client, "/reports/2009/")


def test_a_number_that_two_items_share_is_told_and_not_refused(client, report):
    second = factories.make_status(report, factories.make_item(Measure.objects.get(), printed_number=NUMBER))
    client.force_login(factories.make_person("事務局"))
    page = read(client, f"/admin/actionplan/annualreport/{report.pk}/publish/")
    assert "同じ番号で表示する項目があります。" in page
    assert f"番号「{NUMBER}」" in page
    assert publish(report, by=None, wording="current", note="加えました。").rows.count() == 2
    assert second.item.code == NUMBER
