"""What the record may hold, and the folding that search matches on."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actionplan.text import fold, fold_all, forbidden_characters, tidy_line_breaks

JAPANESE = st.text(st.sampled_from("あいうアイウｱｲｳー－-～市民協働髙﨑２1Aａ（(・ 　\n"), max_size=30)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("21校区", "２１校区"),
        ("ほーむぺーじ", "ホームページ"),
        ("ホムペジ", "ホームページ"),
        ("ﾎｰﾑﾍﾟｰｼﾞ", "ホームページ"),
        ("地域マネジャー", "地域マネージャー"),
        ("地域マネージャ", "地域マネージャー"),
        ("hp", "ＨＰ"),
        ("npo法人", "ＮＰＯ法人"),
        ("高崎", "髙﨑"),
        ("渡辺", "渡邊"),
        ("渡邉", "渡邊"),
        ("斎藤", "齋藤"),
        ("協働(共働)", "協働（共働）"),
        ("わが まち", "わがまち"),
        ("コミュニティビジネス", "コミュニティ－ビジネス"),
        ("が", "か\u3099"),
        ("平成", "㍻"),
        ("1", "①"),
    ],
)
def test_two_ways_to_write_the_same_fold_alike(typed, printed):
    assert fold(typed) == fold(printed)


@pytest.mark.parametrize(("one", "other"), [("市民", "市"), ("ハ", "バ"), ("共働", "協働"), ("つ", "ず")])
def test_different_words_stay_apart(one, other):
    assert fold(one) != fold(other)


@pytest.mark.parametrize("dash", list("ー-‐‑‒–—―−~〜～－ｰ"))
def test_long_vowels_and_every_dash_are_left_out(dash):
    assert fold(f"サ{dash}ビス") == "サビス"


@pytest.mark.parametrize("blank", list(" \t\n\r\u3000\u00a0"))
def test_every_blank_is_left_out(blank):
    assert fold(f"地域{blank}づくり") == "地域ヅクリ"


@given(JAPANESE)
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(JAPANESE, JAPANESE, JAPANESE)
def test_a_part_of_a_text_is_found_in_the_whole(before, part, after):
    assert fold(part) in fold(before + part + after)


@given(st.text())
def test_any_text_folds_without_blanks(text):
    assert not any(letter.isspace() for letter in fold(text))


def test_several_cells_share_one_shadow_without_touching():
    shadow = fold_all("市民", "協働", "")
    assert shadow == "市民\n協働"
    assert fold("民協") not in shadow


@given(st.lists(JAPANESE, max_size=4))
def test_no_hit_spans_two_cells(cells):
    assert len(fold_all(*cells).split("\n")) == max(1, sum(1 for cell in cells if cell))


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
