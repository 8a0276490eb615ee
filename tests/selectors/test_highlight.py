"""Hits are marked in the text as it is written, wherever the folded words match."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actionplan.selectors.hits import Piece, _clusters, fold_cluster, marked
from actionplan.text import fold

LETTERS = "あアｱか\u3099がｶﾞﾊﾟーｰ-～市民２2①㍻髙高 　\n・Aａ한\u1112\u1161\u11abe\u0301\u0327\u09c7\u09be゛"
TEXTS = st.text(st.sampled_from(LETTERS), max_size=30) | st.text(max_size=20)


def hits(text: str, *typed: str) -> list[str]:
    return [piece.text for piece in marked(text, [fold(word) for word in typed]) if piece.hit]


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
        ("ガ", "か\u3099く", "か\u3099"),
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
    assert marked("市民", ["行政"]) == [Piece("市民")]
    assert marked("市民", []) == [Piece("市民")]
    assert marked("", ["行政"]) == []


def test_a_word_that_folds_to_nothing_marks_nothing():
    assert hits("サービス", "ー") == []


@given(TEXTS)
def test_folding_in_clusters_is_folding_the_whole(text):
    assert "".join(fold_cluster(text[start:end]) for start, end in _clusters(text)) == fold(text)


@given(TEXTS, st.lists(TEXTS, max_size=3))
def test_the_pieces_are_the_text_to_the_letter(text, typed):
    assert "".join(piece.text for piece in marked(text, [fold(word) for word in typed])) == text


@given(TEXTS, TEXTS)
def test_whatever_the_shadow_holds_is_marked(text, typed):
    word = fold(typed)
    found = [piece.text for piece in marked(text, [word]) if piece.hit]
    assert bool(found) == bool(word and word in fold(text))
    assert all(word in fold(hit) for hit in found)
