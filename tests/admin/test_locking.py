"""Two editors of one status: in the list, in the full form, and at the last moment."""

import pytest

from actionplan.models import YearlyStatus
from tests import factories
from tests.admin.pages import STATUSES, change_url, form_of, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows():
    report = factories.make_report()
    measure = factories.make_measure(report.plan)
    return [factories.make_status(report, factories.make_item(measure), text=f"元の文{n}") for n in (1, 2)]


def open_list(client):
    return form_of(client.get(STATUSES), "changelist-form")


def save_list(client, form, **changes):
    return client.post(STATUSES, {**form, "_save": "保存", **{k.replace("__", "-"): v for k, v in changes.items()}})


def test_the_list_saves_text_and_category_in_place_and_raises_the_revision(rows):
    client = signed_in()
    response = save_list(client, open_list(client), form__0__text="新しい文", form__0__progress="done")
    assert response.status_code == 302
    row = YearlyStatus.objects.get(pk=rows[0].pk)
    assert (row.text, row.progress, row.revision) == ("新しい文", "done", 2)


def test_rows_that_i_did_not_touch_are_never_written_even_when_somebody_else_changed_them(rows):
    mine = signed_in()
    form = open_list(mine)
    rows[1].text = "ほかの人の文"
    rows[1].save()
    assert save_list(mine, form, form__0__text="私の文").status_code == 302
    other = YearlyStatus.objects.get(pk=rows[1].pk)
    assert (other.text, other.revision) == ("ほかの人の文", 2)


def test_saving_the_list_untouched_writes_nothing(rows):
    client = signed_in()
    before = [row.history.count() for row in rows]
    assert save_list(client, open_list(client)).status_code == 302
    assert [row.history.count() for row in rows] == before
    assert YearlyStatus.objects.filter(revision=1).count() == 2


def test_a_text_of_several_lines_is_not_a_change_of_its_own(rows):
    rows[0].text = "一行目\n二行目"
    rows[0].save()
    client = signed_in()
    save_list(client, open_list(client))
    assert YearlyStatus.objects.get(pk=rows[0].pk).revision == 2


def test_a_save_over_a_newer_row_is_refused_and_shows_both_texts(rows):
    mine = signed_in()
    form = open_list(mine)
    save_list(other := signed_in(username="sato"), open_list(other), form__0__text="佐藤の文")
    page = save_list(mine, form, form__0__text="私の文", form__1__text="私の二つ目の文").content.decode()
    assert "保存していません" in page
    assert "satoさん" in page
    assert page.count("佐藤の文") == 2  # in the comparison and in the hidden initial value
    assert "私の文" in page
    assert list(YearlyStatus.objects.values_list("text", flat=True)) == ["佐藤の文", "元の文2"]


def test_after_a_refusal_my_texts_are_still_in_their_boxes(rows):
    mine = signed_in()
    form = open_list(mine)
    rows[0].text = "ほかの人の文"
    rows[0].save()
    again = form_of(save_list(mine, form, form__0__text="私の文", form__1__text="二つ目"), "changelist-form")
    assert (again["form-0-text"], again["form-1-text"]) == (["私の文"], ["二つ目"])


def test_a_second_deliberate_save_goes_through(rows):
    mine = signed_in()
    form = open_list(mine)
    rows[0].text = "ほかの人の文"
    rows[0].save()
    again = form_of(save_list(mine, form, form__0__text="私の文"), "changelist-form")
    assert save_list(mine, again).status_code == 302
    assert YearlyStatus.objects.get(pk=rows[0].pk).text == "私の文"


def test_a_cell_that_i_did_not_touch_takes_the_newer_words_after_a_refusal(rows):
    mine = signed_in()
    form = open_list(mine)
    rows[0].text = "ほかの人の文"
    rows[0].save()
    again = form_of(save_list(mine, form, form__0__progress="done"), "changelist-form")
    save_list(mine, again)
    row = YearlyStatus.objects.get(pk=rows[0].pk)
    assert (row.text, row.progress) == ("ほかの人の文", "done")


