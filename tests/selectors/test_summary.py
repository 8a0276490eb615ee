"""Counts with their denominators."""

import pytest

from actionplan.publishing.compose import compose
from actionplan.selectors.charts import year_summary

pytestmark = pytest.mark.django_db


@pytest.fixture
def summary(real_report):
    draft = compose(real_report)
    return year_summary(draft.front_matter, draft.rows)


def test_the_real_year_counts_three_done_five_not_done_and_thirty_unset(summary):
    counted = {category.label: category.count for category in summary.categories}
    assert counted == {"実施済": 3, "実施中": 0, "一部実施": 0, "検討中": 0, "未実施": 5}
    assert (summary.unset.count, summary.total) == (30, 38)


def test_every_count_carries_its_denominator(summary):
    assert {category.total for category in [*summary.categories, summary.unset]} == {38}
    for policy in summary.policies:
        assert {category.total for category in policy.categories} == {policy.total}


def test_each_policy_adds_up_to_its_items(summary):
    for policy in summary.policies:
        assert sum(category.count for category in policy.categories) == policy.total
    assert [policy.total for policy in summary.policies] == [11, 6, 14, 4, 3]


def test_unset_stands_apart_and_last(summary):
    assert "unset" not in [category.code for category in summary.categories]
    assert all(policy.categories[-1].code == "unset" for policy in summary.policies)
