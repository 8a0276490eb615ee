"""Records of change for rows that were stored in bulk: one each, relations included, with who, why and from where."""

import pytest

from actionplan.models import ActionItem, Department
from actionplan.organisation.membership import record
from tests import factories

pytestmark = pytest.mark.django_db


def test_each_row_gets_one_record_with_who_why_and_the_file(coordinator):
    rows = [factories.make_department(name) for name in ("福祉課", "市民課")]
    record(rows, by=coordinator, reason="試し", source="名簿.csv")
    for row in rows:
        newest = row.history.first()
        assert row.history.count() == 2
        assert (newest.history_user, newest.history_change_reason) == (coordinator, "試し")
        assert (newest.source_file, newest.history_type) == ("名簿.csv", "~")


def test_a_new_rows_record_says_that_it_was_added(coordinator):
    [row] = Department.objects.bulk_create([Department(name="福祉課")])
    record([row], by=coordinator, reason="", new=True)
    assert row.history.get().history_type == "+"
    assert row.history.get().history_change_reason is None


def test_the_relations_are_recorded_as_they_stand_in_the_database(coordinator):
    department, item = factories.make_department(), factories.make_item(marks="★◎")
    department.members.add(coordinator)
    record([department], by=coordinator, reason="試し")
    record([item], by=coordinator, reason="試し")
    assert [row.user for row in department.history.first().members.all()] == [coordinator]
    assert item.history.first().actors.count() == 2


def test_the_relations_of_rows_that_are_not_recorded_do_not_slip_in(coordinator):
    first, second = factories.make_item(marks="★"), factories.make_item(marks="◎")
    record([first], by=coordinator, reason="試し")
    assert [row.actionitem_id for row in first.history.first().actors.all()] == [first.pk]
    assert second.history.first().history_change_reason != "試し"


def test_a_name_of_a_file_that_is_too_long_is_cut_not_refused(coordinator):
    department = factories.make_department()
    record([department], by=coordinator, reason="試し", source="名" * 300)
    assert len(department.history.first().source_file) == 255


def test_nothing_is_recorded_of_nothing(coordinator, django_assert_num_queries):
    with django_assert_num_queries(0):
        record([], by=coordinator, reason="試し")


def test_as_few_questions_for_100_rows_as_for_2(coordinator):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for size in (2, 100):
        items = [factories.make_item() for _ in range(size)]
        with CaptureQueriesContext(connection) as queries:
            record(ActionItem.objects.filter(pk__in=[item.pk for item in items]), by=coordinator, reason="試し")
        counts.append(len(queries))
    assert counts[1] - counts[0] <= 4  # the batches of bulk writing
