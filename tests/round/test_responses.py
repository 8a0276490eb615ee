"""Who has answered: counts by department of today and state, in the order in which they need the coordinator."""

from collections import Counter
from datetime import date

import pytest

from actionplan.answers import saving as steps
from actionplan.models import Department, Reminder, State
from actionplan.round.responses import Response, response_of, responses, state_cells, tallies
from tests import factories
from tests.asked import ask, counted, make_year

pytestmark = pytest.mark.django_db
APRIL = date(2026, 4, 1)
MARCH = date(2026, 3, 31)
EMPTY, DRAFT, BACK, SENT, DONE = (
    *(State.NOT_STARTED, State.DRAFT, State.RETURNED),
    *(State.SUBMITTED, State.CONFIRMED),
)


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


def test_answers_are_counted_by_state(report, department):
    ask(report, department, EMPTY, EMPTY, DRAFT, BACK, SENT, SENT, SENT, DONE)
    found = only(report)
    assert found.cells == [
        ("not_started", "未着手", 2),
        ("draft", "記入中", 1),
        ("returned", "差戻し", 1),
        ("submitted", "提出", 3),
        ("confirmed", "確定", 1),
    ]
    assert (found.total, found.open, found.handed_in, found.waiting, found.percent) == (8, 4, 4, 3, 50)


def test_states_that_nobody_is_in_are_counted_as_none():
    assert [number for _, _, number in state_cells(Counter())] == [0] * 5


def test_only_the_answers_of_the_year_are_counted(report, department):
    ask(report, department, SENT)
    ask(make_year(2025), department, EMPTY, EMPTY)
    assert counted(only(report)) == {SENT: 1}


def test_a_department_is_finished_when_every_answer_is_confirmed(report, department):
    ask(report, department, DONE, DONE)
    assert only(report).finished
    ask(report, department, SENT)
    assert not only(report).finished


def test_hundred_percent_is_said_only_when_everything_is_handed_in(report, department):
    ask(report, department, *[SENT] * 200, EMPTY)
    assert only(report).percent == 99
    report.statuses.filter(state=EMPTY).update(state=DONE)
    assert only(report).percent == 100


def test_a_department_that_is_asked_for_nothing_has_no_percent():
    assert Response(None, frozenset(), Counter()).percent == 0


def test_a_renamed_departments_answers_are_counted_under_its_name_of_the_day(report):
    old, new = renamed()
    ask(report, old, SENT)
    ask(report, new, EMPTY)
    after, before = only(report, APRIL), responses(report, MARCH)
    assert (after.department, counted(after), after.forms) == (new, {SENT: 1, EMPTY: 1}, {old.pk, new.pk})
    assert [found.department for found in before] == [new, old]


def test_merged_departments_are_counted_together(report):
    first, new = renamed("一つ目の課")
    second = factories.make_department("二つ目の課", in_force_until=MARCH, successor=new)
    ask(report, first, SENT, EMPTY)
    ask(report, second, EMPTY)
    found = only(report, APRIL)
    assert (found.name, counted(found)) == ("新しい課", {SENT: 1, EMPTY: 2})
    assert not found.ended


def test_a_department_that_ended_without_successor_stands_for_itself_and_says_so(report):
    gone = factories.make_department("なくなった課", in_force_until=MARCH)
    ask(report, gone, EMPTY)
    assert (only(report, APRIL).department, only(report, APRIL).ended) == (gone, True)
    assert not only(report, MARCH).ended


def test_answers_that_no_department_is_asked_for_are_listed_as_such(report):
    ask(report, None, EMPTY)
    found = only(report)
    assert (found.department, found.key, found.name, found.forms) == (None, 0, "担当課なし", {None})


def test_departments_that_need_attention_come_first(report):
    asked = {
        "終わった課": [DONE],
        "待っている課": [SENT],
        "多く待っている課": [SENT, SENT],
        "書いている課": [DRAFT, SENT],
        "多く残る課": [EMPTY, EMPTY],
        "差し戻された課": [BACK],
    }
    for name, states in asked.items():
        ask(report, factories.make_department(name), *states)
    assert [found.name for found in tallies(report)] == [
        *("差し戻された課", "多く残る課", "書いている課", "多く待っている課", "待っている課", "終わった課"),
    ]


def test_departments_that_need_the_same_come_by_name(report):
    for name in ("B課", "C課", "A課"):
        ask(report, factories.make_department(name), EMPTY)
    assert [found.name for found in tallies(report)] == ["A課", "B課", "C課"]


def test_one_department_is_found_by_any_of_its_forms():
    old, new = renamed()
    for pk in (old.pk, new.pk):
        assert (response_of(pk, APRIL).department, response_of(pk, APRIL).forms) == (new, {old.pk, new.pk})


def test_no_department_is_found_as_such():
    assert (response_of(None).department, response_of(None).forms) == (None, {None})


def test_a_department_that_does_not_exist_is_an_error():
    with pytest.raises(Department.DoesNotExist):
        response_of(12345)


@pytest.mark.parametrize("departments", [2, 40])
def test_it_asks_as_often_for_many_departments_as_for_few(departments, report, django_assert_num_queries):
    for number in range(departments):
        ask(report, one := factories.make_department(f"第{number}課"), EMPTY)
        (row,) = ask(report, one, SENT)
        steps.confirm({row.pk: row.revision}, by=factories.make_user())
        remind(report, one, sent_by=factories.make_user())
    with django_assert_num_queries(5):
        assert len(responses(report)) == departments
    with django_assert_num_queries(2):
        tallies(report)
