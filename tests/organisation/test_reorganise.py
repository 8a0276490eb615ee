"""A department renamed on a day: who answers before and after, what moves and what stays."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied

from actionplan.models import Department, Succession, YearlyStatus
from actionplan.organisation.reorganise import reorganise
from tests import factories
from tests.organisation.reorganising import AGO, SOON, TODAY, answers_for, clerk_of, led_by, rename

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(coordinator):
    return coordinator


def test_a_renamed_department_ends_the_day_before_and_names_its_successor(office):
    old = factories.make_department("旧課", phone="0920-1")
    reorganise(rename(old, "新課", AGO, phone="0920-2"), by=office)
    old.refresh_from_db()
    successor = Department.objects.get(name="新課")
    assert (old.in_force_until, old.successor) == (AGO - timedelta(days=1), successor)
    assert (successor.in_force_from, successor.phone, successor.split_from) == (AGO, "0920-2", None)


def test_what_a_department_holds_moves_at_once_when_the_day_has_come(office):
    old = factories.make_department("旧課")
    item, status = led_by(old, text="書きかけ")
    person = clerk_of(old)
    reorganise(rename(old, "新課", TODAY), by=office)
    item.refresh_from_db()
    status.refresh_from_db()
    successor = Department.objects.get(name="新課")
    assert item.lead_department == status.department == successor
    assert list(successor.members.all()) == [person]
    assert list(old.members.all()) == []
    assert status.text == "書きかけ"


def test_every_changed_row_has_one_record_with_who_and_why(office):
    old = factories.make_department("旧課")
    item, status = led_by(old)
    clerk_of(old)
    before = {row: row.history.count() for row in (old, item, status)}
    reorganise(rename(old, "新課", TODAY), by=office)
    successor = Department.objects.get(name="新課")
    for row in (old, item, status):
        assert row.history.count() == before[row] + 1
        newest = row.history.first()
        assert newest.history_user == office
        assert newest.history_change_reason.startswith("組織改正：旧課→新課（")
    assert successor.history.get().history_type == "+"
    assert successor.history.get().members.count() == 1
    assert YearlyStatus.objects.get().revision == 2


def test_the_record_of_an_item_keeps_its_marks(office):
    old = factories.make_department("旧課")
    item = factories.make_item(marks="★◎", lead_department=old)
    reorganise(rename(old, "新課", TODAY), by=office)
    assert item.history.first().actors.count() == 2


def test_until_a_future_day_everything_stays_and_the_old_name_answers(office):
    old = factories.make_department("旧課")
    item, status = led_by(old)
    person = clerk_of(old)
    reorganise(rename(old, "新課", SOON), by=office)
    successor = Department.objects.get(name="新課")
    item.refresh_from_db()
    status.refresh_from_db()
    assert item.lead_department == status.department == old
    assert set(successor.members.all()) == set(old.members.all()) == {person}
    assert Succession().current(old.pk, SOON - timedelta(days=1)) == old.pk
    assert Succession().current(old.pk, SOON) == successor.pk


def test_a_clerk_answers_for_the_same_items_the_day_before_and_the_day_after_a_rename(office):
    old = factories.make_department("旧課")
    person, stranger = clerk_of(old), clerk_of(factories.make_department("別の課"))
    reorganise(rename(old, "新課", SOON), by=office)
    successor = Department.objects.get(name="新課")
    assert old.pk in answers_for(person, SOON - timedelta(days=1))
    assert answers_for(person, SOON) == {old.pk, successor.pk}
    assert not answers_for(stranger, SOON) & {old.pk, successor.pk}


def test_a_chain_of_renames_leads_to_the_last_name(office):
    first = factories.make_department("一課")
    person = clerk_of(first)
    reorganise(rename(first, "二課", AGO), by=office)
    second = Department.objects.get(name="二課")
    reorganise(rename(second, "三課", SOON), by=office)
    third = Department.objects.get(name="三課")
    assert Succession().current(first.pk, TODAY) == second.pk
    assert Succession().current(first.pk, SOON) == third.pk
    assert answers_for(person, TODAY) >= {first.pk, second.pk}
    assert answers_for(person, SOON) == {first.pk, second.pk, third.pk}


def test_the_plans_office_moves_with_its_department(office):
    old = factories.make_department("旧課")
    plan = factories.make_plan()
    plan.office = old
    plan.save()
    reorganise(rename(old, "新課", TODAY), by=office)
    plan.refresh_from_db()
    assert str(plan.office) == "新課"


def test_people_whose_accounts_are_closed_are_not_carried_over(office):
    old = factories.make_department("旧課")
    gone = clerk_of(old)
    gone.is_active = False
    gone.save()
    reorganise(rename(old, "新課", TODAY), by=office)
    assert Department.objects.get(name="新課").members.count() == 0


def test_a_change_may_be_registered_some_years_late(office):
    old = factories.make_department("旧課")
    reorganise(rename(old, "新課", TODAY - timedelta(days=5 * 365)), by=office)
    assert Department.objects.filter(name="新課").exists()


def test_only_the_coordinator_reorganises():
    old = factories.make_department("旧課")
    for role in ("担当者", "課長", "公表権者", "閲覧者"):
        person = clerk_of(old)
        person.groups.set([Group.objects.get(name=role)])
        with pytest.raises(PermissionDenied):
            reorganise(rename(old, "新課", AGO), by=person)
    person.groups.set([Group.objects.get(name="事務局")])
    reorganise(rename(old, "新課", AGO), by=type(person).objects.get(pk=person.pk))
    assert Department.objects.filter(name="新課").exists()
