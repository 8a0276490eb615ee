"""Workbooks that wait for their taking: each its owner's, for a day; twenty of them taken by one button."""

import os
import time

import pytest

from actionplan.inquiry import read_workbook as inquiry_files
from actionplan.inquiry.read_workbook import KIND
from actionplan.models import State, YearlyStatus
from actionplan.permissions import CLERK, COORDINATOR
from actionplan.waiting_files import OwnedFile
from tests import factories
from tests.admin.pages import form_of, signed_in
from tests.inquiry.filled import stored, written
from tests.inquiry.inquiring import address, confirm, make_office, shown, upload, upload_url

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_office()


@pytest.fixture
def coordinator():
    return signed_in(factories.make_person(COORDINATOR))


def take_all(browser, page):
    return browser.post(f"{address(page)}take/", form_of(page, "inquiry-take"), follow=True)


def list_of(browser, report):
    return browser.get(upload_url(report), follow=True)


def test_another_person_cannot_look_at_take_drop_or_download_a_waiting_workbook(office, coordinator):
    preview = upload(office.clerk, office.report, office.book(c1_1_1={"text": "新しい文"}))
    colleague = signed_in(factories.make_person(CLERK, departments=[office.department]))
    for stranger in (colleague, coordinator):
        assert "確認の途中の照会票がありません" in shown(stranger.get(address(preview), follow=True))
        assert "確認の途中の照会票がありません" in shown(confirm(stranger, preview))
        stranger.post(address(preview), {"cancel": "1"})
        assert stranger.get(f"{address(preview)}marked.xlsx").status_code == 404
        assert "回答.xlsx" not in shown(list_of(stranger, office.report))
    assert stored(office.first).text == "はじめの文1"
    assert "1項目の回答を保存しました" in shown(confirm(office.clerk, preview))


@pytest.mark.parametrize("name", ["0" * 32, "..%2F..%2Fsecret_key", "take2", "x" * 300])
def test_forged_names_of_waiting_workbooks_lead_nowhere(office, name):
    response = office.clerk.get(upload_url(office.report, f"{name}/"), follow=True)
    assert response.status_code in (200, 404)
    assert "印を付けた照会票" not in shown(response)


def test_a_waiting_workbook_is_of_its_own_year_only(office):
    other = factories.make_report(fiscal_year=2010)
    preview = upload(office.clerk, office.report, office.book(c1_1_1={"text": "新しい文"}))
    moved = address(preview).replace("2009", "2010")
    assert "確認の途中の照会票がありません" in shown(office.clerk.get(moved, follow=True))
    assert "回答.xlsx" not in shown(list_of(office.clerk, other))


def test_a_waiting_workbook_goes_after_a_day(office):
    preview = upload(office.clerk, office.report, office.book(c1_1_1={"text": "新しい文"}))
    [file] = inquiry_files.waiting(preview.wsgi_request.user, office.report)
    yesterday = time.time() - 25 * 60 * 60
    os.utime(file.place.path, (yesterday, yesterday))
    assert "確認の途中の照会票がありません" in shown(confirm(office.clerk, preview))
    assert not file.place.path.exists()
    assert stored(office.first).text == "はじめの文1"


def test_a_mended_workbook_takes_the_place_of_the_one_of_the_same_name(office):
    first = upload(office.clerk, office.report, office.book(c1_1_1={"progress": "済"}))
    second = upload(office.clerk, office.report, office.book(c1_1_1={"progress": "実施済"}))
    assert "新しいファイルに替わったか" in shown(office.clerk.get(address(first), follow=True))
    assert shown(list_of(office.clerk, office.report)).count("回答.xlsx") == 2  # its name, and what its button drops
    assert "1項目の回答を保存しました" in shown(confirm(office.clerk, second))


def test_workbooks_of_one_name_from_two_departments_wait_side_by_side(office, coordinator):
    other = make_office("農林課", office.report)
    upload(coordinator, office.report, office.book(c1_1_1={"text": "新しい文"}))
    upload(coordinator, office.report, other.book(c1_2_1={"text": "新しい文"}))
    assert len(list_of(coordinator, office.report).context["queue"]) == 2


def test_a_file_that_is_being_written_does_not_break_the_list(office, settings):
    book = office.book(c1_1_1={"text": "新しい文"})
    person = upload(office.clerk, office.report, book).wsgi_request.user
    OwnedFile(KIND, person, "0" * 32).path.write_bytes(b'{"title": "ha')
    assert len(list_of(office.clerk, office.report).context["queue"]) == 1


