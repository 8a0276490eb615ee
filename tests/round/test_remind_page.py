"""Reminding from the page: exactly these mails to exactly these people, and then what became of them."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from actionplan.models import Reminder, State, YearlyStatus
from tests import factories
from tests.admin.pages import signed_in
from tests.asked import ask, make_year
from tests.round.coordinating import REMIND, letters_on
from tests.round.post_office import open_post_office

pytestmark = pytest.mark.django_db
EMPTY, SENT = State.NOT_STARTED, State.SUBMITTED


@pytest.fixture
def report():
    return make_year(due=timezone.localdate() - timedelta(days=3))


@pytest.fixture
def department(report):
    made = factories.make_department("第一課", email="ichi@example.jp")
    ask(report, made, EMPTY, SENT)
    return made


@pytest.fixture
def person():
    return factories.make_person("事務局", last_name="佐藤", first_name="花子")


@pytest.fixture
def office(person):
    return signed_in(person)


def shown(browser, query="") -> str:
    response = browser.get(REMIND + query)
    assert response.status_code == 200
    return response.content.decode()


def send(browser, letters) -> str:
    return browser.post(REMIND, {"letter": letters}, follow=True).content.decode()


def nothing_happened() -> bool:
    return not mail.outbox and not Reminder.objects.exists()


def test_the_page_shows_every_word_and_sends_nothing(department, office):
    page = shown(office)
    assert "宛先：ichi@example.jp" in page
    assert "課のメールアドレス" in page
    assert "【督促】令和8年度（2026年度）の実施状況の回答" in page
    assert "締切を3日過ぎています。" in page
    assert f"http://testserver/admin/answers/2026/{department.pk}/" in page
    assert nothing_happened()


def test_what_was_shown_is_sent_logged_and_told(department, person, office):
    page = shown(office)
    answer = send(office, letters_on(page))
    assert "第一課に督促のメールを送りました。" in answer
    (letter,) = mail.outbox
    assert letter.to == ["ichi@example.jp"]
    assert letter.body.strip() in page
    row = Reminder.objects.get()
    assert (row.department, row.sent_by, row.day) == (department, person, timezone.localdate())


def test_a_second_press_sends_no_second_mail(department, office):
    letters = letters_on(shown(office))
    send(office, letters)
    answer = send(office, letters)
    assert "第一課には、今日はもう送っているため、送っていません。" in answer
    assert (len(mail.outbox), Reminder.objects.count()) == (1, 1)
    assert letters_on(shown(office)) == []
    assert "今日はもう送っています。" in shown(office)


def test_only_ticked_departments_are_sent_to(department, report, office):
    ask(report, factories.make_department("第二課", email="ni@example.jp"), EMPTY)
    letters = letters_on(shown(office))
    assert len(letters) == 2
    send(office, [letter for letter in letters if letter.startswith(f"{department.pk}-")])
    assert [letter.to for letter in mail.outbox] == [["ichi@example.jp"]]


def test_one_department_is_reminded_from_its_own_link(department, report, office):
    other = factories.make_department("第二課", email="ni@example.jp")
    ask(report, other, EMPTY)
    (letter,) = letters_on(shown(office, f"?department={other.pk}"))
    send(office, [letter])
    assert [letter.to for letter in mail.outbox] == [["ni@example.jp"]]


def test_nothing_ticked_sends_nothing_and_says_so(department, office):
    assert "送る課が選ばれていないため、送っていません。" in send(office, [])
    assert nothing_happened()


def test_a_department_without_any_address_is_named_with_what_to_do(department, report, office):
    none = factories.make_department("宛先のない課")
    ask(report, none, EMPTY)
    page = shown(office)
    assert len(letters_on(page)) == 1
    assert "宛先のない課（未提出1件）" in page
    assert f"/admin/actionplan/department/{none.pk}/change/" in page
    assert "メールアドレスがないため、送れません。" in send(office, [f"{none.pk}-{'0' * 64}"])
    assert nothing_happened()


def test_who_has_handed_everything_in_is_not_on_the_page_and_cannot_be_posted(report, office):
    done = factories.make_department("済んだ課", email="ni@example.jp")
    ask(report, done, SENT)
    assert "いま送れる督促はありません。" in shown(office)
    assert "済んだ課" not in shown(office)
    send(office, [f"{done.pk}-{'0' * 64}"])
    assert nothing_happened()


def test_who_hands_everything_in_meanwhile_gets_none(department, office):
    letters = letters_on(shown(office))
    YearlyStatus.objects.update(state=SENT)
    assert "1課は、その間にすべて提出したか、組織改正で別の課になったため、送っていません。" in send(office, letters)
    assert nothing_happened()


def test_what_changed_meanwhile_is_not_sent_unseen(department, report, office):
    letters = letters_on(shown(office))
    ask(report, department, EMPTY)
    assert "第一課は、確かめていただいている間に回答や宛先が変わったため、送っていません。" in send(office, letters)
    assert nothing_happened()


def test_an_address_that_changed_meanwhile_is_not_sent_to_unseen(department, office):
    letters = letters_on(shown(office))
    department.email = "betsu@example.jp"
    department.save()
    send(office, letters)
    assert nothing_happened()


@pytest.mark.parametrize("letter", ["", "x", "-", "1", "9" * 40 + "-a", "１-a"])
def test_letters_that_no_page_sent_send_nothing(department, office, letter):
    assert send(office, [letter])
    assert nothing_happened()


def test_a_failure_names_the_department_loses_nobody_else_and_may_be_tried_again(department, report, office, settings):
    ask(report, factories.make_department("第二課", email="ni@example.jp"), EMPTY)
    with open_post_office(settings, refused=["ichi@example.jp"]) as office_of_post:
        answer = send(office, letters_on(shown(office)))
    assert office_of_post.taken == [["ni@example.jp"]]
    assert "第二課に督促のメールを送りました。" in answer
    assert "第一課に送れませんでした。メールサーバーが受け付けませんでした" in answer
    assert "今日のうちに、もう一度送れます。" in answer
    assert "送れませんでした" in answer.partition("<table")[2]
    with open_post_office(settings) as office_of_post:
        send(office, letters_on(shown(office)))
    assert office_of_post.taken == [["ichi@example.jp"]]


def test_a_sample_year_sends_nothing_and_says_why(department, office):
    ask(make_year(2027, sample=True), department, EMPTY)
    for response in (
        office.get("/admin/round/2027/remind/", follow=True),
        office.post("/admin/round/2027/remind/", {"letter": f"{department.pk}-x"}, follow=True),
    ):
        assert "見本データなので、督促のメールは送りません。" in response.content.decode()
    assert nothing_happened()


def test_without_a_mail_server_the_page_says_that_nothing_arrives(department, office, settings):
    assert "EMAIL_HOST" not in shown(office)
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert "EMAIL_HOST の設定を頼んでください。" in shown(office)


@pytest.mark.parametrize("role", ["担当者", "課長", "公表権者", "閲覧者"])
def test_nobody_but_the_office_reminds(department, office, role):
    letters = letters_on(shown(office))
    browser = signed_in(factories.make_person(role, departments=[department]))
    assert browser.get(REMIND).status_code == 403
    assert browser.post(REMIND, {"letter": letters}).status_code == 403
    assert nothing_happened()
