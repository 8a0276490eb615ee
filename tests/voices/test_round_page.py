"""The office's page: what was written, confirmed and returned; rows that follow the items; the partners' links."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actionplan.models import Department, PartnerLink, State, Voice
from actionplan.round.years import ClosingRefused, close_year, closing_of, open_year
from actionplan.trail.kinds import KINDS
from actionplan.voices.asked import ask, gap_of
from tests import factories
from tests.admin.pages import form_of
from tests.round.coordinating import said
from tests.trail.watch import Watch, told
from tests.voices.town import make_town, ticks_of, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return make_town()


def take(client, town, step, *ticks, reason=""):
    return client.post(town.round_address, {"step": step, "status": list(ticks), "reason": reason}, follow=True)


def test_what_was_handed_in_is_ticked_and_confirmed_under_its_name(town):
    office = town.coordinator()
    town.say(town.theirs, "貸し出した。", confirmed=False)
    town.say(town.partners, "掃いた。", confirmed=False)
    assert "2件を確定しました" in said(take(office, town, "confirm", *ticks_of(office, town.round_address)))
    assert {(voice.name, voice.state) for voice in Voice.objects.all()} == {
        ("関係の課", State.CONFIRMED),
        ("浜の自治会", State.CONFIRMED),
    }


def test_a_text_goes_back_with_its_reason_only(town):
    office, voice = town.coordinator(), town.say(town.theirs, "貸し出した。")
    tick = f"{voice.pk}-{voice.revision}"
    assert "理由を書いて" in said(take(office, town, "return", tick))
    assert "1件を差し戻しました" in said(take(office, town, "return", tick, reason="数を書いてください。"))
    assert (town.theirs.state, town.theirs.return_reason) == (State.RETURNED, "数を書いてください。")
    assert "数を書いてください。" in town.browser("担当者").get(town.related_address).content.decode()


def test_a_confirmation_is_taken_back_with_a_reason(town):
    office, voice = town.coordinator(), town.say(town.theirs, "貸し出した。")
    take(office, town, "reopen", f"{voice.pk}-{voice.revision}", reason="数が違う")
    assert (town.theirs.state, town.theirs.name) == (State.SUBMITTED, "")


@pytest.mark.parametrize("step", ["confirm", "return", "reopen", "destroy", ""])
def test_a_step_with_what_changed_meanwhile_changes_nothing(town, step):
    office, voice = town.coordinator(), town.say(town.theirs, "貸し出した。", confirmed=False)
    Voice.objects.filter(pk=voice.pk).update(revision=voice.revision + 1)
    take(office, town, step, f"{voice.pk}-{voice.revision}", reason="理由")
    assert town.theirs.state == State.SUBMITTED


def test_a_draft_is_not_confirmed(town):
    voice = town.theirs
    assert "できない文があります" in said(take(town.coordinator(), town, "confirm", f"{voice.pk}-{voice.revision}"))


def test_texts_of_another_year_are_refused(town):
    before = factories.make_report(town.report.plan, fiscal_year=2008)
    old = factories.make_voice(factories.make_status(before, town.status.item), department=town.related)
    old = town.say(old, "前の年", confirmed=False)
    assert "この年度のものではない" in said(take(town.coordinator(), town, "confirm", f"{old.pk}-{old.revision}"))


@pytest.mark.parametrize("role", ["担当者", "課長", "公表権者", "閲覧者"])
def test_nobody_but_the_office_takes_a_step_or_makes_a_link(town, role):
    voice = town.say(town.theirs, "貸し出した。", confirmed=False)
    client = town.browser(role)
    tick = f"{voice.pk}-{voice.revision}"
    assert client.post(town.round_address, {"step": "confirm", "status": [tick]}).status_code == 403
    assert client.post(f"{town.round_address}{town.partner.pk}/", {"last_day": "2999-01-01"}).status_code == 403
    assert (town.theirs.state, PartnerLink.objects.count()) == (State.SUBMITTED, 0)


def test_opening_a_year_makes_a_row_for_each_who_is_asked(town):
    town.status.item.lead_department = town.lead
    town.status.item.save()
    open_year(town.report.plan, 2010, by=None)
    found = Voice.objects.filter(report__fiscal_year=2010)
    assert {str(voice.department or voice.partner) for voice in found} == {"関係の課", "浜の自治会"}
    assert {voice.history.get().history_change_reason for voice in found} == {"年度を開く"}
    open_year(town.report.plan, 2010, by=None)
    assert Voice.objects.filter(report__fiscal_year=2010).count() == 2


def test_the_lead_itself_and_a_partner_that_is_not_asked_any_more_get_no_row(town):
    town.status.item.related_departments.add(town.lead)
    town.partner.active = False
    town.partner.save()
    assert gap_of(town.report).missing == []
    assert [voice.partner for voice in gap_of(town.report).spare] == [town.partner]


def test_rows_follow_the_items_where_the_office_says_so_and_what_is_written_stays(town):
    new = factories.make_department("三つ目の課")
    town.say(town.theirs, "貸し出した。", confirmed=False)
    town.status.item.related_departments.set([new])
    town.status.item.partners.clear()
    office = town.coordinator()
    assert "足りない欄が1件あります。いらなくなった空の欄が1件あります。" in said(office.get(town.round_address))
    office.post(town.round_address, {"step": "ask"})
    assert {voice.department.name for voice in Voice.objects.all()} == {"関係の課", "三つ目の課"}
    assert ask(town.report, by=None) == (0, 0)


def test_a_year_that_nobody_has_begun_is_taken_back_with_its_rows(town):
    opened = open_year(town.report.plan, 2011, by=None)
    report = type(town.report).objects.get(fiscal_year=2011)
    assert opened.coming
    assert report.voices.count() == 2
    close_year(report, by=None, seen=closing_of(report).seal)
    assert not Voice.objects.filter(report__fiscal_year=2011).exists()
    assert Voice.history.filter(history_type="-").count() == 2


def test_a_year_in_which_somebody_wrote_beside_the_leads_stays(town):
    open_year(town.report.plan, 2011, by=None)
    report = type(town.report).objects.get(fiscal_year=2011)
    report.voices.filter(partner=None).update(text="書いた", state=State.DRAFT)
    with pytest.raises(ClosingRefused, match="関係の課"):
        close_year(report, by=None, seen=closing_of(report).seal)


def link_page(town):
    return f"{town.round_address}{town.partner.pk}/"


def test_a_link_is_shown_once_and_works(town, client):
    office, day = town.coordinator(), timezone.localdate() + timedelta(days=3)
    page = office.post(link_page(town), {"last_day": day.isoformat(), "do": "make"})
    address = re.search(r"http://testserver(/partner/[^<\s]+)", page.content.decode())[1]
    assert "no-store" in page["Cache-Control"]
    assert client.get(address).status_code == 200
    assert address not in office.get(link_page(town)).content.decode()
    assert "まで使えます" in office.get(town.round_address).content.decode()
    office.post(link_page(town), {"do": "revoke"})
    assert client.get(address).status_code == 404


def test_a_link_is_sent_to_the_partners_address(town, client, settings):
    settings.EMAIL_HOST = "mail.example.jp"
    town.partner.email = "hama@example.jp"
    town.partner.save()
    day = timezone.localdate() + timedelta(days=3)
    town.coordinator().post(link_page(town), {"last_day": day.isoformat(), "do": "send"})
    [letter] = mail.outbox
    address = re.search(r"http://testserver(/partner/\S+)", letter.body)[1]
    assert letter.to == ["hama@example.jp"]
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("day", ["", "x", "2000-01-01", "2999-01-01", "２０２６-01-01", "2026-02-30"])
def test_a_day_that_cannot_be_is_told_at_its_box(town, day):
    page = town.coordinator().post(link_page(town), {"last_day": day, "do": "make"})
    assert page.status_code == 200
    assert "errorlist" in page.content.decode()
    assert not PartnerLink.objects.exists()


def test_the_front_page_of_the_office_says_what_waits(town):
    town.say(town.partners, "掃いた。", confirmed=False)
    page = said(town.coordinator().get("/admin/"))
    assert "確定を待っている関係課・相手方の文" in page


def test_every_change_is_in_the_record_with_the_item_and_the_partner(town, client):
    watch = Watch()
    write(client, town.link(), {town.partners.pk: "掃いた。"})
    found = {(str(record.kind), record.target, record.reason) for record in watch.found()}
    text = ("関係課・相手方の文", "浜の掃除（浜の自治会）", "相手方のリンクから保存（浜の自治会）")
    assert text in found
    assert ("相手方の回答用リンク", "浜の自治会", "相手方の回答用リンクを作る") in found
    [record] = [each for each in watch.found() if each.stored.kind is KINDS["voice"]]
    assert told(record)["実施状況"] == ("", "掃いた。")
    assert (record.code, record.year) == (town.status.item.code, str(town.report))


def test_the_form_of_an_item_takes_related_departments_and_partners_in_one_record(town):
    office, item = town.coordinator(), town.status.item
    address = f"/admin/actionplan/actionitem/{item.pk}/change/"
    form = form_of(office.get(address), "actionitem_form")
    other, before = factories.make_department("三つ目の課"), item.history.count()
    assert form["related_departments"] == [str(town.related.pk)]
    chosen = {"related_departments": [town.related.pk, other.pk], "partners": [], "_save": "x"}
    assert office.post(address, form | chosen).status_code == 302
    assert set(item.related_departments.all()) == {other, town.related}
    assert (item.partners.count(), item.history.count()) == (0, before + 1)


def test_a_partner_that_items_name_and_a_department_that_is_related_stay(town):
    office = town.coordinator()
    for model, row in (("partner", town.partner), ("department", town.related)):
        page = office.post(f"/admin/actionplan/{model}/{row.pk}/delete/", {"post": "yes"})
        assert "削除できません" in page.content.decode()
        row.refresh_from_db()


def test_a_department_that_ended_with_nobody_after_it_is_not_asked(town):
    Department.objects.filter(pk=town.related.pk).update(in_force_until=timezone.localdate() - timedelta(days=1))
    town.theirs.delete()
    assert gap_of(town.report).missing == []


def test_an_answer_beside_which_somebody_wrote_is_not_deleted(town):
    address = f"/admin/actionplan/yearlystatus/{town.status.pk}/delete/"
    Voice.objects.filter(pk=town.theirs.pk).update(text="貸し出した。")
    page = town.coordinator().post(address, {"post": "yes"}).content.decode()
    assert "関係課か相手方の文が書かれているため、削除できません" in page
    Voice.objects.update(text="")
    assert town.coordinator().post(address, {"post": "yes"}).status_code == 302


def test_the_pages_ask_as_often_for_many_items_as_for_few(town, client):
    def often(browser, address):
        browser.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address).status_code == 200
        return len(queries)

    office, clerk, link = town.coordinator(), town.browser("担当者"), town.link()
    sheet = f"/admin/answers/{town.report.key}/{town.lead.pk}/"
    pages = [(office, town.round_address), (clerk, town.related_address), (client, link), (office, sheet)]
    few = [often(*page) for page in pages]
    for _ in range(30):
        status = factories.make_status(town.report, department=town.lead)
        factories.make_voice(status, department=town.related, text="書いた。", state=State.SUBMITTED)
        factories.make_voice(status, partner=town.partner)
    assert [often(*page) for page in pages] == few
