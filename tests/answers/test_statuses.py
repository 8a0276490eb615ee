"""The year's list and the full form of a status."""

import re

import pytest

from actionplan.models import Edition, EditionRow, State, YearlyStatus
from actionplan.publishing.publish import publish
from tests import factories
from tests.admin.pages import STATUSES, change_url, form_of, signed_in, viewer

pytestmark = pytest.mark.django_db


def shown(response):
    return [row.item.code for row in response.context["cl"].result_list]


def test_the_list_shows_the_real_report_in_its_printed_order(real_report):
    response = signed_in().get(STATUSES)
    codes = shown(response)
    assert len(codes) == 38
    assert codes == sorted(codes, key=lambda code: [int(part) for part in code.split("-")])
    assert "実施状況　平成21年度（2009年度）" in response.content.decode()


def test_marks_are_whole_and_have_their_words(real_report):
    page = signed_in().get(STATUSES).content.decode()
    assert page.count('title="市民が主体、市民と市が主体">★◎</span>') == 8
    assert page.count('title="市民が主体、市が主体">★●</span>') == 1
    assert '<span class="visually-hidden">市民が主体、市民と市が主体</span>' in page


def two_years():
    plan = factories.make_plan()
    item = factories.make_item(factories.make_measure(plan))
    return [factories.make_status(factories.make_report(plan, year), item) for year in (2009, 2010)]


def test_without_a_choice_the_latest_year_is_shown_alone():
    _, new = two_years()
    assert list(signed_in().get(STATUSES).context["cl"].result_list) == [new]


def test_another_year_is_a_choice_away():
    old, _ = two_years()
    response = signed_in().get(f"{STATUSES}?report__id__exact={old.report_id}")
    assert "(-)" not in response.content.decode()
    assert list(response.context["cl"].result_list) == [old]
    assert "実施状況　平成21年度（2009年度）" in response.content.decode()


def test_an_unknown_year_falls_back_to_the_latest():
    _, new = two_years()
    assert list(signed_in().get(f"{STATUSES}?report__id__exact=nonsense").context["cl"].result_list) == [new]


def test_a_portal_without_a_report_has_an_empty_list():
    assert "年次報告がまだありません" in signed_in().get(STATUSES).content.decode()


def test_filters_carry_japanese_labels_and_counts(real_report):
    page = signed_in().get(STATUSES).content.decode()
    for words in ("★市民が主体 (9)", "未設定 (30)", "未実施 (5)", "確定 (38)", "施策3", "(14)"):
        assert words in page
    for code in ("not_done (", "unset (", "confirmed ("):
        assert code not in page


@pytest.mark.parametrize(("query", "count"), [("mark={star}", 9), ("progress__exact=done", 3), ("q=校区", 3)])
def test_filters_and_search_narrow_the_list(real_report, query, count):
    from actionplan.models import ActorType

    query = query.format(star=ActorType.objects.get(symbol="★").pk)
    assert len(shown(signed_in().get(f"{STATUSES}?{query}"))) == count


def test_a_reader_sees_the_list_without_boxes_and_cannot_post():
    factories.make_status(text="読むだけの文")
    client = viewer()
    page = client.get(STATUSES).content.decode()
    assert "読むだけの文" in page
    assert "<textarea" not in page
    assert client.post(STATUSES, {"_save": "保存"}).status_code == 403


def test_a_forged_post_of_a_reader_changes_nothing():
    status = factories.make_status()
    form = form_of(signed_in().get(STATUSES), "changelist-form")
    forged = {**form, "form-0-text": "書き換え", "_save": "保存"}
    client = viewer()
    assert client.post(STATUSES, forged).status_code == 403
    assert client.post(change_url(status), {"text": "書き換え"}).status_code == 403
    assert client.post(f"{STATUSES}{status.pk}/delete/", {"post": "yes"}).status_code == 403
    assert YearlyStatus.objects.get().text == "実施した。"


def test_a_stranger_sees_nothing():
    client = signed_in(superuser=False)
    assert client.get(STATUSES).status_code == 403
    assert "実施状況" not in client.get("/admin/").content.decode()


def test_the_first_text_in_the_list_begins_the_work():
    factories.make_status(text="")
    client = signed_in()
    client.post(STATUSES, {**form_of(client.get(STATUSES), "changelist-form"), "form-0-text": "書いた", "_save": "x"})
    assert YearlyStatus.objects.get().state == State.DRAFT


def test_nobody_picks_a_state_by_hand():
    status, client = factories.make_status(), signed_in()
    form = form_of(client.get(change_url(status)), "yearlystatus_form")
    assert "state" not in form
    client.post(change_url(status), {**form, "text": "新しい文", "state": "confirmed"})
    status.refresh_from_db()
    assert (status.text, status.state) == ("新しい文", State.DRAFT)


def test_writing_notes_who_wrote_and_when():
    status, client = factories.make_status(), signed_in(username="jimu")
    form = form_of(client.get(change_url(status)), "yearlystatus_form")
    client.post(change_url(status), {**form, "text": "新しい文"})
    status.refresh_from_db()
    assert status.answered_by.username == "jimu"
    assert status.answered_at


def test_a_confirmed_row_is_read_only_in_the_list_and_in_the_form():
    status, client = factories.make_status(state="confirmed"), signed_in()
    page = client.get(STATUSES)
    assert "readonly" in page.content.decode()
    assert "yearlystatus_form" not in client.get(change_url(status)).content.decode().split("submit-row")[-1]
    assert client.post(change_url(status), {"text": "書き換え", "read_revision": "1"}).status_code == 403
    assert YearlyStatus.objects.get().text == "実施した。"


