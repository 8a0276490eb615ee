"""The preview of a workbook tells the truth, writes nothing, and takes only what was decided."""

import pytest

from actionplan.models import State, YearlyStatus
from actionplan.scale import Progress
from tests import factories
from tests.admin.pages import form_of, signed_in
from tests.inquiry.filled import stored, written
from tests.inquiry.inquiring import address, confirm, make_office, shown, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_office()


def preview_of(office, client=None, **cells):
    return upload(client or office.clerk, office.report, office.book(**cells))


def test_an_unedited_workbook_changes_nothing_and_says_so(office):
    preview = preview_of(office)
    assert "変わるところはありません。" in shown(preview)
    assert "取り込む</button>" not in preview.content.decode()
    assert stored(office.first).history.count() == 1


def test_looking_writes_nothing(office):
    preview = preview_of(office, c1_1_1={"text": "新しい文"})
    office.clerk.get(address(preview))
    assert stored(office.first).text == "はじめの文1"
    assert YearlyStatus.history.count() == 2


def test_a_change_is_shown_with_item_cell_and_texts_and_taken_by_the_button(office):
    preview = preview_of(office, c1_1_1={"text": "新しい文", "progress": "実施済"})
    words = shown(preview)
    for expected in ("1-1-1", "項目", "実施状況", "H5", "はじめの文1", "新しい文", "未設定", "実施済"):
        assert expected in words
    assert "この内容で取り込む" in words
    done = confirm(office.clerk, preview)
    assert "「回答.xlsx」から1項目の回答を保存しました。" in shown(done)
    row = stored(office.first)
    assert (row.text, row.progress, row.state) == ("新しい文", Progress.DONE, State.DRAFT)
    assert row.history.first().source_file == "回答.xlsx"


def test_after_taking_the_clerk_stands_before_the_departments_answers(office):
    done = confirm(office.clerk, preview_of(office, c1_1_1={"text": "新しい文"}))
    assert address(done) == f"/admin/answers/2009/{office.department.pk}/"


def test_the_unchanged_are_folded_into_one_number(office):
    preview = preview_of(office, c1_1_1={"text": "新しい文"})
    assert "変わらない項目1" in shown(preview).replace("\n", "").replace(" ", "")
    assert "はじめの文2" not in shown(preview)


def test_added_and_removed_words_are_marked_by_more_than_colour(office):
    html = preview_of(office, c1_1_1={"text": "はじめの文1でした"}).content.decode()
    assert "<ins>" in html
    assert "（追加：" in html


