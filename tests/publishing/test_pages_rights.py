"""Who may publish and withdraw, and what the others see."""

import pytest
from django.contrib.auth.models import Permission

from actionplan.models import Edition
from actionplan.publishing.publish import publish
from tests import factories
from tests.publishing.publishing_pages import address, edit

pytestmark = pytest.mark.django_db


@pytest.fixture
def status(admin_client):
    return factories.make_status(text="前の文", state="confirmed")


def test_a_reader_sees_the_changes_but_has_no_button(client, status):
    reader = factories.make_user(superuser=False)
    reader.user_permissions.add(Permission.objects.get(codename="view_annualreport"))
    client.force_login(reader)
    html = client.get(address("publish", status)).content.decode()
    assert "公表する権限" not in html
    assert "変更点の確認だけできます" in html
    assert '<input type="submit" class="default"' not in html


@pytest.mark.parametrize("name", ["publish", "withdraw"])
def test_a_forged_post_without_the_right_is_refused(client, status, name):
    publish(status.report, by=None)
    edit(status, "後の文")
    reader = factories.make_user(superuser=False)
    reader.user_permissions.add(Permission.objects.get(codename="view_annualreport"))
    client.force_login(reader)
    page = address(name, status, *([1] if name == "withdraw" else []))
    response = client.post(page, {"when": "now", "wording": "published", "expected_sha256": "0" * 64, "reason": "悪意"})
    assert response.status_code == 403
    assert Edition.objects.count() == 1
    assert Edition.objects.public().count() == 1


def test_a_stranger_is_sent_to_the_login(client, status):
    for name in ("publish", "preview"):
        assert client.get(address(name, status))["Location"].startswith("/admin/login/")