def test_a_refused_row_that_left_the_filter_is_still_shown_beside_its_own_name(rows):
    mine = signed_in()
    address = STATUSES + "?progress__exact=unset"
    form = form_of(mine.get(address), "changelist-form")
    rows[0].progress = "done"
    rows[0].save()
    response = mine.post(address, {**form, "_save": "保存", "form-0-text": "私の文"})
    shown = response.context["cl"].result_list
    assert [row.pk for row in shown] == [row.pk for row in rows]
    assert form_of(response, "changelist-form")["form-0-id"] == [str(rows[0].pk)]


def test_a_row_that_somebody_deleted_is_told_and_the_text_stays(rows):
    mine = signed_in()
    form = open_list(mine)
    YearlyStatus.objects.get(pk=rows[0].pk).delete()
    response = save_list(mine, form, form__0__text="私の文")
    assert response.status_code == 200
    assert "ほかの人が削除しました" in response.content.decode()
    assert form_of(response, "changelist-form")["form-0-text"] == ["私の文"]


def overtake(monkeypatch, row):
    """Lets somebody else save the row after the form has checked it and before it is saved, once."""
    from actionplan.answers.admin import StatusRowForm

    check, done = StatusRowForm.clean, []

    def and_then(form):
        cleaned = check(form)
        if form.instance.pk == row.pk and not done:
            done.append(True)
            YearlyStatus.objects.filter(pk=row.pk).update(text="割り込んだ文", revision=7)
        return cleaned

    monkeypatch.setattr(StatusRowForm, "clean", and_then)


def test_somebody_who_saves_at_the_last_moment_is_not_overwritten_and_nothing_is_saved_by_halves(rows, monkeypatch):
    mine = signed_in()
    form = open_list(mine)
    overtake(monkeypatch, rows[1])
    response = save_list(mine, form, form__0__text="一つ目", form__1__text="二つ目")
    assert "割り込んだ文" in response.content.decode()
    assert list(YearlyStatus.objects.values_list("text", flat=True)) == ["元の文1", "割り込んだ文"]


@pytest.mark.parametrize("change", [{"text": "私の文"}, {"progress": "done"}])
def test_the_full_form_refuses_in_the_same_way(rows, change):
    mine, address = signed_in(), change_url(rows[0])
    form = form_of(mine.get(address), "yearlystatus_form")
    rows[0].text = "ほかの人の文"
    rows[0].save()
    response = mine.post(address, {**form, **change})
    assert "保存していません" in response.content.decode()
    again = form_of(response, "yearlystatus_form")
    assert mine.post(address, again).status_code == 302
    row = YearlyStatus.objects.get(pk=rows[0].pk)
    assert (row.text, row.progress) == (change.get("text", "ほかの人の文"), change.get("progress", "unset"))


def test_a_refused_department_is_shown_by_its_name(rows):
    old = factories.make_department("旧課", in_force_until="2010-03-31")
    mine, address = signed_in(), change_url(rows[0])
    form = form_of(mine.get(address), "yearlystatus_form")
    rows[0].department = old
    rows[0].save()
    page = mine.post(address, {**form, "department": str(factories.make_department("新課").pk)}).content.decode()
    assert '<td class="words">旧課（廃止）</td>' in page
    assert '<td class="words">新課</td>' in page


def test_a_post_without_the_revision_is_refused(rows):
    mine, address = signed_in(), change_url(rows[0])
    form = form_of(mine.get(address), "yearlystatus_form")
    del form["read_revision"]
    assert "保存していません" in mine.post(address, {**form, "text": "私の文"}).content.decode()


def test_a_refusal_far_down_is_told_at_the_top_with_the_way_to_its_row(rows):
    mine = signed_in()
    form = open_list(mine)
    rows[1].text = "ほかの人の文"
    rows[1].save()
    page = save_list(mine, form, form__1__text="私の文").content.decode()
    summary = "1件の行で、ほかの人の変更とぶつかりました。どの行もまだ保存していません。"
    assert page.index(summary) < page.index('<a href="#form-1">') < page.index('id="form-1"')
    assert "ぶつかりました" not in mine.get(STATUSES).content.decode()
