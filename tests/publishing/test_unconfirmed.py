"""Answers that are not confirmed are published only by name."""

import pytest

from actionplan.models import Edition, YearlyStatus
from actionplan.publishing.compose import compose
from actionplan.publishing.publish import publish
from actionplan.publishing.unconfirmed import OpenAnswer, UnnamedAnswers, unconfirmed, unconfirmed_among
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows():
    report = factories.make_report()
    measure = factories.make_measure(report.plan)
    states = ("confirmed", "submitted", "draft")
    return [factories.make_status(report, factories.make_item(measure), state=state) for state in states]


def test_the_unconfirmed_stand_in_report_order(rows):
    found = unconfirmed(rows[0].report)
    assert [row.pk for row in found] == [row.pk for row in rows[1:]]
    assert found[0] == OpenAnswer(rows[1].pk, "1-1-2", rows[1].item.name, "", "提出")


def test_what_is_read_from_the_database_is_what_is_read_from_the_draft(rows):
    report = rows[0].report
    YearlyStatus.objects.filter(pk=rows[2].pk).update(department=factories.make_department("試験課", unit="係"))
    assert unconfirmed(report) == unconfirmed_among(compose(report).answers)
    assert unconfirmed(report)[1].department == "試験課 係"


def test_a_person_has_to_name_every_one(rows, coordinator):
    with pytest.raises(UnnamedAnswers) as refusal:
        publish(rows[0].report, by=coordinator, named=[rows[1].pk])
    assert [row.pk for row in refusal.value.rows] == [rows[2].pk]
    assert "1-1-3" in str(refusal.value)
    assert not Edition.objects.exists()


def test_a_person_who_names_none_is_refused(rows, coordinator):
    with pytest.raises(UnnamedAnswers):
        publish(rows[0].report, by=coordinator)


def test_the_edition_remembers_which_were_not_confirmed(rows, coordinator):
    edition = publish(rows[0].report, by=coordinator, named=[row.pk for row in rows[1:]])
    assert [(row["code"], row["state"]) for row in edition.unconfirmed] == [("1-1-2", "提出"), ("1-1-3", "記入中")]


def test_what_citizens_read_does_not_depend_on_the_state(rows):
    first = publish(rows[0].report, by=None)
    assert "submitted" not in str(first.front_matter)
    assert first.unconfirmed


def test_a_year_that_is_confirmed_throughout_needs_no_names(coordinator):
    status = factories.make_status(state="confirmed")
    assert publish(status.report, by=coordinator).unconfirmed == []
