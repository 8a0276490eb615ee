"""The page of an answer's evidence: added, described, put in order, taken away; all of a request or nothing."""

import re

import pytest
from django.conf import settings

from actionplan.answers.saving import remove
from actionplan.evidence.taking import forget_left_over
from actionplan.kept_files import folder
from actionplan.models import Evidence, State, YearlyStatus, remove_with_year
from tests import factories
from tests.admin.pages import signed_in
from tests.answers.answering import make_office
from tests.evidence import files
from tests.evidence.offering import make_desk, words
from tests.trail.watch import Watch, told

pytestmark = pytest.mark.django_db
MEGABYTE = 1024 * 1024


def test_photographs_and_documents_are_added_together():
    desk = make_desk()
    page = words(
        desk.offer(
            ("写真.jpg", files.jpeg(2000, 1000), "話を聞く人たち", "説明会"), ("資料.pdf", files.pdf(), "", "配布資料")
        )
    )
    assert "2個の資料を加えました。" in page
    photo, document = desk.kept
    assert (photo.kind, photo.alt, photo.caption, photo.original_name) == (
        "picture",
        "話を聞く人たち",
        "説明会",
        "写真.jpg",
    )
    assert (photo.width, photo.height, photo.preview_width) == (1600, 800, 640)
    assert (document.kind, document.caption, document.order) == ("file", "配布資料", 2)
    assert {path.name for path in folder().iterdir()} == {photo.name, photo.preview_name, document.name}
    assert folder() == settings.VAR_DIR / "evidence"


def test_an_answer_that_has_evidence_is_begun():
    desk = make_desk(text="", state=State.NOT_STARTED)
    desk.offer(("a.png", files.png(), "図"))
    assert YearlyStatus.objects.get(pk=desk.status.pk).state == State.DRAFT


def test_the_answers_page_leads_to_it_and_says_how_much_there_is():
    office = make_office(1)
    desk = make_desk(office=office)
    assert f'href="{desk.address}"' in words(desk.browser.get(office.address))
    desk.offer(("a.png", files.png(), "図"))
    assert "写真・資料（1個）" in words(desk.browser.get(office.address))


def refused(desk, *offered, sentence: str):
    """Offers the files; nothing may be stored, and the page says the sentence and keeps the words."""
    watch = Watch()
    answer = desk.offer(*offered)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert watch.found() == []
    assert not Evidence.objects.exists()
    return words(answer)


def test_a_photograph_that_nobody_hears_of_is_refused_at_its_box_and_the_words_stay():
    page = refused(
        make_desk(), ("写真.jpg", files.jpeg(), "　", "説明会"), sentence="「写真.jpg」：写真を見られない人に"
    )
    assert 'value="説明会"' in page
    assert re.search(r'class="errorlist" id="id_new-0-alt_error"', page)


def test_a_document_without_a_name_is_refused():
    refused(make_desk(), ("資料.pdf", files.pdf()), sentence="「資料.pdf」：何の資料かが分かる説明を書いてください。")


def test_one_bad_file_keeps_the_good_ones_out_too():
    desk = make_desk()
    good = ("良い.jpg", files.jpeg(), "話を聞く人たち")
    page = refused(
        desk, good, ("悪い.jpg", b"MZ" + b"\x00" * 99, "人"), sentence="「悪い.jpg」は使えません。中身はプログラム"
    )
    assert 'value="話を聞く人たち"' in page
    assert "「良い.jpg」は預かっています。" in page
    assert "使えないファイルは、ほかのファイルを選んでください。" in page
    assert "「悪い.jpg」は預かっています。" not in page


def test_each_bad_file_has_its_own_sentence():
    offered = [("a.jpg", b"MZ", "人"), ("b.svg", b"<svg/>", "図"), ("c.gif", b"GIF89a", "図"), ("d.jpg", b"", "図")]
    page = refused(make_desk(), *offered, sentence="「a.jpg」は使えません。")
    for name in ("b.svg", "c.gif", "d.jpg"):
        assert f"「{name}」は使えません。" in page


def test_thirty_megabytes_at_once_are_refused_file_by_file():
    large = b"\xff\xd8\xff" + b"\x00" * (10 * MEGABYTE - 3)
    page = refused(make_desk(), *[(f"{n}.jpg", large, "人たち") for n in (1, 2, 3)], sentence="「1.jpg」（10.0MB）")
    assert "「2.jpg」（10.0MB）" in page
    assert "「3.jpg」（10.0MB）：一度に受け取れるのは、合わせて20.0MBまでです（全部で30.0MB）。" in page
    assert 'value="人たち"' in page


