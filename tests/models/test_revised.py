"""The rule of revisions, under lock, for every path that saves a status."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from actionplan.models import State, YearlyStatus
from actionplan.seen import Moved
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_model_refuses_by_every_path():
    row = factories.make_status()
    first, second = (YearlyStatus.objects.get(pk=row.pk) for _ in range(2))
    first.text = "先の文"
    first.save()
    second.text = "後の文"
    with pytest.raises(Moved) as refusal:
        second.save()
    assert refusal.value.now.text == "先の文"
    assert second.revision == 1
    second.refresh_from_db()
    second.save(update_fields=["text"])
    assert YearlyStatus.objects.get(pk=row.pk).revision == 3


@pytest.mark.parametrize(("name", "words"), [("text", "書いた"), ("progress", "done"), ("outcome", "成果")])
def test_the_first_cell_that_says_something_begins_the_work_whichever_it_is(name, words):
    status = factories.make_status(text="")
    assert status.state == State.NOT_STARTED
    setattr(status, name, words)
    status.save()
    assert YearlyStatus.objects.get().state == State.DRAFT


def test_nothing_but_a_first_cell_moves_the_state():
    status = factories.make_status(text=" \n")
    status.save()
    assert status.state == State.NOT_STARTED
    status.text = "書いた"
    status.save(update_fields=["text"])
    status.refresh_from_db()
    assert status.state == State.DRAFT
    status.state = State.RETURNED
    status.text = "書き直した"
    status.save()
    assert YearlyStatus.objects.get().state == State.RETURNED


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_the_same_moment_one_is_refused():
    row = factories.make_status()
    readings = [YearlyStatus.objects.get(pk=row.pk) for _ in range(2)]
    start, outcomes = Barrier(2), []

    def save(reading, text):
        reading.text = text
        start.wait()
        try:
            reading.save()
            outcomes.append(text)
        except Moved:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=save, args=(reading, f"文{n}")) for n, reading in enumerate(readings)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stored = YearlyStatus.objects.get(pk=row.pk)
    assert sorted(outcomes) == sorted(["refused", stored.text])
    assert stored.revision == 2
