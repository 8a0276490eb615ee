"""The guard of a CSV: reversible for any text, and on for whatever a spreadsheet takes for a formula."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actionplan.exports.tabular import guard, looks_like_formula, unguard

SIGNS = "=+-@\t\r\n＝＋－＠"
any_text = st.one_of(st.text(), st.builds(str.__add__, st.text("'" + SIGNS, max_size=4), st.text()))


@given(any_text)
def test_any_text_comes_back_from_the_guard_to_the_letter(text):
    assert unguard(guard(text)) == text


@given(any_text)
def test_no_guarded_cell_begins_like_a_formula(text):
    assert not guard(text).startswith(tuple(SIGNS))


@given(any_text, any_text)
def test_two_texts_never_share_a_cell(one, other):
    assert (guard(one) == guard(other)) == (one == other)


@pytest.mark.parametrize("sign", SIGNS)
def test_every_sign_of_a_formula_is_guarded(sign):
    assert guard(f"{sign}1") == f"'{sign}1"


@pytest.mark.parametrize("text", ["実施した。", "'引用'", "１＝１", "", "（継続）", "・随時"])
def test_plain_text_is_left_as_it_is(text):
    assert guard(text) == text
    assert not looks_like_formula(text)


def test_a_formula_that_somebody_else_wrote_is_read_as_its_text():
    assert unguard("=1+1") == "=1+1"
