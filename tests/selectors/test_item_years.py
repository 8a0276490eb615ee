"""An item's years side by side."""

import pytest

from actionplan.publishing.publish import publish
from actionplan.selectors.item_history import item_history, year_tables
from tests import factories

pytestmark = pytest.mark.django_db


def years_of(*texts: str, **fields):
    item = factories.make_item()
    for place, text in enumerate(texts):
        report = factories.make_report(fiscal_year=2009 + place)
        publish(factories.make_status(report, item, text=text, **fields).report, by=None)
    return item_history(item.public_id)


def row(table, label: str):
    return next(row for row in table.rows if row.label == label)


def test_each_cell_is_marked_against_the_year_before():
    [table] = year_tables(years_of("会を1回開いた。", "会を2回開いた。"))
    newer, older = row(table, "実施状況").cells
    assert [(run.kind, run.text) for run in newer.wording.runs if run.kind != "same"] == [
        ("removed", "1"),
        ("added", "2"),
    ]
    assert (older.text, older.wording) == ("会を1回開いた。", None)


def test_cells_that_no_year_filled_and_a_name_that_never_changed_are_left_out():
    [table] = year_tables(years_of("一", "二"))
    assert [row.label for row in table.rows] == ["実施状況", "進捗区分", "アクションプランの内容", "主体"]


def test_a_changed_name_is_shown():
    years = years_of("一")
    item = factories.ActionItem.objects.get()
    item.name = "新しい名前"
    item.save()
    publish(factories.make_status(factories.make_report(fiscal_year=2010), item).report, by=None)
    [table] = year_tables(item_history(item.public_id))
    assert [cell.text for cell in row(table, "項目").cells] == ["新しい名前", years[0].item.name]


def test_more_than_three_years_make_a_second_table_compared_across_the_break():
    first, second = year_tables(years_of("一年目", "二年目", "三年目", "四年目"))
    assert ([year.year for year in first.years], [year.year for year in second.years]) == ([2012, 2011, 2010], [2009])
    assert row(first, "実施状況").cells[2].wording.before == "一年目"
