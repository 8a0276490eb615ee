"""組織改正: who may, what waits after the day, and how often the pages ask the database."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actionplan.models import Department, YearlyStatus
from actionplan.permissions import CLERK, HEAD, PUBLISHER, READER
from tests import factories
from tests.admin.pages import signed_in
from tests.organisation.staffing import fill, make_coordinator, office, register, reorganise_url, words
from tests.roles.world import state_of_everything

pytestmark = pytest.mark.django_db
SOON = timezone.localdate() + timedelta(days=30)
LEFTOVERS, SETTLE = "/admin/departments/leftovers/", "/admin/departments/settle/"


@pytest.fixture
def browser():
    return office()


@pytest.fixture
def days_pass(monkeypatch):
    """Lets the day of the reorganisation come."""
    return lambda: monkeypatch.setattr(timezone, "localdate", lambda *args, **kwargs: SOON)


@pytest.fixture
def renamed(browser):
    """A department whose new name begins on a day to come, with its one answer and its clerk."""
    old = factories.make_department("旧課")
    person = factories.make_person(CLERK, departments=[old])
    item = factories.make_item(lead_department=old)
    status = factories.make_status(item=item, department=old, text="書きかけ")
    register(browser, old, fill(browser, old, day=str(SOON), part0_name="新課"))
    return old, status, person


def test_before_the_day_nothing_waits(browser, renamed):
    assert "引き継ぎを待っている課はありません。" in words(browser.get(LEFTOVERS))
    assert "施行日を迎えた組織改正" not in words(browser.get("/admin/"))
    browser.post(SETTLE)
    assert YearlyStatus.objects.get().department == renamed[0]


def test_after_the_day_the_front_page_leads_to_what_waits(browser, renamed, days_pass):
    days_pass()
    assert "1課の項目・回答・職員を、いまの課に引き継いでください。" in words(browser.get("/admin/"))
    page = words(browser.get(LEFTOVERS))
    assert "旧課" in page
    assert "新課" in page
    assert "引き継ぎの画面" in words(browser.get(reorganise_url(renamed[0])))


def test_settling_hands_everything_over_once_with_its_reason(browser, renamed, days_pass):
    _, status, person = renamed
    days_pass()
    done = words(browser.post(SETTLE, follow=True))
    assert "1課の項目1件、回答1件と所属する職員を、いまの課に引き継ぎました。" in done
    status = YearlyStatus.objects.get(pk=status.pk)
    assert (str(status.department), status.text) == ("新課", "書きかけ")
    assert str(status.item.lead_department) == "新課"
    assert [str(each) for each in person.departments.all()] == ["新課"]
    assert status.history.first().history_change_reason == "組織改正：旧課→新課"
    before = state_of_everything()
    assert "引き継ぐものはありません。" in words(browser.post(SETTLE, follow=True))
    assert "引き継ぎを待っている課はありません。" in words(browser.get(LEFTOVERS))
    assert state_of_everything() == before


def test_a_clerk_answers_under_the_new_name_on_the_day_even_before_it_was_settled(renamed, days_pass):
    days_pass()
    assert "旧課" not in words(signed_in(renamed[2]).get("/admin/answers/?all=1"))
    assert "新課" in words(signed_in(renamed[2]).get("/admin/answers/?all=1"))


def test_looking_settles_nothing(browser, renamed, days_pass):
    days_pass()
    before = state_of_everything()
    assert browser.get(SETTLE).status_code == 405
    browser.get(LEFTOVERS)
    assert state_of_everything() == before


def test_an_ended_department_offers_its_successor_instead(browser, renamed):
    successor = Department.objects.get(name="新課")
    page = browser.get(reorganise_url(renamed[0]))
    assert "もう一度組織改正を行うことはできません。" in words(page)
    assert f"/admin/departments/{successor.pk}/reorganise/" in page.content.decode()


@pytest.mark.parametrize("role", [CLERK, HEAD, PUBLISHER, READER])
def test_no_other_role_sees_confirms_or_settles(browser, role):
    old = factories.make_department("旧課")
    preview = fill(browser, old, day=str(SOON), part0_name="新課")
    other, before = signed_in(factories.make_person(role, departments=[old])), state_of_everything()
    for answer in (other.get(reorganise_url(old)), other.get(LEFTOVERS), other.post(SETTLE)):
        assert answer.status_code == 403
        assert "組織改正は事務局が行います。" in words(answer)
    assert register(other, old, preview).status_code == 403
    assert state_of_everything() == before


def test_who_lost_the_office_before_confirming_changes_nothing():
    person, old = make_coordinator(), factories.make_department("旧課")
    browser = signed_in(person)
    preview = fill(browser, old, day=str(SOON), part0_name="新課")
    person.groups.clear()
    assert register(browser, old, preview).status_code == 403
    assert Department.objects.count() == 1


@pytest.mark.parametrize("number", ["0", "999999", "9" * 25])
def test_a_department_that_is_not_there_is_not_found(browser, number):
    assert browser.get(f"/admin/departments/{number}/reorganise/").status_code == 404


def crowded(name, size):
    """A department with as many items, answers and people."""
    department, report = factories.make_department(name), factories.make_report(fiscal_year=2000 + size)
    measures = [factories.make_measure(report.plan) for _ in range(3)]
    items = [factories.make_item(measures[n % 3], lead_department=department, number=n + 1) for n in range(size)]
    for item in items:
        factories.make_status(report, item, department=department)
    people = User.objects.bulk_create(User(username=f"{size}-{n}", is_staff=True) for n in range(size))
    department.members.add(*people)
    return department, items


def asked(act):
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def asked_of(browser, size):
    department, items = crowded(f"旧課{size}", size)
    address = reorganise_url(department, kind="split")
    boxes = {"kind": "split", "count": "2", "day": str(SOON), "part0-name": f"本{size}", "part1-name": f"分{size}"}
    boxes |= {f"item{item.pk}": str(number % 2) for number, item in enumerate(items)}
    return (
        asked(lambda: browser.get(address)),
        asked(lambda: browser.post(address, {**boxes, "preview": ""})),
        asked(lambda: browser.post(address, {**boxes, "preview": "", "part1-name": ""})),
    )


def test_form_and_preview_ask_as_often_for_200_items_and_people_as_for_5(browser):
    few, many = asked_of(browser, 5), asked_of(browser, 200)
    assert few == many
    assert max(many) < 15


def test_the_page_of_what_waits_asks_as_often_for_20_departments_as_for_2(browser, days_pass):
    def ended(count):
        for number in range(count):
            successor = factories.make_department(f"新課{count}-{number}")
            old = factories.make_department(f"旧{count}-{number}", in_force_until="2020-03-31", successor=successor)
            factories.make_item(lead_department=old)
        return asked(lambda: browser.get(LEFTOVERS))

    few, many = ended(2), ended(20)
    assert few == many < 15
