"""The sample years: fictitious on the face of them, and nothing real changed."""

import pytest

from actionplan.models import ActionItem, AnnualReport, Edition, EditionRow, Measure, YearlyStatus
from actionplan.publishing.compose import compose
from actionplan.samples import NoRealReport, load_sample_years
from actionplan.selectors.changes import year_changes


def plan_rows() -> list[dict]:
    """The plan's own items and measures as stored."""
    return [*ActionItem.objects.order_by("pk").values(), *Measure.objects.order_by("pk").values()]


@pytest.fixture
def editions(published):
    return load_sample_years()


def test_two_years_follow_the_real_one_and_the_second_is_corrected(editions):
    assert [(edition.fiscal_year, edition.number) for edition in editions] == [(2010, 1), (2011, 1), (2011, 2)]
    assert list(AnnualReport.objects.filter(sample=True).values_list("fiscal_year", flat=True)) == [2011, 2010]


def test_every_edition_and_every_text_says_that_it_is_a_sample(editions):
    for edition in editions:
        assert edition.front_matter["sample"] is True
        assert all(row.status.startswith("見本：") for row in edition.rows.all())
    assert editions[-1].correction_note.startswith("見本：")


def test_items_made_for_the_sample_say_so_themselves(editions, real_report):
    own = YearlyStatus.objects.filter(report=real_report).values("item")
    made = EditionRow.objects.exclude(item__in=own)
    assert made.count() > 3
    assert all(row.item_name.startswith("見本の") and row.content.startswith("見本：") for row in made)


def test_the_real_report_and_the_plans_own_rows_stay_as_they_are(published):
    rows, draft = plan_rows(), compose(published.report, "current").content_sha256
    load_sample_years()
    assert [row for row in plan_rows() if row in rows] == rows
    assert compose(published.report, "current").content_sha256 == draft == published.content_sha256
    assert published.report.editions.count() == 1


def test_the_years_show_every_kind_of_change(editions):
    first, _, second = editions
    changes = year_changes(first, first.rows.all(), second, second.rows.all())
    assert [place.name for place in changes.added] == ["見本の案内板"]
    assert [(one.before.name, one.into.name) for one in changes.merged] == [("見本の交流会", "見本の集い")]
    assert len(changes.ended) == 1
    assert [(one.before.code[-1], one.now.code[-1]) for one in changes.renumbered] == [("3", "2")]
    assert len(changes.categories) > 5
    assert any(cell.field == "content" for one in changes.texts for cell in one.texts)


def test_without_a_real_report_nothing_is_made(db):
    with pytest.raises(NoRealReport, match="load_report"):
        load_sample_years()
    assert Edition.objects.count() == 0
