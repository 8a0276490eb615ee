"""What was published or confirmed keeps the department's old name."""

import pytest

from actionplan.organisation.reorganise import reorganise
from actionplan.publishing.publish import publish
from tests import factories
from tests.organisation.reorganising import AGO, rename

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(coordinator):
    return coordinator


def test_published_and_confirmed_answers_keep_the_old_name(office):
    old = factories.make_department("旧課")
    published = factories.make_status(department=old)
    publish(published.report, by=None)
    later = factories.make_report(fiscal_year=2010)
    confirmed = factories.make_status(later, department=old, state="confirmed")
    still_open = factories.make_status(later, department=old, state="submitted")
    plan = reorganise(rename(old, "新課", AGO), by=office)
    for status in (published, confirmed, still_open):
        status.refresh_from_db()
    assert (str(published.department), str(confirmed.department)) == ("旧課", "旧課")
    assert str(still_open.department) == "新課"
    assert plan.held.kept == 2


def test_the_page_of_a_published_year_and_its_correction_show_the_old_name(office, client):
    old = factories.make_department("旧い名前の課")
    status = factories.make_status(department=old, text="公表した文")
    publish(status.report, by=None)
    reorganise(rename(old, "新しい名前の課", AGO), by=office)
    assert "旧い名前の課" in item_page(client, status)
    status.refresh_from_db()
    status.text = "訂正した文"
    status.save()
    publish(status.report, by=None, note="訂正")
    page = item_page(client, status)
    assert "訂正した文" in page
    assert "旧い名前の課" in page
    assert "新しい名前の課" not in page


def item_page(client, status):
    return client.get(f"/items/{status.item.public_id}/").content.decode()
