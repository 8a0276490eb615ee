"""The due date in words."""

from datetime import date

import pytest

from actionplan.templatetags.portal import things
from actionplan.words import day_words, days_late, days_words

DUE = date(2026, 5, 20)


@pytest.mark.parametrize(
    ("day", "late", "words"),
    [(15, -5, "あと5日"), (19, -1, "あと1日"), (20, 0, "今日まで"), (21, 1, "1日遅れ"), (23, 3, "3日遅れ")],
)
def test_days_are_counted_from_the_day_after_the_due_date(day, late, words):
    assert (days_late(DUE, date(2026, 5, day)), days_words(DUE, date(2026, 5, day))) == (late, words)


def test_a_year_without_due_date_is_never_late():
    assert (days_late(None, DUE), days_words(None, DUE)) == (None, "")


def test_a_day_is_written_out_with_its_weekday():
    assert day_words(DUE) == "2026年5月20日（水）"


@pytest.mark.parametrize(("count", "words"), [(0, "0つ"), (1, "1つ"), (9, "9つ"), (10, "10件"), (12, "12件")])
def test_things_are_counted_in_tsu_up_to_nine(count, words):
    assert things([None] * count) == words
