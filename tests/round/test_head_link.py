"""A head hands in by a link in a mail: sent to the head alone, read without a log-in, used once, and on record."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from actionplan.models import HeadLink, SecurityEvent, State, YearlyStatus
from tests import factories
from tests.admin.pages import form_of, signed_in
from tests.asked import ask, make_year
from tests.round.coordinating import BACK, DRAFT, SENT, everything, said, states
from tests.round.post_office import open_post_office

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _setting(settings):
    settings.HEAD_LINKS = True


@pytest.fixture
def department():
    return factories.make_department("第一課", email="ka@example.jp")


@pytest.fixture
def rows(department):
    return ask(make_year(), department, DRAFT, DRAFT, text="花壇を作りました。")


@pytest.fixture
def head(department):
    return factories.make_person(
        "課長", departments=[department], last_name="山田", first_name="太郎", email="head@example.jp"
    )


@pytest.fixture
def clerk(department):
    return signed_in(factories.make_person("担当者", departments=[department], email="ka@example.jp"))


def asking(department) -> str:
    return f"/admin/round/2026/{department.pk}/ask/"


def ask_head(clerk, department):
    page = clerk.get(asking(department))
    return clerk.post(asking(department), form_of(page, "ask-form"), follow=True)


def link_in(letter) -> str:
    return re.search(r"/admin/approve/\S+", letter.body)[0]


def approve(address: str, client=None):
    """Presses the button on the page, as a browser without a log-in; a forged post would lack the page's token."""
    browser = client or Client(enforce_csrf_checks=True)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]*)"', browser.get(address).content.decode())
    return browser.post(address, {"csrfmiddlewaretoken": token[1] if token else ""})


def test_a_clerk_asks_in_two_presses_and_the_head_reads_and_hands_in_with_one(rows, head, clerk, department):
    sheet = clerk.get(f"/admin/answers/2026/{department.pk}/").content.decode()
    assert f'href="{asking(department)}"' in sheet
    assert "山田太郎さんに、承認のメールを送りました（head@example.jp）。" in said(ask_head(clerk, department))
    (letter,) = mail.outbox
    assert letter.to == ["head@example.jp"]
    page = Client().get(link_in(letter))
    assert "花壇を作りました。" in page.content.decode()
    assert "<textarea" not in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store"
    assert states() == [DRAFT, DRAFT]
    done = approve(link_in(letter))
    assert "第一課の回答を提出しました。" in said(done)
    assert states() == [SENT, SENT]
    row = YearlyStatus.objects.first()
    record = row.history.first()
    assert (row.submitted_by, record.history_user) == (head, head)
    assert record.history_change_reason == "提出：課長がメールのリンクで承認"
    assert HeadLink.history.filter(history_user=head, history_change_reason="課長がメールのリンクで承認").exists()
    assert SecurityEvent.objects.filter(event="head_link_used", account=head).exists()


def test_the_link_gives_no_log_in_and_works_once(rows, head, clerk, department):
    ask_head(clerk, department)
    browser, address = Client(), link_in(mail.outbox[0])
    approve(address, browser)
    assert "sessionid" not in browser.cookies
    assert browser.get(f"/admin/answers/2026/{department.pk}/").status_code == 302
    YearlyStatus.objects.update(state=State.DRAFT)
    assert "もう済んでいます" in said(approve(address, browser))
    assert states() == [DRAFT, DRAFT]


def _rewritten(head, row):
    row.text = "書き直した文"
    row.save()


def _lost_role(head, row):
    head.groups.clear()


def _left(head, row):
    row.department.members.remove(head)


def _closed(head, row):
    head.is_active = False
    head.save()


def _expired(head, row):
    HeadLink.objects.update(ends_at=timezone.now() - timedelta(minutes=1))


def _added(head, row):
    ask(row.report, row.department, DRAFT)


def _readdressed(head, row):
    head.email = "right@example.jp"
    head.save()


def _shared_since(head, row):
    factories.make_person("担当者", email="HEAD@example.jp")


@pytest.mark.parametrize(
    "meanwhile", [_rewritten, _lost_role, _left, _closed, _expired, _added, _readdressed, _shared_since]
)
def test_what_changed_since_the_mail_ends_the_link(rows, head, clerk, department, meanwhile):
    ask_head(clerk, department)
    meanwhile(head, rows[0])
    before = everything()
    for answer in (Client().get(link_in(mail.outbox[0])), Client().post(link_in(mail.outbox[0]))):
        assert answer.status_code in (404, 409)
        assert "花壇を作りました。" not in answer.content.decode()
    assert everything() == before