def test_one_file_that_is_too_large_is_refused():
    refused(
        make_desk(),
        ("大.jpg", b"\xff\xd8\xff" + b"\x00" * (11 * MEGABYTE), "人"),
        sentence="「大.jpg」は大きすぎます（11.0MB）。",
    )


def test_words_without_a_file_are_asked_about():
    refused(make_desk(), ("", None, "話を聞く人たち"), sentence="ファイルが選ばれていません。")


def test_nothing_chosen_changes_nothing():
    desk, watch = make_desk(), Watch()
    assert "何も変えていません。" in words(desk.offer())
    assert watch.found() == []


def test_the_same_picture_twice_is_refused_in_one_request_and_in_two():
    desk, photo = make_desk(), files.jpeg()
    refused(desk, ("a.jpg", photo, "人"), ("b.jpg", photo, "人"), sentence="「b.jpg」は、この項目にもう付いています。")
    desk.offer(("a.jpg", photo, "人"))
    assert "「c.jpg」は、この項目にもう付いています。" in words(desk.offer(("c.jpg", photo, "人")))
    assert len(desk.kept) == 1


def test_one_content_is_kept_once_for_two_items():
    office = make_office(2)
    first, second = make_desk(office=office), make_desk(office=office)
    second.status = office.rows[1]
    for desk in (first, second):
        desk.offer(("a.png", files.png(), "図"))
    assert Evidence.objects.count() == 2
    assert len(list(folder().iterdir())) == 1


def test_an_item_has_room_for_twenty():
    desk = make_desk()
    for number in range(20):
        Evidence.objects.create(status=desk.status, kind="link", url=f"https://example.jp/{number}", caption="x")
    answer = desk.offer(("a.png", files.png(), "図"))
    assert "20個までです（いまは20個）" in words(answer)
    assert len(desk.kept) == 20


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://example.jp/a",
        "data:text/html,x",
        "example",
        "//example.jp/",
        "file:///etc/passwd",
        "",
    ],
)
def test_a_link_that_is_no_address_of_the_web_is_refused(url):
    desk = make_desk()
    answer = desk.link(url)
    assert answer.status_code == 422
    assert "https:// か http:// で始まる" in words(answer)
    assert desk.kept == []


def test_a_link_is_added_once_and_needs_a_name():
    desk = make_desk()
    assert "リンクを加えました。" in words(desk.link("https://example.jp/a?b=c"))
    assert "もう付いています" in words(desk.link("https://example.jp/a?b=c"))
    assert "何の資料かが分かる説明を書いてください。" in words(desk.link("https://example.jp/d", "　"))
    assert [each.url for each in desk.kept] == ["https://example.jp/a?b=c"]


@pytest.fixture
def two():
    desk = make_desk()
    desk.offer(("a.png", files.png(), "一つ目"), ("b.jpg", files.jpeg(), "二つ目"))
    return desk


def test_order_and_words_are_changed_with_one_record_each(two):
    watch = Watch()
    assert "2個の資料を直しました。" in words(two.change(order_0=5, alt_1="直した文"))
    assert [each.alt for each in two.kept] == ["直した文", "一つ目"]
    assert [told(record) for record in watch.found()] == [
        {"並び順": ("1", "5")},
        {"代わりの文": ("二つ目", "直した文")},
    ]


def test_a_piece_is_taken_away_and_leaves_its_record(two):
    watch = Watch()
    two.change(remove_0="on")
    assert [each.alt for each in two.kept] == ["二つ目"]
    record = watch.only()
    assert (record.action, record.reason, record.code) == ("削除", "資料を外す", two.status.item.code)


def test_an_untouched_form_leaves_no_record(two):
    watch = Watch()
    assert "変わったところはありません。" in words(two.change())
    assert watch.found() == []


def test_words_may_not_be_emptied(two):
    answer = two.change(alt_0="　")
    assert answer.status_code == 422
    assert "写真を見られない人に" in words(answer)
    assert [each.alt for each in two.kept] == ["一つ目", "二つ目"]


@pytest.mark.parametrize("order", ["", "x", "-1", "10000", "99999999999999999999"])
def test_an_order_that_is_no_number_is_refused(two, order):
    assert two.change(order_0=order).status_code == 422


