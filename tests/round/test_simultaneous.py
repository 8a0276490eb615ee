"""Several coordinators at the same moment on their pages, on every database: each thing happens once, none unseen."""

from dataclasses import replace
from datetime import date

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client

from actionplan.models import AnnualReport, HeadLink, Reminder, State, YearlyStatus
from actionplan.round.head_link import make_link, open_rows, seal_of, sheet_of
from tests import factories
from tests.admin.pages import signed_in
from tests.asked import ask, make_year
from tests.round.coordinating import OPEN, REMIND, letters_on, opening_form
from tests.simultaneous import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def department():
    return factories.make_department("第一課", email="ichi@example.jp")


@pytest.fixture
def browsers():
    person = [factories.make_person("事務局") for _ in range(3)]
    return [signed_in(each) for each in person]


def messages(browser) -> str:
    """What the next page tells."""
    return browser.get("/admin/").content.decode()


def test_several_who_press_remind_at_once_send_one_mail_and_leave_one_row(department, browsers):
    ask(make_year(due=date(2026, 5, 20)), department, State.NOT_STARTED)
    letters = letters_on(browsers[0].get(REMIND).content.decode())
    posts = [lambda each=each: each.post(REMIND, {"letter": letters}) for each in browsers]
    assert [response.status_code for response in at_once(*posts)] == [302] * 3
    assert [letter.to for letter in mail.outbox] == [["ichi@example.jp"]]
    assert Reminder.objects.count() == 1
    told = sorted("督促のメールを送りました" in messages(browser) for browser in browsers)
    assert told == [False, False, True]


def test_several_who_open_a_year_at_once_make_it_once(browsers):
    item = factories.make_item(lead_department=factories.make_department())
    plan = item.measure.policy.plan
    sent = opening_form(browsers[0].get(OPEN, {"plan": plan.pk, "year": "R8"}).content.decode())
    posts = [lambda each=each: each.post(OPEN, sent) for each in browsers]
    assert sorted(response.status_code for response in at_once(*posts)) == [200, 200, 302]
    assert (AnnualReport.objects.count(), AnnualReport.history.count()) == (1, 1)
    assert (YearlyStatus.objects.count(), YearlyStatus.history.count()) == (1, 1)


@pytest.mark.parametrize("attempt", range(3))
def test_confirming_and_returning_at_once_takes_one_step_and_shows_it_to_the_other(department, browsers, attempt):
    (row,) = ask(make_year(), department, State.SUBMITTED)
    address, ticked = f"/admin/round/2026/{department.pk}/", {"status": f"{row.pk}-1", "reason": "数を直す"}
    posts = [
        lambda: browsers[0].post(address, {**ticked, "step": "confirm"}),
        lambda: browsers[1].post(address, {**ticked, "step": "return"}),
    ]
    answers = sorted(at_once(*posts), key=lambda response: response.status_code)
    assert [response.status_code for response in answers] == [200, 302]
    assert "まだ何も変えていません。" in answers[0].content.decode()
    row = YearlyStatus.objects.get()
    assert (row.revision, row.history.count()) == (2, 2)
    assert row.state in (State.CONFIRMED, State.RETURNED)
    assert len(mail.outbox) == (row.state == State.RETURNED)


def test_two_heads_who_press_at_once_hand_in_once_and_the_other_is_told(department, settings):
    settings.HEAD_LINKS = True
    report = make_year()
    ask(report, department, *[State.DRAFT] * 5, text="花壇を作りました。")
    heads = [factories.make_person("課長", departments=[department], email=f"{n}@example.jp") for n in range(3)]
    sheet = sheet_of(HeadLink(report=report, department=department, head=heads[0]))
    sheet = replace(sheet, standing=replace(sheet.standing, coordinates=True))
    with transaction.atomic():
        tokens = [make_link(sheet, head, seen=seal_of(open_rows(sheet.lock())))[1] for head in heads]
    posts = [lambda token=token: Client().post(f"/admin/approve/{token}/") for token in tokens]
    assert [answer.status_code for answer in at_once(*posts)].count(200) == 1
    assert (HeadLink.objects.exclude(used_at=None).count(), HeadLink.objects.exclude(revoked_at=None).count()) == (1, 2)
    assert set(YearlyStatus.objects.values_list("state", "revision")) == {(State.SUBMITTED, 2)}
