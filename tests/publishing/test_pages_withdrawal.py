"""An edition withdrawn, for a reason."""

import pytest

from actionplan.publishing.publish import publish, withdraw
from tests import factories
from tests.publishing.publishing_pages import address

pytestmark = pytest.mark.django_db


@pytest.fixture
def status(admin_client):
    return factories.make_status(text="前の文", state="confirmed")


def test_withdrawing_asks_for_a_reason_and_hides_the_edition(admin_client, client, status):
    publish(status.report, by=None)
    page = address("withdraw", status, 1)
    assert "取下げの理由を書いてください" in admin_client.post(page, {"reason": " "}).content.decode()
    assert client.get("/reports/2009/").status_code == 200
    assert admin_client.post(page, {"reason": "取り違え"}).status_code == 302
    assert client.get("/reports/2009/").status_code == 404
    html = admin_client.get(address("publish", status)).content.decode()
    assert "取り違え" in html
    assert "取下げ</td>" in html


def test_a_withdrawn_edition_is_not_asked_about_again(admin_client, status):
    withdraw(publish(status.report, by=None), by=None, reason="誤り")
    response = admin_client.get(address("withdraw", status, 1), follow=True)
    assert "すでに取り下げられています" in response.content.decode()
