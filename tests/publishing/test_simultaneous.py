"""Two people publishing at once make one edition, on every database."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from actionplan.models import Edition
from actionplan.publishing.publish import NothingChanged, PublishRefused, publish, withdraw
from tests import factories


def at_once(*acts) -> list[str]:
    """What each act ended with, all started at the same moment in threads of their own."""
    barrier, outcomes = Barrier(len(acts)), []

    def run(act) -> None:
        barrier.wait()
        try:
            act()
            outcomes.append("done")
        except PublishRefused as refusal:
            outcomes.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_two_people_publishing_at_once_make_one_edition():
    report = factories.make_status().report
    outcomes = at_once(*[lambda: publish(report, by=None)] * 4)
    assert outcomes == [NothingChanged.__name__] * 3 + ["done"]
    assert Edition.objects.count() == 1
    assert Edition.objects.get().rows.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_withdrawing_at_once_make_one_withdrawal():
    edition = publish(factories.make_status().report, by=None)
    outcomes = at_once(*[lambda: withdraw(edition, by=None, reason="誤り")] * 3)
    assert outcomes == ["PublishRefused", "PublishRefused", "done"]
