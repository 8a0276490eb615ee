"""Search finds a word however it is written, and nothing that only looks like it; what is marked is what matched."""

import random
from importlib import import_module
from pathlib import Path

import pytest

from actionplan import shadow
from actionplan.folding import MARK, fold
from actionplan.models.alike import split_words
from actionplan.selectors.hits import marked
from actionplan.shadow import APART, lines, whole_words
from actionplan.spellings import Word, read_word

GROUPS = [split_words(words) for words in import_module("actionplan.migrations.0031_search_words").GROUPS]
TABLE = (Path(__file__).parent / "data" / "search_pairs.tsv").read_text(encoding="utf-8").splitlines()
PAIRS = [line.split("\t") for line in TABLE if not line.startswith("#")]
LETTERS = "あつしまアシマーｰｶﾞか\u3099市民協働取組み2２①一十㍻,.3-−～・「」()ヶヵヴァAaｂ 　\n々ゝ髙⻑𠮷"
LETTERS += "葛\U000e0100|\x1f\x1e\ud800ﷺ👨\u200d"


def word_of(typed: str) -> Word:
    """The word as the page reads it, with the groups that every installation begins with."""
    group = next((group for group in GROUPS if fold(typed) in map(fold, group)), [])
    return read_word(typed, [each for each in group if each != typed])


def finds(word: Word, text: str) -> bool:
    return any(spelling in shadow.shadow([text]) for spelling in word.spellings)


@pytest.mark.parametrize(("typed", "found", "other"), PAIRS, ids=range(len(PAIRS)))
def test_the_table_of_pairs(typed, found, other):
    word = word_of(typed)
    assert finds(word, found)
    assert [piece for piece in marked(found, [word]) if piece.hit]
    if other:
        assert not finds(word, other)
        assert not any(piece.hit for piece in marked(other, [word]))


@pytest.mark.parametrize("typed", ["市民", "環境", "取組", "手続", "補助金", "21校区", "NPO"])
def test_a_plain_word_is_one_question_to_the_database(typed):
    assert len(read_word(typed).spellings) == 1


def texts(times: int, *, seed: int) -> list[str]:
    """Some texts of the letters that are hard to fold, and some of any letters."""
    chance = random.Random(seed)  # no secret
    hard = ["".join(chance.choices(LETTERS, k=chance.randrange(1, 25))) for _ in range(times)]
    return hard + ["".join(chr(chance.randrange(0x110000)) for _ in range(8)) for _ in range(times // 2)]


def test_the_pieces_are_the_text_to_the_letter():
    for text, typed in zip(texts(150, seed=1), texts(150, seed=2), strict=True):
        assert "".join(piece.text for piece in marked(text, [read_word(typed), read_word(text[:2])])) == text


def test_whatever_the_shadow_holds_is_marked():
    for text in texts(150, seed=3):
        for word in (read_word(text[1:4]), read_word("しま"), read_word("アシ")):
            spelt = [spelling for spelling in word.spellings if spelling.strip(MARK + APART)]
            hits = [piece for piece in marked(text, [word]) if piece.hit]
            assert bool(hits) == any(spelling in line.letters for spelling in spelt for line in lines(text)), text


def test_no_word_is_found_across_two_cells():
    assert "一二\n" in f"{shadow.shadow(['一二', '三四'])}\n"
    assert not any(spelling in shadow.shadow(["市民", "協働"]) for spelling in read_word("民協").spellings)


def forget() -> None:
    """Makes the module read anew what it remembers."""
    for kept in (shadow.lines, shadow.key, shadow.reading):
        kept.cache_clear()


def test_without_a_dictionary_the_plain_way_stays(monkeypatch):
    forget()
    monkeypatch.setattr(shadow, "Dictionary", None)
    assert finds(read_word("21校区"), "二十一校区")
    assert finds(read_word("しま"), "しまの宝")
    assert not finds(read_word("シマ"), "参加します")
    forget()


def test_the_words_of_a_name_stand_in_their_bounds():
    assert read_word("市民活動").whole in whole_words("市民活動の支援")
    assert read_word("民活").whole not in whole_words("市民活動の支援")
