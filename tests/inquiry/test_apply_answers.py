"""Taking a workbook after it was looked at: what was decided is stored, in one go, and nothing else ever is."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actionplan.answers.saving import Answer, save_answers
from actionplan.inquiry.apply_answers import REASON, Decision, Taken, Undecided, apply_answers, undecided
from actionplan.inquiry.layout import Trouble
from actionplan.models import State, YearlyStatus
from actionplan.permissions import CLERK
from actionplan.scale import Progress
from actionplan.seen import Moved
from tests import factories
from tests.inquiry.filled import compared, file_of, line, stored, taken, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def department():
    return factories.make_department("水産課")


@pytest.fixture
def status(department):
    return factories.make_status(department=department, text="はじめの文")


@pytest.fixture
def clerk(department):
    return factories.make_person(CLERK, departments=[department])


def file_with(status, **cells):
    return file_of(line(status, **cells), report=status.report, department=status.department)


def test_a_change_is_stored_with_who_why_and_from_which_file(status, clerk):
    outcome = taken(file_with(status, text="新しい文"), status.report, clerk, name="回答.xlsx")
    assert outcome == Taken(saved=1, kept=0, left_out=0)
    row = stored(status)
    assert (row.text, row.revision, row.state, row.answered_by) == ("新しい文", 2, State.DRAFT, clerk)
    record = row.history.first()
    assert (record.history_user, record.history_change_reason, record.source_file) == (clerk, REASON, "回答.xlsx")
    assert row.history.count() == 2


def test_a_file_that_changes_nothing_leaves_no_trace(status, clerk):
    assert taken(file_with(status, text="はじめの文"), status.report, clerk).saved == 0
    assert (stored(status).revision, status.history.count()) == (1, 1)


def test_an_emptied_cell_keeps_its_words_unless_it_was_ticked(status, clerk):
    file = file_with(status, text="", outcome="成果")
    assert taken(file, status.report, clerk) == Taken(1, 1, 0)
    assert (stored(status).text, stored(status).outcome) == ("はじめの文", "成果")


def test_a_ticked_emptied_cell_is_emptied(status, clerk):
    assert taken(file_with(status, text=""), status.report, clerk, text="take").kept == 0
    assert stored(status).text == ""


def test_a_category_goes_back_to_unset_only_when_ticked(department, clerk):
    status = factories.make_status(department=department, progress=Progress.DONE)
    taken(file_with(status, progress=Progress.UNSET), status.report, clerk)
    assert stored(status).progress == Progress.DONE
    taken(file_with(status, progress=Progress.UNSET), status.report, clerk, progress="take")
    assert stored(status).progress == Progress.UNSET


def test_a_conflict_without_a_choice_stores_nothing_at_all(status, clerk):
    other = factories.make_status(status.report, department=status.department)
    lines = line(status, text="わたしの文"), line(other, 8, text="別の項目")
    file = file_of(*lines, report=status.report, department=status.department)
    written(status, text="ほかの人の文")
    with pytest.raises(Undecided) as refusal:
        taken(file, status.report, clerk)
    assert [cell.key for _, cell in undecided(refusal.value.comparison, Decision(""))] == [f"{status.pk}-text"]
    assert (stored(status).text, stored(other).text) == ("ほかの人の文", "実施した。")


@pytest.mark.parametrize(("choice", "text"), [("keep", "ほかの人の文"), ("take", "わたしの文")])
def test_a_conflict_ends_as_it_was_chosen(status, clerk, choice, text):
    file = file_with(status, text="わたしの文")
    written(status, text="ほかの人の文")
    taken(file, status.report, clerk, text=choice)
    assert stored(status).text == text


def test_a_choice_about_other_words_is_no_choice(status, clerk):
    file = file_with(status, text="わたしの文")
    written(status, text="二番目の文")
    [item] = compared(file, status.report, clerk).items
    choices = {item.cells[0].key: f"take:{item.cells[0].digest}"}
    written(status, text="三番目の文")
    now = compared(file, status.report, clerk)
    with pytest.raises(Undecided):
        apply_answers(file, Decision(now.seal, choices), report=status.report, name="", by=clerk)
    assert stored(status).text == "三番目の文"


def test_a_save_between_look_and_taking_refuses_the_whole_file(status, clerk):
    file = file_with(status, text="わたしの文")
    seal = compared(file, status.report, clerk).seal
    written(status, text="ほかの人の文")
    with pytest.raises(Moved) as refusal:
        taken(file, status.report, clerk, seal=seal)
    [cell] = refusal.value.now.items[0].cells
    assert (cell.now, cell.file) == ("ほかの人の文", "わたしの文")
    assert stored(status).text == "ほかの人の文"


def test_an_item_submitted_between_look_and_taking_refuses_the_whole_file(status, clerk):
    file = file_with(status, text="わたしの文")
    seal = compared(file, status.report, clerk).seal
    written(status, state=State.SUBMITTED)
    with pytest.raises(Moved) as refusal:
        taken(file, status.report, clerk, seal=seal)
    assert len(refusal.value.now.troubles) == 1


def test_with_troubles_the_good_lines_are_taken_only_when_asked_for(status, clerk):
    other = factories.make_status(status.report, department=status.department)
    lines = line(status, text="新しい文"), line(other, 8, text="式の隣")
    file = file_of(
        *lines, report=status.report, department=status.department, troubles=(Trouble("I8", "数式が入っています。"),)
    )
    with pytest.raises(Undecided):
        taken(file, status.report, clerk)
    assert stored(status).text == "はじめの文"
    assert taken(file, status.report, clerk, good_only=True) == Taken(1, 0, 1)
    assert (stored(status).text, stored(other).text) == ("新しい文", "実施した。")


def test_choices_about_items_that_the_file_does_not_name_do_nothing(status, clerk):
    other = factories.make_status(status.report, department=factories.make_department("農林課"))
    file = file_with(status, text="新しい文")
    decision = Decision(compared(file, status.report, clerk).seal, {f"{other.pk}-text": "take:000000000000"})
    apply_answers(file, decision, report=status.report, name="", by=clerk)
    assert stored(other).text == "実施した。"


def test_another_departments_item_is_never_stored_even_when_the_good_lines_are_asked_for(status, clerk):
    other = factories.make_status(status.report, department=factories.make_department("農林課"), text="よその文")
    lines = line(status, text="新しい文"), line(other, 8, text="乗っ取り")
    file = file_of(*lines, report=status.report, department=status.department)
    taken(file, status.report, clerk, good_only=True)
    assert (stored(status).text, stored(other).text) == ("新しい文", "よその文")


def test_the_last_word_is_the_policys(status, clerk, monkeypatch):
    file = file_with(status, text="新しい文")
    seal = compared(file, status.report, clerk).seal
    monkeypatch.setattr("actionplan.permissions.Standing.may_answer_for", lambda self, department: False)
    monkeypatch.setattr("actionplan.inquiry.compare._stranger", lambda *facts: "")
    monkeypatch.setattr("actionplan.inquiry.compare._refused", lambda *facts: iter(()))
    monkeypatch.setattr("actionplan.inquiry.current_answers.CurrentAnswers.check", lambda *facts: None)
    with pytest.raises(PermissionDenied):
        taken(file, status.report, clerk, seal=seal)
    assert stored(status).text == "はじめの文"


def test_a_later_workbook_of_the_same_issue_meets_the_first_ones_words_as_conflicts(status, clerk):
    first, second = file_with(status, text="一人目"), file_with(status, text="二人目")
    taken(first, status.report, clerk)
    with pytest.raises(Undecided):
        taken(second, status.report, clerk)


def test_a_browser_save_of_the_same_item_after_the_workbook_is_overtaken(status, clerk):
    taken(file_with(status, text="照会票の文"), status.report, clerk)
    with pytest.raises(Moved):
        save_answers([Answer(status.pk, 1, {"text": "画面の文"})], by=clerk, reason="画面")


def test_taking_asks_in_batches_not_once_for_every_item(clerk, department):
    report = factories.make_report()
    factories.make_tree(report, 200)
    YearlyStatus.objects.update(department=department)
    rows = list(YearlyStatus.objects.select_related("item__measure__policy"))
    asked = []
    for some in (rows[:5], rows[5:]):
        lines = (line(row, 7 + n, text="新しい文") for n, row in enumerate(some))
        file = file_of(*lines, report=report, department=department)
        picks = {"text": "take"}  # rows made in bulk have no record of what was issued
        with CaptureQueriesContext(connection) as queries:
            assert taken(file, report, clerk, **picks).saved == len(some)
        asked.append(len(queries))
    assert asked[1] < asked[0] + 10
