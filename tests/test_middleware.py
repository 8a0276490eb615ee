"""Middleware by wing: the public wing has no session, no token, no cookie; HEAD has no body."""

from ipaddress import ip_network

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


NETWORKS = [ip_network("10.0.0.0/8"), ip_network("2001:db8::/32"), ip_network("192.0.2.7")]


@pytest.mark.parametrize("address", ["10.1.2.3", "10.255.255.255", "2001:db8::1", "::ffff:10.0.0.1", "192.0.2.7"])
def test_the_staff_wing_opens_to_the_networks_that_are_named(client, settings, address):
    settings.STAFF_NETWORKS = NETWORKS
    assert client.get("/admin/", REMOTE_ADDR=address).status_code == 302


@pytest.mark.parametrize("address", ["11.0.0.1", "192.0.2.8", "127.0.0.1", "2001:db9::1", "", "unknown"])
@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/admin/nothing/", "/%61dmin/login/"])
def test_others_are_told_so_before_anything_is_asked(client, settings, address, path, django_assert_num_queries):
    settings.STAFF_NETWORKS = NETWORKS
    with django_assert_num_queries(0):
        response = client.post(path, REMOTE_ADDR=address)
    assert response.status_code == 403
    assert "庁内の決められたネットワーク" in response.content.decode()


def test_networks_are_about_the_staff_wing_alone_and_none_named_means_everybody(client, settings):
    assert client.get("/admin/", REMOTE_ADDR="192.0.2.1").status_code == 302
    settings.STAFF_NETWORKS = NETWORKS
    assert client.get("/reports/2009/", REMOTE_ADDR="192.0.2.1").status_code == 200
    assert client.get("/partner/x/", REMOTE_ADDR="192.0.2.1").status_code != 403
