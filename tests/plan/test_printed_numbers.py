"""How a plan prints its numbers: typed, brought by tables, copied into the next plan, and refused with the place."""

import pytest
from django.core.exceptions import ValidationError

from actionplan.models import ActionItem, Measure, Plan, Policy, items_by_number
from actionplan.plan.begin import ItemsBefore, begin_plan
from actionplan.uploads import Table
from tests import factories
from tests.plan.files import confirm, edited, export, page, table, upload, written

pytestmark = pytest.mark.django_db
BAD = ["1\n2", "1\u202e2", " 1", "1　", "　", "長" * 31, "1\x00", "1\u2028"]


@pytest.mark.parametrize("model", [Policy, Measure, ActionItem])
@pytest.mark.parametrize("text", BAD)
def test_what_no_line_can_show_is_refused(model, text):
    factories.make_item()
    row = model.objects.get()
    row.printed_number = text
    with pytest.raises(ValidationError) as refusal:
        row.full_clean()
    assert list(refusal.value.message_dict) == ["printed_number"]


@pytest.mark.parametrize(("text", "kept"), [("1\u200b", "1"), ("\u3164", "")])
def test_what_nobody_sees_goes(text, kept):
    item = factories.make_item()
    item.printed_number = text
    item.full_clean()
    assert item.printed_number == kept


@pytest.mark.parametrize("text", ["2-(1)-①", "A-3", "基本1-(2)-イ", "１－１－１", "=1", "<b>", "'1", "葛󠄀1", "1 2"])
def test_what_a_line_can_show_is_kept_to_the_letter(text):
    item = factories.make_item()
    item.printed_number = text
    item.full_clean()
    item.save()
    assert (ActionItem.objects.get().code, item.plain_code, str(item)) == (text, "1-1-1", f"{text} {item.name}")


def test_every_level_is_named_by_it_and_by_figures_without():
    item = factories.make_item()
    measure, policy = item.measure, item.measure.policy
    assert (str(policy)[:3], measure.code, item.code) == ("施策1", "1-1", "1-1-1")
    policy.printed_number, measure.printed_number = "基本目標Ⅰ", "（１）"
    assert (str(policy).split()[0], measure.code, item.code) == ("基本目標Ⅰ", "（１）", "1-1-1")


def test_a_table_brings_and_takes_it(clerk, items):
    assert table(export(clerk))[0].index("番号の表記") > 0
    confirm(clerk, upload(clerk, written(edited(clerk, 番号の表記="2-(1)-①"))))
    assert ActionItem.objects.get(pk=items[0].pk).printed_number == "2-(1)-①"
    assert "変わるところはありません。" in page(upload(clerk, export(clerk)))
    confirm(clerk, upload(clerk, written(edited(clerk, 番号の表記=""))))
    assert ActionItem.objects.get(pk=items[0].pk).printed_number == ""


def test_a_table_of_before_has_no_such_column(clerk, items):
    ActionItem.objects.filter(pk=items[0].pk).update(printed_number="A-1")
    lines = table(export(clerk))
    place = lines[0].index("番号の表記")
    without = [line[:place] + line[place + 1 :] for line in lines]
    assert "変わるところはありません。" in page(upload(clerk, written(without)))


@pytest.mark.parametrize("text", ["1\u202e2", "長" * 31])
def test_a_table_is_refused_at_its_cell(clerk, items, text):
    shown = page(upload(clerk, written(edited(clerk, 番号の表記=text))))
    assert "番号の表記" in shown
    assert ActionItem.objects.get(pk=items[0].pk).printed_number == ""


def spelt(plan_title="第1次計画"):
    item = factories.make_item(factories.make_measure(factories.make_plan(plan_title)))
    item.printed_number = "A-1"
    item.save()
    Policy.objects.update(printed_number="基本目標Ⅰ")
    Measure.objects.update(printed_number="（１）")
    return item


def next_plan(before):
    return Plan(title="第2次計画", predecessor=before, municipality="対馬市", municipality_code="422096")


def test_a_copy_takes_it_over():
    before = spelt().measure.policy.plan
    begin_plan(next_plan(before), copy=True, by=None)
    item = ActionItem.objects.get(measure__policy__plan__title="第2次計画")
    above = (item.measure.policy.printed_number, item.measure.printed_number)
    assert (*above, item.printed_number) == ("基本目標Ⅰ", "（１）", "A-1")


HEAD = ["施策番号", "施策名", "取組番号", "取組名", "項目番号", "項目名", "アクションプランの内容"]
PRINTED = ["施策番号の表記", "取組番号の表記", "項目番号の表記"]
ROW = ["1", "支える", "1", "広報", "1", "学習会", "開く"]


def test_a_plan_begins_with_it_from_one_table():
    begin_plan(next_plan(None), table=Table([*HEAD, *PRINTED], [[*ROW, "基本目標Ⅰ", "（１）", "A-3"]]), by=None)
    item = ActionItem.objects.get()
    assert (item.code, item.measure.code, str(item.measure.policy)) == ("A-3", "（１）", "基本目標Ⅰ 支える")


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["", "", "1\u202e2"], "J2「項目番号の表記」："),
        (["長" * 31, "", ""], "H2「施策番号の表記」："),
    ],
)
def test_a_bad_one_is_told_at_its_cell(cells, words):
    with pytest.raises(ValueError, match=words):
        begin_plan(next_plan(None), table=Table([*HEAD, *PRINTED], [[*ROW, *cells]]), by=None)
    assert not Plan.objects.filter(title="第2次計画")


def test_two_rows_that_print_one_policy_otherwise_are_refused():
    second = [*ROW[:4], "2", "講座", "開く", "基本目標Ⅱ", "", ""]
    rows = [[*ROW[:4], *ROW[4:], "基本目標Ⅰ", "", ""], [*second[:4], *second[4:]]]
    with pytest.raises(ValueError, match="3行目「施策番号の表記」：2行目では「基本目標Ⅰ」です"):
        begin_plan(next_plan(None), table=Table([*HEAD, *PRINTED], rows), by=None)


def three():
    measure = factories.make_measure()
    items = [factories.make_item(measure) for _ in range(3)]
    for item, printed in zip(items, ["A-1", "1-1-3", "A-1"], strict=True):
        item.printed_number = printed
        item.save()
    return items


def test_items_are_found_by_what_is_shown_and_by_figures_where_none_else_is_shown_so():
    first, second, third = three()
    found = items_by_number([first, second, third])
    assert found == {"1-1-1": first, "1-1-2": second, "1-1-3": second}


def test_the_lineage_is_written_by_what_is_shown():
    items = three()
    before = ItemsBefore(items)
    for item in items:
        assert before.read(before.number_of(item)) == [item]
    assert before.read("１－１－３、1-1-1") == [items[1], items[0]]
    assert before.read("") == []
    for text in ("A-1", "A-9", "1-1-33", "1-1-3x", "なし"):
        with pytest.raises(ValueError, match="前の計画の項目番号ではありません"):
            before.read(text)
