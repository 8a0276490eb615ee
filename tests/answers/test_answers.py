"""自課の回答: one page of a department's items, read, written and saved."""

import pytest
from django.test import Client

from actionplan.models import State, YearlyStatus
from tests import factories
from tests.admin.pages import form_of, signed_in
from tests.answers.answering import FORM, make_office, written

pytestmark = pytest.mark.django_db
SUBMITTED = State.SUBMITTED


@pytest.fixture
def office():
    return make_office()


def test_the_page_shows_every_item_of_the_department_in_report_order_and_no_other(office):
    factories.make_status(office.report, department=factories.make_department("第二課"))
    first = factories.make_item(factories.make_measure(office.report.plan, policy_number=1), name="先の項目")
    factories.make_status(office.report, first, department=office.department, text="")
    shown = [item.row.code for item in office.browser().get(office.address).context["items"]]
    assert shown == ["1-2-1", "3-1-1", "3-1-2"]


def test_the_definitions_of_the_categories_are_on_the_page(office):
    page = office.browser().get(office.address).content.decode()
    assert "取組を続けているもの。" in page
    assert "未設定</dt>" in page


def test_a_draft_is_saved_with_who_when_and_why(office):
    person = office.person("担当者")
    page = office.save(signed_in(person), text_0="書いた文\r\n二行目", progress_0="done", next_step_0="続ける")
    row = office.stored()
    assert (row.text, row.progress, row.next_step) == ("書いた文\n二行目", "done", "続ける")
    assert (row.state, row.answered_by, row.revision) == (State.DRAFT, person, 2)
    assert [entry.history_change_reason for entry in row.history.filter(history_type="~")] == ["自課の回答で保存"]
    assert "1項目を保存しました。残り1項目に空欄があります。" in page
    assert "3-1-2（実施状況・進捗区分）</a>" in page


def test_boxes_that_nobody_touched_write_nothing(office):
    YearlyStatus.objects.filter(pk=office.rows[0].pk).update(text="一行目\n二行目", outcome="\n先頭が改行")
    page = office.save(office.browser())
    assert "書き直されたところはないため、何も変えていません。" in page
    assert office.stored().revision == 1


def test_the_way_to_the_workbook_and_to_the_history_is_there(office):
    page = office.browser().get(office.address).content.decode()
    assert f'href="/admin/inquiry/2010/{office.department.pk}.xlsx"' in page
    assert f'href="/admin/inquiry/2010/upload/?department={office.department.pk}"' in page
    assert f'href="/admin/trail/?item={office.rows[0].item_id}"' in page


def test_a_tab_that_becomes_a_blank_is_told(office):
    page = office.save(office.browser(), text_0="前\t後")
    assert "文の中のタブは、空白に置き換えて保存しました。" in page
    assert office.stored().text == "前 後"
    assert "タブ" not in office.save(office.browser(), text_0="前と後")


@pytest.mark.parametrize("address", ["/admin/answers/2011/{pk}/", "/admin/answers/2010/99999/"])
def test_an_unknown_year_or_department_is_a_plain_404(office, address):
    assert office.browser().get(address.format(pk=office.department.pk)).status_code == 404


def test_more_items_than_a_page_holds_are_saved_page_by_page_and_handed_in_together(monkeypatch):
    monkeypatch.setattr("actionplan.answers.pages.PER_PAGE", 2)
    office = make_office(3, **written())
    head = office.browser("課長")
    form = office.form(head)
    assert office.shown(form, "text_2") is None
    assert form["others"] == [f"{office.rows[2].pk}:1"]
    answer = office.post(head, form, "page-2", text_0="書き直した")
    assert answer.url == f"{office.address}?page=2"
    assert office.stored().text == "書き直した"
    assert office.shown(office.form(head, "?page=2"), "text_2") == "実施した。"
    office.save(head, "submit")
    assert office.states() == [SUBMITTED] * 3


def test_a_browser_may_keep_the_page_so_that_typed_words_are_there_after_going_back(office):
    assert office.browser().get(office.address)["Cache-Control"] == "private, no-cache"


