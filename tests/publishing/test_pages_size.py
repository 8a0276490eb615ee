"""The publishing pages of a year with many items."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from actionplan.models import Edition
from actionplan.publishing.publish import publish
from tests import factories
from tests.admin.pages import signed_in
from tests.publishing.publishing_pages import address, many, post, ticks

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("items", [5, 60])
@pytest.mark.parametrize("editions", [0, 2])
def test_the_page_asks_fewer_than_thirty_questions(items, editions, django_assert_max_num_queries):
    report = factories.make_report()
    factories.make_tree(report, items)
    for number in range(editions):
        row = report.statuses.first()
        row.text = f"{number}"
        row.save()
        publish(report, by=None, note="訂正")
    publisher = factories.make_user(superuser=False)
    publisher.groups.set(Group.objects.filter(name="公表権者"))
    client = signed_in(publisher)
    with django_assert_max_num_queries(29):
        assert client.get(reverse("admin:publish", args=[report.pk])).status_code == 200


def test_many_changes_stand_on_pages_and_are_published_together(admin_client):
    status = many(103)
    first = admin_client.get(address("publish", status)).content.decode()
    assert "変わる項目は103件です。1件目から100件目までを表示しています。" in first
    assert first.count("<ins>後の文") == 100
    second = admin_client.get(address("publish", status) + "?page=2").content.decode()
    assert second.count("<ins>後の文") == 3
    assert post(admin_client, status, note="訂正", named=ticks(admin_client, status)).status_code == 302
    assert Edition.objects.get(number=2).rows.filter(status__startswith="後の文").count() == 103


def test_a_long_year_is_previewed_in_parts(admin_client, monkeypatch):
    monkeypatch.setattr("actionplan.publishing.pages.PREVIEWED", 10)
    status = many(12)
    first, second = (admin_client.get(address("preview", status) + query).content.decode() for query in ("", "?page=2"))
    assert "全12項目のうち、1番目から10番目までを表示しています。" in first
    assert (first.count('<tr id="item-'), second.count('<tr id="item-')) == (10, 2)
