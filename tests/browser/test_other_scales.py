"""Pages that only other plans have: two years of different scales side by side, and an item's figures."""

import pytest

from actionplan.models import Figure, Plan
from actionplan.publishing.publish import publish
from tests import factories
from tests.browser.test_accessibility import problems
from tests.scales.plans import give_scale, retire


@pytest.fixture
def other_year(published):
    """The year after the real one: another scale, and an item that is measured."""
    plan = published.report.plan
    item = published.report.statuses.first().item
    Figure.objects.create(item=item, name="見本の数", unit="人", baseline="10", targets="2010＝20")
    Figure.objects.create(item=item, order=2, kind="money", name="見本の費用", unit="千円")
    plan.take_default_scale()
    retire(plan)
    plan = give_scale(Plan.objects.get(pk=plan.pk), "seven")
    report = factories.make_report(Plan.objects.get(pk=plan.pk), fiscal_year=2010)
    said = "見本の数　実績＝-5\n見本の費用　予算＝30"
    department = factories.make_department("見本課")
    factories.make_status(report, item, progress="A", figures=said, department=department)
    publish(report, by=None)
    return item, department


ADDRESSES = ("/", "/reports/2010/changes/", "/reports/2010/", "/search/?year=all", "/items/{item}/")


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("mode", [{}, {"color_scheme": "dark"}])
def test_axe_finds_nothing_and_nothing_is_pushed_sideways(visit, other_year, address, mode):
    address = address.format(item=other_year[0].public_id)
    page = visit(address, 1280, java_script_enabled=True, bypass_csp=True, **mode)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert problems(page) == [], width
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_boxes_for_numbers_are_named_and_fit_a_phone(log_in, other_year):
    page = log_in(f"/admin/answers/2010/{other_year[1].pk}/")
    assert problems(page) == []
    assert page.locator("p.figure input").count() == 3
    page.set_viewport_size({"width": 375, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
