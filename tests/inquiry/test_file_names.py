"""File names that Windows, zip programs and mail programs take."""

import pytest

from actionplan.inquiry.write_workbook import safe, told_apart


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("甲部 乙課", "甲部_乙課.xlsx"),
        ('a/b\\c:d*e?f"g<h>i|j', "a_b_c_d_e_f_g_h_i_j.xlsx"),
        ("../../秘密", "秘密.xlsx"),
        ("課\r\n\u202e名", "課_名.xlsx"),
        ("か\u3099", "が.xlsx"),
    ],
)
def test_a_name_is_made_safe(name, expected):
    assert safe(name, ".xlsx") == expected


def test_a_long_name_is_cut_between_characters():
    name = safe("課" * 100, ".xlsx")
    assert len(name.encode()) <= 185
    assert name.endswith("課.xlsx")


def test_two_of_one_name_are_told_apart_whatever_the_case():
    taken: set[str] = set()
    names = [told_apart(name, taken) for name in ("A課.xlsx", "a課.xlsx", "A課.xlsx")]
    assert names == ["A課.xlsx", "a課（2）.xlsx", "A課（3）.xlsx"]
