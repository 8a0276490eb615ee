"""A department's answers handed in from their page, and taken back."""

import re

import pytest
from django.contrib.auth.models import Permission

from actionplan.models import State, YearlyStatus
from tests.admin.pages import signed_in
from tests.answers.answering import make_office, written

pytestmark = pytest.mark.django_db
OPEN, SUBMITTED = State.DRAFT, State.SUBMITTED


@pytest.fixture
def office():
    return make_office()


def test_a_clerk_reads_who_may_hand_in_and_has_no_button_for_it(office):
    office.person("課長", last_name="山田", first_name="太郎")
    page = office.browser().get(office.address).content.decode()
    assert "すべて書けたら、課長（山田 太郎さん）に提出を頼んでください。" in page
    assert 'value="submit"' not in page


def test_a_department_without_a_head_is_told_whom_to_ask(office):
    assert (
        "事務局に提出を頼んでください。この課には、提出できる課長が"
        in office.browser().get(office.address).content.decode()
    )


def test_the_head_saves_and_hands_in_with_one_press(office):
    head = office.person("課長")
    cells = {f"{cell}_{index}": value for index in (0, 1) for cell, value in written().items()}
    page = office.save(signed_in(head), "submit", **cells)
    assert office.states() == [SUBMITTED, SUBMITTED]
    assert office.stored().submitted_by == head
    assert "2項目を提出しました。" in page
    assert "<textarea" not in page
    reasons = office.stored().history.filter(history_type="~").values_list("history_change_reason", flat=True)
    assert list(reasons) == ["提出", "自課の回答で保存"]


def test_handing_in_what_is_not_complete_saves_the_draft_and_says_what_lacks(office):
    page = office.save(office.browser("課長"), "submit", text_0="書いた文", progress_0="done", text_1="区分がない")
    assert office.states() == [OPEN, OPEN]
    assert office.stored(1).text == "区分がない"
    assert "まだ書かれていないところがあるため、提出していません。" in page
    assert f'<a href="#progress-{office.rows[1].pk}">3-1-2（進捗区分）</a>' in page


def test_only_a_save_says_that_nothing_was_changed(office):
    head = office.browser("課長")
    assert "何も変えていません" not in office.save(head, "submit")
    assert "何も変えていません" in office.save(head)


def test_a_clerk_who_forges_the_button_only_saves(office):
    page = office.save(office.browser(), "submit", **{f"{c}_0": v for c, v in written().items()})
    assert office.stored().state == State.DRAFT
    assert "提出できるのは課長です。" in page


def test_pressing_twice_is_harmless(office):
    head = office.browser("課長")
    form = office.form(head)
    cells = {f"{cell}_{index}": value for index in (0, 1) for cell, value in written().items()}
    office.post(head, form, "submit", **cells)
    page = office.post(head, form, "submit", follow=True, **cells).content.decode()
    assert "すでに提出されています。" in page
    assert office.states() == [SUBMITTED, SUBMITTED]
    assert office.stored().history.count() == 3
    # The browser's back button, and the same text saved once more.
    again = office.post(head, form, follow=True, **cells).content.decode()
    assert "何も変えていません" in again
    assert "notice--error" not in again


@pytest.mark.parametrize("which", ["back", "back-first"])
def test_what_was_handed_in_may_be_taken_back_until_it_is_confirmed(which):
    office = make_office(**written(state=SUBMITTED))
    which = which.replace("first", str(office.rows[0].pk))
    page = office.post(office.browser("課長"), {}, which, follow=True).content.decode()
    assert office.states() == [OPEN, SUBMITTED if "-" in which else OPEN]
    assert "提出を取り消しました" in page
    YearlyStatus.objects.update(state=State.CONFIRMED)
    page = office.post(office.browser("課長"), {}, which, follow=True).content.decode()
    assert "提出を取り消せる項目がありませんでした。" in page
    assert office.states() == [State.CONFIRMED, State.CONFIRMED]


def test_who_may_only_hand_in_hands_in_what_others_wrote(office):
    YearlyStatus.objects.update(**written(state=State.DRAFT))
    person = office.person()
    person.user_permissions.add(Permission.objects.get(codename="submit_yearlystatus"))
    page = office.save(signed_in(person), "submit")
    assert office.states() == [SUBMITTED, SUBMITTED]
    assert "2項目を提出しました。" in page


def test_a_clerk_may_not_take_back(office):
    YearlyStatus.objects.update(**written(state=SUBMITTED))
    assert office.post(office.browser(), {}, "back").status_code == 403
    assert office.states() == [SUBMITTED, SUBMITTED]


def test_whoever_writes_while_the_head_hands_in_is_told_whom_to_ask(office):
    YearlyStatus.objects.filter(report=office.report).update(**written())
    clerk, head = office.browser(), office.browser("課長", last_name="山田")
    form = office.form(clerk)
    office.save(head, "submit")
    page = office.post(clerk, form, text_0="書いている文").content.decode()
    assert "書いている文" in page
    assert "もう一度保存してください" not in page.partition('<section class="answer"')[0]
    assert "さん）に提出の取消しを頼んでください。" in page


def test_taking_one_answer_back_leads_back_to_it(office):
    YearlyStatus.objects.update(**written(state=SUBMITTED))
    head, pk = office.browser("課長"), office.rows[1].pk
    assert office.post(head, office.form(head), f"back-{pk}").url == f"{office.address}#item-{pk}"


@pytest.mark.parametrize("number", ["12345678901234567890", "x", "-1", "0"])
def test_a_number_that_is_no_answers_takes_back_none(number):
    office = make_office(**written(state=SUBMITTED))
    page = office.post(office.browser("課長"), {}, f"back-{number}", follow=True).content.decode()
    assert office.states() == [SUBMITTED, SUBMITTED]
    assert "提出を取り消せる項目がありませんでした。" in page


def test_taking_back_stands_apart_from_handing_in_and_opens_to_a_question_first():
    office = make_office(**written(state=SUBMITTED))
    YearlyStatus.objects.filter(pk=office.rows[1].pk).update(state=State.DRAFT)
    page = office.browser("課長").get(office.address).content.decode()
    bar = page.partition('class="bar"')[2].partition("</form>")[0]
    assert 'value="submit"' in bar
    assert 'value="back' not in bar
    asked = re.findall(r"<details class=\"take-back.*?</details>", page, re.DOTALL)
    assert [re.search(r'value="(back[^"]*)"', each)[1] for each in asked] == ["back", f"back-{office.rows[0].pk}"]
    assert page.count('value="back') == 2
    assert "提出した1項目を、すべて下書きに戻しますか。" in asked[0]
