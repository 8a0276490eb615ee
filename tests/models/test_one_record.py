"""One change leaves one record: marks and members belong to the record of the save that they came with."""

import pytest
from django.db import transaction

from actionplan.models import ActorType, note_source
from actionplan.models.one_record import current_change, one_change
from tests import factories

pytestmark = pytest.mark.django_db


def marks(record):
    return {row.actortype.symbol for row in record.actors.all()}


def symbols(text):
    return ActorType.objects.filter(symbol__in=list(text))


def test_a_save_and_its_marks_are_one_record_with_the_marks_as_they_came_to_be():
    item = factories.make_item(marks="★")
    before = item.history.count()
    with one_change(reason="まとめて", source_file="計画.csv"):
        item.name = "新しい名"
        item.save()
        item.actors.set(symbols("●◎"))
    record = item.history.order_by("history_id").last()
    assert item.history.count() == before + 1
    assert (record.name, marks(record)) == ("新しい名", {"●", "◎"})
    assert (record.history_change_reason, record.source_file) == ("まとめて", "計画.csv")


def test_marks_alone_are_one_record_although_the_library_sees_two_steps():
    item = factories.make_item(marks="★")
    before = item.history.count()
    with one_change():
        item.actors.set(symbols("◎"))
    assert item.history.count() == before + 1
    assert marks(item.history.order_by("history_id").last()) == {"◎"}


def test_two_changes_are_two_records():
    item = factories.make_item()
    before = item.history.count()
    for mark in "★●":
        with one_change():
            item.actors.set(symbols(mark))
    assert item.history.count() == before + 2


def test_an_object_made_inside_keeps_its_kind_of_record():
    with one_change():
        item = factories.make_item(marks="★◎")
    record = item.history.get()
    assert (record.history_type, marks(record)) == ("+", {"★", "◎"})


def test_a_record_that_was_rolled_back_is_not_written_into():
    item = factories.make_item(marks="★")
    before = item.history.count()
    with one_change():
        with transaction.atomic():
            item.save()
            transaction.set_rollback(True)
        item.actors.add(*symbols("●"))
    assert item.history.count() == before + 1
    assert marks(item.history.order_by("history_id").last()) == {"★", "●"}


def test_a_rows_own_reason_and_file_come_before_those_of_the_change():
    plan = factories.make_plan()
    with one_change(reason="まとめて", source_file="計画.csv"):
        note_source(plan, reason="自分の理由", source_file="自分.csv").save()
        plan.policies.create(number=1, title="施策")
    own, other = plan.history.first(), plan.policies.get().history.get()
    assert (own.history_change_reason, own.source_file) == ("自分の理由", "自分.csv")
    assert (other.history_change_reason, other.source_file) == ("まとめて", "計画.csv")


def test_a_change_within_a_change_ends_with_itself():
    with one_change(reason="外"):
        with one_change(reason="内"):
            assert current_change().reason == "内"
        assert current_change().reason == "外"
    assert current_change() is None


def test_from_the_other_side_each_owner_gets_its_record():
    first, second = factories.make_item(marks="★"), factories.make_item(marks="★")
    mark = ActorType.objects.get(symbol="◎")
    counts = [item.history.count() for item in (first, second)]
    mark.items.add(first, second)
    assert [item.history.count() for item in (first, second)] == [count + 1 for count in counts]
    mark.items.clear()
    assert all(marks(item.history.order_by("history_id").last()) == {"★"} for item in (first, second))
    assert mark.history.filter(history_type="~").count() == 0
