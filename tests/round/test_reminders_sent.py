"""Sending reminders: nothing unseen, nothing twice, and a server that fails loses nobody else's mail."""

from datetime import date

import pytest
from django.core import mail
from django.utils import timezone

from actionplan.answers import saving as steps
from actionplan.models import Department, Reminder, State, YearlyStatus
from actionplan.round import reminders as module
from actionplan.round.reminders import letters, send
from tests import factories
from tests.asked import ask, make_year
from tests.round.post_office import open_post_office
from tests.simultaneous import at_once

pytestmark = pytest.mark.django_db
EMPTY, SENT = State.NOT_STARTED, State.SUBMITTED
TODAY = date(2026, 5, 22)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """The day on which everything here happens; moved by going()."""
    going(monkeypatch, TODAY)


def going(monkeypatch, day: date) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *args: day)


@pytest.fixture
def report():
    return make_year()


@pytest.fixture
def department(report):
    made = with_address("第一課", "ichi@example.jp")
    ask(report, made, EMPTY, SENT)
    return made


def with_address(name: str, email: str = "ka@example.jp", **fields) -> Department:
    return factories.make_department(name, email=email, **fields)


def outcomes(done) -> dict[str, str]:
    return {letter.response.name: letter.outcome for letter in done}


def send_all(report, by=None, **more):
    return send(report, letters(report), by=by, **more)


def log() -> list[tuple]:
    return [(row.department.name, row.day, row.open_items, row.failure) for row in Reminder.objects.order_by("pk")]


def test_once_a_day_holds_for_a_letter_that_was_made_before(report, department):
    made_before = letters(report)
    send_all(report)
    assert outcomes(send(report, made_before, by=None)) == {"第一課": "already"}
    assert len(mail.outbox) == 1


def test_a_letter_that_says_something_else_by_now_is_not_sent(report, department):
    seen = {letter.response.key: letter.seal for letter in letters(report)}
    ask(report, department, EMPTY)
    assert outcomes(send_all(report, seen=seen)) == {"第一課": "changed"}
    assert (mail.outbox, log()) == ([], [])


def test_a_letter_that_would_go_to_somebody_else_by_now_is_not_sent(report, department):
    seen = {letter.response.key: letter.seal for letter in letters(report)}
    department.email = "betsu@example.jp"
    department.save()
    assert outcomes(send_all(report, seen=seen)) == {"第一課": "changed"}


def test_a_letter_that_was_not_looked_at_is_not_sent(report, department):
    assert outcomes(send_all(report, seen={})) == {"第一課": "changed"}


def test_what_is_handed_in_between_the_letter_and_its_sending_is_not_asked_for(report, department):
    made_before = letters(report)
    YearlyStatus.objects.filter(state=EMPTY).update(state=SENT)
    assert outcomes(send(report, made_before, by=None)) == {"第一課": "changed"}
    assert (mail.outbox, log()) == ([], [])


def test_a_mail_that_the_server_refuses_loses_nobody_elses_and_is_in_the_log(report, department, settings):
    for number in (2, 3):
        ask(report, with_address(f"第{number}課", f"ka{number}@example.jp"), EMPTY)
    with open_post_office(settings, refused=["ka2@example.jp"]) as office:
        done = send_all(report)
    assert outcomes(done) == {"第一課": "sent", "第2課": "failed", "第3課": "sent"}
    assert sorted(office.taken) == [["ichi@example.jp"], ["ka3@example.jp"]]
    failures = {name: failure for name, _, _, failure in log()}
    assert failures["第一課"] == failures["第3課"] == ""
    assert "no such mailbox" in failures["第2課"]
    assert [letter.failure for letter in done if letter.failure] == [failures["第2課"]]


def test_what_failed_may_be_tried_again_the_same_day_and_every_attempt_stays_in_the_log(report, department, settings):
    with open_post_office(settings, refused=["ichi@example.jp"]):
        assert outcomes(send_all(report)) == outcomes(send_all(report)) == {"第一課": "failed"}
    with open_post_office(settings) as office:
        assert outcomes(send_all(report)) == {"第一課": "sent"}
        assert outcomes(send_all(report)) == {"第一課": "already"}
    assert office.taken == [["ichi@example.jp"]]
    assert [bool(failure) for *_, failure in log()] == [True, True, False]


def test_a_server_that_falls_silent_keeps_a_person_waiting_once(report, department, settings):
    for number in range(2, 6):
        ask(report, with_address(f"第{number}課", "ichi@example.jp"), EMPTY)
    with open_post_office(settings, silent=["ichi@example.jp"]) as office:
        assert set(outcomes(send_all(report)).values()) == {"failed"}
    assert (office.connections, len(log())) == (1, 5)


def test_no_lock_is_held_while_the_server_is_spoken_to(report, department, monkeypatch):
    from django.db import transaction

    depth, inside = len(transaction.get_connection().savepoint_ids), []
    real = module.Post.send

    def spy(*args):
        inside.append(len(transaction.get_connection().savepoint_ids))
        return real(*args)

    monkeypatch.setattr(module.Post, "send", spy)
    send_all(report)
    assert inside == [depth]


def test_a_step_taken_after_the_letter_is_seen_in_the_next_one(report, department):
    row = YearlyStatus.objects.get(state=SENT)
    steps.return_answers({row.pk: row.revision}, by=factories.make_person("事務局"), reason="数を直してください。")
    assert letters(report)[0].response.open == 2


@pytest.mark.django_db(transaction=True)
def test_people_who_remind_at_once_send_one_mail_and_leave_one_row(report, department):
    second = with_address("第二課", "ni@example.jp")
    ask(report, second, EMPTY)
    person = factories.make_person("事務局")
    found = at_once(*[lambda: outcomes(send_all(report, by=person))] * 4)
    for name in ("第一課", "第二課"):
        assert sorted(each[name] for each in found) == ["already", "already", "already", "sent"]
    assert sorted(letter.to for letter in mail.outbox) == [["ichi@example.jp"], ["ni@example.jp"]]
    assert sorted(name for name, *_ in log()) == ["第一課", "第二課"]


@pytest.mark.django_db(transaction=True)
def test_a_reminder_and_the_last_answer_handed_in_at_once_never_remind_of_nothing(report, department):
    row = YearlyStatus.objects.get(state=EMPTY)
    YearlyStatus.objects.filter(pk=row.pk).update(text="実施した。", progress="done", state=State.DRAFT)
    head = factories.make_person("課長", departments=[department])
    made = letters(report)
    at_once(
        lambda: send(report, made, by=None),
        lambda: steps.submit({row.pk: row.revision}, by=head),
    )
    assert YearlyStatus.objects.get(pk=row.pk).state == SENT
    assert len(mail.outbox) == Reminder.objects.count() <= 1
