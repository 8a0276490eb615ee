"""The steps of the round: who may take which, from which state to which, with which names in the history."""

import pytest
from django.core.exceptions import PermissionDenied

from actionplan.answers import saving as steps
from actionplan.answers.saving import Answer, StepRefused, save_answers
from actionplan.models import State, YearlyStatus
from actionplan.seen import Moved
from tests import factories

pytestmark = pytest.mark.django_db
OFFICE, HEAD, CLERK = "事務局", "課長", "担当者"
STEPS = {
    "submit": lambda seen, by: steps.submit(seen, by=by),
    "take_back": lambda seen, by: steps.take_back(seen, by=by),
    "confirm": lambda seen, by: steps.confirm(seen, by=by),
    "reopen": lambda seen, by: steps.reopen(seen, by=by, reason="誤記"),
    "return": lambda seen, by: steps.return_answers(seen, by=by, reason="数を書いてください。"),
}
# Each step: the states it starts from, the state it leads to, the roles that may take it.
TABLE = {
    "submit": ({State.NOT_STARTED, State.DRAFT, State.RETURNED}, State.SUBMITTED, {HEAD, OFFICE}),
    "take_back": ({State.SUBMITTED}, State.DRAFT, {HEAD}),
    "confirm": ({State.SUBMITTED}, State.CONFIRMED, {OFFICE}),
    "reopen": ({State.CONFIRMED}, State.SUBMITTED, {OFFICE}),
    "return": ({State.SUBMITTED, State.CONFIRMED}, State.RETURNED, {OFFICE}),
}


@pytest.fixture
def department():
    return factories.make_department()


@pytest.fixture
def rows(department):
    report = factories.make_report()
    return [factories.make_status(report, department=department, progress="done") for _ in range(2)]


@pytest.fixture
def office():
    return factories.make_person(OFFICE)


@pytest.fixture
def everything(department):
    """Somebody who runs the round and heads the department as well."""
    return factories.make_person(OFFICE, HEAD, departments=[department])


def in_state(rows, state):
    YearlyStatus.objects.filter(pk__in=[row.pk for row in rows]).update(state=state)
    return {row.pk: 1 for row in rows}


def stored(row):
    return YearlyStatus.objects.get(pk=row.pk)


@pytest.mark.parametrize("step", TABLE)
@pytest.mark.parametrize("state", State.values)
def test_a_step_leads_on_from_its_own_states_only(step, state, rows, everything):
    starts, target, _ = TABLE[step]
    seen = in_state(rows, state)
    if state in starts:
        assert STEPS[step](seen, everything) == 2
        assert {stored(row).state for row in rows} == {target}
    else:
        with pytest.raises(StepRefused, match="ができない項目があります"):
            STEPS[step](seen, everything)
        assert {stored(row).state for row in rows} == {state}


@pytest.mark.parametrize("step", TABLE)
@pytest.mark.parametrize("role", [CLERK, HEAD, OFFICE, "公表権者", "閲覧者"])
@pytest.mark.parametrize("own", [True, False])
def test_a_step_is_for_its_own_roles_and_departments_only(step, role, own, rows, department):
    starts, target, roles = TABLE[step]
    person = factories.make_person(role, departments=[department] if own else [])
    seen = in_state(rows, next(iter(starts)))
    if role in roles and (own or role == OFFICE):
        STEPS[step](seen, person)
        assert stored(rows[0]).state == target
    else:
        with pytest.raises(PermissionDenied):
            STEPS[step](seen, person)
        assert stored(rows[0]).state in starts


@pytest.mark.parametrize("step", TABLE)
def test_a_step_moves_all_rows_or_none_and_never_one_that_is_newer_than_seen(step, rows, office):
    seen = in_state(rows, next(iter(TABLE[step][0])))
    YearlyStatus.objects.filter(pk=rows[1].pk).update(revision=2)
    with pytest.raises(Moved) as refusal:
        STEPS[step](seen, office)
    assert [row.pk for row in refusal.value.now] == [rows[1].pk]
    assert stored(rows[0]).revision == 1


@pytest.mark.parametrize("step", TABLE)
def test_each_step_leaves_one_record_that_says_what_and_who(step, rows, everything):
    STEPS[step](in_state(rows, next(iter(TABLE[step][0]))), everything)
    for row in rows:
        record = row.history.latest()
        assert row.history.count() == 2
        assert (record.history_user, record.revision) == (everything, 2)
        assert record.history_change_reason.startswith(
            {"submit": "提出", "take_back": "提出の取消し", "confirm": "確定", "reopen": "確定の取消し：誤記"}.get(
                step, "差戻し：数を書いてください。"
            )
        )


