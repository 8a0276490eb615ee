"""The one door by which editions leave: it opens for samples only."""

import pytest

from actionplan.models import AnnualReport, Edition, EditionRow, EditionWithdrawal, unsealed
from actionplan.models.base import ImmutableError
from actionplan.publishing.publish import PublishRefused, delete_sample_editions, publish, withdraw
from tests import factories

pytestmark = pytest.mark.django_db


def publish_year(year: int, *, sample: bool):
    report = AnnualReport.objects.create(plan=factories.make_plan(f"計画{year}"), fiscal_year=year, sample=sample)
    return publish(
        factories.make_status(report, factories.make_item(factories.make_measure(report.plan))).report, by=None
    )


def test_a_samples_editions_rows_and_withdrawals_go_and_the_real_ones_stay():
    real, sample = publish_year(2009, sample=False), publish_year(2010, sample=True)
    withdraw(sample, by=None, reason="試し")
    with unsealed("試し"):
        assert delete_sample_editions(sample.report) == 1
    assert Edition.objects.get() == real
    assert EditionRow.objects.get().edition == real
    assert not EditionWithdrawal.objects.exists()


def test_a_real_reports_editions_are_refused():
    real = publish_year(2009, sample=False)
    with pytest.raises(PublishRefused, match="見本ではない"):
        delete_sample_editions(real.report)
    assert EditionRow.objects.filter(edition=real).exists()


def test_the_stored_mark_counts_not_the_one_in_hand():
    real = publish_year(2009, sample=False)
    real.report.sample = True
    with pytest.raises(PublishRefused):
        delete_sample_editions(real.report)
    assert Edition.objects.exists()


def test_a_report_marked_as_a_sample_later_keeps_what_was_published_as_real():
    real = publish_year(2009, sample=False)
    real.report.sample = True
    real.report.save()
    with pytest.raises(PublishRefused):
        delete_sample_editions(real.report)
    assert EditionRow.objects.filter(edition=real).exists()


def test_the_guard_refuses_samples_too_by_every_other_way():
    sample = publish_year(2010, sample=True)
    for attempt in (sample.delete, Edition.objects.all().delete, EditionRow.objects.all().delete):
        with pytest.raises(ImmutableError):
            attempt()
