"""What the preview announces is what its button does, and what is said afterwards is what was done."""

import pytest

from actionplan.answers.saving import submit
from actionplan.models import State
from actionplan.permissions import HEAD
from actionplan.scale import Progress
from tests import factories
from tests.inquiry.filled import stored, written
from tests.inquiry.inquiring import address, confirm, make_office, shown, upload, upload_url

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_office()


def tight(response):
    """The words of a page without any blank."""
    return "".join(shown(response).split())


def test_cells_that_need_a_tick_are_not_counted_as_changes(office):
    written(office.first, progress=Progress.DONE)
    book = office.book(c1_1_1={"text": None, "progress": None}, c1_1_2={"text": None})
    words = tight(upload(office.clerk, office.report, book))
    for part in ("変わる項目0", "印を付けると空になる欄3", "変わらない項目0", "この内容で取り込む"):
        assert part in words


def test_an_item_that_changes_and_also_loses_words_counts_as_a_change(office):
    book = office.book(c1_1_1={"text": None, "outcome": "成果"}, c1_1_2={"text": "新しい文"})
    words = tight(upload(office.clerk, office.report, book))
    assert "変わる項目2" in words
    assert "印を付けると空になる欄1" in words
    assert "ほかに変わる項目（1項目）" in words


def test_who_keeps_every_present_answer_is_told_that_nothing_changed(office):
    book = office.book(c1_1_1={"text": "わたしの文"})
    written(office.first, text="ほかの文")
    done = confirm(office.clerk, upload(office.clerk, office.report, book), **{f"c{office.first.pk}_text": "keep"})
    assert "いまの回答を残すことが選ばれたため、何も変えていません。" in shown(done)
    assert "保存しました" not in shown(done)


def test_a_conflict_does_not_say_that_it_was_somebody_else(office):
    book = office.book(c1_1_1={"text": "わたしの文"})
    written(office.first, text="さきほどのわたしの文")
    words = shown(upload(office.clerk, office.report, book))
    assert "照会票を出したあとに変わった欄" in words
    assert "ほかの人" not in words


def test_after_the_good_rows_were_taken_the_faults_are_still_there_to_be_mended(office):
    book = office.book(c1_1_1={"text": "新しい文"}, c1_1_2={"text": "=1+1"})
    preview = upload(office.clerk, office.report, book)
    after = confirm(office.clerk, preview)
    assert address(after) == address(preview)
    assert "「回答.xlsx」から1項目の回答を保存しました。" in shown(after)
    assert [trouble.cell for trouble in after.context["comparison"].troubles] == ["H6"]
    assert "取り込める項目はありません。" in shown(after)
    assert "まだ保存していません" not in shown(after)
    assert office.clerk.get(f"{address(after)}marked.xlsx").status_code == 200
    closed = office.clerk.post(address(after), {"cancel": "close"}, follow=True)
    assert "「回答.xlsx」を閉じました。いまの回答は変えていません。" in shown(closed)
    assert "回答.xlsx</a>" not in closed.content.decode()


def test_when_everything_was_submitted_meanwhile_no_button_is_spoken_of(office):
    preview = upload(office.clerk, office.report, office.book(c1_1_1={"text": "新しい文"}))
    head = factories.make_person(HEAD, departments=[office.department])
    written(office.first, progress=Progress.DONE)
    submit({office.first.pk: stored(office.first).revision}, by=head)
    assert stored(office.first).state == State.SUBMITTED
    refused = confirm(office.clerk, preview)
    assert refused.status_code == 409
    assert "取り込める項目がなくなりました。わけは「直すところ」にあります。" in shown(refused)
    assert "もう一度押して" not in shown(refused)


def test_when_the_same_words_were_saved_meanwhile_nothing_is_left_to_take(office):
    preview = upload(office.clerk, office.report, office.book(c1_1_1={"text": "新しい文"}))
    written(office.first, text="新しい文")
    assert "変わる項目がなくなりました。" in shown(confirm(office.clerk, preview))


def test_a_file_that_changes_nothing_is_told_at_once_with_all_that_was_noticed_and_does_not_wait(office):
    page = upload(office.clerk, office.report, office.book(c1_1_1={"name": "別の名前"}))
    assert address(page) == upload_url(office.report)
    assert "「回答.xlsx」：変わるところはありません。" in shown(page)
    assert "D5（項目）は確認用の欄です。「別の名前」と書き換えられていますが、読み込みません。" in shown(page)
    assert page.context["queue"] == []


def test_the_receipt_lists_what_else_was_in_the_file(office):
    book = office.book(c1_1_1={"text": "新しい文", "name": "別の名前"})
    done = confirm(office.clerk, upload(office.clerk, office.report, book))
    assert "このファイルには、ほかに次のものがありました。・D5（項目）は確認用の欄です。" in shown(done)


def test_a_file_that_changes_nothing_still_takes_the_place_of_the_older_one(office):
    upload(office.clerk, office.report, office.book(c1_1_1={"text": "新しい文"}))
    assert upload(office.clerk, office.report, office.book()).context["queue"] == []


def test_the_marked_workbook_mended_takes_the_place_of_the_one_at_fault(office):
    upload(office.clerk, office.report, office.book(c1_1_1={"progress": "済"}))
    mended = ("回答（直すところ）.xlsx", office.book(c1_1_1={"progress": "実施済"}))
    upload(office.clerk, office.report, mended)
    [waits] = office.clerk.get(upload_url(office.report)).context["queue"]
    assert waits.file.title == "回答（直すところ）.xlsx"


def test_the_box_for_files_stands_above_those_that_wait(office):
    upload(office.clerk, office.report, office.book(c1_1_1={"text": "新しい文"}))
    words = shown(office.clerk.get(upload_url(office.report)))
    assert words.index("記入した照会票を取り込む") < words.index("確認を待っている照会票")


def test_the_list_tells_that_there_is_something_to_read_about_a_plain_file(office):
    upload(office.clerk, office.report, office.book(c1_1_1={"text": 12345}))
    assert "なし（そのまま取り込めます）お知らせ1" in tight(office.clerk.get(upload_url(office.report)))


def test_more_files_than_may_come_at_once_are_told_how_many_may(office, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2
    books = [(f"{n}.xlsx", b"x") for n in range(3)]
    refused = upload(office.clerk, office.report, *books)
    assert refused.status_code == 400
    assert "一度に選べるファイルは2個までです。何も保存していません。" in shown(refused)
