"""組織改正の取消 through the page: shown in full, done once, told in words, and what to do when it is too late."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actionplan.models import Department
from actionplan.permissions import CLERK, HEAD, PUBLISHER, READER
from actionplan.words import plain_day
from tests import factories
from tests.admin.pages import change_url, form_of, signed_in
from tests.organisation.staffing import DEPARTMENTS, fill, make_member, office, register, reorganise_url, words
from tests.roles.world import state_of_everything

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
SOON = TODAY + timedelta(days=30)


@pytest.fixture
def browser():
    return office()


@pytest.fixture
def old():
    return factories.make_department("旧課")


def address_of(department):
    return f"/admin/departments/{department.pk}/undo/"


def led_by(department, **fields):
    item = factories.make_item(lead_department=department, **fields)
    return item, factories.make_status(item=item, department=department)


def rename(browser, old, day=SOON):
    register(browser, old, fill(browser, old, day=str(day), part0_name="新課"))
    return Department.objects.get(name="新課")


def split(browser, old):
    (first, _), (second, _) = led_by(old, name="花を植える"), led_by(old, name="道を掃く")
    dealt = {f"item{first.pk}": "0", f"item{second.pk}": "1"}
    preview = fill(browser, old, "split", day=str(SOON), part0_name="本課", part1_name="分課", **dealt)
    register(browser, old, preview)
    return second


def confirm(browser, old, page):
    return browser.post(address_of(old), form_of(page, None), follow=True)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def test_the_page_tells_what_would_be_put_back_and_changes_nothing(browser, old):
    make_member("tanto", CLERK, departments=[old])
    split(browser, old)
    make_member("sakini", CLERK, departments=[Department.objects.get(name="分課")], last_name="鈴木")
    before = state_of_everything()
    page = words(browser.get(address_of(old)))
    for sentence in (
        f"登録した組織改正「旧課→本課・分課（{plain_day(SOON)}から）」を取り消して、登録する前の状態に戻します。",
        f"旧課 {plain_day(SOON - timedelta(days=1))}で廃止する登録がなくなり、今のまま続きます。",
        f"分課 {plain_day(SOON)}にできる登録が削除されます。変更の記録には残ります。",
        "2件が「旧課」に戻ります",
        "なくなる課の所属（2人）は外れます。",
        "なくなる課だけに所属する1人は「旧課」に入ります（鈴木 花子）。",
    ):
        assert sentence in page
    assert page.count("道を掃く") == 1
    assert state_of_everything() == before


def test_the_confirmation_puts_it_back_once(browser, old):
    item = split(browser, old)
    page = browser.get(address_of(old))
    done = confirm(browser, old, page)
    assert f"組織改正を取り消しました：旧課→本課・分課（{plain_day(SOON)}から）。" in words(done)
    assert done.redirect_chain[-1][0] == DEPARTMENTS
    assert (fresh(item).lead_department, fresh(old).in_force_until) == (old, None)
    before = state_of_everything()
    again = words(confirm(browser, old, page))
    assert "取り消すものはありません。" in again
    assert (state_of_everything(), Department.objects.count()) == (before, 1)


def test_the_records_of_the_departments_that_went_away_can_still_be_read(browser, old):
    successor = rename(browser, old)
    confirm(browser, old, browser.get(address_of(old)))
    page = words(browser.get(f"/admin/trail/?kind=department&object={successor.pk}"))
    assert page.count("新課") > 1
    assert "組織改正の取消：旧課→新課" in page


def test_every_page_of_both_departments_leads_there(browser, old):
    successor = rename(browser, old)
    for page in (DEPARTMENTS, reorganise_url(old), change_url(old), change_url(successor)):
        assert address_of(old) in browser.get(page).content.decode()
    assert "この組織改正を取り消す（旧課→新課）" in words(browser.get(change_url(successor)))


def test_the_preview_tells_whether_it_can_be_taken_back_later(browser, old):
    later = words(fill(browser, old, day=str(SOON), part0_name="新課"))
    at_once = words(fill(browser, old, day=str(TODAY), part0_name="新課"))
    assert "登録したあとも、施行日の前の日までは取り消せます。" in later
    assert "登録したあとで取り消すことはできません。" in at_once


def test_what_stands_in_the_way_is_told_and_nothing_can_be_confirmed(browser, old):
    successor = rename(browser, old)
    seen = form_of(browser.get(address_of(old)), None)
    led_by(successor)
    for page in (browser.get(address_of(old)), browser.post(address_of(old), seen)):
        assert "新課の回答がすでにあるため、取り消せません。" in words(page)
        assert 'name="seal"' not in page.content.decode()
    assert fresh(old).successor == successor


def test_when_the_ground_moved_after_the_look_the_new_page_is_shown(browser, old):
    successor = rename(browser, old)
    page = browser.get(address_of(old))
    item = factories.make_item(lead_department=successor, name="あとから来た項目")
    refused = confirm(browser, old, page)
    assert "まだ何も取り消していません。もう一度確かめてください。" in words(refused)
    assert "あとから来た項目" in words(refused)
    confirm(browser, old, refused)
    assert fresh(item).lead_department == old


def test_a_change_in_force_is_not_taken_back_and_its_pages_say_what_to_do(browser, old):
    rename(browser, old, TODAY)
    for page in (browser.get(address_of(old)), browser.post(address_of(old)), browser.get(reorganise_url(old))):
        assert "いまの課からもう一度組織改正を行って戻します。" in words(page)
    assert address_of(old) not in browser.get(reorganise_url(old)).content.decode()
    assert address_of(old) not in browser.get(DEPARTMENTS).content.decode()
    assert fresh(old).successor.name == "新課"


def test_a_rename_in_force_is_put_right_by_renaming_it_back_on_a_later_day(browser, old):
    item, status = led_by(old)
    successor = rename(browser, old, TODAY - timedelta(days=1))
    register(browser, successor, fill(browser, successor, day=str(TODAY), part0_name="旧課"))
    assert str(fresh(item).lead_department) == str(fresh(status).department) == "旧課"


def test_a_merge_in_force_is_put_right_by_a_split_and_a_split_by_a_merge(browser, old):
    stays = factories.make_department("残る課")
    (own, _), (came, status) = led_by(stays), led_by(old)
    register(browser, old, fill(browser, old, "merge", day=str(TODAY - timedelta(days=2)), into=str(stays.pk)))
    dealt = {f"item{own.pk}": "0", f"item{came.pk}": "1"}
    yesterday = str(TODAY - timedelta(days=1))
    preview = fill(browser, stays, "split", day=yesterday, part0_name="残る課", part1_name="旧課", **dealt)
    register(browser, stays, preview)
    assert str(fresh(came).lead_department) == str(fresh(status).department) == "旧課"
    main, part = fresh(own).lead_department, fresh(came).lead_department
    register(browser, part, fill(browser, part, "merge", day=str(TODAY), into=str(main.pk)))
    assert fresh(came).lead_department == fresh(status).department == main


@pytest.mark.parametrize("role", [CLERK, HEAD, PUBLISHER, READER])
def test_no_other_role_sees_the_page_confirms_or_is_led_there(browser, old, role):
    rename(browser, old)
    page = browser.get(address_of(old))
    other, before = signed_in(factories.make_person(role, departments=[old])), state_of_everything()
    for answer in (other.get(address_of(old)), confirm(other, old, page)):
        assert answer.status_code == 403
        assert "組織改正は事務局が行います。" in words(answer)
    assert address_of(old) not in other.get(change_url(old)).content.decode()
    assert state_of_everything() == before


@pytest.mark.parametrize("number", ["0", "999999", "9" * 25])
def test_a_department_that_is_not_there_is_not_found(browser, number):
    assert browser.get(f"/admin/departments/{number}/undo/").status_code == 404


def asked(act):
    with CaptureQueriesContext(connection) as queries:
        assert act().status_code == 200
    return len(queries)


def asked_for(browser, size):
    department = factories.make_department(f"旧課{size}")
    items = [factories.make_item(lead_department=department) for _ in range(size)]
    people = User.objects.bulk_create(User(username=f"{size}-{n}", is_staff=True) for n in range(size))
    department.members.add(*people)
    dealt = {f"item{item.pk}": str(number % 2) for number, item in enumerate(items)}
    named = {"part0_name": f"本{size}", "part1_name": f"分{size}"}
    register(browser, department, fill(browser, department, "split", day=str(SOON), **named, **dealt))
    pages = (address_of(department), change_url(department), reorganise_url(department))
    return [asked(lambda page=page: browser.get(page)) for page in pages]


def test_the_pages_ask_as_often_for_60_items_and_people_as_for_5(browser):
    few, many = asked_for(browser, 5), asked_for(browser, 60)
    assert few == many
    assert max(many) < 15
