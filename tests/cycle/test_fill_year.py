"""fill_year(): an empty status for every item that goes on."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from actionplan.cycle.fill_year import fill_year, missing_items
from actionplan.models import State, YearlyStatus
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def item():
    return factories.make_item(lead_department=factories.make_department("担当する課"))


def test_every_item_that_goes_on_gets_an_empty_status_under_its_department(item, coordinator):
    factories.make_item(item.measure, ended=True)
    report = factories.make_report(fiscal_year=2010)
    assert fill_year(report, by=coordinator) == 1
    status = report.statuses.get()
    assert (status.item, status.text, status.state) == (item, "", State.NOT_STARTED)
    assert status.department.name == "担当する課"


def test_each_status_has_its_history(item, coordinator):
    fill_year(factories.make_report(fiscal_year=2010), by=coordinator)
    entry = YearlyStatus.history.get()
    assert (entry.history_user, entry.history_change_reason) == (coordinator, "年度の項目を用意")


def test_a_second_call_and_a_written_text_change_nothing(item, coordinator):
    report = factories.make_report(fiscal_year=2010)
    factories.make_status(report, item, text="書いた文")
    assert missing_items(report) == []
    assert fill_year(report, by=coordinator) == 0
    assert report.statuses.get().text == "書いた文"


def test_the_items_of_another_plan_are_left_alone(item, coordinator):
    other = factories.make_report(factories.make_plan("別の計画"), fiscal_year=2010)
    assert fill_year(other, by=coordinator) == 0


def test_who_may_not_add_statuses_is_refused(item):
    with pytest.raises(PermissionDenied):
        fill_year(factories.make_report(fiscal_year=2010), by=factories.make_user(superuser=False))
    assert not YearlyStatus.objects.exists()


def test_the_button_stands_on_the_page_of_a_year_that_misses_items(item, admin_client):
    report = factories.make_report(fiscal_year=2010)
    page = reverse("admin:actionplan_annualreport_change", args=[report.pk])
    assert "1件の項目を用意する" in admin_client.get(page).content.decode()
    response = admin_client.post(reverse("admin:fill_year", args=[report.pk]), follow=True)
    assert "1件の項目を用意しました" in response.content.decode()
    assert "件の項目を用意する" not in admin_client.get(page).content.decode()


def test_looking_at_the_address_of_the_button_makes_nothing(item, admin_client):
    report = factories.make_report(fiscal_year=2010)
    assert admin_client.get(reverse("admin:fill_year", args=[report.pk])).status_code == 405
    assert not report.statuses.exists()
