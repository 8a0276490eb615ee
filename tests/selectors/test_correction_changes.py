"""A year's corrections, cell by cell."""

from datetime import timedelta

import pytest
from django.utils import timezone

from actionplan.publishing.publish import publish, withdraw
from actionplan.selectors.changes import correction_changes
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def status():
    return factories.make_status(text="説明会を2回開いた。")


def correct(status, text: str, note: str, **options):
    status.text = text
    status.save()
    return publish(status.report, by=None, note=note, **options)


def test_a_first_edition_has_no_corrections(status, django_assert_num_queries):
    edition = publish(status.report, by=None)
    with django_assert_num_queries(1):
        assert correction_changes(edition) == []


def test_each_correction_shows_its_reason_and_what_it_changed(status):
    publish(status.report, by=None)
    correct(status, "説明会を3回開いた。", "回数の誤り")
    last = correct(status, "説明会を4回開いた。", "数え直し")
    second, first = correction_changes(last)
    assert (first.note, first.before_label, first.label) == ("回数の誤り", "第1版", "第2版")
    [row] = second.rows
    [cell] = row.cells
    assert (row.kind_label, row.place.code, cell.label) == ("変更", "1-1-1", "実施状況")
    assert (cell.wording.before, cell.wording.after) == ("説明会を3回開いた。", "説明会を4回開いた。")


def test_an_item_that_came_with_a_correction_is_named(status):
    publish(status.report, by=None)
    added = factories.make_status(status.report, factories.make_item(status.item.measure, name="漏れていた項目"))
    [correction] = correction_changes(publish(status.report, by=None, note="漏れ"))
    assert [(row.kind_label, row.place.name) for row in correction.rows] == [("追加", "漏れていた項目")]
    # Published statuses stay; should one ever go missing, the page says so.
    type(added).objects.filter(pk=added.pk)._raw_delete("default")
    removal, _ = correction_changes(publish(status.report, by=None, note="戻し"))
    assert [(row.kind_label, row.place.name) for row in removal.rows] == [("削除", "漏れていた項目")]


def test_a_withdrawn_correction_is_passed_over(status):
    publish(status.report, by=None)
    withdraw(correct(status, "誤った訂正。", "誤り"), by=None, reason="取消し")
    [correction] = correction_changes(correct(status, "正しい訂正。", "訂正"))
    assert (correction.before_label, correction.label) == ("第1版", "第3版")
    assert correction.rows[0].cells[0].wording.before == "説明会を2回開いた。"


def test_a_scheduled_correction_is_not_shown_yet(status):
    first = publish(status.report, by=None)
    correct(status, "これから。", "予定", public_from=timezone.now() + timedelta(days=1))
    assert correction_changes(first) == []
