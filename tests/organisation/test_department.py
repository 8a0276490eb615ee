"""The form and the list of departments: contact blocks, people, mistakes put right; never a reorganisation."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actionplan.models import Department, YearlyStatus
from actionplan.permissions import CLERK, HEAD, PUBLISHER, READER
from tests import factories
from tests.admin.pages import change_url, form_of, signed_in
from tests.organisation.staffing import DEPARTMENTS, make_member, office, words
from tests.roles.world import state_of_everything
from tests.trail.watch import Watch, told

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
ADD = f"{DEPARTMENTS}add/"


@pytest.fixture
def browser():
    return office()


def save(browser, department, **boxes):
    address = change_url(department)
    return browser.post(address, {**form_of(browser.get(address), "department_form"), **boxes})


def fresh(department):
    return Department.objects.get(pk=department.pk)


def test_contact_block_and_people_are_saved_with_one_record(browser):
    department, person = factories.make_department("福祉課"), make_member("tanto")
    watch = Watch()
    assert save(browser, department, phone="0920-1", members=[person.pk]).status_code == 302
    assert list(department.members.all()) == [person]
    assert set(told(watch.only())) == {"電話番号", "所属する職員"}


def test_the_page_tells_that_renaming_belongs_elsewhere_and_leads_there(browser):
    department = factories.make_department("福祉課")
    page = browser.get(change_url(department))
    assert "誤字を訂正するときだけにしてください。" in words(page)
    assert f"/admin/departments/{department.pk}/reorganise/" in page.content.decode()


def test_the_list_leads_the_office_to_the_reorganisation_of_those_that_have_no_end(browser):
    stands, ended = (
        factories.make_department("今の課"),
        factories.make_department("昔の課", in_force_until="2020-03-31"),
    )
    page = browser.get(DEPARTMENTS).content.decode()
    assert f"/admin/departments/{stands.pk}/reorganise/" in page
    assert 'aria-label="今の課の組織改正"' in page
    assert f"/admin/departments/{ended.pk}/reorganise/" not in page


DAYS = {
    "終わった課": {"in_force_until": TODAY - timedelta(days=1)},
    "今日までの課": {"in_force_until": TODAY},
    "今日からの課": {"in_force_from": TODAY},
    "明日からの課": {"in_force_from": TODAY + timedelta(days=1)},
}


@pytest.fixture
def departments_of_all_days():
    for name, fields in DAYS.items():
        factories.make_department(name, **fields)


def listed(browser, query=""):
    return [str(each) for each in browser.get(f"{DEPARTMENTS}{query}").context["cl"].result_list]


def test_the_list_tells_which_departments_stand_today(browser, departments_of_all_days):
    page = words(browser.get(DEPARTMENTS))
    for row in (
        "終わった課 （なし） （なし） （なし） 廃止された課",
        "今日までの課 （なし） （なし） （なし） 今ある課",
        "今日からの課 （なし） （なし） （なし） 今ある課",
        "明日からの課 （なし） （なし） （なし） これからできる課",
    ):
        assert row in page


def test_departments_that_stand_come_first_then_those_to_come(browser, departments_of_all_days):
    assert listed(browser) == ["今日からの課", "今日までの課", "明日からの課", "終わった課"]


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("今ある課", ["今日からの課", "今日までの課"]),
        ("これからできる課", ["明日からの課"]),
        ("廃止された課", ["終わった課"]),
        ("全て", ["今日からの課", "今日までの課", "明日からの課", "終わった課"]),
    ],
)
def test_the_list_is_narrowed_to_one_kind_of_departments(browser, departments_of_all_days, kind, names):
    page = browser.get(DEPARTMENTS)
    [choices] = [list(spec.choices(page.context["cl"])) for spec in page.context["cl"].filter_specs]
    [query] = [choice["query_string"] for choice in choices if choice["display"] == kind]
    assert listed(browser, query) == names


@pytest.mark.parametrize("kind", ["9", "x", "-1"])
def test_a_kind_that_is_none_narrows_nothing(browser, departments_of_all_days, kind):
    assert len(listed(browser, f"?existence={kind}")) == 4


@pytest.mark.parametrize(
    ("boxes", "sentence"),
    [
        ({"name": "市民課"}, "同じ課名・係名の担当課が、同じ時期にすでにあります：「市民課」。"),
        ({"successor": "{other}"}, "引き継いだ課を選んだときは、廃止日も入れてください。"),
        ({"successor": "{own}", "in_force_until": "2020-03-31"}, "引き継いだ課をたどると、この課に戻ってきます。"),
        ({"successor": "{chain}", "in_force_until": "2020-03-31"}, "引き継いだ課をたどると、この課に戻ってきます。"),
        ({"in_force_from": "2021-04-01", "in_force_until": "2020-03-31"}, "廃止日は、設置日より前にできません。"),
    ],
)
def test_what_cannot_stay_so_is_refused_in_words_and_kept_in_the_boxes(browser, boxes, sentence):
    department, other = factories.make_department("福祉課"), factories.make_department("市民課")
    middle = factories.make_department("中の課", in_force_until="2022-03-31", successor=department)
    chain = factories.make_department("前の課", in_force_until="2021-03-31", successor=middle)
    keys = {"own": department.pk, "other": other.pk, "chain": chain.pk}
    filled = {name: value.format(**keys) for name, value in boxes.items()}
    page = save(browser, department, phone="0920-77", **filled)
    assert sentence in words(page)
    assert 'value="0920-77"' in page.content.decode()
    assert (fresh(department).phone, fresh(department).successor) == ("", None)


@pytest.mark.parametrize("name", [" 市民課", "市民課　", "　市民課 "])
def test_blanks_at_the_edges_make_no_second_department_of_that_name(browser, name):
    department, _ = factories.make_department("福祉課"), factories.make_department("市民課")
    assert "同じ時期にすでにあります：「市民課」" in words(save(browser, department, name=name))
    assert fresh(department).name == "福祉課"


def test_blanks_at_the_edges_are_taken_off_and_blanks_alone_are_no_name(browser):
    department = factories.make_department("福祉課")
    assert save(browser, department, name=" 保健課　", unit="　給付係 ").status_code == 302
    assert (fresh(department).name, fresh(department).unit) == ("保健課", "給付係")
    assert "必須" in words(save(browser, department, name="　 "))
    assert fresh(department).name == "保健課"


@pytest.mark.parametrize(
    ("days", "may"),
    [
        ({}, False),
        ({"in_force_from": "2031-04-01"}, False),
        ({"in_force_until": "2020-03-31"}, True),
        ({"in_force_from": "2010-04-01", "in_force_until": "2020-04-01"}, False),
    ],
)
def test_two_of_one_name_may_follow_one_another_but_not_stand_at_once(browser, days, may):
    department = factories.make_department("福祉課")
    factories.make_department("市民課", in_force_from="2020-04-01")
    page = save(browser, department, name="市民課", **days)
    assert (page.status_code == 302) == may
    if not may:
        assert "同じ時期にすでにあります：「市民課」（2020-04-01設置）" in words(page)


def test_a_department_that_records_speak_of_is_kept(browser):
    old = factories.make_department("旧課", in_force_until="2020-03-31", successor=factories.make_department("新課"))
    answered = factories.make_department("答えた課")
    factories.make_status(department=answered)
    YearlyStatus.objects.update(department=None)
    for department in (old, answered):
        page = browser.post(f"{DEPARTMENTS}{department.pk}/delete/", {"post": "yes"})
        assert "削除できません。なくなった課は、廃止日を入れて残します。" in words(page)
    unused = factories.make_department("間違えて加えた課")
    assert browser.post(f"{DEPARTMENTS}{unused.pk}/delete/", {"post": "yes"}).status_code == 302
    assert set(Department.objects.values_list("name", flat=True)) == {"旧課", "新課", "答えた課"}


def test_what_a_department_leaves_behind_that_ends_without_a_successor_is_pointed_out(browser):
    department, heir = factories.make_department("福祉課"), factories.make_department("市民課")
    factories.make_item(lead_department=department)
    factories.make_status(department=department, state="draft")
    department.members.add(make_member("tanto"))
    edited = {"in_force_until": "2020-03-31", "_continue": "1"}
    page = words(browser.get(save(browser, department, **edited)["Location"]))
    assert "残っているもの：項目1件、確定していない回答1件、職員1人。" in page
    page = words(browser.get(save(browser, department, phone="0920-1", _continue="1")["Location"]))
    assert "残っているもの" not in page
    page = words(browser.get(save(browser, department, successor=heir.pk, _continue="1")["Location"]))
    assert "残っているもの" not in page


def test_a_circle_that_is_there_already_does_not_hang_the_form(browser):
    first, second = factories.make_department("甲課"), factories.make_department("乙課")
    for each, successor in ((first, second), (second, first)):
        Department.objects.filter(pk=each.pk).update(successor=successor, in_force_until="2020-03-31")
    third = factories.make_department("丙課")
    assert save(browser, third, successor=first.pk, in_force_until="2019-03-31").status_code == 302


def test_people_are_offered_by_name_and_closed_ones_only_where_they_are_in(browser):
    department = factories.make_department("福祉課")
    make_member("tanto")
    inside, _outside = (make_member(name, is_active=False) for name in ("naka", "soto"))
    department.members.add(inside)
    page = browser.get(change_url(department)).content.decode()
    assert "山田 花子（tanto）" in page
    assert "山田 花子（naka）" in page
    # Not the primary key: a department in the successor's chooser may bear the same number.
    assert "山田 花子（soto）" not in page
    assert "山田 花子（naka）" not in browser.get(ADD).content.decode()


def test_somebody_who_was_moved_in_meanwhile_is_not_pushed_out_by_a_form_that_was_open(browser):
    department, person = factories.make_department("福祉課"), make_member("tanto")
    form = form_of(browser.get(change_url(department)), "department_form")
    department.members.add(person)
    assert browser.post(change_url(department), {**form, "phone": "0920-1"}).status_code == 302
    assert (fresh(department).phone, list(department.members.all())) == ("0920-1", [person])


@pytest.mark.parametrize(("role", "reads"), [(CLERK, False), (HEAD, False), (PUBLISHER, True), (READER, True)])
def test_no_other_role_writes_departments_or_is_led_to_the_reorganisation(role, reads):
    department = factories.make_department("福祉課")
    other = signed_in(factories.make_person(role, departments=[department]))
    before = state_of_everything()
    for address in (DEPARTMENTS, change_url(department)):
        page = other.get(address)
        assert page.status_code == (200 if reads else 403)
        assert "reorganise" not in page.content.decode()
    for address in (ADD, change_url(department), f"{DEPARTMENTS}{department.pk}/delete/"):
        assert other.post(address, {"name": "乗っ取り", "post": "yes"}).status_code == 403
    assert state_of_everything() == before


def asked(browser, address):
    # What a process reads once (kinds of content) was read or not by whatever ran before in it.
    ContentType.objects.clear_cache()
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(address).status_code == 200
    return len(queries)


def test_list_and_form_ask_as_often_for_200_departments_and_people_as_for_5(browser):
    department, counts = factories.make_department("福祉課"), []
    for size in (5, 200):
        people = User.objects.bulk_create(User(username=f"p{size}-{n}", is_staff=True) for n in range(size))
        department.members.add(*people)
        made = [
            Department(name=f"第{size}-{n}課", in_force_until="2020-03-31", successor=department) for n in range(size)
        ]
        Department.objects.bulk_create(made)
        counts.append([asked(browser, address) for address in (DEPARTMENTS, change_url(department), ADD)])
    assert counts[0] == counts[1]
    assert max(counts[1]) < 15


@pytest.mark.parametrize("first_day", [None, TODAY])
def test_a_doubled_department_is_refused_in_words_whichever_door_it_comes_through(first_day):
    Department.objects.create(name="市民課", in_force_from=first_day)
    with pytest.raises(ValidationError, match="同じ課名・係名の担当課が、すでにあります。"):
        Department(name="市民課", in_force_from=first_day).full_clean()
