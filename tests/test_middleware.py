"""Middleware by wing: the public wing has no session, no token, no cookie; HEAD has no body."""

import pytest

from actionplan.publishing.publish import publish
from tests import factories

pytestmark = pytest.mark.django_db
ADDRESSES = ["/", "/reports/2009/", "/reports/2009.csv", "/nothing/"]


@pytest.fixture(autouse=True)
def published():
    return publish(factories.make_status().report, by=None)


@pytest.mark.parametrize("address", ADDRESSES)
def test_even_a_malformed_cookie_is_answered_without_one(client, address):
    client.cookies["csrftoken"] = "x"
    client.cookies["sessionid"] = "y"
    response = client.get(address)
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


@pytest.mark.parametrize("address", ADDRESSES[:3])
@pytest.mark.parametrize("method", ["post", "put", "delete", "options", "trace"])
def test_public_pages_are_for_reading_only(client, address, method):
    assert getattr(client, method)(address).status_code == 405


@pytest.mark.parametrize("address", ADDRESSES)
def test_head_gives_the_headers_of_get_and_no_body(client, address):
    head, got = client.head(address), client.get(address)
    assert head.content == b""
    assert head.status_code == got.status_code
    assert head["Content-Length"] == str(len(got.content))


def test_public_pages_are_compressed_and_staff_pages_are_not(client, admin_client):
    assert client.get("/reports/2009/", HTTP_ACCEPT_ENCODING="gzip")["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in admin_client.get("/admin/", HTTP_ACCEPT_ENCODING="gzip")


def test_the_staff_wing_still_asks_for_its_token(admin_client, settings):
    admin_client.handler.enforce_csrf_checks = True
    assert admin_client.post("/admin/logout/").status_code == 403


@pytest.mark.parametrize("address", ["/", "/reports/", "/reports/2009/", "/items/1-1-1/", "/nothing/"])
def test_no_store_on_the_way_may_keep_a_page_without_asking(client, address):
    assert client.get(address)["Cache-Control"] == "no-cache"
