"""Which edition a citizen sees: never a scheduled, superseded-by-default or withdrawn one."""

from datetime import timedelta

import pytest
from django.http import Http404
from django.utils import timezone

from actionplan.publishing.publish import publish, withdraw
from actionplan.selectors.editions import (
    corrections,
    latest_public_edition,
    page_frame,
    public_edition,
    public_editions,
)
from tests import factories

pytestmark = pytest.mark.django_db


def correct(status, text: str, **options):
    """Publishes the status with another text."""
    status.text = text
    status.save()
    return publish(status.report, by=None, note=f"「{text}」に直しました。", **options)


def test_the_highest_public_number_is_shown():
    status = factories.make_status()
    publish(status.report, by=None)
    second = correct(status, "二")
    assert public_edition(2009) == second
    assert public_editions() == [second]


def test_an_older_number_can_still_be_asked_for():
    status = factories.make_status()
    first = publish(status.report, by=None)
    correct(status, "二")
    assert public_edition(2009, 1) == first


def test_a_scheduled_edition_is_not_found_by_its_number():
    status = factories.make_status()
    first = publish(status.report, by=None)
    correct(status, "二", public_from=timezone.now() + timedelta(hours=1))
    assert public_edition(2009) == first
    with pytest.raises(Http404):
        public_edition(2009, 2)


def test_a_withdrawn_edition_is_not_found_by_its_number():
    status = factories.make_status()
    withdraw(publish(status.report, by=None), by=None, reason="誤り")
    for number in (None, 1):
        with pytest.raises(Http404):
            public_edition(2009, number)
    assert latest_public_edition() is None


def test_the_frame_lists_published_years_latest_first():
    for year in (2009, 2011, 2010):
        publish(factories.make_status(factories.make_report(fiscal_year=year)).report, by=None)
    factories.make_status(factories.make_report(fiscal_year=2012))
    assert [link.year for link in page_frame().years] == [2011, 2010, 2009]
    assert page_frame().latest.era_label == "平成23年度"


def test_corrections_are_listed_oldest_first_without_withdrawn_ones():
    status = factories.make_status()
    publish(status.report, by=None)
    correct(status, "二")
    withdraw(correct(status, "三"), by=None, reason="誤り")
    last = correct(status, "四")
    assert [edition.number for edition in corrections(last)] == [2, 4]
    assert [edition.number for edition in corrections(public_edition(2009, 1))] == []
