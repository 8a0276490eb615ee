"""Several changes of people and departments at the same moment, on every database: none lost, none stuck."""

from functools import partial

import pytest
from django.contrib.auth.models import User

from actionplan.models import Department
from actionplan.organisation.accounts import close_accounts, place, renew_password
from actionplan.organisation.people import import_people, look
from actionplan.organisation.people_lines import PersonLine
from actionplan.permissions import CLERK, COORDINATOR
from actionplan.seen import Moved
from tests import factories
from tests.admin.pages import change_url, form_of, signed_in
from tests.organisation.staffing import (
    STANDS,
    USERS,
    confirm,
    csv_of,
    fill,
    make_coordinator,
    make_member,
    register,
    row,
    send,
    words,
)
from tests.simultaneous import at_once

pytestmark = pytest.mark.django_db(transaction=True)
DONE, MOVED = "人分を取り込みました", "まだ何も保存していません"


@pytest.fixture(autouse=True)
def roles():
    """The roles again, which the flush of the test before took away."""
    for name in (COORDINATOR, CLERK):
        factories.make_role(name)


def browsers(count=2):
    return [signed_in(make_coordinator(username=f"jimu{number}")) for number in range(count)]


def told(answers, sentence):
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    return sum(sentence in words(answer) for answer in answers)


def test_two_confirmations_of_one_preview_store_it_once():
    browser = browsers(1)[0]
    preview = send(browser, csv_of(row("suzuki", 役割="担当者"), row("sato")))
    answers = at_once(*[partial(confirm, browser, preview)] * 2)
    assert told(answers, DONE) == 1
    assert User.objects.filter(username__in=["suzuki", "sato"]).count() == 2
    assert User.objects.get(username="suzuki").history.count() == 1


def test_two_offices_that_add_the_same_person_add_them_once():
    pairs = [(each, send(each, csv_of(row("suzuki", 名=name)))) for each, name in zip(browsers(), "一二", strict=True)]
    answers = at_once(*[partial(confirm, *pair) for pair in pairs])
    assert (told(answers, DONE), told(answers, MOVED)) == (1, 1)
    assert User.objects.get(username="suzuki").first_name in ("一", "二")


def test_of_two_lists_that_change_one_person_the_second_is_shown_what_the_first_did():
    make_member("suzuki")
    names = ("一郎", "二郎")
    pairs = [(each, send(each, csv_of(row("suzuki", 名=name)))) for each, name in zip(browsers(), names, strict=True)]
    answers = at_once(*[partial(confirm, *pair) for pair in pairs])
    assert (told(answers, DONE), told(answers, MOVED)) == (1, 1)
    stored = User.objects.get(username="suzuki")
    [refused] = [answer for answer in answers if MOVED in words(answer)]
    assert f"{stored.first_name} → から" in words(refused)
    assert stored.history.count() == 2


@pytest.mark.parametrize("attempt", range(3))
def test_a_list_and_an_accounts_form_of_one_person_do_not_wait_for_each_other(attempt):
    departments = [factories.make_department(name) for name in ("福祉課", "市民課")]
    account = make_member("suzuki", CLERK, departments=departments[:1])
    by_list, by_form = browsers()
    preview = send(by_list, csv_of(row("suzuki", 所属課="市民課", 役割="担当者")))
    form = form_of(by_form.get(change_url(account)), "user_form")
    sent = {**form, "last_name": "鈴木", "groups": [factories.make_role("課長").pk, factories.make_role(CLERK).pk]}
    answers = at_once(partial(confirm, by_list, preview), partial(by_form.post, change_url(account), sent, follow=True))
    assert [answer.status_code for answer in answers] == [200, 200]
    account = User.objects.get(pk=account.pk)
    assert account.last_name == "鈴木"
    # Where the form came first the list is shown anew; where the list came first the form takes its departments over.
    place_now = departments[0] if told(answers, MOVED) else departments[1]
    assert list(account.departments.all()) == [place_now]


@pytest.mark.parametrize("attempt", range(3))
def test_lists_forms_closings_and_passwords_at_once_are_all_done_and_none_is_stuck(attempt):
    by = make_coordinator()
    departments = [factories.make_department(name) for name in ("福祉課", "市民課")]
    people = [make_member(name, CLERK, departments=departments[:1]) for name in ("ito", "ueda", "eto", "ono")]
    lines = [PersonLine(2, {"利用者名": "ito", **STANDS, "所属課": "市民課", "役割": "担当者"})]
    outcomes = at_once(
        partial(import_people, lines, by=by, seen=look(lines, by=by).seal),
        partial(close_accounts, people[1:2], by=by),
        partial(renew_password, people[2], by=by),
        partial(place, people[3], departments[1:], by=by, reason="異動"),
    )
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert {user.username for user in departments[1].members.all()} == {"ito", "ono"}
    assert {user.username for user in departments[0].members.all()} == {"eto"}
    assert not User.objects.get(username="ueda").is_active


def test_two_confirmations_of_one_reorganisation_do_it_once():
    old = factories.make_department("旧課")
    item = factories.make_item(lead_department=old)
    records = item.history.count()
    pairs = [(browser, fill(browser, old, day="2026-04-01", part0_name="新課")) for browser in browsers()]
    answers = at_once(*[partial(register, browser, old, preview) for browser, preview in pairs])
    assert told(answers, "組織改正を登録しました") == 1
    assert Department.objects.count() == 2
    assert item.history.count() == records + 1


@pytest.mark.parametrize("attempt", range(3))
def test_a_list_beside_a_reorganisation_leaves_nobody_in_a_department_that_is_gone(attempt):
    old = factories.make_department("旧課")
    account = make_member("suzuki", CLERK)
    by_list, by_page = browsers()
    listed = send(by_list, csv_of(row("suzuki", 所属課="旧課", 役割="担当者")))
    renamed = fill(by_page, old, day="2026-04-01", part0_name="新課")
    answers = at_once(partial(confirm, by_list, listed), partial(register, by_page, old, renamed))
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert "旧課" not in {str(each) for each in account.departments.all()} or told(answers, "内容が変わりました") == 1


def test_two_new_accounts_of_one_name_are_one_account_and_a_sentence():
    pages = browsers()
    forms = [form_of(browser.get(f"{USERS}add/"), "user_form") | {"username": "suzuki"} for browser in pages]
    acts = [partial(browser.post, f"{USERS}add/", form) for browser, form in zip(pages, forms, strict=True)]
    answers = sorted(at_once(*acts), key=lambda answer: answer.status_code)
    assert [answer.status_code for answer in answers] == [200, 302]
    assert User.objects.filter(username="suzuki").count() == 1


def test_a_refused_list_leaves_nothing_behind_beside_one_that_is_taken():
    by = make_coordinator()
    good = [PersonLine(2, {"利用者名": "sato", **STANDS})]
    bad = [PersonLine(2, {"利用者名": "kato", **STANDS, "役割": "係長"})]
    outcomes = at_once(*(partial(import_people, lines, by=by, seen=look(lines, by=by).seal) for lines in (good, bad)))
    assert sum(isinstance(outcome, Moved) for outcome in outcomes) == 1
    assert list(User.objects.exclude(pk=by.pk).values_list("username", flat=True)) == ["sato"]
