"""The estimate of lines: never fewer than the printer needs, and nothing lost at a cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actionplan.exports.tabular import half_widths, line_count, pieces
from tests.exports.texts import record_texts


@pytest.mark.parametrize(("text", "lines"), [("", 1), ("一行", 1), ("一\n二\n三", 3), ("一\n\n三", 3), ("長" * 40, 3)])
def test_lines_are_those_of_the_text_and_those_of_the_column(text, lines):
    assert line_count(text, column_width=30, size=10) == lines


def test_a_line_keeps_a_full_width_character_in_reserve():
    assert half_widths(column_width=30, size=10) == 29


def test_a_half_width_text_takes_half_the_room():
    assert line_count("a" * 29, 30, 10) == 1
    assert line_count("ａ" * 29, 30, 10) > 1


def test_the_narrowest_column_still_takes_one_character_a_line():
    assert line_count("市民", 1, 10) == 2


@given(record_texts(), st.integers(1, 5))
def test_pieces_hold_the_whole_text_and_none_is_too_long(text, longest):
    cut = pieces(text, 10, 10, longest)
    assert "".join(cut).replace("\n", "") == text.replace("\n", "")
    assert all(line_count(piece, 10, 10) <= longest for piece in cut)
