"""変更の記録 asks the database as often for hundreds of records as for a few, and so does one object's history."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actionplan.models import ActionItem, Measure, YearlyStatus
from tests import factories
from tests.admin.pages import change_url, signed_in
from tests.trail.conftest import change, make_person

pytestmark = pytest.mark.django_db
TRAIL = "/admin/trail/"


def queries(client, address):
    ContentType.objects.clear_cache()
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_the_page_asks_as_often_for_thousands_of_records_as_for_a_few():
    report, department = factories.make_report(), factories.make_department()
    clients = [signed_in(make_person("kansa")), signed_in(make_person("tanto", department))]
    asked = []
    # What a process looks up once was looked up or not by whatever ran before in it.
    for client in clients:
        client.get(TRAIL)
    for items in (5, 200):
        factories.make_tree(report, items)
        YearlyStatus.objects.update(department=department)
        for status in YearlyStatus.objects.all():
            status.save()
        for item in ActionItem.objects.all()[:3]:
            item.save()
        asked.append([queries(client, TRAIL) for client in clients])
        clear(report)
    assert asked[0] == asked[1]
    assert max(asked[1]) < 15


def clear(report):
    for model in (YearlyStatus, ActionItem, Measure):
        model.objects.all().delete()


def test_one_objects_history_asks_as_often_for_forty_records_as_for_two():
    status, client, asked = factories.make_status(), signed_in(make_person("kansa")), []
    address = change_url(status).replace("/change/", "/history/")
    for times in (1, 40):
        for number in range(times):
            change(status, f"{times}-{number}")
        asked.append(queries(client, address))
    assert asked[0] == asked[1] < 15
