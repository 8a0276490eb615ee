"""A workbook held against the answers: every cell as it was issued, as it stands now, as the file says."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actionplan.inquiry.compare import CHANGED, CONFLICT, EMPTIED, compare
from actionplan.inquiry.current_answers import read_current_answers
from actionplan.models import State, YearlyStatus
from actionplan.scale import Progress
from tests import factories
from tests.inquiry.filled import compared, file_of, line, stored, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def status():
    return factories.make_status(text="はじめの文")


@pytest.fixture
def office():
    return factories.make_user()


def cells_of(file, office):
    """The cells that would change: field, kind, and the three texts."""
    report = YearlyStatus.objects.first().report
    found = [cell for item in compared(file, report, office).items for cell in item.cells]
    return [(cell.field, cell.kind, cell.issued, cell.now, cell.file) for cell in found]


def test_a_cell_that_says_what_was_issued_changes_nothing_even_if_somebody_else_wrote_there(status, office):
    file = file_of(line(status, text="はじめの文"), report=status.report)
    written(status, text="ほかの人の文")
    assert cells_of(file, office) == []
    assert compared(file, status.report, office).unchanged == 1


def test_a_cell_that_says_what_stands_now_changes_nothing(status, office):
    file = file_of(line(status, text="同じ考え"), report=status.report)
    written(status, text="同じ考え")
    assert cells_of(file, office) == []


def test_a_cell_that_only_the_file_changed_is_a_change(status, office):
    file = file_of(line(status, text="新しい文"), report=status.report)
    assert cells_of(file, office) == [("text", CHANGED, "はじめの文", "はじめの文", "新しい文")]


def test_a_cell_that_both_changed_is_a_conflict_with_all_three_texts(status, office):
    file = file_of(line(status, text="わたしの文"), report=status.report)
    written(status, text="ほかの人の文")
    assert cells_of(file, office) == [("text", CONFLICT, "はじめの文", "ほかの人の文", "わたしの文")]


def test_another_cell_that_changed_meanwhile_makes_no_conflict_of_this_one(status, office):
    file = file_of(line(status, text="わたしの文"), report=status.report)
    written(status, outcome="ほかの人の成果")
    assert cells_of(file, office) == [("text", CHANGED, "はじめの文", "はじめの文", "わたしの文")]


@pytest.mark.parametrize("blank", ["", "  \n", "　"])
def test_a_cell_that_lost_its_words_is_emptied_not_merely_changed(status, office, blank):
    assert cells_of(file_of(line(status, text=blank), report=status.report), office)[0][1] == EMPTIED


def test_a_category_set_back_to_unset_is_emptied(office):
    status = factories.make_status(progress=Progress.DONE)
    file = file_of(line(status, progress=Progress.UNSET), report=status.report)
    assert cells_of(file, office)[0][:2] == ("progress", EMPTIED)


def test_a_cell_that_was_empty_when_issued_and_is_empty_in_the_file_takes_no_later_words_away(office):
    status = factories.make_status(text="")
    file = file_of(line(status, text=""), report=status.report)
    written(status, text="あとから書いた文")
    assert cells_of(file, office) == []


def test_an_emptied_cell_that_somebody_else_changed_meanwhile_is_a_conflict(status, office):
    file = file_of(line(status, text=""), report=status.report)
    written(status, text="ほかの人の文")
    [item] = compared(file, status.report, office).items
    assert (item.kind, item.cells[0].empties) == (CONFLICT, True)


def test_a_missing_column_changes_nothing(status, office):
    assert cells_of(file_of(line(status), report=status.report), office) == []


def test_without_a_record_of_what_was_issued_a_difference_is_a_conflict(status, office):
    file = file_of(line(status, text="わたしの文", outcome="", revision=9), report=status.report)
    assert cells_of(file, office) == [("text", CONFLICT, None, "はじめの文", "わたしの文")]


def test_line_breaks_of_another_system_are_no_change(office):
    status = factories.make_status(text="一行目\n二行目")
    assert cells_of(file_of(line(status, text="一行目\r\n二行目"), report=status.report), office) == []


def test_a_conflict_tells_who_saved_and_when(status, office):
    file = file_of(line(status, text="わたしの文"), report=status.report)
    row = stored(status)
    row.text, row._history_user = "ほかの人の文", factories.make_user(last_name="山田", first_name="花子")
    row.save()
    [item] = compared(file, status.report, office).items
    assert item.cells[0].saved.who == "山田 花子"
    assert item.cells[0].saved.when == row.history.first().history_date


def test_who_took_a_step_or_wrote_another_cell_since_is_not_named_for_it(status, office):
    file = file_of(line(status, text="わたしの文", outcome="わたしの成果"), report=status.report)
    row = stored(status)
    for name, cells in (
        ("花子", {"text": "花子の文"}),
        ("次郎", {"outcome": "次郎の成果"}),
        ("課長", {"state": State.SUBMITTED}),
    ):
        row._history_user = factories.make_user(last_name="山田", first_name=name)
        for cell, words in cells.items():
            setattr(row, cell, words)
        row.save()
    YearlyStatus.objects.update(state=State.DRAFT)
    [item] = compared(file, status.report, office).items
    assert {cell.field: cell.saved.who for cell in item.cells} == {"text": "山田 花子", "outcome": "山田 次郎"}


def test_words_that_were_taken_out_and_written_again_are_the_last_writers(status, office):
    file = file_of(line(status, text="わたしの文"), report=status.report)
    row = stored(status)
    for name, words in (("花子", "同じ文"), ("次郎", "別の文"), ("三郎", "同じ文")):
        row.text, row._history_user = words, factories.make_user(last_name="山田", first_name=name)
        row.save()
    [item] = compared(file, status.report, office).items
    assert item.cells[0].saved.who == "山田 三郎"


def test_handed_in_answers_that_a_file_changes_are_named_and_never_plain(status, office):
    file = file_of(line(status, text="わたしの文"), report=status.report)
    assert compared(file, status.report, office).is_plain
    YearlyStatus.objects.update(state=State.SUBMITTED)
    found = compared(file, status.report, office)
    assert (found.submitted, found.is_plain) == ([status.item.code], False)


def test_an_item_is_as_grave_as_its_gravest_cell(status, office):
    file = file_of(line(status, text="", outcome="成果", challenge="わたし"), report=status.report)
    assert compared(file, status.report, office).items[0].kind == EMPTIED
    written(status, challenge="ほかの人")
    assert compared(file, status.report, office).items[0].kind == CONFLICT


def test_only_a_file_of_plain_changes_may_be_taken_as_it_is(status, office):
    def is_plain(**cells):
        return compared(file_of(line(status, **cells), report=status.report), status.report, office).is_plain

    assert is_plain(text="新しい文")
    assert not is_plain(text="")
    assert not is_plain(text="はじめの文")
    assert not is_plain(text="新しい文", outcome="制御\x07文字")


def test_items_that_the_file_does_not_name_are_told(status, office):
    other = factories.make_status(status.report)
    found = compared(file_of(line(status), report=status.report), status.report, office)
    assert found.absent == (other,)


def test_what_was_seen_is_something_else_after_any_save_of_a_shown_item(status, office):
    file = file_of(line(status, text="新しい文"), report=status.report)
    before = compared(file, status.report, office)
    written(status, outcome="ほかの人の成果")
    after = compared(file, status.report, office)
    assert after.seal != before.seal
    assert after.moved_since(before.seen) == list(after.items)
    assert after.moved_since(after.seen) == []


def test_a_save_of_an_item_that_the_file_does_not_change_leaves_the_seal(status, office):
    other = factories.make_status(status.report)
    file = file_of(line(status, text="新しい文"), line(other, 8, text=other.text), report=status.report)
    before = compared(file, status.report, office).seal
    written(other, text="ほかの人の文")
    assert compared(file, status.report, office).seal == before


def test_comparing_asks_as_often_for_twenty_files_of_a_hundred_lines_as_for_one(office):
    report = factories.make_report()
    factories.make_tree(report, 100)
    rows = list(YearlyStatus.objects.select_related("item__measure__policy"))
    one = [file_of(line(rows[0], text="新しい文"), report=report)]
    many = [file_of(*(line(row, 7 + n, text="新") for n, row in enumerate(rows)), report=report)] * 20
    asked = []
    for files in (one, many):
        with CaptureQueriesContext(connection) as queries:
            ground = read_current_answers(report, files, office)
            assert all(compare(file, ground).items for file in files)
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 6
