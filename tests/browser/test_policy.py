"""The policy that pages are sent with: a browser finds nothing on any of them that it would have to leave out."""

import pytest

from actionplan.models import ActionItem, AnnualReport, Edition, Plan, YearlyStatus
from tests import factories
from tests.pages import PUBLIC, STAFF, publish_all_kinds

WATCH = """
window.refused = [];
document.addEventListener("securitypolicyviolation", event =>
  window.refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


@pytest.fixture
def published(transactional_db, real_report):
    return publish_all_kinds(real_report)


@pytest.fixture
def look(live_server):
    """What the browser refused on each address, as far as it refused anything; and the addresses that it could see."""

    def found(page, addresses) -> dict[str, list[str]]:
        page.add_init_script(WATCH)
        refused = {}
        for address in addresses:
            answer = page.goto(live_server.url + address)
            assert answer.status in {200, 403, 404}, address
            refused[address] = page.evaluate("window.refused")
        return {address: each for address, each in refused.items() if each}

    return found


def test_the_browser_refuses_nothing_of_the_public_pages(visit, look):
    assert look(visit("/", java_script_enabled=True), [*PUBLIC, "/admin/login/"]) == {}


def test_the_browser_refuses_nothing_of_the_staff_pages(log_in, look, published):
    page = log_in("/admin/")
    report, item, status = AnnualReport.objects.get(), ActionItem.objects.first(), YearlyStatus.objects.first()
    plain = ("answers", "past", "people/import", "password_change", "auth/user", "auth/user/add")
    rows = {"plan": Plan.objects.get(), "annualreport": report, "actionitem": item, "yearlystatus": status}
    rows |= {"edition": Edition.objects.first()}
    forms = [f"/admin/actionplan/{name}/{row.pk}/change/" for name, row in rows.items()]
    forms += [f"/admin/actionplan/actionitem/{item.pk}/history/", "/admin/actionplan/actionitem/export/"]
    forms += [f"/admin/evidence/{status.pk}/", f"/admin/inquiry/{report.key}/upload/"]
    addresses = [each.format(report=report.pk) for each in STAFF]
    assert look(page, [*addresses, *(f"/admin/{each}/" for each in plain), *forms]) == {}


def test_the_browser_refuses_nothing_of_the_plain_page_for_what_went_wrong(enter, look):
    page = enter(factories.make_user(superuser=False), "/admin/", java_script_enabled=True)
    assert look(page, ["/admin/people/import/"]) == {}
    assert page.locator("h1").inner_text() == "この画面は開けません"
    assert page.locator("h1").evaluate("each => getComputedStyle(each).borderTopWidth") == "4px"
    assert "受付番号：" in page.locator("main").inner_text()


def test_the_guard_sees_a_style_that_no_policy_names(visit, look):
    page = visit("/", java_script_enabled=True)
    headers = {"Content-Security-Policy": "style-src 'self'"}
    body = "<p style='color: red'>x</p>"
    page.route("**/about/", lambda route: route.fulfill(body=body, headers=headers, content_type="text/html"))
    assert list(look(page, ["/about/"])) == ["/about/"]
