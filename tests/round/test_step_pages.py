"""The coordinator's steps on a department's page: confirmed, returned with a reason, reopened."""

from datetime import date

import pytest
from django.core import mail

from actionplan.models import YearlyStatus
from tests import factories
from tests.admin.pages import form_of, signed_in
from tests.asked import ask, make_year
from tests.round.coordinating import (
    BACK,
    DONE,
    DRAFT,
    REASON,
    SENT,
    address,
    everything,
    said,
    states,
    sure,
    take,
    tick,
)
from tests.round.post_office import open_post_office

pytestmark = pytest.mark.django_db


@pytest.fixture
def report():
    return make_year(due=date(2026, 5, 20))


@pytest.fixture
def department():
    return factories.make_department("第一課", email="ka@example.jp")


@pytest.fixture
def rows(report, department):
    return ask(report, department, SENT, SENT, DONE, DRAFT)


@pytest.fixture
def person():
    return factories.make_person("事務局", last_name="佐藤", first_name="花子")


@pytest.fixture
def office(person):
    return signed_in(person)


def test_ticked_answers_are_confirmed_and_the_others_stay(rows, department, person, office):
    page = take(office, department, "confirm", tick(rows[0]))
    assert "1件を確定しました。" in said(page)
    assert states() == [DONE, SENT, DONE, DRAFT]
    row = YearlyStatus.objects.get(pk=rows[0].pk)
    assert (row.confirmed_by, row.revision, row.history.count()) == (person, 2, 2)
    assert row.history.first().history_user == person


def test_returned_answers_carry_the_reason_to_the_clerks_page_and_by_mail(rows, department, office):
    page = take(office, department, "return", tick(rows[0]), tick(rows[2]), reason=REASON)
    assert "2件を差し戻しました。" in said(page)
    assert "第一課に、理由をメールで知らせました（ka@example.jp）。" in said(page)
    assert states() == [BACK, SENT, BACK, DRAFT]
    row = YearlyStatus.objects.get(pk=rows[0].pk)
    assert row.return_reason == "一行目\n二行目に理由"
    clerk = signed_in(factories.make_person("担当者", departments=[department]))
    assert row.return_reason in clerk.get(f"/admin/answers/2026/{department.pk}/").content.decode()
    (letter,) = mail.outbox
    assert letter.to == ["ka@example.jp"]
    assert "一行目\n二行目に理由" in letter.body
    assert letter.body.count("（差戻し）") == 2
    assert f"http://testserver/admin/answers/2026/{department.pk}/" in letter.body


def test_a_confirmation_is_taken_back_with_a_reason_for_the_record(rows, department, office):
    page = take(office, department, "reopen", tick(rows[2]), reason="数の誤り")
    assert "1件の確定を取り消しました。" in said(page)
    assert states() == [SENT, SENT, SENT, DRAFT]
    assert YearlyStatus.objects.get(pk=rows[2].pk).history.first().history_change_reason.endswith("数の誤り")
    assert mail.outbox == []


@pytest.mark.parametrize("step", ["return", "reopen"])
@pytest.mark.parametrize("reason", ["", "　\r\n "])
def test_without_a_reason_nothing_is_returned_or_reopened_and_the_ticks_stay(rows, department, office, step, reason):
    before = everything()
    page = take(office, department, step, tick(rows[2]), reason=reason)
    assert "理由を書いてください。" in said(page)
    assert everything() == before
    assert form_of(page, "steps")["status"] == [tick(rows[2])]
    assert mail.outbox == []


@pytest.mark.parametrize("reason", ["字" * 2001, "見えない\x07文字"])
def test_a_reason_that_cannot_be_stored_comes_back_with_the_ticks(rows, department, office, reason):
    before = everything()
    page = take(office, department, "return", tick(rows[1]), reason=reason)
    assert 'role="alert"' in page.content.decode()
    assert form_of(page, "steps")["status"] == [tick(rows[1])]
    assert form_of(page, "steps")["reason"] == [reason]
    assert everything() == before


def test_two_thousand_characters_on_several_lines_are_short_enough(rows, department, office):
    reason = "字\r\n" * 999 + "字字"
    take(office, department, "return", tick(rows[0]), reason=reason)
    assert len(YearlyStatus.objects.get(pk=rows[0].pk).return_reason) == 2000


def test_nothing_ticked_is_said_and_the_reason_stays(rows, department, office):
    before = everything()
    page = take(office, department, "return", reason=REASON)
    assert "回答が一つも選ばれていません。" in said(page)
    assert form_of(page, "steps")["reason"] == [REASON]
    assert everything() == before


