"""Reading what was handed in, one department after the other, and several departments confirmed at once."""

import re
from datetime import date

import pytest
from django.core import mail

from actionplan.models import State, YearlyStatus
from actionplan.seen import mark_of
from tests import factories
from tests.admin.pages import form_of, signed_in
from tests.asked import ask, make_year
from tests.round.coordinating import BACK, DONE, DRAFT, SENT, everything, said, states, tick

pytestmark = pytest.mark.django_db
ROUND, QUEUE, CONFIRM = "/admin/round/2026/", "/admin/round/2026/queue/", "/admin/round/2026/confirm/"


@pytest.fixture
def report():
    return make_year(due=date(2026, 5, 20))


@pytest.fixture
def office():
    return signed_in(factories.make_person("事務局"))


def departments(count: int) -> list:
    return [factories.make_department(f"第{n:02}課", order=n, email="ka@example.jp") for n in range(1, count + 1)]


class Reader:
    """The office's browser: follows links and presses buttons that stand on the page, and counts them."""

    def __init__(self, client, address: str) -> None:
        self.client, self.actions = client, 0
        self.open(address)

    def open(self, address: str) -> None:
        self.answer = self.client.get(address, follow=True)
        self.at = (self.answer.redirect_chain or [(address, 0)])[-1][0]
        self.page = self.answer.content.decode()

    def follow(self, words: str) -> None:
        found = re.search(rf'href="([^"]*)"[^>]*>\s*{words}', self.page)
        self.actions += 1
        self.open(self.whole(found[1].replace("&amp;", "&")))

    def whole(self, place: str) -> str:
        return place if place.startswith("/") else self.at.partition("?")[0] + place

    def press(self, form: str, **fields) -> None:
        action = re.search(rf'action="([^"]*)" id="{form}"|id="{form}" action="([^"]*)"', self.page)
        place = self.whole(next(filter(None, action.groups())))
        sent = form_of(self.answer, form) | fields
        self.actions += 1
        answer = self.client.post(place, sent)
        assert answer.status_code == 302, said(answer)
        self.open(answer.url)


def test_twenty_departments_are_read_and_confirmed_in_21_actions(report, office):
    for department in departments(20):
        ask(report, department, SENT, SENT)
    reader = Reader(office, ROUND)
    reader.follow("提出された回答を読む")
    while "確定を待っている回答は、もうありません。" not in reader.page:
        reader.press("steps", step="confirm")
    assert set(states()) == {DONE}
    assert reader.actions == 21


def test_twenty_departments_are_ticked_and_confirmed_in_2_actions(report, office):
    for department in departments(20):
        ask(report, department, SENT, SENT)
    reader = Reader(office, ROUND)
    reader.follow("確定を待っている課すべてに印を付ける")
    reader.press("confirm-form")
    assert set(states()) == {DONE}
    assert "20課の40件を確定しました。" in said(reader.answer)
    assert reader.actions == 2


def test_an_answer_is_read_beside_last_years_with_what_changed(report, office):
    (department,) = departments(1)
    item = factories.make_item(name="花を植える", content="計画の内容")
    factories.make_status(make_year(2025), item, text="花壇を３か所に作りました。", progress="done", outcome="同じ成果")
    words = {"text": "花壇を５か所に作りました。", "progress": "not_done", "outcome": "同じ成果"}
    factories.make_status(report, item, department=department, state=SENT, **words)
    page = office.get(QUEUE).content.decode()
    assert re.search(r"<del>.*３.*</del>", page)
    assert re.search(r"<ins>.*５.*</ins>", page)
    for words in ("花を植える", "計画の内容", "昨年度とまったく同じ文です。", "昨年度と違います。", "未実施"):
        assert words in page, words


def test_only_what_was_handed_in_is_shown_and_who_comes_next(report, office):
    first, second = departments(2)
    ask(report, first, SENT, DRAFT, text="一課の文")
    ask(report, second, SENT, text="二課の文")
    page = office.get(QUEUE)
    assert page.content.decode().count('name="status"') == 1
    assert "あと2課、2件" in said(page)
    assert "この課には、まだ提出されていない項目が1件あります。" in said(page)
    assert f'href="?department={second.pk}"' in page.content.decode()
    page = office.get(f"{QUEUE}?department={second.pk}").content.decode()
    assert "二課の文" in page
    assert "この課が最後です。はじめの課に戻る" in page


def test_all_ticks_of_the_queue_are_taken_out_by_one_press(report, office):
    ask(report, departments(1)[0], SENT, SENT)
    reader = Reader(office, QUEUE)
    assert len(form_of(reader.answer, "steps")["status"]) == 2
    reader.follow("印をすべて外す")
    assert "status" not in form_of(reader.answer, "steps")
    reader.follow("はじめの印に戻す")
    assert len(form_of(reader.answer, "steps")["status"]) == 2


def test_returning_needs_a_reason_tells_the_department_and_stays_while_something_is_left(report, office):
    first, second = departments(2)
    rows = ask(report, first, SENT, SENT)
    ask(report, second, SENT)
    place = f"{QUEUE}?department={first.pk}"
    refused = office.post(place, {"step": "return", "status": [tick(rows[0])]})
    assert "差戻しの理由を書いてください" in said(refused)
    done = office.post(
        place, {"step": "return", "status": [tick(rows[0])], "reason": "数を書いてください"}, follow=True
    )
    assert states() == [BACK, SENT, SENT]
    assert len(mail.outbox) == 1
    assert "第01課" in done.content.decode()
    done = office.post(place, {"step": "confirm", "status": [tick(rows[1])]}, follow=True)
    assert "提出された回答を読む　第02課" in done.content.decode()


