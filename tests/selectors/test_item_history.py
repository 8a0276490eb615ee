"""One item through the years."""

import pytest
from django.http import Http404

from actionplan.publishing.publish import publish, withdraw
from actionplan.selectors.item_history import first_with_code, item_history
from tests import factories

pytestmark = pytest.mark.django_db


def test_years_come_latest_first_with_their_own_text():
    item = factories.make_item()
    for year, text in ((2009, "一年目"), (2010, "二年目")):
        publish(factories.make_status(factories.make_report(fiscal_year=year), item, text=text).report, by=None)
    assert [(entry.year, entry.item.status) for entry in item_history(item.public_id)] == [
        (2010, "二年目"),
        (2009, "一年目"),
    ]


def test_a_renumbered_item_is_followed_back_to_its_old_number():
    item = factories.make_item()
    publish(factories.make_status(factories.make_report(fiscal_year=2009), item).report, by=None)
    item.number = 7
    item.save()
    publish(factories.make_status(factories.make_report(fiscal_year=2010), item).report, by=None)
    assert [entry.item.code for entry in item_history(item.public_id)] == ["1-1-7", "1-1-1"]


def test_a_code_leads_for_ever_to_the_item_that_bore_it_first():
    first = factories.make_item()
    publish(factories.make_status(factories.make_report(fiscal_year=2009), first, text="前の項目").report, by=None)
    first.number = 2
    first.save()
    other = factories.make_item(first.measure, number=1)
    publish(factories.make_status(factories.make_report(fiscal_year=2010), other, text="新しい項目").report, by=None)
    assert first_with_code(1, 1, 1) == first.public_id
    assert [entry.item.status for entry in item_history(other.public_id)] == ["新しい項目"]


def test_a_draft_item_is_not_found():
    status = factories.make_status()
    with pytest.raises(Http404):
        item_history(status.item.public_id)
    with pytest.raises(Http404, match="1-1-1"):
        first_with_code(1, 1, 1)


def test_a_withdrawn_year_is_left_out():
    item = factories.make_item()
    publish(factories.make_status(factories.make_report(fiscal_year=2009), item).report, by=None)
    gone = publish(factories.make_status(factories.make_report(fiscal_year=2010), item).report, by=None)
    withdraw(gone, by=None, reason="誤り")
    assert [entry.year for entry in item_history(item.public_id)] == [2009]
