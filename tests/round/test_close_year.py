"""close_year(): a year opened by mistake goes without a trace in the lists, with every trace in the record."""

import pytest
from django.core.exceptions import PermissionDenied

from actionplan.answers.saving import Answer, save_answers
from actionplan.models import AnnualReport, Edition, Reminder, State, YearlyStatus
from actionplan.publishing.publish import publish
from actionplan.round.years import ClosingRefused, close_year, closing_of, open_year
from actionplan.seen import Moved
from tests import factories
from tests.simultaneous import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(coordinator):
    """A year that was just opened, with three empty answers; the year before it is published."""
    last = factories.make_report(fiscal_year=2025)
    factories.make_tree(last, 3)
    publish(last, by=None)
    open_year(last.plan, 2026, by=coordinator)
    return AnnualReport.objects.get(fiscal_year=2026)


def close(report, by, seen=None) -> int:
    return close_year(report, by=by, seen=seen or closing_of(report).seal)


def write(report, **fields) -> YearlyStatus:
    row = report.statuses.first()
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    return row


def test_the_report_and_its_empty_answers_go_and_nothing_else(report, coordinator):
    assert closing_of(report).empty == 3
    assert close(report, coordinator) == 3
    assert list(AnnualReport.objects.values_list("fiscal_year", flat=True)) == [2025]
    assert YearlyStatus.objects.count() == 3
    assert Edition.objects.count() == 1


def test_every_deletion_leaves_one_record_with_who_and_why(report, coordinator):
    pks = list(report.statuses.values_list("pk", flat=True))
    close(report, coordinator)
    gone = YearlyStatus.history.filter(id__in=pks, history_type="-")
    assert sorted(gone.values_list("id", flat=True)) == sorted(pks)
    assert {(row.history_user, row.history_change_reason) for row in gone} == {(coordinator, "年度を開くのを取り消す")}
    (record,) = AnnualReport.history.filter(fiscal_year=2026, history_type="-")
    assert (record.history_user, record.history_change_reason) == (coordinator, "年度を開くのを取り消す")


def test_the_year_can_be_opened_again(report, coordinator):
    close(report, coordinator)
    open_year(report.plan, 2026, by=coordinator)
    assert AnnualReport.objects.get(fiscal_year=2026).statuses.count() == 3


WRITTEN = [
    {"text": "書いた文"},
    {"progress": "done"},
    {"outcome": "成果"},
    {"challenge": "課題"},
    {"next_step": "方針"},
    {"state": State.DRAFT},
    {"state": State.RETURNED},
]


@pytest.mark.parametrize("fields", WRITTEN, ids=lambda fields: next(iter(fields)))
def test_a_year_in_which_anything_is_written_stays_and_says_where(report, coordinator, fields):
    row = write(report, **fields)
    with pytest.raises(ClosingRefused, match=f"もう書かれた回答があるので、取り消せません：{row.item.code}$"):
        close(report, coordinator)
    assert report.statuses.count() == 3


def test_of_many_written_answers_the_first_are_named(report, coordinator):
    measure = report.statuses.first().item.measure
    for _ in range(12):
        factories.make_status(report, factories.make_item(measure), text="文")
    assert closing_of(report).why_not.endswith(" ほか2件")


def test_a_published_or_scheduled_year_stays(report, coordinator):
    publish(report, by=None)
    with pytest.raises(ClosingRefused, match="公表したことのある年度"):
        close(report, coordinator)


def test_a_year_of_which_departments_were_reminded_stays(report, coordinator):
    Reminder.objects.create(
        report=report, department=factories.make_department("課"), day="2026-05-01", open_items=1, addresses=[]
    )
    with pytest.raises(ClosingRefused, match="督促のメールを送った年度"):
        close(report, coordinator)


def test_a_sample_year_is_left_to_its_own_command(coordinator):
    sample = factories.make_report(fiscal_year=2030)
    AnnualReport.objects.filter(pk=sample.pk).update(sample=True)
    sample.refresh_from_db()
    with pytest.raises(ClosingRefused, match="見本データの年度"):
        close(sample, coordinator)


def test_what_moved_after_it_was_looked_at_refuses(report, coordinator):
    seen = closing_of(report).seal
    factories.make_status(report, factories.make_item(report.statuses.first().item.measure), text="")
    with pytest.raises(Moved, match="確かめていただいている間に"):
        close(report, coordinator, seen)
    assert report.statuses.count() == 4


@pytest.mark.parametrize("role", ["担当者", "課長", "公表権者", "閲覧者"])
def test_nobody_but_the_office_takes_a_year_back(report, role):
    with pytest.raises(PermissionDenied):
        close(report, factories.make_person(role))
    assert AnnualReport.objects.filter(fiscal_year=2026).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_it_back_at_once_one_does_and_the_other_is_told(coordinator):
    last = factories.make_report(fiscal_year=2025)
    factories.make_tree(last, 3)
    open_year(last.plan, 2026, by=coordinator)
    report = AnnualReport.objects.get(fiscal_year=2026)
    seen = closing_of(report).seal
    done = at_once(*[lambda: close_year(report, by=coordinator, seen=seen)] * 2)
    assert sorted(map(str, done)) == ["3", "この年度は、すでに取り消されています。"]
    assert YearlyStatus.history.filter(history_type="-").count() == 3


@pytest.mark.django_db(transaction=True)
def test_against_somebody_who_writes_at_the_same_time_no_word_is_lost(coordinator):
    last = factories.make_report(fiscal_year=2025)
    factories.make_tree(last, 3)
    open_year(last.plan, 2026, by=coordinator)
    report = AnnualReport.objects.get(fiscal_year=2026)
    seen, row = closing_of(report).seal, report.statuses.first()
    answers = [Answer(row.pk, row.revision, {"text": "同じ時に書いた文"})]
    done = at_once(
        lambda: close_year(report, by=coordinator, seen=seen), lambda: save_answers(answers, by=coordinator, reason="")
    )
    kept = YearlyStatus.objects.filter(text="同じ時に書いた文").exists()
    told = [type(outcome) for outcome in done if isinstance(outcome, Exception)]
    assert (kept, told) in [(True, [ClosingRefused]), (False, [Moved])]
