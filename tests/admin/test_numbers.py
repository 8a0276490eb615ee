"""Numbers out of addresses and forms."""

import pytest

from actionplan.admin.pickers import number_in


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), ("007", 7), ("9" * 18, 10**18 - 1)])
def test_digits_are_a_number(text, number):
    assert number_in(text) == number


@pytest.mark.parametrize("text", [None, "", "-1", "1.5", "７", " 7", "7\n", "x", "9" * 19, "9" * 5000])
def test_anything_else_is_none(text):
    assert number_in(text) is None