def test_the_end_of_the_queue_names_what_came_back_and_leads_to_publishing_once_all_is_confirmed(report, office):
    (department,) = departments(1)
    back, _, sent = ask(report, department, BACK, DRAFT, SENT)
    post = {"step": "confirm", "status": [tick(sent)]}
    end = office.post(f"{QUEUE}?department={department.pk}", post, follow=True)
    assert "第01課の1件を確定しました。" in said(end)
    assert f"{back.item.code}{back.item.name}（第01課）" in said(end)
    assert "ほかに、まだ提出されていない項目が1件あります。" in said(end)
    publish = f'href="/admin/actionplan/annualreport/{report.pk}/publish/"'
    assert publish not in end.content.decode()
    YearlyStatus.objects.update(state=DONE)
    assert publish in office.get(QUEUE).content.decode()


def test_what_changed_since_it_was_read_is_not_confirmed(report, office):
    first, _ = departments(2)
    (row,) = ask(report, first, SENT)
    YearlyStatus.objects.get(pk=row.pk).save()
    page = office.post(f"{QUEUE}?department={first.pk}", {"step": "confirm", "status": [tick(row)]})
    assert "まだ何も変えていません" in said(page)
    assert states() == [SENT]


def test_departments_that_cannot_be_confirmed_are_named_and_the_others_are(report, office):
    whole, changed, empty, part = departments(4)
    for department in (whole, changed):
        ask(report, department, SENT)
    ask(report, empty, SENT, text="")
    ask(report, part, SENT, DRAFT)
    page = office.get(f"{ROUND}?tick=all")
    ask(report, changed, SENT)
    done = office.post(CONFIRM, form_of(page, "confirm-form"), follow=True)
    assert "2課の2件を確定しました。" in said(done)
    assert "第02課は確定していません。画面を開いたあとに、提出された回答が変わりました。" in said(done)
    assert re.search("第03課は確定していません。まだ書かれていないところがあるため.*実施状況", said(done))
    assert "まだ提出されていない項目は、確定していません：第04課（1件）。" in said(done)
    assert YearlyStatus.objects.filter(state=State.CONFIRMED).count() == 2


def test_a_button_pressed_twice_does_not_say_that_nothing_was_confirmed(report, office):
    ask(report, departments(1)[0], SENT)
    sent = form_of(office.get(f"{ROUND}?tick=all"), "confirm-form")
    office.post(CONFIRM, sent)
    done = said(office.post(CONFIRM, sent, follow=True))
    assert "1課の1件を確定しました。" in done
    assert "確定していません" not in done
    assert "第01課には、確定を待っている回答がもうありません。" in done


def test_no_department_ticked_changes_nothing_and_says_so(report, office):
    ask(report, departments(1)[0], SENT)
    before = everything()
    for sent in ({}, {"department": ["x-y", "987654-0", "9" * 30]}):
        assert "課が一つも選ばれていません。" in said(office.post(CONFIRM, sent, follow=True))
    assert everything() == before


def test_readers_have_no_boxes_and_no_queue(report):
    ask(report, departments(1)[0], SENT)
    reader = signed_in(factories.make_person("閲覧者"))
    page = reader.get(ROUND).content.decode()
    assert 'type="checkbox"' not in page
    assert QUEUE not in page


def test_last_years_text_left_as_it_was_copied_is_marked_wherever_the_office_reads(report, office):
    [department] = departments(1)
    ask(report, department, SENT)
    row = YearlyStatus.objects.get(report=report)
    YearlyStatus.objects.filter(pk=row.pk).update(copied=mark_of(row.text))
    told = "昨年度の文を写したままです。"
    preview = signed_in(factories.make_person("公表権者"))
    assert told in office.get(QUEUE).content.decode()
    assert told in office.get(f"{ROUND}{department.pk}/").content.decode()
    page = preview.get(f"/admin/actionplan/annualreport/{report.pk}/preview/").content.decode()
    assert f"前の年度の文を写したままの項目が1件あります：{row.item.code}" in page
    YearlyStatus.objects.filter(pk=row.pk).update(text="書き直した文")
    assert told not in office.get(QUEUE).content.decode()


def test_an_answer_that_the_check_asks_about_is_told_and_not_ticked_at_first(report, office):
    [department] = departments(1)
    rows = ask(report, department, SENT, SENT)
    YearlyStatus.objects.filter(pk=rows[0].pk).update(text="別紙のとおり")
    for place in (QUEUE, f"{ROUND}{department.pk}/"):
        page = office.get(place)
        assert "点検で確かめるところが1か所あります。" in said(page)
        assert "公表されるのは、この文だけです。" in said(page)
        assert f"/admin/checks/2026/{department.pk}/" in page.content.decode()
        assert form_of(page, "steps")["status"] == [tick(rows[1])]
    assert "confirm-form" in office.get(f"{ROUND}?tick=all").content.decode()
    assert "department" not in form_of(office.get(f"{ROUND}?tick=all"), "confirm-form")
