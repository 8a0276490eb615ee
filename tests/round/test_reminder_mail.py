"""The words of the mails: what is asked for, until when, where to answer, and who asks."""

from collections import Counter
from datetime import date

import pytest

from actionplan.models import State
from actionplan.round.reminders import Words, item_lines, reminder_words, signature
from actionplan.round.responses import Response, response_of
from actionplan.round.return_mail import return_words
from tests import factories
from tests.asked import ask, make_year

pytestmark = pytest.mark.django_db
DUE = date(2026, 5, 20)
SITE = "https://plan.example.jp/"


@pytest.fixture
def department():
    return factories.make_department("第一課")


def reminder(report, department, rows, day=DUE, site=SITE) -> Words:
    response = Response(department, frozenset({department.pk}), Counter(row.state for row in rows))
    return reminder_words(report, response, rows, day=day, site=site)


def due_year(due=DUE):
    return make_year(due=due)


def test_a_reminder_names_department_plan_year_and_every_item(department):
    report = due_year()
    rows = ask(report, department, State.NOT_STARTED, State.DRAFT)
    body = reminder(report, department, rows).body
    assert body.startswith("第一課　御中\n")
    assert "試験計画の令和8年度（2026年度）の実施状況" in body
    assert "まだ提出されていない項目が2件あります。" in body
    assert "・1-1-1　項目（未着手）\n・1-2-1　項目（記入中）\n" in body


@pytest.mark.parametrize(
    ("day", "subject", "sentence"),
    [
        (date(2026, 5, 17), "【お願い】", "締切は2026年5月20日（水）です。締切まであと3日です。"),
        (date(2026, 5, 20), "【お願い】", "締切は2026年5月20日（水）です。今日が締切です。"),
        (date(2026, 5, 21), "【督促】", "締切は2026年5月20日（水）です。締切を1日過ぎています。"),
        (date(2026, 6, 1), "【督促】", "締切は2026年5月20日（水）です。締切を12日過ぎています。"),
    ],
)
def test_the_days_left_or_late_are_told_and_the_tone_follows(department, day, subject, sentence):
    report = due_year()
    words = reminder(report, department, ask(report, department, State.DRAFT), day)
    assert words.subject == f"{subject}令和8年度（2026年度）の実施状況の回答（締切：5月20日）"
    assert sentence in words.body


def test_without_a_due_date_it_asks_for_an_answer_soon(department):
    report = due_year(None)
    words = reminder(report, department, ask(report, department, State.DRAFT))
    assert words.subject == "【お願い】令和8年度（2026年度）の実施状況の回答"
    assert "できるだけ早く回答をお願いします。" in words.body


def test_many_items_are_cut_short_and_counted(department):
    rows = ask(due_year(), department, *[State.DRAFT] * 23)
    lines = item_lines(rows, len(rows)).splitlines()
    assert (len(lines), lines[-1]) == (21, "・ほか3件")
    assert len(item_lines(rows[:20], 20).splitlines()) == 20


def test_a_name_that_runs_over_several_lines_stays_on_one(department):
    item = factories.make_item(name="長い\n　項目名")
    rows = ask(due_year(), department, State.DRAFT, item=item)
    assert item_lines(rows, len(rows)) == "・1-1-1　長い 項目名（記入中）"


def test_the_way_leads_to_the_departments_answers(department):
    report = due_year()
    body = reminder(report, department, ask(report, department, State.DRAFT)).body
    assert f"https://plan.example.jp/admin/answers/2026/{department.pk}/\n" in body


def test_the_portals_own_address_goes_before_the_one_that_a_browser_used(department, settings):
    settings.SITE_URL = "https://shisei.example.jp"
    report = due_year()
    body = reminder(report, department, ask(report, department, State.DRAFT)).body
    assert "https://shisei.example.jp/admin/answers/" in body
    assert "plan.example.jp" not in body


def test_without_any_address_it_says_in_words_where_to_answer(department, settings):
    settings.SITE_URL = ""
    report = due_year()
    body = reminder(report, department, ask(report, department, State.DRAFT), site="").body
    assert "「自課の回答」を開いて" in body
    assert "http" not in body


def test_the_office_signs_with_its_telephone_and_address():
    report = due_year()
    assert signature(report) == "事務局"
    report.plan.office = factories.make_department("取りまとめ課", phone="0000-00-0000", email="office@example.jp")
    assert signature(report) == "取りまとめ課\n電話：0000-00-0000\nメール：office@example.jp"
    report.plan.office.phone = ""
    assert signature(report) == "取りまとめ課\nメール：office@example.jp"


def test_a_notice_of_returned_answers_tells_the_reason_and_the_items(department):
    report = due_year()
    rows = ask(report, department, State.RETURNED, State.RETURNED)
    words = return_words(report, response_of(department.pk), rows, reason=" 数を書いてください。\n", site=SITE)
    assert words.subject == "【差戻し】令和8年度（2026年度）の実施状況の回答（2件）"
    assert "差し戻した理由\n数を書いてください。\n\n" in words.body
    assert "・1-1-1　項目（差戻し）\n・1-2-1　項目（差戻し）" in words.body
    assert f"/admin/answers/2026/{department.pk}/" in words.body


def test_a_letter_of_many_items_names_the_first_and_counts_the_others_of_every_form(department):
    from actionplan.round.reminders import letters

    report, other = due_year(), factories.make_department("第二課")
    ask(report, department, *[State.NOT_STARTED] * 25)
    ask(report, other, State.DRAFT)
    bodies = {letter.response.name: letter.words.body for letter in letters(report)}
    assert "まだ提出されていない項目が25件あります。" in bodies["第一課"]
    assert bodies["第一課"].count("（未着手）") == 20
    assert "・ほか5件" in bodies["第一課"]
    assert "まだ提出されていない項目が1件あります。" in bodies["第二課"]
    assert "ほか" not in bodies["第二課"]
