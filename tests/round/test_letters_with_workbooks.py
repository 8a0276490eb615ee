"""Letters that open the year or return answers, with the department's workbook; the office told when all answered."""

import re
from datetime import date

import pytest
from django.core import mail

from actionplan.answers.saving import confirm, submit
from actionplan.models import Reminder
from actionplan.round import reminders
from actionplan.round.responses import response_of
from actionplan.round.return_mail import tell_department
from tests import factories
from tests.admin.pages import signed_in
from tests.asked import ask, make_year
from tests.round.coordinating import BACK, DRAFT, SENT, letters_on, opening_form, said

pytestmark = pytest.mark.django_db
ANNOUNCE, ROUND = "/admin/round/2026/announce/", "/admin/round/2026/"


@pytest.fixture
def department():
    return factories.make_department("第一課", email="ka@example.jp")


@pytest.fixture
def office():
    return signed_in(factories.make_person("事務局"))


@pytest.fixture
def sending(settings):
    """The setting is on, and mails leave (to the tests' own box)."""
    settings.WORKBOOK_MAILS = True


def attached() -> list[tuple[str, bytes]]:
    return [(name, data[:2]) for letter in mail.outbox for name, data, kind in letter.attachments]


def test_opening_a_year_leads_to_the_letters_that_open_it(department, office, sending):
    factories.make_item(lead_department=department)
    address = "/admin/round/open/"
    page = office.get(f"{address}?year=2026&answers_due=2026-05-20").content.decode()
    done = office.post(address, opening_form(page))
    assert done.url == ANNOUNCE
    page = office.get(ANNOUNCE).content.decode()
    assert "【照会】令和8年度" in page
    office.post(ANNOUNCE, {"letter": letters_on(page)})
    assert attached() == [("照会票_令和8年度_第一課.xlsx", b"PK")]
    assert mail.outbox[0].to == ["ka@example.jp"]


def test_a_department_gets_the_letter_once(department, office, sending):
    ask(make_year(due=date(2026, 5, 20)), department, DRAFT)
    letter = letters_on(office.get(ANNOUNCE).content.decode())
    for _ in range(2):
        done = office.post(ANNOUNCE, {"letter": letter}, follow=True)
    assert "第一課には、もう送っているため、送っていません。" in said(done)
    assert len(mail.outbox) == Reminder.objects.count() == 1
    Reminder.objects.update(day=date(2026, 4, 1))
    assert letters_on(office.get(ANNOUNCE).content.decode()) == []
    assert letters_on(office.get("/admin/round/2026/remind/").content.decode()) != []
    assert "なし" in said(office.get(ROUND)).partition("最後の督促")[2]


def test_the_round_says_when_the_letter_went_and_leads_to_it_only_while_a_department_has_none(
    department, office, sending
):
    report = make_year(due=date(2026, 5, 20))
    ask(report, department, DRAFT)
    assert "照会の開始のメールを送る（照会票付き）" in said(office.get(ROUND))
    office.post(ANNOUNCE, {"letter": letters_on(office.get(ANNOUNCE).content.decode())})
    Reminder.objects.update(day=date(2026, 4, 1))
    page = office.get(ROUND)
    assert re.search(r'data-label="照会の開始のメール">\s*4月1日', page.content.decode())
    assert ANNOUNCE not in page.content.decode()
    ask(report, factories.make_department("第二課"), DRAFT)
    assert "まだ届いていない課に送る" in said(office.get(ROUND))


def test_a_workbook_that_cannot_be_made_leaves_no_letter_in_the_log(department, office, sending, monkeypatch):
    ask(make_year(due=date(2026, 5, 20)), department, DRAFT)
    letter = letters_on(office.get(ANNOUNCE).content.decode())
    with monkeypatch.context() as broken:
        broken.setattr(reminders, "workbook_of", lambda report, response: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            office.post(ANNOUNCE, {"letter": letter})
    assert (mail.outbox, Reminder.objects.count()) == ([], 0)
    office.post(ANNOUNCE, {"letter": letter})
    assert len(mail.outbox) == Reminder.objects.count() == 1


def test_without_the_setting_nothing_is_offered_or_sent(department, office):
    ask(make_year(), department, DRAFT)
    assert ANNOUNCE not in office.get(ROUND).content.decode()
    assert "WORKBOOK_MAILS" in said(office.post(ANNOUNCE, {"letter": ["1-x"]}, follow=True))
    assert mail.outbox == []


@pytest.mark.parametrize("on", [True, False])
def test_what_is_returned_carries_the_workbook_where_the_setting_says_so(department, settings, on):
    settings.WORKBOOK_MAILS = on
    report = make_year()
    tell_department(report, response_of(department.pk), ask(report, department, BACK), reason="数を書いてください。")
    assert len(attached()) == on


def test_the_office_is_told_once_when_the_last_department_has_answered(
    department, django_capture_on_commit_callbacks, monkeypatch
):
    told = []
    monkeypatch.setattr("actionplan.round.return_mail.send_aside", lambda *letter: told.append(letter))
    report, head = make_year(), factories.make_person("課長", departments=[department])
    factories.make_person("事務局", email="office@example.jp")
    first, last = ask(report, department, DRAFT, DRAFT)
    ask(report, None, DRAFT)
    for row, number in ((first, 0), (last, 1)):
        with django_capture_on_commit_callbacks(execute=True):
            submit({row.pk: row.revision}, by=head)
        assert len(told) == number
    ((words, to),) = told
    assert to == ["office@example.jp"]
    assert "すべての課の回答がそろいました" in words.body
    with django_capture_on_commit_callbacks(execute=True):
        (row,) = ask(report, department, DRAFT)
        submit({row.pk: row.revision}, by=head)
    ((_, _), (words, to)) = told
    assert to == ["office@example.jp"]
    assert f"から回答1件が提出されました。\n\n提出された項目\n・{row.item.code}　" in words.body
    assert report.history.first().history_change_reason == "すべての課の回答がそろった"


def test_the_publisher_is_told_when_the_last_answer_of_a_year_is_confirmed(
    department, django_capture_on_commit_callbacks, monkeypatch
):
    told = []
    monkeypatch.setattr("actionplan.round.return_mail.send_aside", lambda *letter: told.append(letter))
    report, office = make_year(), factories.make_person("事務局", email="office@example.jp")
    factories.make_person("公表権者", email="publisher@example.jp")
    for number, row in enumerate(ask(report, department, SENT, SENT)):
        assert len(told) == 0, number
        with django_capture_on_commit_callbacks(execute=True):
            confirm({row.pk: row.revision}, by=office)
    ((words, to),) = told
    assert to == ["publisher@example.jp"]
    assert "すべての回答が確定しました。" in words.body
