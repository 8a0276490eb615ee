"""The page of a related department: its own boxes, handed in by its head; found from 自課の回答 and the front page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from actionplan.models import Department, State, Voice
from actionplan.voices.asked import ask, gap_of
from actionplan.voices.saving import mark_of
from tests import factories
from tests.admin.pages import form_of, signed_in
from tests.voices.town import make_town

pytestmark = pytest.mark.django_db
WORDS = "道具を貸し出しました。"


@pytest.fixture
def town():
    return make_town()


def press(client, town, do="save", text=None, follow=True):
    form = form_of(client.get(town.related_address), "related-form")
    name = next((name for name in form if name.startswith("text-")), "none")
    return client.post(
        town.related_address, form | {"do": do} | ({name: text} if text is not None else {}), follow=follow
    )


def test_a_clerk_writes_and_the_head_hands_in(town):
    clerk, head = town.browser("担当者"), town.browser("課長")
    assert "1項目を保存しました" in press(clerk, town, text=WORDS).content.decode()
    assert (town.theirs.text, town.theirs.state) == (WORDS, State.DRAFT)
    assert "提出できるのは課長です" in press(clerk, town, "submit").content.decode()
    assert "1項目の文を提出しました" in press(head, town, "submit").content.decode()
    assert town.theirs.state == State.SUBMITTED
    assert "提出を取り消しました" in press(head, town, "back").content.decode()
    assert town.theirs.state == State.DRAFT


def test_each_change_is_recorded_with_who_and_by_which_page(town):
    press(town.browser("課長"), town, "submit", text=WORDS)
    records = list(town.theirs.history.order_by("history_id"))[1:]
    assert [record.history_change_reason for record in records] == ["関係課の文の画面で保存", "提出"]
    assert all(record.history_user for record in records)


def test_a_box_left_empty_is_not_handed_in(town):
    assert "提出する文がありません" in press(town.browser("課長"), town, "submit").content.decode()
    assert town.theirs.state == State.NOT_STARTED


@pytest.mark.parametrize("state", [State.SUBMITTED, State.CONFIRMED])
def test_what_is_handed_in_is_not_written_over_and_the_words_are_given_back(town, state):
    clerk = town.browser("担当者")
    form = form_of(clerk.get(town.related_address), "related-form")
    Voice.objects.filter(pk=town.theirs.pk).update(state=state)
    name = next(name for name in form if name.startswith("text-"))
    page = clerk.post(town.related_address, form | {name: WORDS, "do": "save"}).content.decode()
    assert town.theirs.text == ""
    assert WORDS in page
    assert "保存していません" in page


def test_of_two_people_the_second_sees_the_first_ones_words(town):
    first, second = town.browser("担当者"), town.browser("担当者")
    form = form_of(second.get(town.related_address), "related-form")
    press(first, town, text="はじめの文")
    name = next(name for name in form if name.startswith("text-"))
    page = second.post(town.related_address, form | {name: "あとの文", "do": "save"}).content.decode()
    assert town.theirs.text == "はじめの文"
    assert "はじめの文" in page
    assert "あとの文" in page


def test_a_text_of_another_department_in_the_post_is_not_reached(town):
    other = factories.make_voice(town.status, department=factories.make_department("よその課"))
    clerk = town.browser("担当者")
    clerk.post(town.related_address, {f"text-{other.pk}-{'0' * 16}": "のっとり", "do": "save"})
    clerk.post(town.related_address, {f"text-{town.partners.pk}-{'0' * 16}": "のっとり", "do": "save"})
    assert not Voice.objects.filter(text="のっとり").exists()


def test_the_lead_may_neither_read_the_draft_nor_write_there(town):
    lead = town.browser("担当者", department=town.lead)
    assert lead.get(town.related_address).status_code == 403
    assert lead.post(town.related_address, {"do": "save"}).status_code == 403


def test_the_sheet_of_the_department_lists_the_items_under_a_heading_of_their_own(town):
    page = town.browser("担当者").get(f"/admin/answers/{town.report.key}/{town.related.pk}/").content.decode()
    assert "関係課として書く項目（1項目）" in page
    assert "組織改正で別の課に移ったかもしれません" not in page
    assert "浜の掃除" in page
    assert town.related_address in page


def test_the_front_page_and_the_list_lead_there_although_the_department_leads_nothing(town):
    clerk = town.browser("担当者")
    for address in ("/admin/", "/admin/answers/"):
        page = clerk.get(address).content.decode()
        assert town.related_address in page
        assert "1項目のうち0項目が提出済み" in page


def test_a_department_that_was_renamed_writes_under_its_new_name(town):
    new, today = factories.make_department("新しい課"), timezone.localdate()
    facts = {"in_force_until": today - timedelta(days=1), "successor": new}
    Department.objects.filter(pk=town.related.pk).update(**facts)
    clerk = signed_in(factories.make_person("担当者", departments=[new]))
    moved = clerk.get(town.related_address)
    assert moved["Location"] == f"/admin/answers/{town.report.key}/{new.pk}/related/"
    form = form_of(clerk.get(moved["Location"]), "related-form")
    name = next(name for name in form if name.startswith("text-"))
    clerk.post(moved["Location"], form | {name: WORDS, "do": "save"})
    assert town.theirs.text == WORDS
    assert town.say(town.theirs, WORDS).name == "新しい課"


def test_of_two_related_departments_that_were_merged_the_written_row_stays_and_the_empty_one_goes(town):
    new, second = (factories.make_department(name) for name in ("合わさった課", "もう一つの課"))
    today = timezone.localdate()
    written = factories.make_voice(town.status, department=second, text="書いた文", state=State.DRAFT)
    assert not gap_of(town.report)
    merged = {"in_force_until": today - timedelta(days=1), "successor": new}
    Department.objects.filter(pk__in=[town.related.pk, second.pk]).update(**merged)
    gap = gap_of(town.report)
    assert (list(gap.missing), list(gap.spare)) == ([], [town.theirs])
    ask(town.report, by=town.office)
    assert list(Voice.objects.exclude(department=None)) == [written]
    assert not gap_of(town.report)


def test_an_expired_log_in_gives_the_words_back(town):
    clerk = town.browser("担当者")
    form = form_of(clerk.get(town.related_address), "related-form")
    clerk.logout()
    name = next(name for name in form if name.startswith("text-"))
    page = clerk.post(town.related_address, form | {name: WORDS, "do": "save"}).content.decode()
    assert WORDS in page
    assert "ログイン" in page


def test_the_office_hands_in_in_place_of_the_department_and_the_record_says_so(town):
    press(town.coordinator(), town, "submit", text=WORDS)
    assert town.theirs.history.latest().history_change_reason == "課に代わって提出"


@pytest.mark.parametrize("address", ["/admin/answers/1999/1/related/", "/admin/answers/2009/99999/related/"])
def test_a_year_or_department_that_is_none_is_not_found(town, address):
    assert town.coordinator().get(address).status_code == 404


def test_the_office_writes_down_what_a_partner_sent_on_paper_and_the_record_says_so(town):
    office, address = town.coordinator(), f"/admin/round/{town.report.key}/voices/{town.partner.pk}/texts/"
    page = office.get(address).content.decode()
    assert "浜の自治会に代わって書く文" in page
    form = form_of(office.get(address), "related-form")
    name = next(name for name in form if name.startswith("text-"))
    office.post(address, form | {name: "浜を掃いた。", "do": "submit"})
    assert (town.partners.text, town.partners.state) == ("浜を掃いた。", State.SUBMITTED)
    reasons = list(town.partners.history.order_by("history_id").values_list("history_change_reason", flat=True))
    assert reasons[1:] == ["相手方に代わって記入（浜の自治会）", "相手方に代わって提出（浜の自治会）"]
    assert {record.history_user for record in town.partners.history.filter(history_type="~")} == {town.office}


@pytest.mark.parametrize("role", ["担当者", "課長", "公表権者", "閲覧者"])
def test_nobody_else_writes_in_place_of_a_partner(town, role):
    address = f"/admin/round/{town.report.key}/voices/{town.partner.pk}/texts/"
    client, name = town.browser(role), f"text-{town.partners.pk}-{mark_of('')}"
    assert client.get(address).status_code == 403
    assert client.post(address, {name: "のっとり", "do": "submit"}).status_code == 403
    client.post(town.related_address, {name: "のっとり", "do": "save"})
    assert town.partners.text == ""
