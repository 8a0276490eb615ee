"""The folding that search matches on: one shadow for what is written in several ways."""

import random

import pytest

from actionplan.folding import MARK, fold, folded, in_figures, plain

JAPANESE = "あいうアイウｱｲｳー－-～市民協働髙﨑２1一十Aａ(（・ 　\n"


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("21校区", "２１校区"),
        ("ﾎｰﾑﾍﾟｰｼﾞ", "ホームページ"),
        ("hp", "ＨＰ"),
        ("高崎", "髙﨑"),
        ("渡辺", "渡邊"),
        ("斉藤", "齋藤"),
        ("長崎", "⻑崎"),
        ("葛城", "葛\U000e0100城"),
        ("協働(共働)", "協働（共働）"),
        ("わが まち", "わがまち"),
        ("コミュニティビジネス", "コミュニティ－ビジネス"),
        ("が", "か\u3099"),
        ("平成", "㍻"),
        ("1", "①"),
        ("3-2-1", "３ー２−１"),
        ("1500", "１，５００"),
        ("3ヶ所", "三箇所"),
        ("令和元年", "令和1年"),
    ],
)
def test_two_ways_to_write_the_same_fold_alike(typed, printed):
    assert fold(typed) == fold(printed)


@pytest.mark.parametrize(
    ("one", "other"),
    [("市民", "市"), ("ハ", "バ"), ("共働", "協働"), ("シマ", "しま"), ("10 20", "1020")],
)
def test_different_words_stay_apart(one, other):
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("numeral", "figures"), [("二十一", "21"), ("二〇二五", "2025"), ("千五百", "1500"), ("十", "10")]
)
def test_numerals_are_read(numeral, figures):
    assert in_figures(numeral) == figures


@pytest.mark.parametrize("blank", list(" \t\n\r\u3000\u00a0"))
def test_every_blank_is_left_out(blank):
    assert fold(f"地域{blank}づくり") == "地域づくり"


def test_each_letter_of_the_shadow_has_its_place_in_the_text():
    text = "第十次　２１\n校区の「ヴァイオリン」"
    shadow = folded(plain(text))
    assert {text[start:end] for start, end in zip(shadow.starts, shadow.ends, strict=True)} == {
        *"第次２１校区のイオリン",
        "十",
        "ヴァ",
        "",
    }


def test_folding_twice_is_folding_once_and_leaves_no_blank():
    chance = random.Random(7)  # no secret
    for _ in range(300):
        text = "".join(chance.choices(JAPANESE, k=12))
        assert fold(fold(text)) == fold(text), text
        assert not any(letter.isspace() for letter in fold(text).replace(MARK, ""))
