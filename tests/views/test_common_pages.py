"""What every page carries: the years, whom to ask; the site map and the accessibility page."""

import json
import re
from pathlib import Path

import pytest

from actionplan.publishing.publish import publish
from tests import factories, pages

pytestmark = pytest.mark.django_db
TOOLS = Path(__file__).resolve().parent.parent / "tools" / "package.json"


def test_no_contact_is_shown_where_none_is_set(client, real_report):
    publish(real_report, by=None)
    assert "お問い合わせ" not in client.get("/").content.decode()


def test_the_office_of_the_plan_is_whom_to_ask_on_every_page(client):
    status = factories.make_status()
    status.report.plan.office = factories.make_department("試験課", unit="試験係", phone="000-111-2222", fax="3333")
    status.report.plan.save()
    publish(status.report, by=None)
    for address in ("/", "/reports/2009/", "/about/", "/nothing/"):
        html = client.get(address).content.decode()
        assert "試験課 試験係" in html
        assert 'href="tel:000-111-2222"' in html
        assert "FAX 3333" in html


def test_the_year_switcher_appears_with_the_second_year(client):
    item = factories.make_item()
    publish(factories.make_status(factories.make_report(fiscal_year=2009), item).report, by=None)
    assert 'aria-label="年度を選ぶ"' not in client.get("/reports/2009/").content.decode()
    publish(factories.make_status(factories.make_report(fiscal_year=2010), item).report, by=None)
    html = client.get("/reports/2009/").content.decode()
    assert '<span aria-current="page">平成21年度</span>' in html
    assert '<a href="/reports/2010/">平成22年度</a>' in html


def test_the_site_map_leads_to_every_item_and_year(client, real_report):
    publish(real_report, by=None)
    html = client.get("/sitemap/").content.decode()
    assert len(set(re.findall(r'href="(/items/\w{8}/)"', html))) == 38
    assert 'href="/reports/2009/"' in html


def test_the_accessibility_page_claims_no_more_than_is_tested(client):
    html = client.get("/accessibility/").content.decode()
    tools = json.loads(TOOLS.read_text())["dependencies"]
    assert f"axe-core {tools['axe-core']}" in html
    assert f"html-validate {tools['html-validate']}" in html
    kinds = {address.split("?")[0] for address in pages.PUBLIC}
    assert f"すべての種類のページ（{len(kinds)}ページ）" in html
    assert "準拠を宣言するものではありません" in html


def test_the_page_of_components_is_for_staff_and_shows_every_category(client, admin_client):
    assert client.get("/admin/components/").status_code == 302
    html = admin_client.get("/admin/components/").content.decode()
    for word in ("実施済", "実施中", "一部実施", "検討中", "未実施", "未設定", "★", "お知らせ"):
        assert word in html


@pytest.mark.parametrize("address", ["/", "/nothing/", "/admin/login/"])
def test_the_browser_is_told_to_ask_no_other_host(client, address):
    policy = client.get(address)["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy
    assert "script-src" not in policy


def test_an_item_tells_its_correction_and_whom_to_ask(client):
    status = factories.make_status(department=factories.make_department("試験課", phone="000-111-2222"))
    publish(status.report, by=None)
    assert "で訂正：" not in client.get("/items/1-1-1/", follow=True).content.decode()
    status.text = "直した文"
    status.save()
    publish(status.report, by=None, note="数字の誤りを直しました。")
    html = client.get("/items/1-1-1/", follow=True).content.decode()
    assert "第2版で訂正：数字の誤りを直しました。" in html
    assert 'href="tel:000-111-2222"' in html
    assert "第2版で訂正：数字の誤りを直しました。" in client.get("/reports/2009/").content.decode()
