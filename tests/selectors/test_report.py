"""The outline of a year's report."""

import pytest

from actionplan.publishing.compose import compose
from actionplan.publishing.publish import publish
from actionplan.selectors.report import report_outline
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def outline(real_report):
    edition = publish(real_report, by=None)
    return report_outline(edition.front_matter, edition.rows.all())


def test_the_real_report_has_its_policies_measures_and_items(outline):
    assert [policy.item_count for policy in outline.policies] == [11, 6, 14, 4, 3]
    assert sum(len(policy.measures) for policy in outline.policies) == 24
    assert outline.item_count == 38


def test_marks_come_with_their_words(outline):
    marks = outline.policies[2].measures[1].items[0].marks
    assert [(mark.symbol, mark.label) for mark in marks] == [("★", "市民が主体"), ("●", "市が主体")]


def test_only_one_table_heads_its_status_otherwise(outline):
    other = [measure for policy in outline.policies for measure in policy.measures if measure.heading_differs]
    assert [(measure.code, measure.status_heading) for measure in other] == [("3-5", "関係部署")]


def test_a_draft_reads_like_an_edition(real_report):
    draft = compose(real_report)
    before = report_outline(draft.front_matter, draft.rows)
    edition = publish(real_report, by=None)
    assert report_outline(edition.front_matter, edition.rows.all()) == before


def test_two_measures_of_the_same_number_are_one_under_the_first_title():
    report = factories.make_report()
    for title in ("一", "二"):
        measure = factories.make_measure(report.plan)
        measure.title = title
        measure.save()
        factories.make_status(report, factories.make_item(measure))
    draft = compose(report)
    draft.rows[1].measure_number = draft.rows[0].measure_number
    [measure] = report_outline(draft.front_matter, draft.rows).policies[0].measures
    assert (measure.title, len(measure.items)) == ("一", 2)


def test_outlining_asks_the_database_nothing(real_report, django_assert_num_queries):
    draft = compose(real_report)
    with django_assert_num_queries(0):
        report_outline(draft.front_matter, draft.rows)