def test_the_names_of_waiting_workbooks_cannot_be_guessed(office):
    names = set()
    for _ in range(3):
        names.add(inquiry_files.keep(factories.make_user(), office.report, "a.xlsx", b"").name)
    assert len(names) == 3
    assert all(len(name) == 32 for name in names)


def test_one_persons_prefix_is_not_the_beginning_of_anothers(settings):
    person, other = factories.make_user(pk=7), factories.make_user(pk=77)
    assert not OwnedFile(KIND, other, "0" * 32).path.name.startswith(OwnedFile(KIND, person).prefix)


def test_who_has_lost_the_department_takes_nothing(office):
    preview = upload(office.clerk, office.report, office.book(c1_1_1={"text": "新しい文"}))
    person = preview.wsgi_request.user
    factories.make_department("農林課").members.add(person)
    office.department.members.remove(person)
    assert "取り込めるのは自分の課の照会票だけです" in shown(confirm(office.clerk, preview))
    assert stored(office.first).text == "はじめの文1"


def test_a_confirmation_after_the_session_ended_takes_nothing_and_the_workbook_still_waits(office):
    preview = upload(office.clerk, office.report, office.book(c1_1_1={"text": "新しい文"}))
    person = preview.wsgi_request.user
    office.clerk.logout()
    late = confirm(office.clerk, preview)
    assert "ログインの有効期限が切れました" in shown(late)
    assert "回答.xlsx" in shown(list_of(signed_in(person), office.report))


def test_the_list_tells_of_each_workbook_what_it_would_change(office, coordinator):
    other = make_office("農林課", office.report)
    clash = office.book(c1_1_1={"text": "わたしの文"}, c1_1_2={"text": None})
    written(office.first, text="ほかの文")
    plain = other.book(c1_2_1={"text": "新しい文"})
    fault = other.book(c1_2_1={"progress": "済"})
    books = [("衝突.xlsx", clash), ("素直.xlsx", plain), ("誤り.xlsx", fault), ("同じ.xlsx", other.book())]
    words = " ".join(shown(upload(coordinator, office.report, *books)).split())
    for part in (
        "水産課 0 選ぶ欄1 空になる欄1 取りやめる（衝突.xlsx）",
        "農林課 1 なし（そのまま取り込めます） 取りやめる（素直.xlsx）",
        "農林課 0 直すところ1 取りやめる（誤り.xlsx）",
        "「同じ.xlsx」：変わるところはありません。照会票の2項目は、どれもいまの回答を変えません。",
        "そのまま取り込める照会票（1件）をまとめて取り込む",
    ):
        assert part in words
    assert "取りやめる（同じ.xlsx）" not in words


def test_twenty_departments_are_collected_without_opening_a_workbook(coordinator):
    offices = [make_office("第1課")]
    offices += [make_office(f"第{n}課", offices[0].report) for n in range(2, 21)]
    books = []
    for number, office in enumerate(offices, 1):
        code = f"c{office.first.item.code}".replace("-", "_")
        books.append((f"{number}.xlsx", office.book(**{code: {"text": f"第{number}課の答え"}})))
    page = upload(coordinator, offices[0].report, *books)
    done = take_all(coordinator, page)
    assert "照会票20件から20項目の回答を保存しました：「1.xlsx」1項目、" in shown(done)
    assert "「20.xlsx」：読んだ欄" in shown(done)
    assert "確認を待っている照会票" not in shown(done)
    assert {stored(office.first).text for office in offices} == {f"第{n}課の答え" for n in range(1, 21)}


def test_the_one_button_leaves_what_has_moved_since_and_takes_the_rest(office, coordinator):
    other = make_office("農林課", office.report)
    books = [("a.xlsx", office.book(c1_1_1={"text": "新しい文"})), ("b.xlsx", other.book(c1_2_1={"text": "新しい文"}))]
    page = upload(coordinator, office.report, *books)
    written(office.first, text="ほかの文")
    done = take_all(coordinator, page)
    assert "「a.xlsx」：確認したあとに内容が変わったため、取り込んでいません。" in shown(done)
    assert "照会票1件から1項目の回答を保存しました：「b.xlsx」1項目。" in shown(done)
    assert "a.xlsx</a>" in done.content.decode()
    assert (stored(office.first).text, stored(other.first).text) == ("ほかの文", "新しい文")


