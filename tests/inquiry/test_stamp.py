"""Stamps and 照合番号: they say what they were given, and nobody can write one by hand."""

from datetime import UTC, datetime

import pytest
from django.core.signing import Signer

from actionplan.inquiry import layout
from actionplan.inquiry.layout import AlteredError, OldVersionError, RowNumber, Stamp

ISSUED = datetime(2011, 4, 20, 9, 30, 15, 123456, tzinfo=UTC)
NUMBER = RowNumber("2010", 5, 1234, 3, "3-2-1")


@pytest.mark.parametrize("department", [5, None])
def test_a_stamp_says_what_it_was_given(department):
    given = Stamp("2010", department, ISSUED, 8)
    assert layout.read_stamp(given.sign()) == given


@pytest.mark.parametrize("department", [5, None])
def test_a_number_says_what_it_was_given(department):
    given = RowNumber("2010", department, 1234, 3, "3-2-1")
    assert layout.read_row_number(given.sign(layout.row_signer()), layout.row_signer()) == given


def test_blanks_around_a_text_do_not_matter():
    assert layout.read_row_number(f" {NUMBER.sign(layout.row_signer())}\n", layout.row_signer()) == NUMBER


@pytest.mark.parametrize(("old", "new"), [("1234", "1235"), ("2010/", "2011/"), ("/3/", "/4/"), ("3-2-1", "3-2-2")])
def test_a_number_that_was_changed_by_hand_is_found_out(old, new):
    text = NUMBER.sign(layout.row_signer()).replace(old, new, 1)
    with pytest.raises(AlteredError):
        layout.read_row_number(text, layout.row_signer())


def test_a_stamp_that_was_changed_by_hand_is_found_out():
    with pytest.raises(AlteredError):
        layout.read_stamp(Stamp("2010", 5, ISSUED, 8).sign().replace("/5/", "/6/"))


def test_a_number_is_not_a_stamp_nor_signed_for_any_other_purpose():
    with pytest.raises(AlteredError):
        layout.read_stamp(NUMBER.sign(layout.row_signer()))
    with pytest.raises(AlteredError):
        layout.read_row_number(NUMBER.sign(Signer()), layout.row_signer())


def test_a_stamp_of_another_layout_is_told_apart_from_an_altered_one(monkeypatch):
    monkeypatch.setattr(layout, "VERSION", 99)
    text = Stamp("2010", 5, ISSUED, 8).sign()
    monkeypatch.undo()
    with pytest.raises(OldVersionError):
        layout.read_stamp(text)


def test_a_key_that_was_replaced_still_reads_what_it_signed(settings):
    text = NUMBER.sign(layout.row_signer())
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-of-the-office-0123456789"
    assert layout.read_row_number(text, layout.row_signer()) == NUMBER


def test_a_partners_workbook_and_its_rows_say_whose_they_are():
    stamp = Stamp("2010", None, ISSUED, 3, partner_id=5)
    assert layout.read_stamp(stamp.sign()) == stamp
    number = RowNumber("2010", None, 7, 1, "3-2-1", partner_id=5)
    signer = layout.row_signer()
    assert layout.read_row_number(number.sign(signer), signer) == number
    assert number.sign(signer) != RowNumber("2010", 5, 7, 1, "3-2-1").sign(signer)
