"""Two people at the same answers at the same moment: one wins, the other is told, no words are lost."""

from threading import Barrier, Thread

import pytest
from django.contrib.auth.models import Permission
from django.db import connection

from actionplan.answers.saving import Answer, save_answers
from actionplan.inquiry.apply_answers import Decision, apply_answers
from actionplan.models import YearlyStatus
from actionplan.seen import Moved
from tests import factories
from tests.inquiry.filled import compared, file_of, line

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """What each act ended with, in the order of the acts, all started at the same moment in threads of their own."""
    barrier, outcomes = Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        barrier.wait()
        try:
            act()
            outcomes[place] = "done"
        except Moved as refusal:
            outcomes[place] = refusal
        finally:
            connection.close()

    threads = [Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def person():
    user = factories.make_user(superuser=False)
    user.user_permissions.set(Permission.objects.filter(codename="coordinate_yearlystatus"))
    return user


def upload(rows, words):
    """The taking of a workbook that says these words, as it was looked at before anybody saved."""
    user, report = person(), rows[0].report
    file = file_of(*(line(row, 7 + n, text=words) for n, row in enumerate(rows)), report=report)
    decision = Decision(compared(file, report, user).seal)
    return lambda: apply_answers(file, decision, report=report, name=f"{words}.xlsx", by=user)


def browser(rows, words):
    """The save of a page that says these words, as it was opened before anybody saved."""
    user, answers = person(), [Answer(row.pk, row.revision, {"text": words}) for row in rows]
    return lambda: save_answers(answers, by=user, reason="自課の回答")


@pytest.fixture
def rows():
    report = factories.make_report()
    return [factories.make_status(report, text="はじめの文") for _ in range(3)]


@pytest.mark.parametrize("acts", [(upload, upload), (upload, browser), (browser, upload), (upload, upload, browser)])
def test_exactly_one_wins_and_its_words_stand_in_every_row(rows, acts):
    outcomes = at_once(*(act(rows, f"文{n}") for n, act in enumerate(acts)))
    assert outcomes.count("done") == 1
    assert all(end == "done" or type(end) is Moved for end in outcomes)
    winner = f"文{outcomes.index('done')}"
    for row in YearlyStatus.objects.all():
        assert (row.text, row.revision) == (winner, 2)
        assert [record.text for record in row.history.all()] == [winner, "はじめの文"]


def test_the_upload_that_lost_sees_the_others_words_beside_its_own(rows):
    acts = [upload(rows, "一人目"), upload(rows, "二人目")]
    outcomes = at_once(*acts)
    lost = next(each for each in outcomes if each != "done")
    winner, loser = ("一人目", "二人目") if outcomes[0] == "done" else ("二人目", "一人目")
    cells = [item.cells[0] for item in lost.now.items]
    assert {(cell.issued, cell.now, cell.file, cell.kind) for cell in cells} == {
        ("はじめの文", winner, loser, "conflict")
    }


def test_uploads_that_share_some_items_never_store_a_part(rows):
    """In opposite orders too: neither waits for the other for ever."""
    outcomes = at_once(upload(rows[:2], "前の二つ"), upload(rows[:0:-1], "後の二つ"))
    assert outcomes.count("done") == 1
    texts = [row.text for row in YearlyStatus.objects.order_by("pk")]
    assert texts in (["前の二つ", "前の二つ", "はじめの文"], ["はじめの文", "後の二つ", "後の二つ"])


def test_uploads_of_different_items_both_win(rows):
    assert at_once(upload(rows[:1], "一つ目"), upload(rows[1:], "残り")) == ["done", "done"]
    assert [row.text for row in YearlyStatus.objects.order_by("pk")] == ["一つ目", "残り", "残り"]
