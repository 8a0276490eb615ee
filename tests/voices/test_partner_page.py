"""The partner's page: without an account or a cookie, its own items only, once; everything wrong is answered alike."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.signing import Signer
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actionplan.models import ActionItem, Partner, PartnerLink, State, Voice
from actionplan.publishing.compose import compose
from actionplan.publishing.publish import publish
from actionplan.voices import partner_page
from actionplan.voices.links import SIGNER, LinkRefused, make_link, revoke_links
from tests import factories
from tests.voices.town import a_week_on, boxes, make_town, write

pytestmark = pytest.mark.django_db
WORDS = "住民30人で浜を掃除しました。"


@pytest.fixture
def town():
    return make_town()


def told_by(response):
    """The headers, but for the number of the request."""
    return {name: value for name, value in response.headers.items() if name != "X-Request-ID"}


def test_a_partner_writes_saves_and_hands_in_without_an_account_or_a_cookie(town, client):
    address, voice = town.link(), town.partners
    saved = write(client, address, {voice.pk: WORDS}, follow=True)
    assert "保存しました" in saved.content.decode()
    assert (town.partners.text, town.partners.state) == (WORDS, State.DRAFT)
    done = client.post(address, {"do": "submit"}, follow=True)
    assert "提出を受け付けました" in done.content.decode()
    assert (town.partners.state, town.partners.submitted_by) == (State.SUBMITTED, None)
    assert not client.cookies


def test_it_says_who_asks_until_when_and_what_the_plan_promises(town, client):
    page = client.get(town.link()).content.decode()
    for words in ("浜の自治会の回答", "浜の掃除", "内容", "まで使えます"):
        assert words in page


@pytest.mark.parametrize(("printed", "shown"), [("", "1-1-1　浜の掃除"), ("Ⅰ-１-ア", "Ⅰ-１-ア　浜の掃除")])
def test_it_names_the_item_by_the_number_that_the_partners_workbook_has(town, client, printed, shown):
    ActionItem.objects.filter(pk=town.status.item_id).update(printed_number=printed)
    assert f">{shown}</h2>" in client.get(town.link()).content.decode()


def test_an_item_without_a_content_has_no_heading_for_one(town, client):
    ActionItem.objects.filter(pk=town.status.item_id).update(content="")
    assert "アクションプランの内容" not in client.get(town.link()).content.decode()


def test_what_is_handed_in_is_not_published_before_the_office_has_confirmed_it(town, client):
    write(client, town.link(), {town.partners.pk: WORDS}, "submit")
    assert compose(town.report).rows[0].voices == []
    town.say(town.partners, WORDS)
    assert compose(town.report).rows[0].voices == [{"kind": "partner", "name": "浜の自治会", "text": WORDS}]


def test_the_page_tells_nobody_its_address_and_is_kept_nowhere(town, client):
    response = client.get(town.link(), headers={"Accept-Encoding": "gzip"})
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Cache-Control"] == "no-store"
    assert "Content-Encoding" not in response
    assert town.link().split("/")[2] not in response.content.decode()


def test_the_record_says_by_which_door_and_for_whom(town, client):
    write(client, town.link(), {town.partners.pk: WORDS}, "submit")
    reasons = [record.history_change_reason for record in town.partners.history.all()]
    assert "相手方のリンクから保存（浜の自治会）" in reasons
    assert "相手方のリンクから提出（浜の自治会）" in reasons
    assert {record.history_user for record in town.partners.history.filter(history_type="~")} == {None}
    assert [link.history.count() for link in PartnerLink.objects.all()] == [2]


def _changed(token: str) -> str:
    return ("A" if token[0] != "A" else "B") + token[1:]


WRONG = {
    "nothing": lambda town: "x",
    "unsigned": lambda town: "a" * 32,
    "changed": lambda town: _changed(town.link().split("/")[2]),
    "signed by another": lambda town: Signer(key="other", salt=SIGNER.salt, sep=".").sign("a" * 32),
    "signed but unknown": lambda town: SIGNER.sign("a" * 32),
    "replaced": lambda town: [town.link(), town.link()][0].split("/")[2],
    "revoked": lambda town: _revoked(town),
    "expired": lambda town: _expired(town),
    "no longer asked": lambda town: _inactive(town),
}


def _revoked(town):
    token = town.link().split("/")[2]
    revoke_links(town.partner, town.report, by=town.office)
    return token


def _expired(town):
    token = town.link().split("/")[2]
    PartnerLink.objects.update(last_day=timezone.localdate() - timedelta(days=1))
    return token


def _inactive(town):
    token = town.link().split("/")[2]
    town.partner.active = False
    town.partner.save()
    return token


@pytest.mark.parametrize("wrong", WRONG)
def test_whatever_is_wrong_with_a_link_is_answered_in_one_and_the_same_way(town, client, wrong):
    plain = client.get("/partner/another/")
    token = WRONG[wrong](town)
    for response in (client.get(f"/partner/{token}/"), client.post(f"/partner/{token}/", {"do": "submit"})):
        assert (response.status_code, response.content) == (404, plain.content)
        assert told_by(response) == told_by(plain)
    assert town.partners.state == State.NOT_STARTED


def test_a_wrong_signature_asks_nothing_of_the_links(town, client):
    with CaptureQueriesContext(connection) as queries:
        client.get("/partner/" + "a" * 32 + "." + "b" * 43 + "/")
    assert not [each for each in queries if "partnerlink" in each["sql"]]


def test_a_link_works_on_its_last_day_and_not_a_minute_longer(town, client, monkeypatch):
    address = town.link(timezone.localdate())
    assert client.get(address).status_code == 200
    names = boxes(client.get(address))
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: tomorrow)
    response = client.post(address, {names[town.partners.pk]: WORDS, "do": "save"})
    assert response.status_code == 404
    assert town.partners.text == ""
    # What was written before midnight is given back.
    assert client.get(address).status_code == 404


def test_words_sent_by_a_link_that_was_just_revoked_are_given_back(town, client, monkeypatch):
    address = town.link()
    names = boxes(client.get(address))
    real, calls = partner_page.find_link, []

    def revoked_meanwhile(token, locked=False):
        calls.append(locked)
        return real(token) if not locked else None

    monkeypatch.setattr(partner_page, "find_link", revoked_meanwhile)
    response = client.post(address, {names[town.partners.pk]: WORDS, "do": "save"})
    assert (response.status_code, calls) == (404, [False, True])
    assert WORDS in response.content.decode()


def test_handing_in_a_second_time_changes_nothing_and_gives_the_words_back(town, client):
    address = town.link()
    names = boxes(client.get(address))
    client.post(address, {names[town.partners.pk]: WORDS, "do": "submit"})
    again = client.post(address, {names[town.partners.pk]: "ほかの文", "do": "submit"})
    assert (again.status_code, town.partners.text) == (200, WORDS)
    assert "ほかの文" in again.content.decode()
    assert "保存していません" in again.content.decode()
    assert town.partners.history.count() == 3
    assert WORDS not in client.get(address).content.decode()


def test_what_came_back_is_written_again_by_a_new_link(town, client):
    town.say(town.partners, WORDS)
    Voice.objects.filter(pk=town.partners.pk).update(state=State.RETURNED, return_reason="人数を確かめてください。")
    address = town.link()
    assert "人数を確かめてください。" in client.get(address).content.decode()
    write(client, address, {town.partners.pk: "住民28人で浜を掃除しました。"}, "submit")
    assert (town.partners.text, town.partners.state) == ("住民28人で浜を掃除しました。", State.SUBMITTED)


def test_another_ones_text_in_the_post_is_neither_stored_nor_told(town, client):
    other = factories.make_voice(town.status, partner=factories.make_partner("山の自治会"), text="山の文")
    address, theirs = town.link(), town.theirs
    for voice in (other, theirs):
        name = f"text-{voice.pk}-{'0' * 16}"
        response = client.post(address, {name: "のっとり", "do": "save"})
        assert response.status_code == 409
        assert "山の文" not in response.content.decode()
        assert "のっとり" in response.content.decode()
    assert [Voice.objects.get(pk=each.pk).text for each in (other, theirs)] == ["山の文", ""]


def test_another_years_text_of_the_partner_is_not_reached(town, client):
    before = factories.make_report(town.report.plan, fiscal_year=2008)
    old = factories.make_voice(factories.make_status(before, town.status.item), partner=town.partner)
    client.post(town.link(), {f"text-{old.pk}-{'0' * 16}": "のっとり", "do": "save"})
    assert Voice.objects.get(pk=old.pk).text == ""


def test_of_two_tabs_the_second_does_not_overwrite_the_first_unseen(town):
    address, (first, second) = town.link(), (Client(), Client())
    names = boxes(second.get(address))
    write(first, address, {town.partners.pk: "はじめの文"})
    response = second.post(address, {names[town.partners.pk]: "あとの文", "do": "submit"})
    assert response.status_code == 409
    for words in ("はじめの文", "あとの文", "両方を見比べて"):
        assert words in response.content.decode()
    assert (town.partners.text, town.partners.state) == ("はじめの文", State.DRAFT)
    again = boxes(response)
    second.post(address, {again[town.partners.pk]: "合わせた文", "do": "submit"})
    assert (town.partners.text, town.partners.state) == ("合わせた文", State.SUBMITTED)


def test_nothing_written_is_not_handed_in_and_the_link_is_not_used_up(town, client):
    address = town.link()
    response = client.post(address, {"do": "submit"})
    assert "まだ何も書かれていない" in response.content.decode()
    assert client.post(address, {"do": "anyway"}).status_code == 409
    assert PartnerLink.objects.get().used_at is None


def test_an_item_left_empty_is_asked_about_before_the_link_is_used_up(town, client):
    other = factories.make_voice(factories.make_status(town.report), partner=town.partner)
    address = town.link()
    asked = write(client, address, {town.partners.pk: WORDS}, "submit")
    assert "空欄のまま提出する" in asked.content.decode()
    assert PartnerLink.objects.get().used_at is None
    client.post(address, {"do": "anyway"})
    assert [Voice.objects.get(pk=pk).state for pk in (town.partners.pk, other.pk)] == ["submitted", "not_started"]
    assert PartnerLink.objects.get().used_at


@pytest.mark.parametrize("words", ["制\x07御", "零\x00", "長" * 32_001])
def test_what_cannot_be_stored_says_why_and_stays_on_the_page(town, client, words):
    response = write(client, town.link(), {town.partners.pk: words})
    assert response.status_code == 409
    assert town.partners.text == ""
    page = response.content.decode()
    assert "制御文字" in page or "32,000字まで" in page
    assert words[:1] in page


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", "</textarea><b>", "=1+1", "\n先頭の改行", "𠮷　髙"])
def test_a_text_is_kept_to_the_letter_and_never_becomes_markup(town, client, words):
    address = town.link()
    write(client, address, {town.partners.pk: words})
    assert town.partners.text == words
    page = client.get(address).content.decode()
    assert "<script>alert" not in page
    assert "</textarea><b>" not in page


@pytest.mark.parametrize(
    "post",
    [
        {"text-1": "x"},
        {"text-999999999999999-0000000000000000": "x"},
        {"text-x-0000000000000000": "x"},
        {"do": "destroy"},
        {},
    ],
)
def test_a_post_that_no_page_of_ours_sends_changes_nothing(town, client, post):
    assert client.post(town.link(), post).status_code in (302, 409)
    assert town.partners.history.count() == 1


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_other_methods_are_refused(town, client, method):
    assert getattr(client, method)(town.link()).status_code == 405


def test_a_database_that_is_held_gives_the_words_back(town, client, monkeypatch):
    address = town.link()
    names = boxes(client.get(address))

    def held(*args, **kwargs):
        raise OperationalError("database is locked")

    monkeypatch.setattr(partner_page, "saving", SimpleNamespace(lock=held))
    response = client.post(address, {names[town.partners.pk]: WORDS, "do": "save"})
    assert response.status_code == 503
    assert WORDS in response.content.decode()


def test_the_database_does_not_hold_the_secret(town):
    secret = town.link().split("/")[2].partition(".")[0]
    link = PartnerLink.objects.get()
    assert secret not in str(vars(link))
    assert "secret_hash" not in vars(link.history.get())


def test_a_new_link_ends_the_one_before(town, client):
    first, second = town.link(), town.link()
    assert [client.get(address).status_code for address in (first, second)] == [404, 200]


def test_opened_after_the_year_was_published_it_says_so_and_still_takes_words(town, client):
    address = town.link()
    assert "もう公表されています" not in client.get(address).content.decode()
    edition = publish(town.report, by=None, named=[town.status.pk])
    assert "訂正版を出したときに公表します" in client.get(address).content.decode()
    write(client, address, {town.partners.pk: WORDS}, do="submit")
    assert town.partners.text == WORDS
    assert WORDS not in client.get(f"/items/{town.status.item.public_id}/").content.decode()
    assert edition.rows.get().voices == []


def test_a_partner_renamed_while_its_link_is_out_finds_its_new_name(town, client):
    address = town.link()
    town.partner.name = "新しい名前の会"
    town.partner.save()
    assert "新しい名前の会の回答" in client.get(address).content.decode()


def test_a_partner_with_a_link_or_a_text_is_not_deleted_and_who_tries_is_told_why(town):
    address = f"/admin/actionplan/partner/{town.partner.pk}/delete/"
    town.link()
    town.status.item.partners.clear()
    client = town.coordinator()
    assert "文か回答用リンクの記録があるため" in client.get(address).content.decode()
    client.post(address, {"post": "yes"})
    assert Partner.objects.filter(pk=town.partner.pk).exists()


@pytest.mark.parametrize("days", [-1, 367])
def test_a_day_that_cannot_be_meant_is_refused(town, days):
    with pytest.raises(LinkRefused):
        make_link(town.partner, town.report, timezone.localdate() + timedelta(days=days), by=town.office)


def test_a_partner_that_nothing_is_asked_of_gets_no_link(town):
    stranger = factories.make_partner("谷の自治会")
    with pytest.raises(LinkRefused, match="項目がありません"):
        make_link(stranger, town.report, a_week_on(), by=town.office)
