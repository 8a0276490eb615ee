"""Saving answers: all or nothing, under lock, never over what the writer has not seen."""

import pytest
from django.core.exceptions import PermissionDenied

from actionplan.answers.saving import Answer, AnswersRefused, save_answers
from actionplan.models import State, YearlyStatus
from actionplan.seen import Moved
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def department():
    return factories.make_department()


@pytest.fixture
def rows(department):
    report = factories.make_report()
    return [factories.make_status(report, department=department, text="") for _ in range(2)]


@pytest.fixture
def clerk(department):
    return factories.make_person("担当者", departments=[department])


def save(rows, by, revision=1, **cells):
    return save_answers([Answer(row.pk, revision, cells) for row in rows], by=by, reason="試験", source="表.xlsx")


def stored(row):
    return YearlyStatus.objects.get(pk=row.pk)


def test_cells_are_stored_with_who_when_why_and_from_which_file(rows, clerk):
    assert [row.pk for row in save(rows, clerk, text="書いた", progress="done")] == [row.pk for row in rows]
    row = stored(rows[0])
    assert (row.text, row.progress, row.state, row.revision) == ("書いた", "done", State.DRAFT, 2)
    assert row.answered_by == clerk
    assert row.answered_at is not None
    record = row.history.latest()
    assert (record.history_user, record.history_change_reason, record.source_file) == (clerk, "試験", "表.xlsx")


def test_a_cell_that_is_not_named_stays(rows, clerk):
    save(rows, clerk, text="文", outcome="成果")
    save(rows, clerk, revision=2, outcome="")
    assert (stored(rows[0]).text, stored(rows[0]).outcome) == ("文", "")


def test_a_category_alone_begins_the_work_too(rows, clerk):
    save(rows[:1], clerk, progress="done")
    assert stored(rows[0]).state == State.DRAFT


def test_what_says_the_same_is_left_alone_even_when_the_row_is_newer(rows, clerk):
    save(rows, clerk, text="同じ文")
    assert save(rows, clerk, text="同じ文") == []
    assert stored(rows[0]).revision == 2
    assert stored(rows[0]).history.count() == 2


def test_a_row_that_somebody_saved_meanwhile_stops_everything(rows, clerk):
    save(rows[:1], clerk, text="ほかの人の文")
    with pytest.raises(Moved) as refusal:
        save(rows, clerk, text="私の文")
    assert [row.pk for row in refusal.value.now] == [rows[0].pk]
    assert [stored(row).text for row in rows] == ["ほかの人の文", ""]


def test_a_row_that_was_deleted_stops_everything(rows, clerk):
    gone = rows[1].pk
    answers = [Answer(rows[0].pk, 1, {"text": "文"}), Answer(gone, 1, {"text": "文"})]
    rows[1].delete()
    with pytest.raises(Moved) as refusal:
        save_answers(answers, by=clerk, reason="試験")
    assert refusal.value.gone == [gone]
    assert stored(rows[0]).text == ""


def test_faulty_cells_are_all_named_and_nothing_is_stored(rows, clerk):
    answers = [Answer(rows[0].pk, 1, {"text": "制\x07御", "progress": "best"}), Answer(rows[1].pk, 1, {"text": "文"})]
    with pytest.raises(AnswersRefused) as refusal:
        save_answers(answers, by=clerk, reason="試験")
    assert set(refusal.value.errors) == {rows[0].pk}
    assert set(refusal.value.errors[rows[0].pk]) == {"text", "progress"}
    assert "U+0007" in refusal.value.errors[rows[0].pk]["text"][0]
    assert [stored(row).text for row in rows] == ["", ""]


@pytest.mark.parametrize("state", [State.SUBMITTED, State.CONFIRMED])
def test_a_clerk_does_not_write_what_is_handed_in(rows, clerk, state):
    YearlyStatus.objects.filter(pk=rows[0].pk).update(state=state, text="提出した文")
    with pytest.raises(PermissionDenied, match="提出または確定された項目"):
        save(rows, clerk, text="文")
    assert [stored(row).text for row in rows] == ["提出した文", ""]


def test_the_coordinator_mends_what_is_handed_in_but_not_what_is_confirmed(rows):
    office = factories.make_person("事務局")
    YearlyStatus.objects.update(state=State.SUBMITTED)
    save(rows[:1], office, text="直した文")
    assert (stored(rows[0]).text, stored(rows[0]).state) == ("直した文", State.SUBMITTED)
    YearlyStatus.objects.update(state=State.CONFIRMED)
    with pytest.raises(PermissionDenied):
        save(rows[:1], office, revision=2, text="もう一度")


@pytest.mark.parametrize("roles", [("担当者",), ("閲覧者",), ("公表権者",), ()])
def test_people_of_other_departments_and_readers_write_nothing(rows, roles):
    with pytest.raises(PermissionDenied):
        save(rows, factories.make_person(*roles), text="文")
    assert stored(rows[0]).text == ""


def test_a_returned_answer_stays_returned_until_it_is_handed_in(rows, clerk):
    YearlyStatus.objects.update(state=State.RETURNED)
    save(rows, clerk, text="直した")
    assert stored(rows[0]).state == State.RETURNED


@pytest.mark.parametrize("count", [2, 60])
def test_sixty_answers_ask_hardly_more_than_two(count, clerk, department, django_assert_max_num_queries):
    report = factories.make_report(fiscal_year=2011)
    many = [factories.make_status(report, department=department) for _ in range(count)]
    with django_assert_max_num_queries(16):
        save(many, clerk, text="文")
