"""Numbers as people write them: read to the letter of their precision, or refused by a sentence of their own."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actionplan.figures import (
    Declared,
    FigureFault,
    blank_lines,
    frozen,
    percentage,
    raw_values,
    read_frozen,
    read_number,
    read_values,
    write_values,
    written_number,
)

PEOPLE = Declared("indicator", "参加者数", "人", "1000", {2009: "1200"})
MONEY = Declared("money", "市費", "千円")


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("1234", "1234"),
        ("１，２３４", "1234"),
        ("1,234.50", "1234.50"),
        (" 12 ", "12"),
        ("１２．５０", "12.50"),
        ("△30", "-30"),
        ("▲３０", "-30"),
        ("−1,000", "-1000"),
        ("－5", "-5"),
        ("-0.50", "-0.50"),
        ("-0.00", "0.00"),
        ("007", "7"),
        ("0", "0"),
        ("", ""),
        ("　", ""),
    ],
)
def test_a_number_is_read_as_its_digits(text, digits):
    assert read_number(text) == digits


NO_NUMBERS = ["約120", "120人", "1,23", "12,34,567", "1.2.3", "1e5", "５割", "百二十", "--5", "△", ".", ".5", "1."]
NO_NUMBERS += ["１２／３", "0x1f", "NaN", "∞"]


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_is_refused_by_a_sentence_that_quotes_it(text):
    with pytest.raises(FigureFault, match="は数として読めません。数字だけを書いてください"):
        read_number(text)


@pytest.mark.parametrize("text", ["1" * 16, "0." + "1" * 7])
def test_more_digits_than_can_be_kept_are_refused(text):
    with pytest.raises(FigureFault, match="桁が多すぎます"):
        read_number(text)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_what_people_read_is_read_back_to_the_same_digits(number):
    digits = read_number(f"{number:f}")
    assert Decimal(digits) == number
    assert read_number(written_number(digits)) == digits


def test_lines_are_written_in_the_declared_order_and_only_where_something_is_said():
    text = "市費　決算＝５００\n参加者数　実績＝1,234"
    values = read_values(text, [PEOPLE, MONEY])
    assert values == {"参加者数　実績": "1234", "市費　決算": "500"}
    assert write_values(values, [PEOPLE, MONEY]) == "参加者数　実績＝1234\n市費　決算＝500"


def test_what_a_workbook_asks_is_read_back_to_the_same_values():
    text = write_values({"参加者数　実績": "1234", "市費　予算": "-5"}, [PEOPLE, MONEY])
    asked = blank_lines(text, {"参加者数　実績": "1180"}, [PEOPLE, MONEY])
    assert asked == "参加者数（人、昨年度1,180）　実績＝1234\n市費（千円）　予算＝-5\n市費（千円）　決算＝"
    assert write_values(read_values(asked, [PEOPLE, MONEY]), [PEOPLE, MONEY]) == text


def test_names_that_begin_alike_are_told_apart():
    both = [Declared("indicator", "利用者", "人"), Declared("indicator", "利用者（延べ）", "人")]
    asked = blank_lines("利用者　実績＝1\n利用者（延べ）　実績＝2", {}, both)
    assert read_values(asked, both) == {"利用者　実績": "1", "利用者（延べ）　実績": "2"}


def test_a_number_alone_will_do_where_one_is_asked_for():
    assert read_values("１，２３４", [PEOPLE]) == {"参加者数　実績": "1234"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("参加者数　実績＝約120", "参加者数　実績：「約120」は数として読めません"),
        ("参加者数　実績＝1\n参加者数　実績＝2", "「参加者数　実績」の行が2つあります"),
        ("知らない　実績＝1", "「知らない 実績＝1」は、この項目で聞いている数ではありません"),
        ("ただの文", "この項目で聞いている数ではありません"),
    ],
)
def test_a_line_that_cannot_be_taken_has_its_sentence(text, sentence):
    with pytest.raises(FigureFault, match=sentence):
        read_values(text, [PEOPLE, MONEY])


@pytest.mark.parametrize(
    ("part", "whole", "rate"),
    [
        ("1234", "1200", "102.8%"),
        ("0", "1200", "0.0%"),
        ("-30", "60", "−50.0%"),
        ("", "1200", ""),
        ("5", "", ""),
        ("5", "0", ""),
        ("5", "-2", ""),
        ("1", "3", "33.3%"),
        ("2", "3", "66.7%"),
        ("0.05", "100", "0.1%"),
    ],
)
def test_a_rate_is_computed_or_missing_and_never_nought_for_nothing(part, whole, rate):
    assert percentage(part, whole) == rate


def test_what_is_frozen_says_everything_by_itself():
    [people, money] = read_frozen(frozen([PEOPLE, MONEY], "参加者数　実績＝1234\n市費　予算＝500", 2009))
    assert people.words == "基準値1,000人　目標1,200人　実績1,234人（達成率102.8%）"
    assert money.words == "予算500千円　決算：記載なし"
    [other_year, _] = read_frozen(frozen([PEOPLE, MONEY], "", 2010))
    assert other_year.words == "基準値1,000人　実績：記載なし"
    assert raw_values("") == {}
