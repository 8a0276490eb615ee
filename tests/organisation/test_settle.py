"""After the day of a reorganisation: what is still with the ended departments goes to those that stand for them."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from actionplan import permissions
from actionplan.models import Department
from actionplan.organisation import reorganise as room
from actionplan.organisation.reorganisation import Part, Reorganisation
from actionplan.organisation.reorganise import reorganise
from tests import factories

pytestmark = pytest.mark.django_db
SOON = timezone.localdate() + timedelta(days=30)


def new(name, *items):
    return Part(facts={"name": name}, items=frozenset(item.pk for item in items))


@pytest.fixture
def days_pass(monkeypatch):
    """Lets the day of the reorganisation come."""
    return lambda: monkeypatch.setattr(timezone, "localdate", lambda *args, **kwargs: SOON)


def led_by(department):
    item = factories.make_item(lead_department=department)
    return item, factories.make_status(item=item, department=department)


def test_nothing_is_left_over_before_the_day(coordinator):
    old = factories.make_department("旧課")
    led_by(old)
    reorganise(Reorganisation((old.pk,), (new("新課"),), SOON), by=coordinator)
    assert room.unsettled() == []


def test_after_the_day_of_a_rename_items_answers_and_people_go_to_the_new_name(coordinator, days_pass):
    old = factories.make_department("旧課")
    item, status = led_by(old)
    person = factories.make_user(superuser=False)
    old.members.add(person)
    reorganise(Reorganisation((old.pk,), (new("新課"),), SOON), by=coordinator)
    days_pass()
    assert room.unsettled() == [old]
    assert room.settle(by=coordinator) == {"departments": 1, "items": 1, "statuses": 1}
    item.refresh_from_db()
    status.refresh_from_db()
    successor = Department.objects.get(name="新課")
    assert item.lead_department == status.department == successor
    assert list(successor.members.all()) == [person]
    assert list(old.members.all()) == []
    assert status.history.first().history_change_reason == "組織改正：旧課→新課"


def test_after_the_day_of_a_split_each_answer_follows_its_item(coordinator, days_pass):
    old = factories.make_department("旧課")
    (first, status), (second, other) = led_by(old), led_by(old)
    reorganise(Reorganisation((old.pk,), (new("本課", first), new("分課", second)), SOON), by=coordinator)
    days_pass()
    room.settle(by=coordinator)
    status.refresh_from_db()
    other.refresh_from_db()
    assert (str(status.department), str(other.department)) == ("本課", "分課")


def test_who_was_moved_to_one_part_before_the_day_is_not_put_into_the_main_part(coordinator, days_pass):
    old = factories.make_department("旧課")
    (first, _), (second, _) = led_by(old), led_by(old)
    person = factories.make_user(superuser=False)
    person.groups.add(Group.objects.get(name="担当者"))
    old.members.add(person)
    reorganise(Reorganisation((old.pk,), (new("本課", first), new("分課", second)), SOON), by=coordinator)
    main, part = Department.objects.get(name="本課"), Department.objects.get(name="分課")
    main.members.remove(person)
    days_pass()
    room.settle(by=coordinator)
    assert permissions.standing_of(person).departments == {part.pk}


def test_who_joined_the_old_department_meanwhile_is_carried_over_too(coordinator, days_pass):
    old = factories.make_department("旧課")
    reorganise(Reorganisation((old.pk,), (new("新課"),), SOON), by=coordinator)
    late = factories.make_user(superuser=False)
    old.members.add(late)
    days_pass()
    room.settle(by=coordinator)
    assert list(Department.objects.get(name="新課").members.all()) == [late]


def test_a_second_time_there_is_nothing_to_do(coordinator, days_pass):
    old = factories.make_department("旧課")
    _, status = led_by(old)
    reorganise(Reorganisation((old.pk,), (new("新課"),), SOON), by=coordinator)
    days_pass()
    room.settle(by=coordinator)
    records = status.history.count()
    assert room.settle(by=coordinator) == {}
    assert status.history.count() == records


def test_published_and_confirmed_answers_are_not_left_over(coordinator, days_pass):
    old = factories.make_department("旧課")
    factories.make_status(department=old, state="confirmed")
    reorganise(Reorganisation((old.pk,), (new("新課"),), SOON), by=coordinator)
    days_pass()
    assert room.unsettled() == []


def test_only_the_coordinator_settles():
    clerk = factories.make_user(superuser=False)
    clerk.groups.add(Group.objects.get(name="担当者"))
    with pytest.raises(PermissionDenied):
        room.settle(by=clerk)
