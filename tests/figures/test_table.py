"""The table of declared figures: taken out, brought in again, for many items at once, refused with its place."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from actionplan.models import Figure
from actionplan.permissions import READER
from actionplan.publishing.publish import publish
from tests import factories
from tests.admin.pages import signed_in
from tests.plan import files
from tests.plan.files import page, table, written

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/actionplan/figure/"
HEAD = ["項目の番号", "種類", "指標の名前・財源", "単位", "基準値", "目標（平成21年度）", "目標（平成22年度）"]


@pytest.fixture
def items():
    """Two items of one plan, 1-1-1 and 1-1-2."""
    measure = factories.make_measure()
    return [factories.make_item(measure, name=f"項目{number}") for number in (1, 2)]


@pytest.fixture
def client():
    return signed_in()


def declare(item, **fields):
    facts = {
        "name": "参加者数",
        "unit": "人",
        "baseline": "1,000",
        "targets": "平成21年度＝1,200\nH22＝12.50",
        **fields,
    }
    figure = Figure(item=item, **facts)
    figure.full_clean()
    figure.save()
    return figure


def export(client, ending="csv"):
    return files.export(client, ending, ADDRESS)


def bring(client, *lines, head=HEAD, name="指標.csv"):
    return files.upload(client, written([head, *lines]), name, ADDRESS)


def take(client, *lines, **more):
    preview = bring(client, *lines, **more)
    return files.confirm(client, preview, ADDRESS)


def facts():
    order = ("item__measure__number", "item__number", "order", "pk")
    return list(Figure.objects.order_by(*order).values_list("kind", "name", "unit", "baseline", "targets"))


def test_many_figures_are_declared_at_once_with_targets_by_year(client, items):
    done = take(
        client,
        ["1-1-1", "指標", "参加者数", "人", "１，０００", "1,200", "△３０"],
        ["1-1-1", "事業費", "市費", "千円", "", "", ""],
        ["１－１－２", "指標", "満足度", "％", "", "75.50", ""],
    )
    assert "追加3件" in page(done)
    assert facts() == [
        ("indicator", "参加者数", "人", "1000", "平成21年度＝1,200\n平成22年度＝−30"),
        ("money", "市費", "千円", "", ""),
        ("indicator", "満足度", "％", "", "平成21年度＝75.50"),
    ]
    record = Figure.history.first()
    assert "ファイルから取り込み：指標.csv" in record.history_change_reason
    assert record.source_file == "指標.csv"


def said(data, ending):
    """What the file says; a workbook also says when it was written."""
    if ending == "csv":
        return data
    return [[cell.value for cell in row] for row in load_workbook(BytesIO(data)).active]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_was_taken_out_comes_back_and_changes_nothing(client, items, ending):
    declare(items[0])
    declare(items[1], name="差引き", baseline="-30.50", targets="平成21年度＝△5")
    declare(items[1], kind="money", name="市費", unit="千円", baseline="", targets="")
    before, count = facts(), Figure.history.count()
    sent = export(client, ending)
    preview = files.upload(client, sent, f"指標.{ending}", ADDRESS)
    assert "変わるところはありません" in page(preview)
    assert (facts(), Figure.history.count()) == (before, count)
    assert said(export(client, ending), ending) == said(sent, ending)


def test_the_table_has_a_column_for_each_year_of_the_plan_and_each_target(client, items):
    plan = items[0].measure.policy.plan
    plan.start_year, plan.end_year = 2009, 2011
    plan.save()
    declare(items[0], targets="平成25年度＝7")
    head, line = table(export(client))
    assert head[-4:] == [f"目標（平成{year}年度）" for year in (21, 22, 23, 25)]
    assert line[-4:] == ["", "", "", "7"]


def test_a_target_changes_alone_and_years_without_a_column_stay(client, items):
    figure = declare(items[0])
    head = ["公開ID", "種類", "指標の名前・財源", "単位", "令和7年度目標値"]
    take(client, [items[0].public_id, "指標", "参加者数", "人", "2,000"], head=head)
    figure.refresh_from_db()
    assert figure.declared.targets == {2009: "1200", 2010: "12.50", 2025: "2000"}
    assert figure.baseline == "1000"


def test_an_emptied_target_is_taken_away(client, items):
    figure = declare(items[0])
    take(client, ["1-1-1", "指標", "参加者数", "人", "1000", "", "12.50"])
    figure.refresh_from_db()
    assert figure.declared.targets == {2010: "12.50"}


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("基準値", "約120"),
        ("目標（平成21年度）", "約120"),
        ("目標（平成22年度）", "1,20"),
        ("目標（平成22年度）", "120人"),
        ("目標（平成22年度）", "100～120"),
        ("種類", "指数"),
        ("種類", ""),
        ("指標の名前・財源", "a＝b"),
        ("指標の名前・財源", ""),
        ("指標の名前・財源", "あ" * 61),
        ("単位", "あ" * 60),
        ("単位", ""),
        ("項目の番号", "1-1-9"),
        ("項目の番号", "1-1"),
        ("項目の番号", "2001-01-01"),
        ("項目の番号", ""),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_place_and_nothing_is_saved(client, items, column, words):
    line = ["1-1-2", "指標", "参加者数", "人", "1", "2", "3"]
    line[HEAD.index(column)] = words
    refused = page(bring(client, ["1-1-1", "指標", "参加者数", "人", "", "", ""], line))
    assert f"3行目「{column}」" in refused
    assert not Figure.objects.exists()


def test_a_figure_twice_in_one_file_is_told_however_its_item_is_named(client, items):
    head = ["公開ID", *HEAD]
    by_code = ["", "1-1-1", "指標", "参加者数", "人", "", "", ""]
    by_id = [items[0].public_id, "", "指標", "参加者数", "人", "", "", ""]
    refused = page(bring(client, by_code, by_id, head=head))
    assert "2行目「項目の番号」「指標の名前・財源」" in refused
    assert "3行目「項目の番号」「指標の名前・財源」" in refused
    assert "同じ項目に、同じ名前の行がほかにもあります。" in refused
    assert "同じ番号" not in refused


def test_the_page_says_that_figures_are_told_apart_by_their_names(client, items):
    shown = page(client.get(f"{ADDRESS}import/"))
    assert "同じ項目に同じ名前のものがあればその変更" in shown
    assert "番号が同じもの" not in shown
    assert "番号が同じものがあればその変更" in page(client.get(f"{files.ITEMS}import/"))


def test_everything_that_is_wrong_in_a_file_is_told_at_once(client, items):
    factories.make_item(factories.make_measure(factories.make_plan(title="第2次計画")))
    lines = [
        ["1-1-2", "指標", "参加者数", "人", "", "", ""],
        ["1-1-2", "指標", "参加者数", "人", "約120", "1e999", ""],
        ["1-1-9", "指数", "満足度", "", "", "", ""],
        ["1-1-1", "事業費", "市費", "千円", "NaN", "100", ""],
        ["1-1-2", "事業費", "a＝b", "あ" * 60, "1e999", "", "１２３４５６７８９０" * 4],
    ]
    refused = page(bring(client, *lines))
    places = [
        *("2行目「項目の番号」「指標の名前・財源」", "3行目「項目の番号」「指標の名前・財源」"),
        *("3行目「基準値」", "3行目「目標（平成21年度）」"),
        *("4行目「項目の番号」", "4行目「種類」", "4行目「単位」"),
        *("5行目「計画」", "5行目「基準値」", "5行目「目標（平成21年度）」：事業費（財源）に目標は書けません"),
        *("6行目「指標の名前・財源」", "6行目「単位」", "6行目「基準値」"),
    ]
    assert [place for place in places if place not in refused] == []
    assert not Figure.objects.exists()


def test_of_two_plans_with_the_number_the_plan_has_to_be_named(client, items):
    other = factories.make_item(factories.make_measure(factories.make_plan(title="第2次計画")))
    line = ["1-1-1", "指標", "参加者数", "人", "", "", ""]
    refused = page(bring(client, line))
    assert "2行目「計画」" in refused
    assert "試験計画" in refused
    assert "第2次計画" in refused
    take(client, ["第2次計画", *line], head=["計画", *HEAD])
    assert Figure.objects.get().item == other


def test_what_names_two_items_or_none_is_told(client, items):
    head = ["公開ID", "計画", *HEAD]
    rest = ["指標", "参加者数", "人", "", "", ""]
    assert "2行目「公開ID」" in page(bring(client, ["zzzzzzzz", "", "", *rest], head=head))
    assert "2行目「計画」" in page(bring(client, ["", "ない計画", "1-1-1", *rest], head=head))
    clash = page(bring(client, [items[0].public_id, "", "1-1-2", *rest], head=head))
    assert "の項目の番号は、1-1-1です" in clash


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (["種類", "指標の名前・財源", "単位"], "どの項目の指標か"),
        (["項目の番号", "種類", "単位"], "「指標の名前・財源」の列がありません"),
        ([*HEAD[:4], "目標（そのうち）"], "知らない列"),
        ([*HEAD[:4], "目標（H21）", "2009年度目標"], "平成21年度の目標の列が2つ"),
        ([*HEAD[:4], "備考"], "知らない列"),
    ],
)
def test_a_head_that_cannot_be_read_is_told(client, items, head, words):
    assert words in page(bring(client, ["1-1-1", *["x"] * (len(head) - 1)], head=head))


def test_money_has_no_targets(client, items):
    refused = page(bring(client, ["1-1-1", "事業費", "市費", "千円", "", "100", ""]))
    assert "2行目「目標（平成21年度）」：事業費（財源）に目標は書けません" in refused


@pytest.mark.parametrize(("place", "words"), [(3, "名"), (4, "千人")])
def test_a_used_figure_keeps_its_name_and_unit(client, items, place, words):
    status = factories.make_status(item=items[0], progress="done")
    figure = declare(items[0])
    status.figures = "参加者数　実績＝5"
    status.save()
    publish(status.report, by=None)
    line = [str(figure.pk), "1-1-1", "指標", "参加者数", "人", "1000", "1200", "12.50"]
    line[place] = words
    refused = page(bring(client, line, head=["ID", *HEAD]))
    assert "使われているため" in refused
    figure.refresh_from_db()
    assert (figure.name, figure.unit) == ("参加者数", "人")


def test_a_figure_does_not_go_to_another_item(client, items):
    figure = declare(items[0])
    line = [str(figure.pk), "1-1-2", "指標", "参加者数", "人", "", "", ""]
    assert "ほかの項目には移せません" in page(bring(client, line, head=["ID", *HEAD]))


def test_a_renamed_figure_and_a_new_one_of_its_old_name_come_in_one_file(client, items):
    figure = declare(items[0])
    lines = [
        [str(figure.pk), "1-1-1", "指標", "延べ参加者数", "人", "1000", "1200", "12.50"],
        ["", "1-1-1", "指標", "参加者数", "人", "", "", ""],
    ]
    take(client, *lines, head=["ID", *HEAD])
    assert [each.name for each in Figure.objects.order_by("pk")] == ["延べ参加者数", "参加者数"]
    assert Figure.objects.order_by("pk").first().pk == figure.pk


def test_a_figure_changed_between_preview_and_taking_is_shown_again(client, items):
    figure = declare(items[0])
    preview = bring(client, ["1-1-1", "指標", "参加者数", "人", "1000", "9", "12.50"])
    figure.baseline = "7"
    figure.save()
    assert "もう一度、変更点を確認してください" in page(files.confirm(client, preview, ADDRESS))
    figure.refresh_from_db()
    assert figure.declared.targets[2009] == "1200"


def test_who_may_only_read_takes_the_table_out_and_brings_nothing_in(items):
    reader = signed_in(factories.make_person(READER))
    declare(items[0])
    assert table(export(reader))[1][3] == "1-1-1"
    assert reader.post(f"{ADDRESS}import/", {}).status_code == 403


def test_an_import_asks_no_more_for_each_further_item(client, items, django_assert_max_num_queries):
    for number in range(20):
        factories.make_item(items[0].measure, name=f"別{number}")
    lines = [[f"1-1-{number}", "指標", "参加者数", "人", "", "1", ""] for number in range(1, 23)]
    with django_assert_max_num_queries(40 + 12 * 22):
        bring(client, *lines)


def test_an_empty_list_is_taken_out_as_a_table_to_be_filled_in(client, items):
    plan = items[0].measure.policy.plan
    plan.start_year, plan.end_year = 2009, 2010
    plan.save()
    [head] = table(export(client))
    assert set(HEAD) <= set(head)
    line = dict(zip(HEAD, ["1-1-1", "指標", "参加者数", "人", "", "5", ""], strict=True))
    assert "追加1件" in page(take(client, [line.get(column, "") for column in head], head=head))
