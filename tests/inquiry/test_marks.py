"""In the preview everything that goes is struck and everything that comes is underlined; long texts are folded."""

import re

import pytest

from actionplan.inquiry.preview_page import LONGEST_OPEN, marked_pair, plain
from actionplan.scale import Progress
from tests.inquiry.filled import written
from tests.inquiry.inquiring import make_office, shown, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_office()


def words_in(tag, html):
    """What stands in these tags, without the words for those who do not see them."""
    bare = re.sub(r'<span class="visually-hidden">.*?</span>', "", str(html))
    return re.findall(f"<{tag}>(.*?)</{tag}>", bare, re.DOTALL)


def preview_of(office, **cells):
    return upload(office.clerk, office.report, office.book(c1_1_1=cells)).content.decode()


def test_a_wholly_rewritten_text_is_struck_and_underlined_whole(office):
    html = preview_of(office, text="まったく別の内容")
    assert words_in("del", html) == ["はじめの文1"]
    assert words_in("ins", html) == ["まったく別の内容"]


@pytest.mark.parametrize("nothing", [None, "　"])
def test_an_emptied_text_is_struck_and_its_place_called_empty(office, nothing):
    html = preview_of(office, text=nothing)
    assert words_in("del", html) == ["はじめの文1"]
    assert words_in("ins", html) == []
    assert "（空欄）" in html


def test_an_emptied_category_is_struck(office):
    written(office.first, progress=Progress.DONE)
    html = preview_of(office, progress=None)
    assert (words_in("del", html), words_in("ins", html)) == (["実施済"], [])


def test_a_changed_category_is_struck_and_underlined(office):
    written(office.first, progress=Progress.DONE)
    html = preview_of(office, progress="実施中")
    assert (words_in("del", html), words_in("ins", html)) == (["実施済"], ["実施中"])


def test_a_category_chosen_for_the_first_time_strikes_nothing(office):
    html = preview_of(office, progress="実施中")
    assert (words_in("del", html), words_in("ins", html)) == ([], ["実施中"])


def test_in_a_conflict_both_new_texts_are_underlined_and_the_issued_one_is_left_as_it_was(office):
    book = office.book(c1_1_1={"text": "わたしの新しい内容"})
    written(office.first, text="課長が書いた回答")
    page = upload(office.clerk, office.report, book)
    assert words_in("ins", page.content.decode()) == ["課長が書いた回答", "わたしの新しい内容"]
    assert words_in("del", page.content.decode()) == []
    assert "照会票を出したときになかった文に、下線を引いています。" in shown(page)


@pytest.mark.parametrize(
    ("before", "after", "gone", "come"),
    [
        ("市民の声を聞いた。", "市民の声を二度聞いた。", [], ["二度"]),
        ("一二三", "四五六七", ["一二三"], ["四五六七"]),
        (
            "一あいうえおかきくけこ。",
            "二さしすせそたちつてと。",
            ["一あいうえおかきくけこ。"],
            ["二さしすせそたちつてと。"],
        ),
    ],
)
def test_marks_of_a_large_page_are_coarse_but_true(before, after, gone, come):
    older, newer = marked_pair(before, after, fine=False)
    assert (words_in("del", older), words_in("ins", newer)) == (gone, come)


def test_a_long_text_is_folded_with_the_words_around_its_change_in_sight():
    before = "長い文。" * 7_000
    _, newer = marked_pair(before, before[:20_000] + "ここを直した" + before[20_000:], fine=False)
    start, whole = re.fullmatch(r"<details><summary>(.*)</summary><div>(.*)</div></details>", newer, re.DOTALL).groups()
    assert words_in("ins", start) == words_in("ins", whole) == ["ここを直した"]
    assert "全文を開く（28,006字）" in start
    assert len(start) < 600


def test_a_long_text_without_a_change_is_folded_after_its_first_lines():
    assert plain("最初の行。" + "あ" * LONGEST_OPEN).startswith('<details><summary><span class="start">最初の行。')


def test_a_text_of_usual_length_is_not_folded():
    assert plain("あ" * LONGEST_OPEN) == "あ" * LONGEST_OPEN


def test_a_very_long_cell_is_folded_in_the_preview(office):
    html = preview_of(office, text="とても長い文です。" * 3_000)
    assert html.count("<details>") == 1
    assert "全文を開く（27,000字）" in html
