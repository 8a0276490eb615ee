"""The spelling of text inside a workbook."""

from hypothesis import example, given
from hypothesis import strategies as st

from actionplan.text import workbook_escape, workbook_unescape

PIECES = ["_", "x", "_x", "0041", "_x0041_", "_x005F_", "_xD83D_", "_x0000", "\r", "\x1f", "項目"]
spelt = st.lists(st.sampled_from(PIECES)).map("".join)


@given(st.one_of(st.text(), spelt))
@example("_x0041_x0042_")
@example("_x005F_x0041_")
@example("_x0000\x1f")
def test_any_text_comes_back_from_its_spelling(text):
    assert workbook_unescape(workbook_escape(text)) == text


def test_plain_text_is_spelt_as_it_is():
    assert workbook_escape("＝実施_x状況") == "＝実施_x状況"


def test_control_characters_are_spelt_out_and_line_breaks_and_tabs_are_not():
    assert workbook_escape("\r\x07\n\t") == "_x000D__x0007_\n\t"


def test_half_a_surrogate_pair_is_never_made():
    assert workbook_unescape("_xD83D_") == "_xD83D_"
