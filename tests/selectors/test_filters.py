"""The address of a search, read and written."""

import pytest
from django.http import QueryDict

from actionplan.selectors.filters import Filters, filters_from


def read(address: str) -> Filters:
    return filters_from(QueryDict(address))


def test_an_address_gives_every_choice():
    found = read(
        "q=市民&year=2009&policy=3&policy=4&mark=◎&progress=done&department=市民協働課&area=豊玉&tag=防災&page=2"
    )
    assert found == Filters(
        "市民", "", "2009", ("3", "4"), ("◎",), ("done",), ("市民協働課",), ("豊玉",), ("防災",), "2"
    )


def test_an_empty_address_asks_for_nothing():
    assert read("").is_empty
    assert read("q=&year=&mark=&page=").is_empty
    assert read("q=　&utm_source=x").is_empty
    assert not read("year=2009").is_empty


@pytest.mark.parametrize("year", ["H21", "平成21年度", "２００９", "2009年度", "h21"])
def test_a_year_may_be_written_as_people_write_it(year):
    assert read(f"year={year}").year == "2009"


@pytest.mark.parametrize("year", ["all", "来年", "21", "99999"])
def test_what_is_no_year_stays_to_be_named(year):
    assert read(f"year={year}").year == year


def test_an_address_is_short_and_in_one_order():
    found = read("page=3&progress=done&progress=done&year=2009&q=a+b&unknown=1&mark=")
    assert found.address() == "q=a+b&year=2009&progress=done"
    assert found.address(page="2") == "q=a+b&year=2009&progress=done&page=2"
    assert found.address(text="", year="all") == "year=all&progress=done"


def test_writing_and_reading_an_address_gives_the_same_search():
    found = read("q=100%25+%26+　市民&year=2009&mark=★&department=A%26B課")
    assert read(found.address()) == found


def test_one_value_can_be_taken_out_of_an_address():
    assert read("policy=3&policy=4&year=2009&page=2").without("policy", "3") == "year=2009&policy=4"


@pytest.mark.parametrize("blank", [" ", "　", "\t", "\n", "\x00", "\x85", "\u2028", " 　 "])
def test_words_are_parted_by_any_blank_and_by_what_no_text_holds(blank):
    assert read(f"q=市民{blank}ホーム").typed == ["市民", "ホーム"]


def test_words_are_taken_as_typed_and_once_each():
    assert read("q=ホーム ー ホーム ＮＰＯ").typed == ["ホーム", "ー", "ＮＰＯ"]
