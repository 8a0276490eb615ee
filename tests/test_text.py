"""What the record may hold."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actionplan.text import forbidden_characters, tidy_line_breaks


@pytest.mark.parametrize("text", ["一\r\n二", "一\r二", "一\n二"])
def test_every_line_break_becomes_one_line_feed(text):
    assert tidy_line_breaks(text) == "一\n二"


@given(st.text())
def test_tidying_changes_nothing_but_carriage_returns_and_tabs(text):
    tidy = tidy_line_breaks(text)
    assert not {"\r", "\t"} & set(tidy)
    assert tidy.replace("\n", "") == text.replace("\r", "").replace("\n", "").replace("\t", " ")
    assert tidy_line_breaks(tidy) == tidy


@pytest.mark.parametrize(
    "text",
    [
        "市民協働（共働）！！ ①②③ ㍻ ≪物語≫ ∥ ～ 髙﨑𠮷",
        "一行目\n二行目",
        "　全角の空白と half の blank ",
        "=1+1 +81 -1 @名前",
        "👨‍👩‍👧",
        "",
    ],
)
def test_the_letters_of_the_record_are_allowed(text):
    assert forbidden_characters(text) == []


@pytest.mark.parametrize(
    ("letter", "name"),
    [
        ("\x00", "U+0000"),
        ("\t", "U+0009"),
        ("\x0b", "U+000B"),
        ("\x1f", "U+001F"),
        ("\x7f", "U+007F"),
        ("\x85", "U+0085"),
        ("\u2028", "U+2028"),
        ("\ufffe", "U+FFFE"),
        ("\ud800", "U+D800"),
    ],
)
def test_a_character_that_no_page_or_workbook_can_carry_is_named(letter, name):
    assert forbidden_characters(f"前{letter}後") == [name]


def test_forbidden_characters_are_named_in_order_each_time():
    assert forbidden_characters("\x02あ\x01い\x02") == ["U+0002", "U+0001", "U+0002"]


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn"]) | st.just("\n")))
def test_only_controls_are_ever_forbidden(text):
    assert forbidden_characters(text) == []


@given(st.sampled_from([chr(code) for code in range(32) if chr(code) != "\n"]), st.sampled_from(string.ascii_letters))
def test_every_control_but_the_line_feed_is_forbidden(control, letter):
    assert len(forbidden_characters(letter + control + letter)) == 1
