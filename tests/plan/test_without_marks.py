"""A plan without marks or without contents goes its whole way; one that bears some marks is asked for the others."""

from datetime import date

import pytest

from actionplan.models import ActionItem, Plan
from actionplan.publishing.publish import PublishRefused, publish
from actionplan.round.opening import cautions, opening_of
from tests import factories
from tests.admin.pages import change_url, form_of, signed_in
from tests.plan.files import confirm, edited, export, page, table, upload, written

pytestmark = pytest.mark.django_db
NO_MARK = "主体（★●◎）を1つ以上選んでください。"
CAUTION = "主体（★●◎）が選ばれていない項目があります"


@pytest.fixture
def bare():
    """Two items of one plan with neither mark nor content."""
    measure = factories.make_measure()
    return [factories.make_item(measure, "", name=f"項目{number}", content="") for number in (1, 2)]


@pytest.fixture
def other():
    """An item of another plan, which has marks."""
    return factories.make_item(factories.make_measure(factories.make_plan(title="第2次計画")), "★")


def save(obj, **cells):
    client, name = signed_in(), f"{obj._meta.model_name}_form"
    form = form_of(client.get(change_url(obj)), name)
    return client.post(change_url(obj), {**form, **cells})


def test_the_item_form_and_its_measures_page_ask_for_neither(bare, other):
    assert save(bare[0], name="新しい名前").status_code == 302
    assert save(bare[0].measure, **{"items-1-name": "別の名前"}).status_code == 302
    assert list(ActionItem.objects.filter(content="").order_by("number").values_list("name", flat=True)) == [
        "新しい名前",
        "別の名前",
    ]


def test_the_only_mark_of_a_plan_can_be_taken_away_again(bare, other):
    bare[0].actors.set(other.actors.all())
    assert NO_MARK in page(save(bare[1], name="新しい名前"))
    assert save(bare[0], actors=[]).status_code == 302
    assert save(bare[1], name="新しい名前").status_code == 302


def test_an_item_added_by_hand_is_asked_by_its_plan(bare, other):
    client, address = signed_in(), "/admin/actionplan/actionitem/add/"
    form = form_of(client.get(address), "actionitem_form")
    cells = {**form, "number": "3", "name": "三つ目", "content": ""}
    assert NO_MARK in page(client.post(address, {**cells, "measure": str(other.measure.pk)}))
    assert client.post(address, {**cells, "measure": str(bare[0].measure.pk)}).status_code == 302
    assert client.post(address, {**cells, "measure": ""}).status_code == 200


def test_what_was_taken_out_of_all_plans_comes_back(clerk, bare, other):
    assert "変わるところはありません。" in page(upload(clerk, export(clerk)))
    lines = table(export(clerk))
    place = lines[0].index("項目名")
    for line in lines[1:]:
        line[place] += "（改）"
    confirm(clerk, upload(clerk, written(lines)))
    assert ActionItem.objects.filter(name__endswith="（改）").count() == 3


def test_a_table_is_asked_for_marks_by_plan(clerk, bare, other):
    lines = table(export(clerk))
    new = [""] * len(lines[0])
    for column, text in {
        "計画": "第2次計画",
        "施策番号": "1",
        "取組番号": "1",
        "項目番号": "2",
        "項目名": "新",
    }.items():
        new[lines[0].index(column)] = text
    refused = page(upload(clerk, written([*lines, new])))
    assert "5行目「主体」：主体が空です。★●◎から1つ以上書いてください。" in refused
    assert "行目「アクションプランの内容」" not in refused
    new[lines[0].index("計画")], new[lines[0].index("項目番号")] = "試験計画", "3"
    confirm(clerk, upload(clerk, written([*lines, new])))
    assert not ActionItem.objects.get(name="新").actors.exists()


def test_a_mark_in_the_file_asks_for_those_of_its_other_rows_that_change(clerk, bare):
    lines = edited(clerk, 主体="★")
    assert "行目「主体」" not in page(upload(clerk, written(lines)))
    lines[2][lines[0].index("項目名")] = "別の名前"
    assert "3行目「主体」：主体が空です。" in page(upload(clerk, written(lines)))


def test_a_file_does_not_wipe_the_marks_of_a_plan(clerk, items):
    lines = table(export(clerk))
    for line in lines[1:]:
        line[lines[0].index("主体")] = "　"
    refused = page(upload(clerk, written(lines)))
    assert "2行目「主体」：主体が空です。" in refused
    assert "3行目「主体」：主体が空です。" in refused


def test_the_year_is_opened_and_published_without_a_word_about_marks(bare, other):
    plan = bare[0].measure.policy.plan
    assert cautions(opening_of(plan, 2010, None)) == []
    status = factories.make_status(factories.make_report(plan), bare[0])
    shown = page(signed_in().get(f"/admin/actionplan/annualreport/{status.report.pk}/publish/"))
    assert "主体（★●◎）" not in shown
    assert publish(status.report, by=None).front_matter["actors"] == []


def test_missing_marks_are_told_where_the_year_is_opened_and_before_it_is_published(bare, other):
    bare[0].actors.set(other.actors.all())
    plan = Plan.objects.get(title="試験計画")
    assert [each for each in cautions(opening_of(plan, 2010, date(2011, 5, 31))) if CAUTION in each] == [
        f"{CAUTION}：1-1-2 項目2。項目の画面で選ぶまで、この年度は公表できません。"
    ]
    report = factories.make_report(plan)
    for item in bare:
        factories.make_status(report, item)
    shown = page(signed_in().get(f"/admin/actionplan/annualreport/{report.pk}/publish/"))
    assert CAUTION in shown
    assert "<li>1-1-2 項目2</li>" in shown
    with pytest.raises(PublishRefused, match=r"1-1-2 項目2$"):
        publish(report, by=None)


def test_an_ended_item_asks_nobody(bare, other):
    bare[0].actors.set(other.actors.all())
    ActionItem.objects.filter(pk=bare[0].pk).update(ended=True)
    assert cautions(opening_of(bare[0].measure.policy.plan, 2010, None)) == []


def test_what_was_printed_without_marks_can_be_corrected_after_the_plan_was_given_some(bare, other):
    status = factories.make_status(factories.make_report(bare[0].measure.policy.plan), bare[0])
    publish(status.report, by=None)
    bare[1].actors.set(other.actors.all())
    factories.make_status(status.report, bare[1])
    publish(status.report, by=None, note="項目を加えた。")
    with pytest.raises(PublishRefused, match=r"1-1-1 項目1$"):
        publish(status.report, by=None, note="替えた。", wording="current")
