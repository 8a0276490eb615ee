"""The annual report's own form: the button that gives a year the items it misses."""

import pytest
from django.urls import reverse

from tests import factories
from tests.admin.pages import change_url, signed_in

pytestmark = pytest.mark.django_db
BUTTON = "件の項目を用意する"


@pytest.fixture
def report():
    return factories.make_report(factories.make_item().measure.policy.plan, fiscal_year=2010)


def fill(client, report):
    return client.post(reverse("admin:fill_year", args=[report.pk]), follow=True).content.decode()


def test_the_button_stands_on_the_page_of_a_year_that_misses_items(report, admin_client):
    assert f"1{BUTTON}" in admin_client.get(change_url(report)).content.decode()
    assert "1件の項目を用意しました" in fill(admin_client, report)
    assert BUTTON not in admin_client.get(change_url(report)).content.decode()
    assert report.statuses.count() == 1


def test_looking_at_the_address_of_the_button_makes_nothing(report, admin_client):
    assert admin_client.get(reverse("admin:fill_year", args=[report.pk])).status_code == 405
    assert not report.statuses.exists()


def test_a_year_that_only_samples_fill_is_not_offered_and_not_filled(report, admin_client):
    report.sample = True
    report.save()
    assert BUTTON not in admin_client.get(change_url(report)).content.decode()
    assert "見本データ" in fill(admin_client, report)
    assert not report.statuses.exists()


def test_who_may_only_read_sees_no_button_and_is_refused(report):
    client = signed_in(factories.make_person("閲覧者"))
    assert BUTTON not in client.get(change_url(report)).content.decode()
    assert client.post(reverse("admin:fill_year", args=[report.pk])).status_code == 403
    assert not report.statuses.exists()
