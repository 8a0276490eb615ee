"""Nothing that was written on the page of answers is ever lost, and nothing unseen is overwritten."""

import re

import pytest
from django.test import Client

from actionplan.answers import saving as steps
from actionplan.answers.saving import Answer, save_answers
from actionplan.models import State, YearlyStatus
from tests import factories
from tests.admin.pages import form_of, signed_in
from tests.answers.answering import FORM, make_office, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_office()


def somebody_saves(office, index=0, **cells):
    """Another clerk of the department writes into a row."""
    person = office.person("担当者", last_name="鈴木", first_name="一郎")
    row = office.stored(index)
    save_answers([Answer(row.pk, row.revision, cells)], by=person, reason="ほかの人")


def test_the_same_box_is_never_overwritten_unseen_and_both_texts_are_shown(office):
    mine = office.browser()
    form = office.form(mine)
    somebody_saves(office, text="鈴木の文")
    response = office.post(mine, form, text_0="私の文", text_1="二つ目の文")
    page = response.content.decode()
    assert (office.stored(0).text, office.stored(1).text) == ("鈴木の文", "二つ目の文")
    assert "1項目を保存しました。" in page
    assert "1項目は保存していません。" in page
    assert '<p class="words">鈴木の文</p>' in page
    assert re.search("鈴木 一郎さんが[0-9]+月[0-9]+日[0-9]+時[0-9]{2}分に、同じ欄を保存しました", page)
    again = form_of(response, FORM)
    assert office.shown(again, "text_0") == "私の文"
    assert office.post(mine, again).status_code == 302
    assert office.stored().text == "私の文"


def test_the_author_of_the_other_text_is_who_wrote_it_not_who_touched_the_row_last(office):
    mine = office.browser()
    form = office.form(mine)
    somebody_saves(office, text="鈴木の文")
    row = office.stored()
    save_answers(
        [Answer(row.pk, row.revision, {"outcome": "成果"})],
        by=office.person("担当者", last_name="高橋"),
        reason="別の欄",
    )
    page = office.post(mine, form, text_0="私の文").content.decode()
    assert "鈴木 一郎さん" in page
    assert "（高橋さん）" not in page


def test_different_boxes_of_one_item_are_both_kept_and_that_is_said(office):
    mine = office.browser()
    form = office.form(mine)
    somebody_saves(office, progress="done", outcome="鈴木の成果")
    page = office.post(mine, form, follow=True, text_0="私の文").content.decode()
    row = office.stored()
    assert (row.text, row.progress, row.outcome) == ("私の文", "done", "鈴木の成果")
    assert "3-1-1（進捗区分・成果）。両方を残しました。" in page


def test_a_clash_in_one_box_leaves_my_other_boxes_of_the_item_in_place_too(office):
    mine = office.browser()
    form = office.form(mine)
    somebody_saves(office, text="鈴木の文", outcome="鈴木の成果")
    again = form_of(office.post(mine, form, text_0="私の文", progress_0="not_done", challenge_0="私の課題"), FORM)
    shown = [office.shown(again, f"{cell}_0") for cell in ("text", "progress", "challenge", "outcome")]
    assert shown == ["私の文", "not_done", "私の課題", "鈴木の成果"]
    row = office.stored()
    assert (row.text, row.progress, row.challenge) == ("鈴木の文", "unset", "")


def test_the_same_words_from_two_people_are_no_conflict(office):
    mine = office.browser()
    form = office.form(mine)
    somebody_saves(office, text="同じ文")
    assert office.post(mine, form, text_0="同じ文").status_code == 302


def test_a_row_without_any_record_of_change_is_guarded_as_well(office):
    mine = office.browser()
    form = office.form(mine)
    YearlyStatus.objects.filter(pk=office.rows[0].pk).update(text="記録のない文", revision=5)
    page = office.post(mine, form, text_0="私の文").content.decode()
    assert office.stored().text == "記録のない文"
    assert "ほかの人が同じ欄を保存しました" in page


@pytest.mark.parametrize("stamp", ["", "3-1-1", "3-1-1|1|a|b", "3-1-1|x|a|b|c|d|e"])
def test_a_stamp_that_was_tampered_with_overwrites_nothing(office, stamp):
    mine = office.browser()
    form = office.form(mine)
    somebody_saves(office, text="鈴木の文")
    page = office.post(mine, {**form, office.name(form, "seen_0"): stamp}, text_0="私の文").content.decode()
    assert office.stored().text == "鈴木の文"
    assert "私の文</textarea>" in page


def test_a_character_that_cannot_be_stored_keeps_every_box_and_names_the_place(office):
    mine = office.browser()
    response = office.post(mine, office.form(mine), text_0="制\x07御", outcome_0="成果", text_1="よい文")
    page = response.content.decode()
    assert "3-1-1の実施状況：目に見えない制御文字（U+0007）が入っています。" in page
    again = form_of(response, FORM)
    assert (office.shown(again, "text_0"), office.shown(again, "outcome_0")) == ("制\x07御", "成果")
    assert (office.stored(0).revision, office.stored(1).text) == (1, "よい文")


def test_a_forged_category_is_refused_with_a_sentence(office):
    mine = office.browser()
    page = office.post(mine, office.form(mine), progress_0="best").content.decode()
    assert "3-1-1の進捗区分：" in page
    assert office.stored().progress == "unset"


