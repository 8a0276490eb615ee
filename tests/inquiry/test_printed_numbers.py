"""The workbook of a department has the numbers that it reads, and comes back by its own signed ones."""

import pytest

from actionplan.models import ActionItem
from tests import factories
from tests.inquiry.workbooks import edited, filled, issue, read, sheet_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def book():
    report = factories.make_report(fiscal_year=2010)
    measure = factories.make_measure(report.plan)
    for printed in ("2-(1)-①/イ", "", "A-3"):
        status = factories.make_status(report, factories.make_item(measure))
        ActionItem.objects.filter(pk=status.item_id).update(printed_number=printed)
    return issue(report)


def test_it_shows_them_and_is_read_without_a_trouble(book):
    assert [sheet_of(book)[f"A{row}"].value for row in (5, 6, 7)] == ["2-(1)-①/イ", "1-1-2", "A-3"]
    found = read(filled(book, H5="実施した。"))
    assert found.troubles == ()
    assert [line.code for line in found.lines] == ["2-(1)-①/イ", "1-1-2", "A-3"]
    assert not any("行の並び" in note for note in found.notes)


def test_a_number_that_was_changed_is_found_out(book):
    [trouble] = read(filled(book, A5="1-1-1")).troubles
    assert str(trouble).startswith("A5：番号「1-1-1」は、もとの「2-(1)-①/イ」から変わっています。")


def test_rows_that_were_sorted_are_told_of_by_their_figures(book):
    def swap(sheet):
        for first, last in zip(sheet[5], sheet[7], strict=True):
            first.value, last.value = last.value, first.value

    found = read(edited(book, swap))
    assert found.troubles == ()
    assert any("行の並びが変わっています" in note for note in found.notes)


def test_a_number_that_changes_later_does_no_harm(book):
    ActionItem.objects.update(printed_number="新-1")
    assert read(book).troubles == ()
