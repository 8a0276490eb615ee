"""The columns of the open data: their order, what they hold, and that they ask the database nothing."""

from types import SimpleNamespace

import pytest

from actionplan.exports.columns import ReportResource
from tests import factories
from tests.exports.editions import front_matter, make_edition, make_row

COLUMNS = [
    "全国地方公共団体コード",
    "ID",
    "地方公共団体名",
    "年度_西暦",
    "年度_和暦",
    "施策番号",
    "施策名",
    "取組番号",
    "取組名",
    "項目番号",
    "項目名",
    "主体_市民",
    "主体_市",
    "主体_市民と市",
    "主体_記号",
    "アクションプランの内容",
    "実施状況",
    "進捗区分コード",
    "進捗区分",
    "成果",
    "課題",
    "今後の方針",
    "担当課",
    "更新日",
    "備考",
]


def draft(**changes) -> SimpleNamespace:
    return SimpleNamespace(front_matter=front_matter(**changes))


def record(edition, row) -> dict:
    dataset = ReportResource(edition).export([row])
    return dict(zip(dataset.headers, dataset[0], strict=True))


def test_the_columns_stand_in_the_published_order():
    assert ReportResource(draft()).export([]).headers == COLUMNS


def test_a_row_of_a_draft_fills_its_record_without_a_database():
    row = make_row(item_id=12, policy_number=3, measure_number=2, item_number=1, actor_symbols="★◎")
    facts = record(draft(), row)
    assert facts["全国地方公共団体コード"] == "422096"
    assert (facts["年度_西暦"], facts["年度_和暦"], facts["地方公共団体名"]) == (2009, "平成21年度", "対馬市")
    assert (facts["施策番号"], facts["取組番号"], facts["項目番号"]) == (3, 2, 1)
    assert (facts["実施状況"], facts["進捗区分コード"], facts["進捗区分"]) == ("実施した。", "unset", "未設定")
    assert (facts["更新日"], facts["備考"], facts["担当課"]) == ("", "", "")


@pytest.mark.parametrize(
    ("marks", "flags"), [("★", (1, 0, 0)), ("●", (0, 1, 0)), ("◎", (0, 0, 1)), ("★●", (1, 1, 0)), ("★◎", (1, 0, 1))]
)
def test_marks_are_whole_and_split_into_flags(marks, flags):
    facts = record(draft(), make_row(actor_symbols=marks))
    assert (facts["主体_市民"], facts["主体_市"], facts["主体_市民と市"]) == flags
    assert facts["主体_記号"] == marks


def test_a_new_actor_of_the_legend_gets_a_column_of_its_own():
    actors = [*front_matter()["actors"], {"symbol": "▲", "label": "大学が主体", "short_name": "大学"}]
    facts = record(draft(actors=actors), make_row(actor_symbols="▲"))
    assert list(facts)[11:16] == ["主体_市民", "主体_市", "主体_市民と市", "主体_大学", "主体_記号"]
    assert facts["主体_大学"] == 1


def test_one_edition_s_legend_does_not_leak_into_another_s_columns():
    ReportResource(draft(actors=[{"symbol": "▲", "label": "大学が主体", "short_name": "大学"}]))
    assert ReportResource(draft()).export([]).headers == COLUMNS


def test_an_id_stays_when_the_item_is_renumbered():
    before = record(draft(), make_row(public_id="bp9cf2kv", policy_number=1, item_number=1))
    after = record(draft(), make_row(public_id="bp9cf2kv", policy_number=4, item_number=7))
    assert before["ID"] == after["ID"] == "422096-2009-bp9cf2kv"


def test_an_item_has_another_id_in_another_year():
    later = draft(fiscal_year=2010, era_label="平成22年度")
    assert record(later, make_row(public_id="bp9cf2kv"))["ID"] == "422096-2010-bp9cf2kv"


def test_remarks_name_how_the_original_heads_the_column():
    assert record(draft(), make_row(status_heading="関係部署"))["備考"] == "原本の欄名は「関係部署」"


def test_a_correction_is_told_at_the_records_that_it_changed_only(db):
    edition = make_edition(factories.make_report(), number=2, correction_note="項目1の誤字を直しました。")
    corrected = make_row(correction_note="第2版で訂正：項目1の誤字を直しました。")
    assert record(edition, corrected)["備考"] == "第2版で訂正：項目1の誤字を直しました。"
    assert record(edition, make_row())["備考"] == ""


def test_remarks_follow_each_other_on_one_line():
    row = make_row(status_heading="関係部署", correction_note="第2版で訂正：直しました。")
    assert record(draft(), row)["備考"] == "原本の欄名は「関係部署」；第2版で訂正：直しました。"


def test_every_record_of_a_made_up_year_says_so_before_anything_else():
    assert (
        record(draft(sample=True), make_row(status_heading="関係部署"))["備考"]
        == "見本データ；原本の欄名は「関係部署」"
    )
    assert record(draft(sample=False), make_row())["備考"] == ""


def test_the_day_of_update_is_the_day_in_japan(db):
    assert record(make_edition(factories.make_report()), make_row())["更新日"] == "2010-04-01"


def test_any_number_of_rows_takes_one_query(db, django_assert_num_queries):
    edition = make_edition(factories.make_report(), rows=[{}] * 30)
    with django_assert_num_queries(1):
        assert len(ReportResource(edition).export(edition.rows.all())) == 30