def test_the_one_button_never_takes_what_needs_a_choice_however_the_form_is_forged(office, coordinator):
    book = office.book(c1_1_1={"text": "わたしの文"}, c1_1_2={"text": None})
    written(office.first, text="ほかの文")
    page = upload(coordinator, office.report, book)
    name, seal = page.context["file"].name, page.context["comparison"].seal
    coordinator.post(upload_url(office.report, "take/"), {f"seal-{name}": seal})
    assert (stored(office.first).text, stored(office.second).text) == ("ほかの文", "はじめの文2")


def test_two_workbooks_of_one_department_are_told_of_each_other_and_meet_as_a_conflict(office, coordinator):
    books = [(f"{n}.xlsx", office.book(c1_1_1={"text": f"文{n}"})) for n in (1, 2)]
    page = upload(coordinator, office.report, *books)
    assert "同じ欄に別の答え「2.xlsx」にもあります。" in shown(page)
    assert "同じ欄に別の答え「1.xlsx」にもあります。" in shown(page)
    assert "まとめて取り込む" not in shown(page)
    seals = {f"seal-{each.file.name}": each.comparison.seal for each in page.context["queue"]}
    done = coordinator.post(f"{address(page)}take/", seals, follow=True)
    assert "「2.xlsx」：確認したあとに内容が変わったため" in shown(done)
    assert "選ぶ欄1" in shown(done)
    assert stored(office.first).text == "文1"


def test_workbooks_that_say_the_same_or_speak_of_other_cells_are_no_rivals(office, coordinator):
    books = [
        ("a.xlsx", office.book(c1_1_1={"text": "新しい文"})),
        ("b.xlsx", office.book(c1_1_1={"text": "新しい文"})),
        ("c.xlsx", office.book(c1_1_1={"progress": "実施済"}, c1_1_2={"text": "別の項目の文"})),
    ]
    page = upload(coordinator, office.report, *books)
    assert "同じ欄に別の答え" not in shown(page)
    assert "（3件）をまとめて取り込む" in shown(page)


def test_handed_in_answers_are_not_changed_by_the_one_button_unseen(office, coordinator):
    book = office.book(c1_1_1={"text": "課長が見ていない文"})
    YearlyStatus.objects.filter(pk=office.first.pk).update(state=State.SUBMITTED)
    single = shown(upload(coordinator, office.report, book))
    assert "課が提出した回答が変わります：1-1-1。" in single.replace(" ", "")
    page = list_of(coordinator, office.report)
    assert "提出済みの項目1" in shown(page)
    assert "まとめて取り込む" not in shown(page)
    assert stored(office.first).text == "はじめの文1"


def test_only_the_rivals_stay_back_from_the_one_button(office, coordinator):
    other = make_office("農林課", office.report)
    books = [(f"{n}.xlsx", office.book(c1_1_1={"text": f"文{n}"})) for n in (1, 2)]
    page = upload(coordinator, office.report, *books, ("農林.xlsx", other.book(c1_2_1={"text": "新しい文"})))
    done = take_all(coordinator, page)
    assert "照会票1件から1項目の回答を保存しました：「農林.xlsx」1項目。" in shown(done)
    assert stored(office.first).text == "はじめの文1"


def test_while_others_wait_the_office_comes_back_to_the_list(office, coordinator):
    other = make_office("農林課", office.report)
    books = [("a.xlsx", office.book(c1_1_1={"text": "新しい文"})), ("b.xlsx", other.book(c1_2_1={"text": "新しい文"}))]
    upload(coordinator, office.report, *books)
    first = coordinator.get(coordinator.get(upload_url(office.report)).context["queue"][0].address)
    done = confirm(coordinator, first, first.request["PATH_INFO"])
    assert address(done) == upload_url(office.report)
    assert "b.xlsx</a>" in done.content.decode()


def test_what_was_taken_by_the_button_names_its_file_in_the_history(office, coordinator):
    books = [(f"{name}.xlsx", office.book(c1_1_1={"text": "新しい文"})) for name in ("水産", "控え")]
    take_all(coordinator, upload(coordinator, office.report, *books))
    record = YearlyStatus.history.filter(id=office.first.pk).first()
    assert (record.source_file, record.history_change_reason) == ("水産.xlsx", "照会票から取り込み")
