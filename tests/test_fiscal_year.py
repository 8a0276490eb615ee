"""Fiscal years, their labels, and reading them from what people type."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actionplan.fiscal_year import (
    EARLIEST,
    LATEST,
    era_label,
    fiscal_year_of,
    newsletter_label,
    parse_fiscal_year,
    web_label,
)

YEARS = st.integers(EARLIEST, LATEST)


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2009, 4, 1), 2009),
        (date(2010, 3, 31), 2009),
        (date(2010, 4, 1), 2010),
        (date(2010, 1, 1), 2009),
        (date(2012, 2, 29), 2011),
    ],
)
def test_a_fiscal_year_runs_from_april_to_march(day, year):
    assert fiscal_year_of(day) == year


@given(st.dates(date(1926, 4, 1), date(2099, 12, 31)))
def test_a_fiscal_year_changes_on_the_first_of_april_only(day):
    changes = fiscal_year_of(day) != fiscal_year_of(day - timedelta(days=1))
    assert changes == ((day.month, day.day) == (4, 1))


@pytest.mark.parametrize(
    ("year", "label"),
    [
        (2009, "平成21年度"),
        (1926, "昭和元年度"),
        (1988, "昭和63年度"),
        (1989, "平成元年度"),
        (2018, "平成30年度"),
        (2019, "令和元年度"),
        (2020, "令和2年度"),
    ],
)
def test_a_year_is_labelled_by_its_era_and_the_first_year_is_never_1(year, label):
    assert era_label(year) == label


@pytest.mark.parametrize("year", [1925, 0, -1])
def test_a_year_before_the_eras_is_refused_with_the_range(year):
    with pytest.raises(ValueError, match="1926年度から2099年度まで"):
        era_label(year)


def test_the_web_label_holds_both_calendars():
    assert web_label(2009) == "平成21年度（2009年度）"


def test_the_newsletter_prints_full_width_digits():
    assert newsletter_label(2009) == "平成２１年度"
    assert newsletter_label(2019) == "令和元年度"


def test_a_city_may_keep_the_era_that_it_printed():
    assert web_label(2019, "平成31年度") == "平成31年度（2019年度）"
    assert newsletter_label(2019, "平成31年度") == "平成３１年度"


@pytest.mark.parametrize(
    "text",
    [
        *("平成21年度", "平成２１年度", "平成21", "平成２１", "平成 21 年度", "平成21年", "　平成21年度　", "㍻21"),
        *("H21", "h21", "Ｈ２１", "h 21", "2009", "2009年度", "２００９年度", "2009年"),
    ],
)
def test_all_the_ways_to_write_a_year_are_read(text):
    assert parse_fiscal_year(text) == 2009


@pytest.mark.parametrize("text", ["令和元年度", "令和1年度", "R1", "r01", "令和元", "平成31年度", "H31", "2019"])
def test_the_year_in_which_an_era_ended_is_named_by_both_eras(text):
    assert parse_fiscal_year(text) == 2019


@pytest.mark.parametrize(("text", "year"), [("昭和64年度", 1989), ("S1", 1926), ("昭和元年度", 1926), ("R81", 2099)])
def test_the_edges_of_the_eras_are_read(text, year):
    assert parse_fiscal_year(text) == year


@pytest.mark.parametrize(
    "text", ["", " ", "年度", "元年度", "大正5年度", "M40", "平成", "2009.0", "-2009", "20-09", "二〇〇九"]
)
def test_what_is_no_year_is_refused(text):
    with pytest.raises(ValueError, match="年度"):
        parse_fiscal_year(text)


@pytest.mark.parametrize("text", ["平成32年度", "昭和65年度", "H0", "令和0年度", "令和00年度"])
def test_a_year_that_an_era_never_had_is_refused(text):
    with pytest.raises(ValueError, match=text):
        parse_fiscal_year(text)


@pytest.mark.parametrize("text", ["21", "21年度", "121年度"])
def test_a_bare_number_asks_for_its_era(text):
    with pytest.raises(ValueError, match="元号か西暦4桁"):
        parse_fiscal_year(text)


@pytest.mark.parametrize("text", ["1925", "2100", "R82", "0021"])
def test_a_year_outside_the_range_is_refused_with_the_range(text):
    with pytest.raises(ValueError, match="1926～2099年度"):
        parse_fiscal_year(text)


@given(YEARS)
def test_every_label_that_the_portal_writes_is_read_back(year):
    for label in (era_label(year), newsletter_label(year), str(year), f"{year}年度"):
        assert parse_fiscal_year(label) == year


def year_or_refusal(text: str) -> int | str:
    try:
        return parse_fiscal_year(text)
    except ValueError as refusal:
        return str(refusal)


@given(st.text(max_size=12))
def test_any_text_is_either_a_year_of_the_range_or_refused_in_japanese(text):
    answer = year_or_refusal(text)
    if isinstance(answer, int):
        assert EARLIEST <= answer <= LATEST
    else:
        assert answer.endswith(("ください。", "外です。", "ありません。", "）。"))