def test_the_words_of_a_workbook_are_shown_as_words_not_as_html(office):
    html = preview_of(office, c1_1_1={"text": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_a_conflict_shows_three_texts_and_the_person_and_needs_a_choice(office):
    book = office.book(c1_1_1={"text": "わたしの文"})
    row = stored(office.first)
    row.text, row._history_user = "課長の文", factories.make_user(last_name="佐藤")
    row.save()
    preview = upload(office.clerk, office.report, book)
    words = shown(preview)
    for expected in ("はじめの文1", "課長の文", "わたしの文", "佐藤", "いまの回答を残す", "照会票の内容にする"):
        assert expected in words
    refused = confirm(office.clerk, preview)
    assert refused.status_code == 422
    assert "どちらの文にするかを選んでいない欄があります：1-1-1「実施状況」" in shown(refused)
    assert stored(office.first).text == "課長の文"


@pytest.mark.parametrize(("choice", "text"), [("keep", "ほかの文"), ("take", "わたしの文")])
def test_a_conflict_ends_as_chosen(office, choice, text):
    book = office.book(c1_1_1={"text": "わたしの文"})
    written(office.first, text="ほかの文")
    preview = upload(office.clerk, office.report, book)
    confirm(office.clerk, preview, **{f"c{office.first.pk}_text": choice})
    assert stored(office.first).text == text


def test_an_emptied_cell_is_told_and_keeps_its_words_without_a_tick(office):
    preview = preview_of(office, c1_1_1={"text": None})
    assert "空になる欄" in shown(preview)
    assert "いまの内容を消す" in shown(preview)
    done = confirm(office.clerk, preview)
    assert "「回答.xlsx」：印が付いていなかったため、何も変えていません。" in shown(done)
    assert "保存しました" not in shown(done)
    assert '<li class="info">' in done.content.decode()
    assert stored(office.first).text == "はじめの文1"


def test_a_ticked_emptied_cell_loses_its_words(office):
    preview = preview_of(office, c1_1_1={"text": None})
    confirm(office.clerk, preview, **{f"c{office.first.pk}_text": "take"})
    assert stored(office.first).text == ""


def test_troubles_leave_the_good_rows_or_nothing(office):
    preview = preview_of(office, c1_1_1={"text": "新しい文"}, c1_1_2={"text": "=1+1", "outcome": "成果"})
    words = shown(preview)
    assert "H6" in words
    assert "数式" in words
    assert "直すところのある行を除いて取り込む" in words
    assert "何も取り込まない" in words
    assert confirm(office.clerk, preview, scope="all").status_code == 422
    done = confirm(office.clerk, preview, scope="good")
    assert "直すところのある行は取り込んでいません（1か所）" in shown(done)
    assert (stored(office.first).text, stored(office.second).outcome) == ("新しい文", "")


def test_everything_at_fault_is_told_at_once_and_comes_back_marked(office):
    preview = preview_of(office, c1_1_1={"text": "=1+1"}, c1_1_2={"progress": "済"})
    assert {trouble.cell for trouble in preview.context["comparison"].troubles} == {"H5", "I6"}
    marked = office.clerk.get(f"{address(preview)}marked.xlsx")
    assert marked["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert marked["Cache-Control"].startswith("no-store")
    assert marked.content[:2] == b"PK"
    again = upload(office.clerk, office.report, marked.content)
    assert {trouble.cell[0] for trouble in again.context["comparison"].troubles} == {"H", "I"}


def test_nothing_is_taken_when_the_person_gives_up(office):
    preview = preview_of(office, c1_1_1={"text": "新しい文"})
    left = office.clerk.post(address(preview), {"cancel": "1"}, follow=True)
    assert "取り込みをやめました。いまの回答は変えていません。" in shown(left)
    assert "回答.xlsx</a>" not in left.content.decode()
    assert stored(office.first).text == "はじめの文1"


def test_a_save_after_the_look_refuses_and_shows_the_new_state_with_the_choices_that_still_hold(office):
    book = office.book(c1_1_1={"text": "わたしの文"}, c1_1_2={"text": "わたしの文"})
    for status in (office.first, office.second):
        written(status, text="ほかの文")
    preview = upload(office.clerk, office.report, book)
    written(office.second, text="さらに新しい文")
    picks = {f"c{status.pk}_text": "take" for status in (office.first, office.second)}
    refused = confirm(office.clerk, preview, **picks)
    assert refused.status_code == 409
    assert "まだ何も保存していません" in shown(refused)
    assert "さらに新しい文" in shown(refused)
    assert shown(refused).count("新しく変わりました") == 2  # in the notice, and at the one item
    kept = form_of(refused, "inquiry-confirm")
    assert kept[f"choice-{office.first.pk}-text"][0].startswith("take:")
    assert f"choice-{office.second.pk}-text" not in kept
    assert stored(office.first).text == "ほかの文"
    done = confirm(office.clerk, refused, address(preview), **{f"c{office.second.pk}_text": "keep"})
    assert "1項目の回答を保存しました" in shown(done)
    assert (stored(office.first).text, stored(office.second).text) == ("わたしの文", "さらに新しい文")


def test_the_button_pressed_twice_stores_once_and_says_what_became_of_the_file(office):
    preview = preview_of(office, c1_1_1={"text": "新しい文"})
    confirm(office.clerk, preview)
    again = confirm(office.clerk, preview)
    assert "取り込みが済んだか" in shown(again)
    assert stored(office.first).revision == 2


def test_a_department_that_the_person_did_not_come_by_is_named(office):
    other = make_office("農林課", office.report)
    client = signed_in(factories.make_user())
    door = f"?department={other.department.pk}"
    preview = upload(client, office.report, office.book(c1_1_1={"text": "新しい文"}), door=door)
    assert "「農林課」の画面から来ましたが、この照会票は「水産課」のものです。" in shown(preview)
    own = upload(client, office.report, other.book(c1_2_1={"text": "新しい文"}), door=door)
    assert "の画面から来ましたが" not in shown(own)


def test_items_that_the_workbook_lacks_are_named(office):
    book = office.book()
    factories.make_status(office.report, factories.make_item(office.first.item.measure), department=office.department)
    assert "この照会票に行のない項目：1-1-3。" in shown(upload(office.clerk, office.report, book))
