"""Rows in bulk: locked as they were seen, one revision and one record of change each."""

import pytest

from actionplan.answers.saving import lock, lock_seen, store
from actionplan.models import YearlyStatus
from actionplan.seen import Moved
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows():
    report = factories.make_report()
    return [factories.make_status(report) for _ in range(3)]


def test_locking_gives_the_rows_in_the_same_order_whatever_was_asked(rows, django_assert_num_queries):
    pks = [row.pk for row in rows]
    with django_assert_num_queries(1):
        found = lock(reversed(pks))
        names = [(row.item.code, row.report.label, row.department) for row in found]
    assert [row.pk for row in found] == pks
    assert len(names) == 3


def test_rows_that_stand_as_they_were_seen_are_handed_out(rows):
    assert [row.pk for row in lock_seen({row.pk: 1 for row in rows})] == [row.pk for row in rows]


def test_a_row_that_is_newer_and_one_that_is_gone_are_named(rows):
    rows[1].text = "ほかの人の文"
    rows[1].save()
    gone = rows[2].pk
    rows[2].delete()
    with pytest.raises(Moved) as refusal:
        lock_seen({rows[0].pk: 1, rows[1].pk: 1, gone: 1})
    assert [row.text for row in refusal.value.now] == ["ほかの人の文"]
    assert refusal.value.gone == [gone]
    assert rows[1].item.code in str(refusal.value)


def test_a_row_that_is_gone_alone_is_told_in_words(rows):
    with pytest.raises(Moved, match="削除された項目"):
        lock_seen({99999: 1})


def test_storing_raises_each_revision_by_one_and_leaves_one_record_each(rows):
    person = factories.make_user()
    found = lock([row.pk for row in rows[:2]])
    for row in found:
        row.text = f"新しい文{row.pk}"
    store(found, ["text"], by=person, reason="試験", source="照会票.xlsx")
    for row in YearlyStatus.objects.filter(pk__in=[row.pk for row in rows[:2]]):
        record = row.history.latest()
        assert (row.revision, row.text) == (2, f"新しい文{row.pk}")
        assert (record.revision, record.text, record.history_type) == (2, row.text, "~")
        assert (record.history_user, record.history_change_reason, record.source_file) == (
            person,
            "試験",
            "照会票.xlsx",
        )
        assert row.history.count() == 2
    assert YearlyStatus.objects.get(pk=rows[2].pk).revision == 1


def test_only_the_named_fields_are_stored(rows):
    found = lock([rows[0].pk])
    found[0].text, found[0].outcome = "書く", "書かない"
    store(found, ["text"], by=None, reason="試験")
    stored = YearlyStatus.objects.get(pk=rows[0].pk)
    assert (stored.text, stored.outcome) == ("書く", "")


def test_a_long_file_name_is_cut_to_what_the_record_holds(rows):
    store(lock([rows[0].pk]), ["text"], by=None, reason="試験", source="長" * 300)
    assert rows[0].history.latest().source_file == "長" * 255
