"""A registered reorganisation taken back before its day: everything stands as before, and the records tell of it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from actionplan.models import Department
from actionplan.organisation.reorganisation import Part
from actionplan.organisation.reorganise import ReorganisationRefused
from actionplan.organisation.undo import undo
from actionplan.permissions import CLERK, HEAD, PUBLISHER, READER
from actionplan.seen import Moved
from tests import factories
from tests.organisation.undoing import SOON, led_by, look, member_of, new, register, standing, take_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(coordinator):
    return coordinator


@pytest.fixture
def old():
    department = factories.make_department("旧課")
    member_of(department)
    return department


def test_a_rename_taken_back_leaves_everything_as_it_was(office, old):
    led_by(old)
    before = standing()
    register(office, [old], new("新課"))
    take_back(old, office)
    assert standing() == before


def test_a_merge_into_a_new_department_taken_back_lets_every_old_one_go_on(office, old):
    other = factories.make_department("農政課")
    for each in (old, other):
        led_by(each)
    before = standing()
    register(office, [old, other], new("合同課"))
    take_back(other, office)
    assert standing() == before


def test_a_merge_into_a_department_that_stands_taken_back_leaves_that_one_with_its_own_people(office, old):
    stays = factories.make_department("残る課")
    member_of(stays)
    member_of(stays, old)
    before = standing()
    register(office, [old], Part(existing=stays.pk))
    take_back(old, office)
    assert standing() == before


def test_a_split_taken_back_brings_every_item_back(office, old):
    (first, _), (second, _) = led_by(old), led_by(old)
    before = standing()
    register(office, [old], new("本課", first), new("分課", second))
    assert set(look(old).items) == {first, second}
    take_back(old, office)
    assert standing() == before


def test_what_was_taken_back_can_be_registered_again_and_taken_back_again(office, old):
    before = standing()
    for _ in range(2):
        register(office, [old], new("新課"))
        take_back(old, office)
    assert standing() == before


def test_every_row_has_one_record_with_who_and_why_and_the_deleted_department_keeps_its_history(office, old):
    (first, status), (second, _) = led_by(old), led_by(old)
    main, part = register(office, [old], new("本課", first), new("分課", second))
    rows = (old, first, second)
    before = [row.history.count() for row in rows]
    take_back(old, office)
    assert [row.history.count() for row in rows] == [count + 1 for count in before]
    assert status.history.count() == 1
    for department in (main, part):
        kept = Department.history.filter(id=department.pk)
        assert [record.history_type for record in kept] == ["-", "+"]
    for record in (*(row.history.first() for row in rows), Department.history.filter(id=part.pk).first()):
        assert record.history_user == office
        assert record.history_change_reason.startswith("組織改正の取消：旧課→本課・分課（")
    assert old.history.first().members.count() == 1


def test_who_was_put_into_the_new_department_only_goes_to_the_old_one(office, old):
    [successor] = register(office, [old], new("新課"))
    person = member_of(successor)
    assert look(old).people == [person]
    take_back(old, office)
    assert list(person.departments.all()) == [old]
    assert person in [each.user for each in old.history.first().members.all()]


def test_an_item_that_was_given_to_the_new_name_beforehand_goes_to_the_old_one(office, old):
    [successor] = register(office, [old], new("新課"))
    item = factories.make_item(lead_department=successor)
    take_back(old, office)
    item.refresh_from_db()
    assert item.lead_department == old


def test_a_department_that_was_added_by_hand_for_the_same_day_stays(office, old):
    added = factories.make_department("手で足した課", in_force_from=SOON)
    before = standing()
    register(office, [old], Part(existing=added.pk))
    take_back(old, office)
    assert standing() == before


def test_of_two_changes_one_after_the_other_the_later_one_goes_first(office, old):
    [second] = register(office, [old], new("二課"))
    between = standing()
    register(office, [second], new("三課"), day=SOON + timedelta(days=30))
    with pytest.raises(ReorganisationRefused):
        take_back(old, office)
    take_back(second, office)
    assert standing() == between
    take_back(old, office)
    assert [str(each) for each in Department.objects.all()] == ["旧課"]


def test_nothing_is_put_back_when_the_ground_moved_after_the_look(office, old):
    [successor] = register(office, [old], new("新課"))
    seen = look(old).seal
    factories.make_item(lead_department=successor)
    before = standing()
    for seal in (seen, ""):
        with pytest.raises(Moved):
            undo(old.pk, by=office, seen=seal)
    assert standing() == before


def test_a_second_time_there_is_nothing_to_take_back(office, old):
    register(office, [old], new("新課"))
    seen = look(old).seal
    undo(old.pk, by=office, seen=seen)
    assert look(old) is None
    for pk in (old.pk, 999999):
        with pytest.raises(Moved):
            undo(pk, by=office, seen=seen)


def test_once_the_day_has_come_nothing_is_put_back(office, old, monkeypatch):
    register(office, [old], new("新課"))
    seen, before = look(old).seal, standing()
    monkeypatch.setattr(timezone, "localdate", lambda *args, **kwargs: SOON)
    with pytest.raises(ReorganisationRefused, match="施行日を迎えたため取り消せません"):
        undo(old.pk, by=office, seen=seen)
    assert standing() == before


def test_what_the_database_itself_would_not_let_go_puts_nothing_back(office, old, monkeypatch):
    [successor] = register(office, [old], new("新課"))
    factories.make_status(department=successor)
    before = standing()
    monkeypatch.setattr("actionplan.organisation.undo.refusals", lambda *facts: [])
    with pytest.raises(Moved):
        take_back(old, office)
    assert standing() == before


@pytest.mark.parametrize("role", [CLERK, HEAD, PUBLISHER, READER])
def test_only_the_coordinator_takes_back(office, old, role):
    register(office, [old], new("新課"))
    person = factories.make_person(role, departments=[old])
    with pytest.raises(PermissionDenied):
        take_back(old, person)
    assert Department.objects.count() == 2


def test_the_number_of_questions_does_not_grow_with_items_and_people(office, django_assert_num_queries):
    for size in (2, 30):
        old = factories.make_department(f"旧課{size}")
        items = [led_by(old)[0] for _ in range(size)]
        register(office, [old], new(f"本課{size}", *items[1:]), new(f"分課{size}", items[0]))
        for _ in range(size):
            member_of(old)
        with django_assert_num_queries(7):
            look(old)
