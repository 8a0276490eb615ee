"""What is unusual about opening a year is said before it is opened."""

import pytest

from actionplan.models import AnnualReport, State
from actionplan.publishing.publish import publish, withdraw
from actionplan.round.opening import cautions, opening_of, unfinished_years, years_under_way
from tests import factories
from tests.asked import ask, make_year

pytestmark = pytest.mark.django_db


@pytest.fixture
def last():
    """A year that is published and confirmed throughout."""
    report = make_year(2025)
    ask(report, None, State.CONFIRMED)
    publish(report, by=None)
    return report


def told(report, year: int) -> list[str]:
    return cautions(opening_of(report.plan, year))


def test_the_year_after_a_published_one_is_nothing_unusual(last):
    assert told(last, 2026) == []


@pytest.mark.parametrize(
    ("year", "sentence"),
    [
        (2027, "令和8年度（2026年度）を飛ばして開きます。"),
        (2028, "令和8年度（2026年度）から令和9年度（2027年度）までの2年度を飛ばして開きます。"),
        (2020, "令和7年度（2025年度）より前の年度です。"),
    ],
)
def test_a_year_that_does_not_follow_the_newest_is_pointed_out(last, year, sentence):
    assert told(last, year) == [sentence]


def test_a_year_that_is_still_under_way_is_pointed_out(last):
    ask(make_year(2026), None, State.SUBMITTED, State.CONFIRMED, State.DRAFT)
    assert told(last, 2027) == ["令和8年度（2026年度）は、まだ公表していません（確定していない回答が2件あります）。"]


def test_the_first_year_of_all_and_a_year_that_is_there_are_nothing_unusual(last):
    assert told(last, 2025) == []
    assert cautions(opening_of(factories.make_plan(title="別の計画"), 2026)) == []


def test_years_are_unfinished_until_an_edition_stands(last):
    assert list(unfinished_years()) == []
    under_way = make_year(2026)
    assert list(unfinished_years()) == []
    ask(under_way, None, State.DRAFT)
    assert [(year.fiscal_year, year.asked, year.open) for year in unfinished_years()] == [(2026, 1, 1)]
    edition = publish(under_way, by=None)
    assert list(unfinished_years()) == []
    withdraw(edition, by=None, reason="誤り")
    assert list(unfinished_years()) == [under_way]
    AnnualReport.objects.filter(pk=under_way.pk).update(sample=True)
    assert list(unfinished_years()) == []


def test_a_year_is_under_way_until_it_is_published_and_everything_in_it_is_confirmed(last):
    year = make_year(2026)
    ask(year, None, State.CONFIRMED, State.SUBMITTED)
    assert list(years_under_way()) == [year]
    publish(year, by=None)
    assert (list(years_under_way()), list(unfinished_years())) == ([year], [])
    year.statuses.update(state=State.CONFIRMED)
    assert list(years_under_way()) == []
