"""Differences between editions: row by row, cell by cell."""

import pytest

from actionplan.publishing.compose import compose, printed_cells
from actionplan.publishing.differences import front_matter_differences, next_edition, row_differences
from actionplan.publishing.publish import publish
from tests import factories

pytestmark = pytest.mark.django_db


def changes(edition, report):
    return row_differences(printed_cells(edition), compose(report, "current").cells)


def test_an_unchanged_year_has_no_differences():
    status = factories.make_status()
    assert changes(publish(status.report, by=None), status.report) == []


def test_a_changed_cell_shows_its_text_before_and_after():
    status = factories.make_status(text="前の文")
    edition = publish(status.report, by=None)
    status.text = "後の文"
    status.save()
    (row,) = changes(edition, status.report)
    assert (row.kind_label, row.code, row.name) == ("変更", "1-1-1", "項目")
    assert [(cell.label, cell.before, cell.after) for cell in row.cells] == [("実施状況", "前の文", "後の文")]


def test_a_category_is_shown_by_its_word_not_its_code():
    status = factories.make_status()
    edition = publish(status.report, by=None)
    status.progress = "not_done"
    status.save()
    (row,) = changes(edition, status.report)
    assert [(cell.label, cell.before, cell.after) for cell in row.cells] == [("進捗区分", "未設定", "未実施")]


def test_a_renumbered_item_is_a_change_not_a_removal_and_an_addition():
    status = factories.make_status()
    edition = publish(status.report, by=None)
    status.item.number = 5
    status.item.save()
    (row,) = changes(edition, status.report)
    assert (row.kind, row.code) == ("changed", "1-1-5")


def test_added_and_removed_items_are_named():
    status = factories.make_status()
    edition = publish(status.report, by=None)
    factories.make_status(status.report, factories.make_item(status.item.measure, name="新しい項目"))
    added = changes(edition, status.report)
    assert [(row.kind_label, row.name) for row in added] == [("追加", "新しい項目")]
    draft = {cells["item_id"]: cells for cells in compose(status.report, "current").cells}
    removed = row_differences(draft, printed_cells(edition).values())
    assert [(row.kind_label, row.name) for row in removed] == [("削除", "新しい項目")]


def test_changed_sentences_of_the_front_matter_are_shown_one_by_one():
    status = factories.make_status()
    before = compose(status.report).front_matter
    status.report.plan.purpose = "新しい目的"
    status.report.label_override = "平成廿一年度"
    after = compose(status.report).front_matter
    shown = {(cell.label, cell.before, cell.after) for cell in front_matter_differences(before, after)}
    assert ("計画と指針の文", "", "新しい目的") in shown
    assert ("年度の表記", "平成21年度（2009年度）", "平成廿一年度（2009年度）") in shown


def test_an_added_aim_is_a_difference():
    before = {"aims": [{"mark": "①", "text": "一"}]}
    after = {"aims": [{"mark": "①", "text": "一"}, {"mark": "②", "text": "二"}]}
    assert [(cell.label, cell.after) for cell in front_matter_differences(before, after)] == [
        ("ねらい", "②"),
        ("ねらい", "二"),
    ]


def test_the_next_edition_tells_its_draft_what_is_not_confirmed_and_how_it_differs():
    status = factories.make_status(text="前の文")
    edition = publish(status.report, by=None)
    status.text = "後の文"
    status.save()
    found = next_edition(status.report, edition)
    assert [(row.code, row.cells[0].before, row.cells[0].after) for row in found.rows] == [
        ("1-1-1", "前の文", "後の文")
    ]
    assert found.draft.content_sha256 == compose(status.report).content_sha256
    assert [row.code for row in found.unconfirmed] == ["1-1-1"]
