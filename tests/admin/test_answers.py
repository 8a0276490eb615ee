"""自課の回答: one page of a department's items, written, saved, handed in, taken back."""

import pytest
from django.contrib.auth.models import Permission

from actionplan.cycle import steps
from actionplan.models import State, YearlyStatus
from tests import factories
from tests.admin.answering import make_office, written
from tests.admin.pages import signed_in

pytestmark = pytest.mark.django_db
OPEN, SUBMITTED = State.DRAFT, State.SUBMITTED


@pytest.fixture
def office():
    return make_office()


def test_the_page_shows_every_item_of_the_department_in_report_order_and_no_other(office):
    factories.make_status(office.report, department=factories.make_department("第二課"))
    first = factories.make_item(factories.make_measure(office.report.plan, policy_number=1), name="先の項目")
    factories.make_status(office.report, first, department=office.department, text="")
    shown = [item.row.code for item in office.browser().get(office.address).context["items"]]
    assert shown == ["1-2-1", "3-1-1", "3-1-2"]


def test_last_years_words_stand_beside_the_empty_box(office):
    before = factories.make_report(office.report.plan, fiscal_year=2009)
    factories.make_status(
        before, office.rows[0].item, text="昨年度の文", progress="partly_done", outcome="昨年度の成果"
    )
    page = office.browser().get(office.address).content.decode()
    assert '<p class="words">昨年度の文</p>' in page
    assert '<strong class="words">一部実施</strong>' in page
    assert "昨年度の成果" in page
    assert "計画の内容1" in page
    assert page.count("昨年度の回答はありません") == 1


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


def test_a_returned_item_shows_its_reason_first_and_is_handed_in_again():
    office = make_office(**written(state=SUBMITTED))
    office_user = factories.make_person("事務局")
    steps.return_answers({office.rows[1].pk: 1}, by=office_user, reason="数を書いてください。")
    head = office.browser("課長")
    page = head.get(office.address).content.decode()
    assert "まだ直していない項目が1つあります" in page
    assert page.index("数を書いてください。") < page.index("<textarea")
    assert page.count("数を書いてください。") == 2
    office.save(head, "submit", text_1="三回実施した。")
    assert office.states() == [SUBMITTED, SUBMITTED]
    assert "数を書いてください。" not in head.get(office.address).content.decode()


def came_back(count: int = 2) -> tuple:
    """A department to which so many of its answers came back, and the browser of its head."""
    office = make_office(count, **written(state=SUBMITTED))
    steps.return_answers({row.pk: 1 for row in office.rows}, by=factories.make_person("事務局"), reason="数を書く。")
    return office, office.browser("課長")


def test_what_came_back_and_was_written_anew_is_told_from_what_was_not():
    office, head = came_back()
    page = office.save(head, text_0="三回実施した。")
    assert "まだ直していない項目が1つあります" in page
    assert "差し戻されたあとに直した項目：3-1-1" in page
    assert page.count("直しました。提出すると、事務局に届きます。") == 1


def test_what_came_back_is_not_handed_in_untouched_unless_the_head_says_so():
    office, head = came_back()
    page = office.save(head, "submit", text_0="三回実施した。")
    assert "<strong>提出していません。</strong>" in page
    assert office.states() == ["returned", "returned"]
    assert office.stored(0).text == "三回実施した。"
    assert 'form="answers-form" name="do" value="anyway"' in page
    assert "2項目を提出しました。" in office.save(head, "anyway")
    assert office.states() == [SUBMITTED, SUBMITTED]


def test_a_clerk_gets_no_button_to_hand_in_untouched_and_cannot_forge_it():
    office, _ = came_back()
    clerk = office.browser()
    assert 'value="anyway"' not in office.save(clerk, "anyway")
    assert office.states() == ["returned", "returned"]


def test_a_blank_still_stops_what_is_handed_in_anyway():
    office, head = came_back()
    office.save(head, "anyway", text_0="")
    assert office.states() == ["returned", "returned"]


def test_whoever_writes_while_the_head_hands_in_is_told_whom_to_ask(office):
    YearlyStatus.objects.filter(report=office.report).update(**written())
    clerk, head = office.browser(), office.browser("課長", last_name="山田")
    form = office.form(clerk)
    office.save(head, "submit")
    page = office.post(clerk, form, text_0="書いている文").content.decode()
    assert "書いている文" in page
    assert "もう一度保存してください" not in page.partition('<section class="answer"')[0]
    assert "さん）に提出の取消しを頼んでください。" in page


