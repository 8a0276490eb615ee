"""The last movement of a department's answers, and the last reminder that went to it."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from actionplan.answers import saving as steps
from actionplan.models import Department, Reminder, State
from actionplan.round.responses import Response, responses
from tests import factories
from tests.asked import ask, make_year

pytestmark = pytest.mark.django_db
APRIL = date(2026, 4, 1)
MARCH = date(2026, 3, 31)
EMPTY, DRAFT, SENT = State.NOT_STARTED, State.DRAFT, State.SUBMITTED


@pytest.fixture
def report():
    return make_year()


@pytest.fixture
def department():
    return factories.make_department("第一課")


def renamed(old="古い課", new="新しい課") -> tuple[Department, Department]:
    after = factories.make_department(new, in_force_from=APRIL)
    return factories.make_department(old, in_force_until=MARCH, successor=after), after


def only(report, day=None) -> Response:
    (found,) = responses(report, day)
    return found


def remind(report, department, **fields) -> Reminder:
    facts = {"day": date(2026, 5, 1), "open_items": 1, **fields}
    return Reminder.objects.create(report=report, department=department, **facts)


def test_the_making_of_the_empty_answers_is_no_movement(report, department):
    ask(report, department, EMPTY)
    assert only(report).movement is None


def test_the_last_movement_tells_when_and_by_whom(report, department):
    first, second = ask(report, department, SENT, SENT)
    ask(report, other := factories.make_department("第二課"), EMPTY)
    for row, name in ((first, "佐藤"), (second, "鈴木")):
        person = factories.make_person("事務局", last_name=name, first_name="花子")
        steps.confirm({row.pk: row.revision}, by=person)
    movements = {found.department: found.movement for found in responses(report)}
    assert movements[other] is None
    assert movements[department].by == "鈴木 花子"
    assert timezone.now() - movements[department].at < timedelta(minutes=1)


def test_a_movement_by_the_machine_names_nobody(report, department):
    (row,) = ask(report, department, DRAFT)
    row.text = "機械が直した文"
    row.save()
    assert only(report).movement.by == ""


def test_a_movement_under_the_old_name_belongs_to_the_department_of_today(report):
    old, new = renamed()
    (row,) = ask(report, old, DRAFT)
    ask(report, new, EMPTY)
    row.text = "直した文"
    row.save()
    assert only(report, APRIL).movement is not None


def test_the_record_of_a_deleted_department_harms_nothing(report, department):
    gone = factories.make_department("消される課")
    (row,) = ask(report, gone, DRAFT)
    row.text = "直した文"
    row.save()
    row.department = department
    row.save()
    factories.vanish(gone)
    assert only(report).department == department


def test_the_last_reminder_tells_the_day_and_who_sent_it(report, department):
    ask(report, department, EMPTY)
    assert only(report).reminder is None
    remind(report, department)
    remind(report, department, day=date(2026, 5, 8), sent_by=factories.make_person("事務局", last_name="佐藤"))
    found = only(report).reminder
    assert (found.day, found.by, found.failure) == (date(2026, 5, 8), "佐藤", "")


def test_a_reminder_that_failed_says_so(report, department):
    ask(report, department, EMPTY)
    remind(report, department, failure="つながりません")
    assert (only(report).reminder.failure, only(report).reminder.by) == ("つながりません", "")


def test_a_reminder_of_another_year_is_not_shown(report, department):
    ask(report, department, EMPTY)
    remind(make_year(2025), department)
    assert only(report).reminder is None


def test_a_reorganisation_is_no_movement_of_the_department(report, department, coordinator):
    from actionplan.organisation.reorganisation import Part, Reorganisation
    from actionplan.organisation.reorganise import reorganise

    (row,) = ask(report, department, SENT)
    change = Reorganisation((department.pk,), (Part(facts={"name": "新しい名前"}),), timezone.localdate())
    reorganise(change, by=coordinator)
    row.refresh_from_db()
    assert row.department.name == "新しい名前"
    assert only(report).movement is None
