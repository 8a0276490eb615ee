"""open_year(): an empty answer for every item that goes on, once, however often and by however many it is done."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError

from actionplan.models import AnnualReport, State, YearlyStatus
from actionplan.round import years as module
from actionplan.round.opening import opening_of
from actionplan.round.years import OpeningRefused, open_year
from actionplan.seen import Moved
from tests import factories
from tests.simultaneous import at_once

pytestmark = pytest.mark.django_db
DUE = date(2026, 5, 20)


@pytest.fixture
def item():
    return factories.make_item(lead_department=factories.make_department("担当する課"))


@pytest.fixture
def plan(item):
    return item.measure.policy.plan


def records() -> int:
    return YearlyStatus.history.count() + AnnualReport.history.count()


def test_the_report_and_an_empty_answer_under_its_department_are_made(plan, item, coordinator):
    open_year(plan, 2026, answers_due=DUE, by=coordinator)
    status = YearlyStatus.objects.get()
    assert (status.report.fiscal_year, status.report.answers_due) == (2026, DUE)
    assert (status.item, status.text, status.state, status.revision) == (item, "", State.NOT_STARTED, 1)
    assert status.department.name == "担当する課"


def test_everything_that_is_made_has_its_history(plan, coordinator):
    open_year(plan, 2026, by=coordinator)
    for entry in (YearlyStatus.history.get(), AnnualReport.history.get()):
        assert (entry.history_type, entry.history_user, entry.history_change_reason) == ("+", coordinator, "年度を開く")


def test_the_machine_may_open_a_year_and_is_nobody_in_the_history(plan):
    open_year(plan, 2026, by=None)
    assert YearlyStatus.history.get().history_user is None


def test_a_second_time_changes_nothing_and_says_so(plan, coordinator):
    assert not open_year(plan, 2026, answers_due=DUE, by=coordinator).changes_nothing
    before = records()
    assert open_year(plan, 2026, answers_due=DUE, by=coordinator).changes_nothing
    assert open_year(plan, 2026, by=coordinator).changes_nothing
    assert records() == before
    assert AnnualReport.objects.get().answers_due == DUE


def test_what_is_written_stays_and_only_what_is_missing_comes(plan, item, coordinator):
    report = factories.make_report(plan, fiscal_year=2026)
    factories.make_status(report, item, text="書いた文")
    factories.make_item(item.measure)
    assert len(open_year(plan, 2026, by=coordinator).coming) == 1
    assert sorted(report.statuses.values_list("text", flat=True)) == ["", "書いた文"]


def test_the_due_date_is_changed_when_another_one_is_given(plan, coordinator):
    open_year(plan, 2026, answers_due=DUE, by=coordinator)
    later = date(2026, 6, 1)
    open_year(plan, 2026, answers_due=later, by=coordinator)
    report = AnnualReport.objects.get()
    assert report.answers_due == later
    assert report.history.first().prev_record.answers_due == DUE


def test_a_label_of_ones_own_stays(plan, coordinator):
    report = factories.make_report(plan, fiscal_year=2019)
    report.label_override = "平成31年度"
    report.save()
    assert open_year(plan, 2019, by=coordinator).label == "平成31年度（2019年度）"
    assert AnnualReport.objects.get().label_override == "平成31年度"


def test_who_does_not_coordinate_is_refused(plan):
    for person in (factories.make_person("担当者"), factories.make_person("課長", "閲覧者", "公表権者")):
        with pytest.raises(PermissionDenied):
            open_year(plan, 2026, by=person)
    assert not AnnualReport.objects.exists()


def test_the_coordinators_office_may(plan):
    open_year(plan, 2026, by=factories.make_person("事務局"))
    assert YearlyStatus.objects.exists()


def test_two_plans_report_on_one_year(plan, coordinator):
    other = factories.make_report(factories.make_plan("別の計画"), fiscal_year=2026)
    open_year(plan, 2026, by=coordinator)
    assert {report.key for report in AnnualReport.objects.all()} == {"2026", "2026-2"}
    assert not other.statuses.exists()


def test_the_items_of_another_plan_are_left_alone(plan, coordinator):
    assert not open_year(factories.make_plan("別の計画"), 2026, by=coordinator).coming


def test_a_sample_year_is_refused(plan, coordinator):
    report = factories.make_report(plan, fiscal_year=2026)
    report.sample = True
    report.save()
    with pytest.raises(OpeningRefused, match="見本データ"):
        open_year(plan, 2026, by=coordinator)


def test_what_moved_after_it_was_looked_at_is_not_done(plan, item, coordinator):
    seen = opening_of(plan, 2026).seal
    factories.make_item(item.measure)
    with pytest.raises(Moved):
        open_year(plan, 2026, by=coordinator, seen=seen)
    assert not AnnualReport.objects.exists()


def test_an_answer_that_somebody_adds_at_the_last_moment_is_asked_for_again(plan, item, coordinator, monkeypatch):
    make, calls = module.bulk_create_with_history, []

    def overtaken(rows, *args, **kwargs):
        calls.append(len(rows))
        if len(calls) == 1:
            raise IntegrityError
        return make(rows, *args, **kwargs)

    monkeypatch.setattr(module, "bulk_create_with_history", overtaken)
    open_year(plan, 2026, by=coordinator)
    assert (calls, YearlyStatus.objects.count()) == ([1, 1], 1)


@pytest.mark.django_db(transaction=True)
def test_people_who_open_a_year_at_once_make_it_once():
    report = factories.make_report(fiscal_year=2009)
    factories.make_tree(report, 30)
    person = factories.make_user()
    done = at_once(*[lambda: open_year(report.plan, 2010, answers_due=DUE, by=person)] * 4)
    assert sorted(opening.changes_nothing for opening in done) == [False, True, True, True]
    made = AnnualReport.objects.get(fiscal_year=2010)
    assert (made.statuses.count(), YearlyStatus.history.filter(report=made).count()) == (30, 30)
    assert made.history.count() == 1