@pytest.mark.parametrize("state", [State.SUBMITTED, State.CONFIRMED])
def test_words_for_an_item_that_was_closed_meanwhile_come_back(office, state):
    mine = office.browser()
    form = office.form(mine)
    YearlyStatus.objects.filter(pk=office.rows[0].pk).update(text="提出した文", state=state, revision=2)
    response = office.post(mine, form, text_0="遅れた文", progress_0="done")
    page = response.content.decode()
    assert f"この項目は「{state.label}」になりました。" in page
    assert "readonly>\n遅れた文</textarea>" in page
    assert "readonly>\n実施済</textarea>" in page
    assert office.stored().text == "提出した文"
    assert office.shown(form_of(response, FORM), "text_0") is None


@pytest.mark.parametrize("fate", ["moved", "deleted"])
def test_words_for_an_item_that_left_the_department_come_back(office, fate):
    mine = office.browser()
    form = office.form(mine)
    row = office.stored()
    if fate == "deleted":
        row.delete()
    else:
        row.department = factories.make_department("第二課")
        row.save()
    page = office.post(mine, form, text_0="遅れた文", text_1="二つ目").content.decode()
    assert "3-1-1 実施状況</label>" in page
    assert "readonly>\n遅れた文</textarea>" in page
    assert "readonly>\n二つ目</textarea>" not in page
    assert office.stored(1).text == "二つ目"
    assert not YearlyStatus.objects.filter(text="遅れた文").exists()


def test_a_forged_item_of_another_department_is_not_written(office):
    other = factories.make_status(office.report, department=factories.make_department("第二課"), text="よその文")
    mine = office.browser()
    page = office.post(
        mine, {f"seen-{other.pk}": "9-9-9|1|a|b|c|d|e", f"text-{other.pk}-1": "書き換え"}
    ).content.decode()
    assert "書き換え</textarea>" in page
    assert YearlyStatus.objects.get(pk=other.pk).text == "よその文"


def test_the_head_does_not_hand_in_what_somebody_wrote_meanwhile(office):
    YearlyStatus.objects.update(**written(state=State.DRAFT))
    head = office.browser("課長")
    form = office.form(head)
    somebody_saves(office, index=1, text="鈴木が書き直した文")
    page = office.post(head, form, "submit", follow=True, text_0="課長の文").content.decode()
    assert office.states() == [State.DRAFT, State.DRAFT]
    assert office.stored().text == "課長の文"
    assert "ほかの人が保存した項目があるため、提出していません：3-1-2。" in page
    assert "鈴木が書き直した文" in page
    office.save(head, "submit")
    assert office.states() == [State.SUBMITTED, State.SUBMITTED]


def test_an_item_that_came_to_the_department_meanwhile_is_not_handed_in_unseen(office):
    YearlyStatus.objects.update(**written(state=State.DRAFT))
    head = office.browser("課長")
    form = office.form(head)
    late = factories.make_status(office.report, department=office.department, **written())
    page = office.post(head, form, "submit", follow=True).content.decode()
    assert f"提出していません：{late.item.code}。" in page
    assert State.SUBMITTED not in office.states()


def test_nothing_is_handed_in_while_an_item_could_not_be_saved(office):
    YearlyStatus.objects.update(**written(state=State.DRAFT))
    head = office.browser("課長")
    page = office.post(head, office.form(head), "submit", text_1="制\x07御").content.decode()
    assert "1項目は保存していません。提出もしていません。" in page
    assert State.SUBMITTED not in office.states()


def test_a_returned_item_stays_returned_while_it_is_mended():
    office = make_office(**written(state=State.SUBMITTED))
    steps.return_answers({office.rows[0].pk: 1}, by=factories.make_person("事務局"), reason="直す")
    office.save(office.browser(), text_0="直した")
    assert office.states() == [State.RETURNED, State.SUBMITTED]


def stale(user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    return client


@pytest.mark.parametrize("trouble", ["ended", "stale", "no right", "no department"])
def test_a_post_that_the_page_cannot_take_gives_back_what_was_written_by_item_and_cell(office, trouble):
    person = office.person("担当者")
    YearlyStatus.objects.filter(pk=office.rows[1].pk).update(text="もとからある文")
    client, address = signed_in(person), office.address
    form = office.form(client)
    form |= office.named(form, text_0="<b>長い文</b>", progress_0="done", challenge_1="課題の文")
    if trouble == "ended":
        client.logout()
    elif trouble == "stale":
        client = stale(person)
    elif trouble == "no right":
        office.department.members.clear()
    else:
        YearlyStatus.objects.all().delete()
        office.department.members.clear()
        factories.vanish(office.department)
    response = client.post(address, form)
    page = response.content.decode()
    assert response.status_code == 403
    for label, words in (
        ("3-1-1 実施状況", "&lt;b&gt;長い文&lt;/b&gt;"),
        ("3-1-1 進捗区分", "実施済"),
        ("3-1-2 課題", "課題の文"),
    ):
        assert f"{label}</label>" in page
        assert f"readonly>\n{words}</textarea>" in page
    assert page.count("<textarea") == 3
    assert "もとからある文" not in page


def test_the_log_in_leads_back_to_the_page(office):
    client = office.browser()
    form = office.form(client)
    client.logout()
    page = client.post(office.address, {**form, **office.named(form, text_0="文")}).content.decode()
    assert f'/admin/login/?next=%2Fadmin%2Fanswers%2F2010%2F{office.department.pk}%2F"' in page
