"""Hits are marked in the text as it is written, wherever the folded words match."""

import pytest

from actionplan.selectors.hits import Piece, marked
from actionplan.spellings import read_word


def hits(text: str, *typed: str) -> list[str]:
    return [piece.text for piece in marked(text, [read_word(word) for word in typed]) if piece.hit]


@pytest.mark.parametrize(
    ("typed", "text", "hit"),
    [
        ("21校区", "市内２１校区で", "２１校区"),
        ("ほーむぺーじ", "市のホームページ等", "ホームページ"),
        ("ホームページ", "市のﾎｰﾑﾍﾟｰｼﾞ等", "ﾎｰﾑﾍﾟｰｼﾞ"),
        ("マネジャー", "地域マネージャーの", "マネージャー"),
        ("高崎", "髙﨑さん", "髙﨑"),
        ("平", "㍻の年", "㍻"),
        ("1", "ねらい①です", "①"),
        ("が", "か\u3099く", "か\u3099"),
        ("わがまち", "わが　まち元気", "わが　まち"),
        ("ビジネス", "コミュニティ－ビジネス補助", "ビジネス"),
        ("npo", "ＮＰＯ法人", "ＮＰＯ"),
        ("市民", "市民～行政", "市民"),
    ],
)
def test_a_hit_is_marked_in_the_letters_of_the_text(typed, text, hit):
    assert hits(text, typed) == [hit]


def test_every_place_is_marked():
    assert hits("市民と市と市民", "市民") == ["市民", "市民"]


def test_hits_that_overlap_or_touch_become_one():
    assert hits("市民活動団体", "市民活動", "活動団体") == ["市民活動団体"]
    assert hits("市民活動", "市民", "活動") == ["市民活動"]
    assert hits("ああああ", "ああ") == ["ああああ"]


def test_a_text_without_a_hit_is_one_piece():
    assert marked("市民", [read_word("行政")]) == [Piece("市民")]
    assert marked("市民", []) == [Piece("市民")]
    assert marked("", [read_word("行政")]) == []


def test_a_word_that_folds_to_nothing_marks_nothing():
    assert hits("サービス", "ー") == []