def test_the_office_in_place_of_a_department_is_said_in_the_record(rows, office):
    steps.submit(in_state(rows, State.DRAFT), by=office)
    assert rows[0].history.latest().history_change_reason == "課に代わって提出"


def test_the_office_hands_in_what_no_department_is_asked_for_as_its_own(rows, office):
    YearlyStatus.objects.update(department=None)
    steps.submit(in_state(rows, State.DRAFT), by=office)
    assert rows[0].history.latest().history_change_reason == "提出"
    assert steps.take_back({row.pk: 2 for row in rows}, by=office) == 2


def test_who_handed_in_and_who_confirmed_are_kept_apart(rows, department, office):
    head = factories.make_person(HEAD, departments=[department])
    steps.submit({rows[0].pk: 1}, by=head)
    steps.confirm({rows[0].pk: 2}, by=office)
    row = stored(rows[0])
    assert (row.submitted_by, row.confirmed_by, row.returned_by) == (head, office, None)
    assert None not in (row.submitted_at, row.confirmed_at)


def test_an_answer_that_came_back_names_nobody_as_having_handed_it_in(rows, office):
    steps.submit({rows[0].pk: 1}, by=office)
    steps.confirm({rows[0].pk: 2}, by=office)
    steps.return_answers({rows[0].pk: 3}, by=office, reason=" 数を書いてください。 ")
    row = stored(rows[0])
    assert (row.submitted_by, row.submitted_at, row.confirmed_by, row.confirmed_at) == (None, None, None, None)
    assert (row.return_reason, row.returned_by) == ("数を書いてください。", office)


def test_taking_back_and_reopening_forget_the_step_that_they_undo(rows, everything):
    steps.submit({rows[0].pk: 1}, by=everything)
    steps.confirm({rows[0].pk: 2}, by=everything)
    steps.reopen({rows[0].pk: 3}, by=everything, reason="誤記")
    assert (stored(rows[0]).confirmed_by, stored(rows[0]).submitted_by) == (None, everything)
    steps.take_back({rows[0].pk: 4}, by=everything)
    assert stored(rows[0]).submitted_by is None


def test_what_came_back_and_was_not_mended_is_returned_again_when_it_is_taken_back(rows, everything):
    mended, unmended = rows
    seen = {row.pk: 1 for row in rows}
    for step in ("submit", "return"):
        STEPS[step](seen, everything)
        seen = {pk: revision + 1 for pk, revision in seen.items()}
    save_answers([Answer(mended.pk, 3, {"text": "直した文"})], by=everything, reason="自課の回答で保存")
    seen[mended.pk] += 1
    for step in ("submit", "take_back"):
        STEPS[step](seen, everything)
        seen = {pk: revision + 1 for pk, revision in seen.items()}
    assert (stored(mended).state, stored(unmended).state) == (State.DRAFT, State.RETURNED)
    assert stored(unmended).return_reason == "数を書いてください。"
    assert stored(unmended).history.first().state == State.RETURNED


@pytest.mark.parametrize("step", [steps.reopen, steps.return_answers])
def test_a_reason_of_blanks_is_none(step, rows, office):
    seen = in_state(rows, State.CONFIRMED)
    with pytest.raises(StepRefused, match="理由を書いてください"):
        step(seen, by=office, reason=" 　\n")
    assert stored(rows[0]).state == State.CONFIRMED


@pytest.mark.parametrize(
    ("cells", "missing"),
    [
        ({"text": "", "progress": "done"}, ["実施状況"]),
        ({"text": " 　\n", "progress": "unset"}, ["実施状況", "進捗区分"]),
        ({"text": "文", "progress": "unset"}, ["進捗区分"]),
        ({"text": "文", "progress": "not_done"}, []),
    ],
)
def test_an_answer_is_complete_with_a_text_and_a_category(rows, office, cells, missing):
    YearlyStatus.objects.filter(pk=rows[1].pk).update(**cells)
    assert steps.missing_parts(stored(rows[1])) == missing
    seen = {row.pk: 1 for row in rows}
    if missing:
        with pytest.raises(StepRefused, match=f"{rows[1].item.code}（{'・'.join(missing)}）"):
            steps.submit(seen, by=office)
        assert stored(rows[0]).state == State.DRAFT
    else:
        assert steps.submit(seen, by=office) == 2


def test_no_rows_are_no_step(office):
    assert steps.confirm({}, by=office) == 0