def test_the_enter_key_saves_and_never_hands_in(office):
    page = office.browser("課長").get(office.address).content.decode().split('id="answers-form"')[1]
    assert page.index('<button type="submit" name="do" value="save" hidden>') < page.index('value="submit"')
    assert page.index("<button") == page.index('<button type="submit" name="do" value="save" hidden>')


def test_a_page_of_long_texts_is_not_too_large_to_be_saved():
    office = make_office(100)
    client = office.browser()
    form = office.form(client)
    office.post(client, form, **{f"{cell}_{n}": "長" * 3000 for n in range(100) for cell in ("text", "outcome")})
    assert YearlyStatus.objects.filter(text__startswith="長").count() == 100


def test_a_year_without_items_of_the_department_says_so(office):
    other = factories.make_department("別の課")
    client = signed_in(factories.make_person("担当者", departments=[other]))
    assert "別の課の項目はありません。" in client.get(f"/admin/answers/2010/{other.pk}/").content.decode()


def test_a_complete_answer_is_folded_and_says_what_it_says():
    office = make_office(2)
    YearlyStatus.objects.filter(pk=office.rows[0].pk).update(**written(text="書き終えた文", state=State.DRAFT))
    client, done = office.browser(), office.rows[0]
    page = client.get(office.address).content.decode()
    assert [item.is_folded for item in client.get(office.address).context["items"]] == [True, False]
    assert page.count('<details class="fold') == 1
    assert page.count("書き終えた文") == 3  # to be read, in its box, and in no other place but on paper
    opened = client.get(f"{office.address}?at={done.pk}").context["items"]
    assert [item.is_folded for item in opened] == [False, False]


def test_saving_leads_back_to_the_item_that_was_written_in():
    office = make_office(3)
    client, pk = office.browser(), office.rows[1].pk
    where = f"{office.address}?at={pk}#item-{pk}"
    assert office.post(client, office.form(client), f"save-{pk}", text_0="文").url == where
    assert office.post(client, office.form(client), text_1="文").url == where
    form = {**office.form(client), "place": str(pk)}
    assert office.post(client, form, text_2="文").url == where
    table = client.post(f"{office.address}?view=table", {**office.form(client, "?view=table"), "do": f"save-{pk}"})
    assert table.url == f"{office.address}?view=table&at={pk}#item-{pk}"


def test_links_to_items_of_another_page_keep_the_table(monkeypatch):
    monkeypatch.setattr("actionplan.answers.pages.PER_PAGE", 1)
    office = make_office(2)
    client, pk = office.browser(), office.rows[1].pk
    where = f"{office.address}?view=table&page=2"
    saved = client.post(where, {**office.form(client, "?view=table&page=2"), "do": "save", "place": str(pk)})
    assert saved.url == f"{where}&at={pk}#item-{pk}"
    page = client.get(f"{where}&check=1").content.decode()
    assert f'"?view=table&amp;page=1#text-{office.rows[0].pk}"' in page
    assert '"?page=' not in page


def test_the_table_holds_the_same_boxes_each_with_a_name_of_its_own():
    office = make_office(2)
    client = office.browser()
    table, cards = office.form(client, "?view=table"), office.form(client)
    assert set(table) == set(cards)
    page = client.get(f"{office.address}?view=table").content.decode()
    assert page.count("<select") == 2
    for row in office.rows:
        assert f'<span class="visually-hidden">{row.item.code} </span>実施状況</label>' in page
    client.post(f"{office.address}?view=table", {**table, "do": "save", **office.named(table, text_0="表で書いた文")})
    assert office.stored(0).text == "表で書いた文"


def test_eight_items_take_at_most_twelve_actions_from_the_log_in_to_handing_in():
    """An action is a press of a button or a link, or an item written."""
    office, client = make_office(8), Client()
    client.force_login(office.person("担当者", "課長"))
    step, actions = client.get("/admin/").context["work"][0].step, 1
    form = form_of(client.get(step.address.partition("#")[0]), FORM)
    actions += 1
    texts = {f"text_{index}": f"今年度の文{index}" for index in range(8)}
    answered = office.named(form, **texts, **{f"progress_{index}": "done" for index in range(8)})
    actions += 8
    client.post(office.address, {**form, **answered, "do": "submit"})
    actions += 1
    assert office.states() == [State.SUBMITTED] * 8
    assert actions <= 12