def test_a_tab_that_becomes_a_blank_is_told(office):
    page = office.save(office.browser(), text_0="前\t後")
    assert "文の中のタブは、空白に置き換えて保存しました。" in page
    assert office.stored().text == "前 後"
    assert "タブ" not in office.save(office.browser(), text_0="前と後")


def test_taking_one_answer_back_leads_back_to_it(office):
    YearlyStatus.objects.update(**written(state=SUBMITTED))
    head, pk = office.browser("課長"), office.rows[1].pk
    assert office.post(head, office.form(head), f"back-{pk}").url == f"{office.address}#item-{pk}"


def test_last_years_text_goes_into_an_empty_box_and_is_not_saved_yet(office):
    before = factories.make_report(office.report.plan, fiscal_year=2009)
    for row in office.rows:
        factories.make_status(before, row.item, text=f"昨年度の文{row.item.number}")
    client, pk = office.browser(), office.rows[0].pk
    answer = office.post(client, office.form(client), f"copy-{pk}", text_1="自分の文")
    assert answer.url == f"{office.address}?copy={pk}#item-{pk}"
    assert "昨年度の文を写しました。まだ保存していません。" in client.get(answer.url).content.decode()
    form = office.form(client, f"?copy={pk}")
    assert office.shown(form, "text_0") == "昨年度の文1"
    assert (office.stored(0).text, office.stored(1).text) == ("", "自分の文")
    office.post(client, form)
    assert office.stored().text == "昨年度の文1"
    assert office.shown(office.form(client, f"?copy={office.rows[1].pk}"), "text_1") == "自分の文"


def test_who_only_reads_sees_the_words_and_no_box():
    office = make_office(**written())
    page = signed_in(factories.make_person("閲覧者")).get(office.address).content.decode()
    assert "実施した。" in page
    assert "<form" not in page.split('id="content-main"')[1]
    assert signed_in(factories.make_person("閲覧者")).post(office.address, {"do": "save"}).status_code == 403


def test_the_coordinator_may_write_and_hand_in_for_any_department_and_answers_for_none(office):
    client = signed_in(factories.make_person("事務局"))
    office.save(client, "submit", **{f"{c}_{i}": v for i in (0, 1) for c, v in written().items()})
    assert office.states() == [SUBMITTED, SUBMITTED]
    office.save(client, text_0="事務局が直した文")
    assert (office.stored().text, office.stored().state) == ("事務局が直した文", SUBMITTED)
    nobody = factories.make_status(office.report, department=None)
    assert nobody.item.code in client.get("/admin/answers/2010/0/").content.decode()
    assert office.browser().get("/admin/answers/2010/0/").status_code == 403


def test_people_of_the_successor_answer_under_its_address(office):
    new = factories.make_department("新しい課")
    office.department.successor, office.department.in_force_until = new, "2010-03-31"
    office.department.save()
    client = signed_in(factories.make_person("担当者", departments=[new]))
    assert client.get(office.address).url == f"/admin/answers/2010/{new.pk}/"
    form = client.get(office.address, follow=True)
    assert "新しい課の回答" in form.content.decode()
    assert len(form.context["items"]) == 2


@pytest.mark.parametrize("address", ["/admin/answers/2011/{pk}/", "/admin/answers/2010/99999/"])
def test_an_unknown_year_or_department_is_a_plain_404(office, address):
    assert office.browser().get(address.format(pk=office.department.pk)).status_code == 404


def test_more_items_than_a_page_holds_are_saved_page_by_page_and_handed_in_together(monkeypatch):
    monkeypatch.setattr("actionplan.admin.answers.page.PER_PAGE", 2)
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


def test_the_office_is_asked_to_stand_in_only_with_the_heads_consent():
    office = make_office(2)
    client = signed_in(factories.make_person("事務局"))
    page = client.get(office.address).content.decode()
    assert "課に代わって提出する" in page
    assert "ふつうは課長が提出します" in page
    YearlyStatus.objects.update(state=State.SUBMITTED)
    page = client.get(office.address).content.decode()
    assert "提出を取り消す" not in page
    assert "確定するか差し戻してください" in page