@pytest.mark.parametrize("forged", [{"form-0-text": "書き換え"}, {"form-0-progress": "done"}])
def test_what_is_sent_for_a_row_that_was_confirmed_meanwhile_is_refused_and_given_back(forged):
    status, client = factories.make_status(), signed_in()
    form = form_of(client.get(STATUSES), "changelist-form")
    status.state = State.CONFIRMED
    status.save()
    answer = client.post(STATUSES, {**form, **forged, "_save": "保存"}).content.decode()
    assert "確定されているため、保存していません" in answer
    assert forged.get("form-0-text", "") in answer
    status.refresh_from_db()
    assert (status.text, status.progress) == ("実施した。", "unset")


def test_a_confirmed_row_cannot_be_deleted():
    status = factories.make_status(state="confirmed")
    assert signed_in().post(f"{STATUSES}{status.pk}/delete/", {"post": "yes"}).status_code == 403
    assert YearlyStatus.objects.exists()


def test_the_form_explains_the_categories_and_fixes_report_and_item():
    status = factories.make_status()
    page = signed_in().get(change_url(status)).content.decode()
    assert "実施済：計画した内容を、その年度のうちに終えたもの。" in page
    assert 'name="item"' not in page
    assert 'name="report"' not in page


def test_both_ways_of_writing_leave_history_with_the_writer():
    status, client = factories.make_status(), signed_in(username="kakite")
    client.post(STATUSES, {**form_of(client.get(STATUSES), "changelist-form"), "form-0-text": "一覧で", "_save": "x"})
    form = form_of(client.get(change_url(status)), "yearlystatus_form")
    client.post(change_url(status), {**form, "text": "画面で"})
    records = list(status.history.values_list("text", "history_user__username"))
    assert records[:2] == [("画面で", "kakite"), ("一覧で", "kakite")]


def test_control_characters_are_refused_beside_the_box():
    factories.make_status()
    client = signed_in()
    form = form_of(client.get(STATUSES), "changelist-form")
    page = client.post(STATUSES, {**form, "form-0-text": "文\x07です", "_save": "x"}).content.decode()
    assert "制御文字" in page
    assert YearlyStatus.objects.get().text == "実施した。"


def test_the_year_as_it_stands_can_be_taken_out_as_open_data(real_report):
    client = signed_in()
    assert f"{STATUSES}download/{real_report.pk}.xlsx" in client.get(STATUSES).content.decode()
    response = client.get(f"{STATUSES}download/{real_report.pk}.csv")
    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("全国地方公共団体コード,ID,")
    assert len(lines) >= 39
    assert re.search(r'filename="422096_action_plan_fy2009_draft.csv"', response["Content-Disposition"])
    assert client.get(f"{STATUSES}download/{real_report.pk}.xlsx").content.startswith(b"PK")


@pytest.mark.parametrize("name", ["9999.csv", "1.pdf"])
def test_an_unknown_report_or_format_is_a_404(name):
    two_years()
    assert signed_in().get(f"{STATUSES}download/{name}").status_code == 404


def test_a_stranger_cannot_take_anything_out(real_report):
    client = signed_in(superuser=False)
    assert client.get(f"{STATUSES}download/{real_report.pk}.csv").status_code == 403


def test_an_edition_is_shown_and_taken_out_but_never_changed(real_report):
    from actionplan.publishing.publish import publish

    edition = publish(real_report, by=factories.make_user())
    client = signed_in()
    page = client.get(change_url(edition)).content.decode()
    assert page.count('class="marks"') == EditionRow.objects.count() == 38
    assert 'name="_save"' not in page
    assert client.post(change_url(edition), {"correction_note": "x"}).status_code == 403
    assert client.get(f"/admin/actionplan/edition/{edition.pk}/delete/").status_code == 403
    assert client.get("/admin/actionplan/edition/add/").status_code == 403
    assert client.get(f"/admin/actionplan/edition/{edition.pk}/download.csv").content.startswith(b"\xef\xbb\xbf")


def test_a_second_status_of_an_item_in_a_year_is_refused_in_words():
    status = factories.make_status()
    form = {"report": status.report_id, "item": status.item_id, "text": "文", "progress": "unset", "state": "draft"}
    page = signed_in().post(f"{STATUSES}add/", form).content.decode()
    assert "この項目の実施状況は、この年度にすでにあります。" in page


def test_people_are_shown_by_their_names_not_by_what_they_log_in_with():
    person = factories.make_user(username="jimukyoku", last_name="山田", first_name="花子")
    status = factories.make_status(answered_by=person, submitted_by=person, state="confirmed")
    publish(status.report, by=person)
    client = signed_in(superuser=True, username="looker")
    for page in (change_url(status), "/admin/actionplan/edition/", change_url(Edition.objects.get())):
        html = client.get(page).content.decode()
        assert "山田 花子" in html
        assert "jimukyoku" not in html


def test_a_category_and_an_outcome_without_a_text_begin_an_answer_in_the_full_form():
    status = factories.make_status(text="")
    assert status.state == State.NOT_STARTED
    client = signed_in()
    form = form_of(client.get(change_url(status)), "yearlystatus_form")
    client.post(change_url(status), {**form, "progress": "done", "outcome": "成果", "_save": "x"})
    status.refresh_from_db()
    assert (status.progress, status.state) == ("done", State.DRAFT)
