"""The copy for old systems: to the letter, or a list of what does not fit."""

import pytest

from actionplan.exports.tabular import (
    CellsDoNotFit,
    became_question_marks,
    encode,
    misfit_advice,
    strange_characters,
)
from actionplan.uploads import read_csv

HEADERS = ["項目名", "実施状況"]


def misfits_of(rows: list) -> list[str]:
    with pytest.raises(CellsDoNotFit) as caught:
        encode(HEADERS, rows)
    return [str(misfit) for misfit in caught.value.misfits]


def test_what_fits_is_written_in_cp932_with_crlf_and_no_byte_order_mark():
    assert encode(HEADERS, [["①～③", "髙﨑㈱"]]) == "項目名,実施状況\r\n①～③,髙﨑㈱\r\n".encode("cp932")


def test_the_copy_reads_back_identical_formula_like_texts_included():
    rows = [["=1+1", "＝開始"], ["一行目\n二行目", "★◎"]]
    assert read_csv(encode(HEADERS, rows)).rows == rows


def test_each_cell_that_does_not_fit_is_named_by_row_and_column():
    assert misfits_of([["普通", "𠮷野と𠮷田と鷗"], ["☕", "普通"]]) == [
        "2行目「実施状況」：𠮷（U+20BB7）、鷗（U+9DD7）はCP932で表せません。",
        "3行目「項目名」：☕（U+2615）はCP932で表せません。",
    ]


def test_a_header_that_does_not_fit_is_row_one():
    with pytest.raises(CellsDoNotFit) as caught:
        encode(["𠮷"], [["普通"]])
    assert caught.value.misfits[0].row == 1


@pytest.mark.parametrize(("unicode_one", "cp932_one"), [("〜", "～"), ("−", "－"), ("‖", "∥"), ("—", "―")])
def test_look_alikes_are_listed_and_never_swapped(unicode_one, cp932_one):
    assert strange_characters(f"平成20{unicode_one}22年") == [f"{unicode_one}（U+{ord(unicode_one):04X}）"]
    assert strange_characters(f"平成20{cp932_one}22年") == []


def test_numbers_always_fit():
    assert encode(["年度"], [[2009]]) == "年度\r\n2009\r\n".encode("cp932")


def test_the_writer_is_told_what_could_stand_in_place_of_a_character():
    assert misfit_advice("𠮷野〜髙﨑\u00a0☕𠮷") == (
        "「𠮷」（U+20BB7）は「吉」、「〜」（U+301C）は「～」、「\u00a0」（U+00A0）はふつうの空白、「☕」（U+2615）はほかの字"
    )
    assert misfit_advice("①～③ 髙﨑㈱") == ""


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        ("𠮷野と☕", "?野と??", ["𠮷", "☕"]),
        ("𠮷野です。", "?野でした。", ["𠮷"]),
        ("髙﨑", "?﨑", []),
        ("𠮷野?", "吉野?", []),
        ("", "何か?", []),
    ],
)
def test_a_question_mark_in_place_of_a_character_is_noticed(before, after, lost):
    assert became_question_marks(before, after) == lost
