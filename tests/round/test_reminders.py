"""Reminding departments: only of what is not handed in, at most once a day, and every attempt is in the log."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from actionplan.models import Department, Reminder, State, YearlyStatus
from actionplan.round.reminders import RemindersRefused, letters, send
from tests import factories
from tests.asked import ask, make_year

pytestmark = pytest.mark.django_db
EMPTY, SENT, DONE = State.NOT_STARTED, State.SUBMITTED, State.CONFIRMED
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


def test_a_department_that_has_not_handed_everything_in_gets_one_mail_and_a_row_in_the_log(report, department):
    person = factories.make_person("事務局")
    assert outcomes(send_all(report, by=person)) == {"第一課": "sent"}
    (letter,) = mail.outbox
    assert letter.to == ["ichi@example.jp"]
    assert "まだ提出されていない項目が1件あります。" in letter.body
    row = Reminder.objects.get()
    assert (row.department, row.day, row.sent_by, row.open_items) == (department, TODAY, person, 1)
    assert (row.addresses, row.failure) == (["ichi@example.jp"], "")


def test_every_answer_that_is_not_handed_in_counts_as_open(report, department):
    ask(report, department, State.DRAFT, State.RETURNED)
    (letter,) = letters(report)
    assert letter.response.open == 3
    assert all(words in letter.words.body for words in ("（未着手）", "（記入中）", "（差戻し）"))
    assert "（提出）" not in letter.words.body


def test_who_has_handed_everything_in_gets_none(report, department):
    ask(report, with_address("済んだ課"), SENT, DONE)
    assert outcomes(send_all(report)) == {"第一課": "sent"}


def test_answers_that_no_department_is_asked_for_remind_nobody(report):
    ask(report, None, EMPTY)
    assert letters(report) == []


def test_once_a_day_is_enough(report, department):
    send_all(report)
    assert outcomes(send_all(report)) == {"第一課": "already"}
    assert (len(mail.outbox), Reminder.objects.count()) == (1, 1)


def test_the_next_day_it_may_be_sent_again(report, department, monkeypatch):
    send_all(report)
    going(monkeypatch, TODAY + timedelta(days=1))
    assert outcomes(send_all(report)) == {"第一課": "sent"}
    assert [day for _, day, *_ in log()] == [TODAY, TODAY + timedelta(days=1)]


def test_a_department_that_was_renamed_today_is_not_reminded_twice(report, department):
    send_all(report)
    department.successor = with_address("新しい課")
    department.in_force_until = TODAY - timedelta(days=1)
    department.save()
    assert outcomes(letters(report)) == outcomes(send_all(report)) == {"新しい課": "already"}


def test_a_reminder_of_another_year_does_not_count(report, department):
    other = make_year(2025)
    ask(other, department, EMPTY)
    send_all(other)
    assert outcomes(send_all(report)) == {"第一課": "sent"}


def test_a_renamed_department_is_reminded_under_its_name_of_today_of_all_its_answers(report):
    new = with_address("新しい課", in_force_from=TODAY)
    old = with_address("古い課", in_force_until=TODAY - timedelta(days=1), successor=new)
    ask(report, old, EMPTY)
    ask(report, new, EMPTY)
    send_all(report)
    assert log() == [("新しい課", TODAY, 2, "")]


def test_a_department_without_address_is_named_and_not_in_the_log(report, department):
    ask(report, factories.make_department("宛先のない課"), EMPTY)
    assert outcomes(send_all(report)) == {"第一課": "sent", "宛先のない課": "no_address"}
    assert [name for name, *_ in log()] == ["第一課"]


def test_a_sample_year_reminds_nobody(department):
    sample = make_year(2027, sample=True)
    ask(sample, department, EMPTY)
    with pytest.raises(RemindersRefused, match="見本データ"):
        letters(sample)


def test_only_the_chosen_departments_get_a_letter(report, department):
    other = with_address("第二課")
    ask(report, other, EMPTY)
    assert [letter.response.name for letter in letters(report, [other.pk])] == ["第二課"]
    assert letters(report, []) == []


def test_only_the_coordinator_and_the_machine_may_send(report, department):
    for person in (factories.make_person("担当者", "課長"), factories.make_person("公表権者", "閲覧者")):
        with pytest.raises(PermissionDenied):
            send_all(report, by=person)
    assert (mail.outbox, log()) == ([], [])


def test_the_answers_themselves_are_not_touched(report, department):
    before = (list(YearlyStatus.objects.order_by("pk").values()), YearlyStatus.history.count())
    send_all(report)
    assert (list(YearlyStatus.objects.order_by("pk").values()), YearlyStatus.history.count()) == before


@pytest.mark.parametrize("departments", [2, 40])
def test_it_asks_as_often_for_many_departments_as_for_few(departments, report, django_assert_num_queries):
    for number in range(departments):
        ask(report, with_address(f"第{number}課"), EMPTY, EMPTY)
    with django_assert_num_queries(5):
        assert len(letters(report)) == departments
