"""Departments in which nobody could hand in or write are named before a year is opened and while it is under way."""

import pytest

from actionplan.models import State
from tests import factories
from tests.admin.pages import signed_in
from tests.asked import ask, make_year

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return signed_in(factories.make_person("事務局"))


def page(browser, address):
    return browser.get(address).content.decode()


def test_the_round_names_the_departments_without_a_head_or_a_clerk(office):
    report = make_year()
    first, second, third, done = (factories.make_department(f"第{n}課") for n in "一二三四")
    for department in (first, second, third):
        ask(report, department, State.DRAFT)
    ask(report, done, State.CONFIRMED)
    factories.make_person("担当者", "課長", departments=[first])
    factories.make_person("担当者", departments=[second])
    factories.make_person("課長", departments=[second], is_active=False)
    text = page(office, "/admin/round/2026/")
    assert "課長のいない課が2課あります：第三課、第二課。提出できる人がいません" in text
    assert "担当者のいない課が1課あります：第三課。" in text
    reader = signed_in(factories.make_person("閲覧者"))
    assert "課長のいない課" not in page(reader, "/admin/round/2026/")


def test_whoever_belongs_to_what_a_department_was_before_belongs_to_it(office):
    new = factories.make_department("新しい課")
    old = factories.make_department("古い課", in_force_until="2020-03-31", successor=new)
    factories.make_person("担当者", "課長", departments=[old])
    ask(make_year(), new, State.DRAFT)
    assert "のいない課" not in page(office, "/admin/round/2026/")


def test_they_are_named_before_a_year_is_opened_which_they_do_not_keep_from_opening(office):
    plan = factories.make_plan()
    department = factories.make_department("総務課")
    factories.make_item(factories.make_measure(plan), lead_department=department)
    form = {"plan": plan.pk, "year": "R8", "answers_due": "2027-05-20"}
    answer = office.get("/admin/round/open/", form)
    assert "課長のいない課が1課あります：総務課。" in answer.content.decode()
    seen = answer.context["opening"].seal
    assert office.post("/admin/round/open/", {**form, "seen": seen}).status_code == 302
