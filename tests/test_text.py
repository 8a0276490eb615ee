"""What the record may hold."""

import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actionplan.text import (
    as_stored,
    changes_told,
    forbidden_characters,
    refusal,
    tidy_line_breaks,
    unseen_characters,
)


@pytest.mark.parametrize(
    "text", ["一\r\n二", "一\r二", "一\n二", "一\x0b二", "一\x0c二", "一\x85二", "一\u2028二", "一\u2029二"]
)
def test_every_line_break_becomes_one_line_feed(text):
    assert tidy_line_breaks(text) == "一\n二"


@given(st.text())
def test_tidying_changes_nothing_but_line_breaks_and_tabs(text):
    tidy = tidy_line_breaks(text)
    breaks = str.maketrans(dict.fromkeys("\r\n\x0b\x0c\x85\u2028\u2029"))
    assert not {"\r", "\t"} & set(tidy)
    assert tidy.translate(breaks) == text.translate(breaks).replace("\t", " ")
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


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Cn"]) | st.just("\n")))
def test_only_controls_are_ever_forbidden(text):
    assert forbidden_characters(text) == []


@given(st.sampled_from([chr(code) for code in range(32) if chr(code) != "\n"]), st.sampled_from(string.ascii_letters))
def test_every_control_but_the_line_feed_is_forbidden(control, letter):
    assert len(forbidden_characters(letter + control + letter)) == 1


BREAKS = {0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029}
TURNING = {0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}
LAYING_OVER = {0xFFF9, 0xFFFA, 0xFFFB}
# Default_Ignorable_Code_Point of Unicode: what takes no room; without what turns the direction.
IGNORABLE = {
    *(0xAD, 0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFEFF, 0xFFA0),
    *range(0x180B, 0x1810),
    *range(0x200B, 0x200E),
    *range(0x2060, 0x2066),
    *range(0x206A, 0x2070),
    *range(0xFE00, 0xFE10),
    *range(0xFFF0, 0xFFF9),
    *range(0x1BCA0, 0x1BCA4),
    *range(0x1D173, 0x1D17B),
    *range(0xE0000, 0xE1000),
}


def _fate(code: int) -> str:
    """What the one reading of text makes of a character that stands between two kana."""
    if code == 9:
        return " "
    if code in BREAKS:
        return "\n"
    if code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF or code in TURNING | LAYING_OVER:
        return "refused"
    if unicodedata.category(chr(code)) in ("Cc", "Cs"):
        return "refused"
    return "" if code in IGNORABLE else chr(code)


def test_every_character_of_unicode_has_one_fate():
    read = as_stored("|".join(f"あ{chr(code)}い" for code in range(0x110000) if code != ord("|"))).split("|")
    refused = {int(name[2:], 16) for name in forbidden_characters("".join(map(chr, range(0x110000))))}
    found = {}
    for code, text in zip((code for code in range(0x110000) if code != ord("|")), read, strict=True):
        found[code] = text[1:-1]
    for code, text in found.items():
        fate = _fate(code)
        assert text == (chr(code) if fate == "refused" else fate), f"U+{code:04X}"
        if text not in ("", " ", "\n"):
            assert (code in refused) == (fate == "refused"), f"U+{code:04X}"


@pytest.mark.parametrize(
    "text",
    [
        "葛\U000e0100城",
        "神\ufe00社",
        "❤\ufe0f",
        "1\ufe0f\u20e3",
        "👨\u200d👩\u200d👧",
        "🏳\ufe0f\u200d🌈",
        "🏴\U000e0067\U000e0062\U000e007f",
    ],
)
def test_what_chooses_a_glyph_is_kept(text):
    assert as_stored(text) == text
    assert changes_told(text) == []


@pytest.mark.parametrize(
    ("typed", "kept", "names"),
    [
        ("\ufeff市民\u200b協働\u00ad", "市民協働", ["U+FEFF", "U+200B", "U+00AD"]),
        ("あ\ufe0fい\u200dう", "あいう", ["U+FE0F", "U+200D"]),
        ("1\u200d2", "12", ["U+200D"]),
    ],
)
def test_what_nobody_sees_goes_and_is_told(typed, kept, names):
    assert as_stored(typed) == kept
    assert unseen_characters(typed) == names
    assert changes_told(typed) == [f"目に見えない文字（{'、'.join(names)}）は、取り除いて読みました。"]


@given(st.text(st.sampled_from("あ1👨🏳🏴❤葛\u200b\u200d\ufe0f\U000e0100\U000e0067\U000e007f\u20e3\r\n\t")))
def test_reading_a_text_twice_is_reading_it_once(text):
    assert as_stored(as_stored(text)) == as_stored(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("予算\u202e円001", "（U+202E）が入っています。「予算」のすぐ後を消して、打ち直してください。"),
        ("一行目\n\u200e二行目", "（U+200E）が入っています。2行目のはじめを消して、打ち直してください。"),
        (
            "市民と協働で取り組んだ\x07\x08",
            "（U+0007、U+0008）が入っています。「民と協働で取り組んだ」のすぐ後を消して",
        ),
    ],
)
def test_a_refusal_names_the_place_in_words_that_can_be_seen(text, sentence):
    assert sentence in refusal(text)
    assert refusal("予算100円") == ""
