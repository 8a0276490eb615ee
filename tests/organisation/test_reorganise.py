"""Departments renamed, merged and split on a day: who answers before and after, what moves, what stays, and why not."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from actionplan import permissions
from actionplan.models import Department, Succession, YearlyStatus
from actionplan.organisation.reorganisation import Part, Reorganisation
from actionplan.organisation.reorganise import GroundMoved, ReorganisationRefused, outlook, reorganise
from actionplan.publishing.publish import publish
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
SOON = TODAY + timedelta(days=90)
AGO = TODAY - timedelta(days=30)


@pytest.fixture
def office(coordinator):
    return coordinator


def clerk_of(*departments):
    clerk = factories.make_user(superuser=False)
    clerk.groups.add(Group.objects.get(name="担当者"))
    clerk.departments.add(*departments)
    return clerk


def answers_for(user, day):
    return permissions.standing_of(user, day).departments


def new(name, *items, **facts):
    return Part(facts={"name": name, **facts}, items=frozenset(item.pk for item in items))


def rename(old, name, day, **facts):
    return Reorganisation((old.pk,), (new(name, **facts),), day)


def led_by(department, **fields):
    item = factories.make_item(lead_department=department)
    return item, factories.make_status(item=item, department=department, **fields)


def refusal(change, office):
    with pytest.raises(ReorganisationRefused) as refused:
        reorganise(change, by=office)
    return str(refused.value)


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


def test_several_departments_merge_into_a_new_one(office):
    olds = [factories.make_department(name) for name in ("甲課", "乙課", "丙課")]
    people = [clerk_of(old) for old in olds]
    for old in olds:
        led_by(old)
    reorganise(Reorganisation(tuple(old.pk for old in olds), (new("合同課"),), AGO), by=office)
    merged = Department.objects.get(name="合同課")
    assert set(merged.members.all()) == set(people)
    assert set(YearlyStatus.objects.values_list("department", flat=True)) == {merged.pk}
    for person in people:
        assert answers_for(person, TODAY) == {merged.pk, *(old.pk for old in olds)}


def test_a_department_merges_into_one_that_goes_on_as_it_is(office):
    old, stays = factories.make_department("甲課"), factories.make_department("乙課", phone="0920-5")
    person, other = clerk_of(old), clerk_of(stays)
    reorganise(Reorganisation((old.pk,), (Part(existing=stays.pk),), AGO), by=office)
    stays.refresh_from_db()
    assert (stays.in_force_from, stays.in_force_until, stays.phone) == (None, None, "0920-5")
    assert set(stays.members.all()) == {person, other}
    assert stays.history.first().history_change_reason.startswith("組織改正：甲課→乙課")


def test_a_department_that_stands_takes_the_others_people_on_the_day_and_not_before(office):
    old, stays = factories.make_department("甲課"), factories.make_department("乙課")
    person = clerk_of(old)
    reorganise(Reorganisation((old.pk,), (Part(existing=stays.pk),), SOON), by=office)
    assert list(stays.members.all()) == []
    assert answers_for(person, SOON - timedelta(days=1)) == {old.pk}
    assert answers_for(person, SOON) == {old.pk, stays.pk}


def split_in_two(old, day, office, first, second):
    reorganise(Reorganisation((old.pk,), (new("本課", first), new("分課", second)), day), by=office)
    return Department.objects.get(name="本課"), Department.objects.get(name="分課")


def test_the_items_of_a_split_department_go_to_the_part_chosen_for_each(office):
    old = factories.make_department("旧課")
    (first, status), (second, other) = led_by(old), led_by(old)
    main, part = split_in_two(old, AGO, office, first, second)
    for row in (first, second, status, other):
        row.refresh_from_db()
    assert (first.lead_department, second.lead_department) == (main, part)
    assert (status.department, other.department) == (main, part)
    old.refresh_from_db()
    assert old.successor == main
    assert main.split_from == part.split_from == old


def test_before_the_day_of_a_split_the_old_department_stands_for_every_part(office):
    old = factories.make_department("旧課")
    (first, _), (second, status) = led_by(old), led_by(old)
    person = clerk_of(old)
    main, part = split_in_two(old, SOON, office, first, second)
    second.refresh_from_db()
    status.refresh_from_db()
    assert second.lead_department == part
    assert status.department == old
    assert answers_for(person, SOON - timedelta(days=1)) == {old.pk, main.pk, part.pk}


def test_after_a_split_who_went_to_one_part_answers_for_that_part_only(office):
    old = factories.make_department("旧課")
    (first, _), (second, _) = led_by(old), led_by(old)
    person = clerk_of(old)
    main, part = split_in_two(old, AGO, office, first, second)
    main.members.remove(person)
    assert answers_for(person, TODAY) == {part.pk}


def test_a_part_that_is_renamed_later_answers_under_its_new_name(office):
    old = factories.make_department("旧課")
    (first, _), (second, status) = led_by(old), led_by(old)
    _, part = split_in_two(old, AGO, office, first, second)
    reorganise(rename(part, "新分課", TODAY), by=office)
    status.refresh_from_db()
    assert str(status.department) == "新分課"


def test_published_and_confirmed_answers_keep_the_old_name(office):
    old = factories.make_department("旧課")
    published = factories.make_status(department=old)
    publish(published.report, by=None)
    later = factories.make_report(fiscal_year=2010)
    confirmed = factories.make_status(later, department=old, state="confirmed")
    still_open = factories.make_status(later, department=old, state="submitted")
    plan = reorganise(rename(old, "新課", AGO), by=office)
    for status in (published, confirmed, still_open):
        status.refresh_from_db()
    assert (str(published.department), str(confirmed.department)) == ("旧課", "旧課")
    assert str(still_open.department) == "新課"
    assert plan.held.kept == 2


def test_the_page_of_a_published_year_and_its_correction_show_the_old_name(office, client):
    old = factories.make_department("旧い名前の課")
    status = factories.make_status(department=old, text="公表した文")
    publish(status.report, by=None)
    reorganise(rename(old, "新しい名前の課", AGO), by=office)
    assert "旧い名前の課" in item_page(client, status)
    status.refresh_from_db()
    status.text = "訂正した文"
    status.save()
    publish(status.report, by=None, note="訂正")
    page = item_page(client, status)
    assert "訂正した文" in page
    assert "旧い名前の課" in page
    assert "新しい名前の課" not in page


def item_page(client, status):
    return client.get(f"/items/{status.item.code}/").content.decode()


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


@pytest.mark.parametrize("day", [date(2020, 4, 1), date(2020, 3, 1)])
def test_a_department_cannot_end_before_it_began(office, day):
    old = factories.make_department("旧課", in_force_from=date(2020, 4, 1))
    assert "設置日は2020年4月1日です" in refusal(rename(old, "新課", day), office)


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (date(2206, 4, 1), "施行日（2206年4月1日）が3年より先です。年を確かめてください。"),
        (date(1026, 4, 1), "施行日（1026年4月1日）が5年より前です。年を確かめてください。"),
        (TODAY - timedelta(days=5 * 366 + 1), "が5年より前です。年を確かめてください。"),
    ],
)
def test_a_year_that_was_mistyped_is_noticed(office, day, sentence):
    old = factories.make_department("旧課")
    assert sentence in refusal(rename(old, "新課", day), office)


def test_a_change_may_be_registered_some_years_late(office):
    old = factories.make_department("旧課")
    reorganise(rename(old, "新課", TODAY - timedelta(days=5 * 365)), by=office)
    assert Department.objects.filter(name="新課").exists()


def test_doing_it_twice_is_refused_with_what_was_registered(office):
    old = factories.make_department("旧課")
    reorganise(rename(old, "新課", SOON), by=office)
    sentence = refusal(rename(old, "新々課", SOON), office)
    assert "旧課は" in sentence
    assert "引き継いだ課：新課" in sentence
    assert Department.objects.count() == 2


def test_a_name_that_another_department_has_on_the_day_is_refused(office):
    old = factories.make_department("旧課")
    factories.make_department("市民課", unit="窓口係")
    assert "別の課としてあります" in refusal(rename(old, "市民課", SOON, unit="窓口係"), office)


def test_a_rename_that_renames_nothing_is_refused(office):
    old = factories.make_department("旧課")
    assert "名前が変わっていません" in refusal(rename(old, "旧課", SOON), office)


def test_a_department_may_split_and_go_on_under_its_own_name(office):
    old = factories.make_department("旧課")
    (first, _), (second, _) = led_by(old), led_by(old)
    change = Reorganisation((old.pk,), (new("旧課", first), new("分課", second)), AGO)
    reorganise(change, by=office)
    assert Department.objects.filter(name="旧課").count() == 2


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"in_force_until": TODAY}, "廃止されます"),
        ({"in_force_from": SOON + timedelta(days=1)}, "施行日より後です"),
    ],
)
def test_a_successor_must_stand_on_the_day(office, fields, sentence):
    old, target = factories.make_department("甲課"), factories.make_department("乙課", **fields)
    assert sentence in refusal(Reorganisation((old.pk,), (Part(existing=target.pk),), SOON), office)


def test_departments_cannot_follow_one_another_in_a_circle(office):
    first, second = factories.make_department("甲課"), factories.make_department("乙課")
    assert "残る課を選んで" in refusal(Reorganisation((first.pk,), (Part(existing=first.pk),), SOON), office)
    reorganise(Reorganisation((first.pk,), (Part(existing=second.pk),), SOON), by=office)
    later = SOON + timedelta(days=1)
    assert "廃止と登録されています" in refusal(Reorganisation((first.pk,), (Part(existing=second.pk),), later), office)
    assert "残る課を選んで" in refusal(Reorganisation((second.pk,), (Part(existing=first.pk),), SOON), office)


def test_a_part_without_items_and_a_main_part_without_items_are_refused(office):
    old = factories.make_department("旧課")
    (first, _), (second, _) = led_by(old), led_by(old)
    for parts in ((new("本課", first, second), new("分課")), (new("本課"), new("分課", first, second))):
        assert "項目がありません" in refusal(Reorganisation((old.pk,), parts, SOON), office)


def test_items_of_another_department_cannot_be_slipped_in(office):
    old, other = factories.make_department("旧課"), factories.make_department("別の課")
    (first, _), (strange, _) = led_by(old), led_by(other)
    change = Reorganisation((old.pk,), (new("本課", first), new("分課", strange)), SOON)
    assert "この課の項目と合いません" in refusal(change, office)


def test_two_parts_of_one_name_are_refused(office):
    old = factories.make_department("旧課")
    (first, _), (second, _) = led_by(old), led_by(old)
    change = Reorganisation((old.pk,), (new("同課", first), new("同課", second)), SOON)
    assert "2つあります" in refusal(change, office)


def test_what_the_outlook_shows_is_what_happens(office):
    old = factories.make_department("旧課")
    (first, _), (second, _) = led_by(old), led_by(old)
    change = Reorganisation((old.pk,), (new("本課", first), new("分課", second)), AGO)
    shown = outlook(change)
    assert [[item.pk for item in shown.items_of(place)] for place in (0, 1)] == [[first.pk], [second.pk]]
    assert [len(shown.statuses_of(place)) for place in (0, 1)] == [1, 1]
    assert Department.objects.count() == 1
    reorganise(change, by=office, seen=shown.seal)
    assert Department.objects.count() == 3


def test_nothing_happens_when_the_ground_moved_after_the_outlook(office):
    old = factories.make_department("旧課")
    change = rename(old, "新課", AGO)
    seen = outlook(change).seal
    led_by(old)
    with pytest.raises(GroundMoved):
        reorganise(change, by=office, seen=seen)
    assert Department.objects.count() == 1


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


def test_the_number_of_questions_does_not_grow_with_the_items(office, django_assert_num_queries):
    for size in (2, 30):
        old = factories.make_department(f"旧課{size}")
        for _ in range(size):
            led_by(old)
        with django_assert_num_queries(6):
            outlook(rename(old, f"新課{size}", AGO))