def test_what_others_changed_meanwhile_is_not_overwritten(two):
    form = two.form()
    Evidence.objects.filter(pk=two.kept[0].pk).update(alt="ほかの人の文")
    answer = two.change(form, alt_1="わたしの文")
    assert "ほかの人が資料を変えました。何も保存していません。" in words(answer)
    assert [each.alt for each in two.kept] == ["ほかの人の文", "二つ目"]


@pytest.mark.parametrize("seen", ["", "0" * 64])
def test_a_form_without_its_seal_changes_nothing(two, seen):
    assert two.change({**two.form(), "seen": seen}, remove_0="on").status_code == 422
    assert len(two.kept) == 2


@pytest.mark.parametrize("state", [State.SUBMITTED, State.CONFIRMED])
def test_a_clerk_changes_nothing_once_the_answer_is_handed_in(two, state):
    form = two.form()
    YearlyStatus.objects.filter(pk=two.status.pk).update(state=state)
    for answer in (
        two.offer(("c.png", files.png(9, 9), "図")),
        two.link("https://example.jp/"),
        two.change(form, remove_0="on"),
    ):
        assert f"この項目は「{state.label}」のため、資料を変えられません。" in words(answer)
    assert len(two.kept) == 2
    assert "見ることだけができます" in words(two.browser.get(two.address))


def test_the_office_may_until_it_is_confirmed(two):
    two.browser = signed_in(factories.make_person("事務局"))
    YearlyStatus.objects.filter(pk=two.status.pk).update(state=State.SUBMITTED)
    assert "1個の資料を加えました。" in words(two.offer(("c.png", files.png(9, 9), "図")))
    YearlyStatus.objects.filter(pk=two.status.pk).update(state=State.CONFIRMED)
    assert "資料を変えられません" in words(two.offer(("d.png", files.png(8, 8), "図")))


def test_another_department_sees_and_changes_nothing(two):
    stranger = signed_in(factories.make_person("担当者", departments=[factories.make_department("よその課")]))
    two.browser = stranger
    assert stranger.get(two.address).status_code == 403
    assert two.offer(("c.png", files.png(9, 9), "図")).status_code == 403
    assert stranger.get(f"/admin/evidence/file/{two.kept[0].name}").status_code == 403


def test_a_kept_file_is_read_before_it_is_public_by_who_may_read_the_answer(two, client):
    name = two.kept[0].name
    answer = two.browser.get(f"/admin/evidence/file/{name}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert client.get(f"/evidence/{name}").status_code == 404


@pytest.mark.parametrize("name", ["..%2Fsecret_key", "x", "0" * 64 + ".png", "0" * 64 + ".exe"])
def test_no_other_file_of_the_portal_can_be_read(two, name):
    browser = signed_in()
    assert browser.get(f"/admin/evidence/file/{name}").status_code in (403, 404)


def test_an_answer_with_evidence_is_not_deleted(two):
    page = words(signed_in().get(f"/admin/actionplan/yearlystatus/{two.status.pk}/delete/"))
    assert "この実施状況には資料が付いているため、削除できません。" in page


def test_what_is_left_over_goes_after_a_day_and_nothing_else(two, monkeypatch):
    two.change(remove_0="on")
    assert forget_left_over() == 0
    monkeypatch.setattr("actionplan.kept_files.ONE_DAY", -1)
    assert forget_left_over() == 1
    assert {path.name for path in folder().iterdir()} == {two.kept[0].name, two.kept[0].preview_name}


def test_the_records_of_change_tell_who_added_what_from_which_file():
    desk = make_desk()
    watch = Watch()
    desk.offer(("写真.png", files.png(), "図"))
    [record] = [each for each in watch.found() if each.kind == "資料"]
    assert (record.action, record.reason, record.source) == ("追加", "資料を加える", "写真.png")
    assert record.code == desk.status.item.code
    assert told(record)["代わりの文"] == ("", "図")


def test_a_year_that_is_taken_back_takes_its_evidence_along_with_a_record_each(two):
    report = two.status.report
    watch = Watch()
    remove_with_year(report, by=None, reason="年度を取り消す")
    remove([two.status], by=None, reason="年度を取り消す")
    assert not Evidence.objects.exists()
    gone = sorted((record.kind, record.action) for record in watch.found())
    assert gone == [("実施状況", "削除"), ("資料", "削除"), ("資料", "削除")]
