"""What departments hold, and its handing over: what is published or confirmed stays where it is."""

import pytest

from actionplan.models import State
from actionplan.organisation.reorganise import hand_over, holdings, move_items, move_plans, move_statuses, open_statuses
from actionplan.publishing.publish import publish
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def departments():
    return [factories.make_department(name) for name in ("旧課", "新課")]


def fresh(row):
    return type(row).objects.get(pk=row.pk)


@pytest.mark.parametrize("state", [state for state in State if state != State.CONFIRMED])
def test_answers_are_open_until_they_are_confirmed(departments, state):
    status = factories.make_status(department=departments[0], state=state)
    assert list(open_statuses([departments[0].pk])) == [status]


def test_confirmed_and_published_answers_are_not_open_and_are_counted_as_kept(departments):
    published = factories.make_status(department=departments[0])
    publish(published.report, by=None)
    later = factories.make_report(fiscal_year=2010)
    factories.make_status(later, department=departments[0], state=State.CONFIRMED)
    still_open = factories.make_status(later, department=departments[0])
    held = holdings([departments[0].pk])
    assert held.statuses == [still_open]
    assert held.kept == 2


def test_items_people_and_the_plans_office_are_held_too(departments):
    old, new = departments
    item, plan = factories.make_item(lead_department=old), factories.make_plan("別の計画")
    plan.office = old
    plan.save()
    works, left = factories.make_user(username="ima"), factories.make_user(username="yameta", is_active=False)
    old.members.set([works, left])
    held = holdings([old.pk])
    assert (held.items, held.plans, held.people) == ([item], [plan], [works])
    assert holdings([new.pk]).items == []


def test_who_is_in_two_of_the_departments_is_counted_once(departments):
    person = factories.make_user()
    for department in departments:
        department.members.add(person)
    assert holdings([department.pk for department in departments]).people == [person]


def test_an_item_moves_with_one_record_and_its_marks(departments, coordinator):
    item = factories.make_item(marks="★◎", lead_department=departments[0])
    before = item.history.count()
    move_items({item.pk: departments[1].pk}, by=coordinator, reason="組織改正")
    assert fresh(item).lead_department == departments[1]
    assert item.history.count() == before + 1
    assert (item.history.first().history_user, item.history.first().actors.count()) == (coordinator, 2)


def test_an_answer_moves_word_for_word_with_a_new_revision_and_one_record(departments, coordinator):
    status = factories.make_status(
        department=departments[0], text="書きかけ", state=State.RETURNED, return_reason="短い"
    )
    move_statuses({status.pk: departments[1].pk}, by=coordinator, reason="組織改正")
    moved = fresh(status)
    assert (moved.department, moved.text, moved.state, moved.return_reason) == (
        departments[1],
        "書きかけ",
        State.RETURNED,
        "短い",
    )
    assert moved.revision == status.revision + 1
    assert status.history.count() == 2
    assert status.history.first().history_change_reason == "組織改正"


def test_the_plans_office_moves_with_one_record(departments, coordinator):
    plan = factories.make_plan()
    before = plan.history.count()
    move_plans({plan.pk: departments[1].pk}, by=coordinator, reason="組織改正")
    assert fresh(plan).office == departments[1]
    assert plan.history.count() == before + 1


def test_everything_but_the_people_goes_to_the_heir_that_is_told(departments, coordinator):
    old, new = departments
    third = factories.make_department("第三課")
    items = [factories.make_item(lead_department=old) for _ in range(2)]
    statuses = [factories.make_status(item=item, department=old) for item in items]
    old.members.add(coordinator)
    heirs = {items[0].pk: new.pk, items[1].pk: third.pk}
    hand_over(holdings([old.pk]), lambda _, item: heirs.get(item, new.pk), by=coordinator, reason="組織改正")
    assert [fresh(item).lead_department for item in items] == [new, third]
    assert [fresh(status).department for status in statuses] == [new, third]
    assert list(old.members.all()) == [coordinator]


def test_handing_over_nothing_writes_nothing(departments, coordinator):
    hand_over(holdings([departments[0].pk]), lambda *_: departments[1].pk, by=coordinator, reason="組織改正")
    assert departments[0].history.count() == 1
