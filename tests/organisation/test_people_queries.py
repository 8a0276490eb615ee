"""人事異動 asks the database as often for 200 people as for 5, and keeps to its time."""

from functools import partial
from time import monotonic

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.organisation.staffing import IMPORT, LIST, confirm, csv_of, office, row, send

pytestmark = pytest.mark.django_db
SIZES = (5, 200)


def asked(act):
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def test_page_list_and_preview_ask_as_often_for_200_people_as_for_5():
    department, browser, counts = factories.make_department("福祉課"), office(), []
    browser.get(LIST)  # kept as an event of security; those of the same minute are counted with it
    for size in SIZES:
        people = User.objects.bulk_create(
            User(username=f"p{size}-{n}", last_name="山田", first_name="花子", is_staff=True) for n in range(size)
        )
        department.members.add(*people)
        data = csv_of(*(row(person.username, 役割="担当者") for person in people))
        acts = (partial(browser.get, IMPORT), partial(browser.get, LIST), partial(send, browser, data))
        counts.append([asked(act) for act in acts])
    assert counts[0] == counts[1]
    assert max(counts[1]) <= 15


def test_two_hundred_new_people_are_taken_in_a_few_questions_and_seconds():
    factories.make_department("福祉課")
    browser, counts = office(), []
    for size in SIZES:
        preview = send(browser, csv_of(*(row(f"n{size}-{n}", 所属課="福祉課", 役割="担当者") for n in range(size))))
        started = monotonic()
        counts.append(asked(partial(confirm, browser, preview)))
        assert monotonic() - started < 10
    assert User.objects.filter(username__startswith="n").count() == sum(SIZES)
    assert counts[1] - counts[0] <= 5  # the batches of bulk writing
