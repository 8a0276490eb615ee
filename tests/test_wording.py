"""The readable difference of two texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actionplan.wording import wording_changes

JAPANESE = st.text(alphabet="市民説明会を開催しましたの3回１カタカナ、。\n", max_size=60)


def kinds(before: str, after: str) -> list[tuple[str, str]]:
    return [(run.kind, run.text) for run in wording_changes(before, after).runs]


def test_a_number_is_exchanged_whole():
    assert kinds("説明会を9回開いた。", "説明会を10回開いた。") == [
        ("same", "説明会を"),
        ("removed", "9"),
        ("added", "10"),
        ("same", "回開いた。"),
    ]


def test_words_are_not_cut_in_the_middle():
    runs = kinds("四つの地区でホームページの見直しを行います。", "四つの地区でホームルームの見直しを行います。")
    assert ("removed", "ホームページ") in runs
    assert ("added", "ホームルーム") in runs


def test_an_added_sentence_is_one_run():
    assert kinds("会を開きました。", "会を開きました。次の年も続けます。") == [
        ("same", "会を開きました。"),
        ("added", "次の年も続けます。"),
    ]


def test_what_little_stays_between_two_changes_joins_them():
    runs = kinds("毎月の集まりで、春の祭を支えた。参加は多い。", "毎月の集まりで、秋の市を支えた。参加は多い。")
    assert [text for kind, text in runs if kind == "removed"] == ["春の祭"]
    assert [text for kind, text in runs if kind == "added"] == ["秋の市"]


def test_a_rewritten_text_is_not_marked_word_by_word():
    wording = wording_changes("検討の場を設けました。", "広報紙に載せてお知らせしています。")
    assert wording.rewritten
    assert [run.kind for run in wording.runs] == ["removed", "added"]


@pytest.mark.parametrize(("before", "after"), [("", "新しい文"), ("古い文", ""), ("同じ文", "同じ文"), ("", "")])
def test_a_text_that_came_went_or_stayed_is_not_called_rewritten(before, after):
    wording = wording_changes(before, after)
    assert not wording.rewritten
    assert wording.changed == (before != after)


def test_line_breaks_stay():
    assert kinds("・一つ目の項目\n・二つ目", "・一つ目の項目\n・三つ目")[0] == ("same", "・一つ目の項目\n・")


@given(JAPANESE, JAPANESE)
def test_the_runs_give_both_texts_to_the_letter(before, after):
    wording = wording_changes(before, after)
    assert "".join(run.text for run in wording.before_runs) == before
    assert "".join(run.text for run in wording.after_runs) == after
    assert all(run.text for run in wording.runs)