@pytest.mark.parametrize("ticks", [["x"], ["1"], ["1-"], ["-1"], ["１-１"], ["9" * 40 + "-1"], ["1-1-1"]])
def test_ticks_that_no_page_sent_count_as_none(rows, department, office, ticks):
    before = everything()
    page = take(office, department, "confirm", *ticks)
    assert page.status_code == 200
    assert everything() == before


@pytest.mark.parametrize("step", ["", "publish"])
def test_a_step_that_there_is_not_changes_nothing(rows, department, office, step):
    before = everything()
    assert take(office, department, step, tick(rows[0]), reason=REASON).status_code == 200
    assert everything() == before


def test_an_answer_that_cannot_take_the_step_keeps_all_of_them(rows, department, office):
    before = everything()
    page = take(office, department, "confirm", tick(rows[0]), tick(rows[2]))
    assert "いまの状態では「確定」ができない項目があります：1-3-1（確定）" in said(page)
    assert sorted(form_of(page, "steps")["status"]) == sorted([tick(rows[0]), tick(rows[2])])
    assert everything() == before


def test_a_mail_that_fails_does_not_undo_the_return_and_is_said(rows, department, office, settings):
    with open_post_office(settings, refused=["ka@example.jp"]):
        page = take(office, department, "return", tick(rows[0]), reason=REASON)
    assert states()[0] == BACK
    assert "1件を差し戻しました。" in said(page)
    assert "第一課にメールで知らせられませんでした。メールサーバーが受け付けませんでした" in said(page)


def test_a_department_without_address_is_said_not_to_be_told(report, office):
    department = factories.make_department("宛先のない課")
    (row,) = ask(report, department, SENT)
    page = take(office, department, "return", tick(row), reason=REASON)
    assert "宛先のない課のメールアドレスがないため、メールでは知らせていません。" in said(page)
    assert states() == [BACK]


def test_after_the_log_in_expired_the_reason_comes_back(rows, department, office):
    office.logout()
    response = take(office, department, "return", tick(rows[0]), reason=REASON)
    assert "二行目に理由" in response.content.decode()
    assert states()[0] == SENT


def test_after_the_log_in_expired_nothing_but_the_reason_is_shown(rows, department, office):
    office.logout()
    page = take(office, department, "return", tick(rows[0]), tick(rows[1]), reason=REASON)
    assert [(text.label, text.words.splitlines()) for text in page.context["texts"]] == [("理由", REASON.splitlines())]


def test_several_answers_are_returned_only_after_they_have_been_named(rows, department, office):
    before = everything()
    ticked = {"status": [tick(rows[0]), tick(rows[1])], "reason": REASON}
    page = office.post(address(department), ticked | {"step": "return"})
    assert "次の2件を差し戻しますか。1-1-1、1-2-1。まだ何も変えていません。" in said(page)
    assert everything() == before
    assert form_of(page, "steps")["status"] == ticked["status"]
    assert "二行目に理由" in page.content.decode()
    office.post(address(department), ticked | {"step": sure(page)})
    assert states() == [BACK, BACK, DONE, DRAFT]


def test_ticks_that_were_changed_after_the_question_are_asked_about_again(rows, department, office):
    page = office.post(
        address(department), {"step": "return", "status": [tick(rows[0]), tick(rows[1])], "reason": REASON}
    )
    before = everything()
    again = office.post(
        address(department), {"step": sure(page), "status": [tick(rows[0]), tick(rows[2])], "reason": REASON}
    )
    assert "次の2件を差し戻しますか。" in said(again)
    assert everything() == before
    one = {"step": sure(page), "status": [tick(rows[0])], "reason": REASON}
    assert office.post(address(department), one).status_code == 302
    assert states() == [BACK, SENT, DONE, DRAFT]


def test_an_answer_that_was_emptied_by_the_office_cannot_be_confirmed(rows, department, office):
    YearlyStatus.objects.filter(pk=rows[0].pk).update(text="", progress="unset")
    page = take(office, department, "confirm", tick(rows[0]))
    assert "何も変えていません：1-1-1（実施状況・進捗区分）" in said(page)
    assert states() == [SENT, SENT, DONE, DRAFT]


def test_a_forged_tick_of_another_departments_answer_is_refused(rows, report, department, office):
    (foreign,) = ask(report, factories.make_department("第二課"), SENT)
    before = everything()
    for step in ("confirm", "return"):
        assert "この課の回答ではない項目" in said(take(office, department, step, tick(foreign), reason=REASON))
    assert everything() == before
    assert mail.outbox == []