def test_a_forged_or_mangled_link_and_the_setting_turned_off_open_nothing(rows, head, clerk, department, settings):
    ask_head(clerk, department)
    address = link_in(mail.outbox[0])
    assert Client(enforce_csrf_checks=True).post(address).status_code == 403
    assert Client().get(f"{address[:-2]}x/").status_code == 404
    assert HeadLink.objects.get().secret_hash not in address
    settings.HEAD_LINKS = False
    assert Client().get(address).status_code == 404
    assert asking(department) not in clerk.get(f"/admin/answers/2026/{department.pk}/").content.decode()
    assert "HEAD_LINKS" in said(clerk.get(asking(department)))
    assert states() == [DRAFT, DRAFT]


def test_a_forwarded_link_opens_nothing_to_who_is_logged_in_as_somebody_else(rows, head, clerk, department):
    ask_head(clerk, department)
    address, before = link_in(mail.outbox[0]), everything()
    for answer in (clerk.get(address), clerk.post(address)):
        assert answer.status_code == 403
        assert "花壇を作りました。" not in answer.content.decode()
        assert "リンクを受け取った課長のものではありません" in said(answer)
    assert everything() == before
    assert SecurityEvent.objects.filter(event="head_link_refused").exists()
    assert signed_in(head).get(address).status_code == 200


def test_a_new_mail_ends_the_link_of_the_one_before(rows, head, clerk, department):
    for _ in range(2):
        ask_head(clerk, department)
    first, second = map(link_in, mail.outbox)
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200


@pytest.mark.parametrize("address", ["", "ka@example.jp", "ＫＡ@example.jp", "ni@example.jp", "hama@example.jp"])
def test_no_link_goes_to_an_address_that_others_read(rows, head, clerk, department, address):
    factories.make_department("第二課", email="ni@example.jp")
    factories.make_partner(email="hama@example.jp")
    head.email = address
    head.save()
    page = clerk.get(asking(department))
    assert "本人だけが読むメールアドレスを" in said(page)
    clerk.post(asking(department), {"head": [head.pk], "seen": "x"})
    assert (mail.outbox, HeadLink.objects.count()) == ([], 0)


@pytest.mark.parametrize(("state", "words"), [(DRAFT, {"text": ""}), (BACK, {"returned_at": timezone.now()})])
def test_what_could_not_be_handed_in_is_not_sent(head, clerk, department, state, words):
    ask(make_year(), department, state, **words)
    page = said(clerk.get(asking(department)))
    assert "まだ書かれていないところがあります：1-1-1" in page or "まだ直していない項目があります：1-1-1" in page
    assert 'id="ask-form"' not in clerk.get(asking(department)).content.decode()


def test_a_mail_that_does_not_go_out_leaves_no_open_link(rows, head, clerk, department, settings):
    with open_post_office(settings, refused=["head@example.jp"]):
        assert "に送れませんでした" in said(ask_head(clerk, department))
    assert HeadLink.objects.get().revoked_at


def test_what_the_check_asks_is_told_to_who_asks_and_to_the_head_without_a_way_that_needs_a_log_in(
    rows, head, clerk, department
):
    YearlyStatus.objects.filter(pk=rows[0].pk).update(text="別紙のとおり")
    told = ("点検で確かめるところが1か所あります。", "「別紙のとおり」だけです。公表されるのは、この文だけです。")
    page = clerk.get(asking(department))
    ask_head(clerk, department)
    shown = Client().get(link_in(mail.outbox[0]))
    for words in told:
        assert words in said(page)
        assert words in said(shown)
    assert "/admin/checks/" in page.content.decode()
    assert "/admin/checks/" not in shown.content.decode()


def test_the_clerk_sees_to_whom_the_mail_went_until_when_and_that_saving_ended_its_link(rows, head, clerk, department):
    ask_head(clerk, department)
    link, sheet = HeadLink.objects.get(), f"/admin/answers/2026/{department.pk}/"
    page = clerk.get(sheet)
    ends = timezone.localtime(link.ends_at)
    assert "山田太郎さん（head@example.jp）に送りました。課長がまだ提出していません。" in said(page)
    assert f"{ends.month}月{ends.day}日{ends.hour}時{ends.minute:02}分まで使えます。" in said(page)
    sent = form_of(page, "answers-form") | {"do": "save", f"text-{rows[0].pk}-{rows[0].revision}": "花壇を直しました。"}
    saved = said(clerk.post(sheet, sent, follow=True))
    assert "回答が変わったため、山田太郎さんに送った承認のリンクは使えなくなりました。" in saved
    assert "そのあとに回答が変わったため、リンクは使えなくなりました。" in saved
    approve(link_in(mail.outbox[0]))
    assert states() == [DRAFT, DRAFT]
