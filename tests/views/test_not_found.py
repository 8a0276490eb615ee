"""Unknown addresses, and editions that citizens must not see, are a Japanese 404."""

from datetime import timedelta

import pytest
from django.core.exceptions import SuspiciousOperation, TooManyFilesSent
from django.test import RequestFactory
from django.utils import timezone

from actionplan.publishing.publish import publish, withdraw
from actionplan.views import errors
from tests import factories

UNKNOWN = [
    "/nope/",
    "/.git/config",
    "/static/",
    "/reports/2009.csv.bak",
    "/reports/2010/",
    "/reports/9999/",
    "/reports/209/",
    "/reports/02009/",
    "/reports/２００９/",
    "/reports/2009/policies/9/",
    "/reports/2009/policies/0/",
    "/items/9-9-9/",
    "/items/1-1/",
    "/items/99999999999999999999-1-1/",
    "/reports/2009.doc",
    "/reports/2009.pdf.exe",
    "/reports/2010.csv",
    "/reports/2009/v9.csv",
    "/reports/h99/",
    "/reports/h0/",
    "/reports/x21/",
]
HIDDEN = ["/reports/2009/", "/reports/2009/policies/1/", "/items/1-1-1/", "/reports/2009.csv", "/reports/2009.xlsx"]
HIDDEN += ["/reports/2009/v1.csv", "/reports/2009/v1.xlsx", "/reports/2009-form.xlsx"]


@pytest.mark.parametrize("address", UNKNOWN)
def test_an_unknown_address_is_a_japanese_404(client, db, address):
    publish(factories.make_status().report, by=None)
    response = client.get(address)
    assert response.status_code == 404
    assert "ページが見つかりません" in response.content.decode()
    assert not response.cookies


@pytest.mark.parametrize("address", HIDDEN)
def test_a_draft_is_nowhere_to_be_seen(client, db, address):
    factories.make_status()
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", HIDDEN)
def test_a_scheduled_edition_is_nowhere_to_be_seen(client, db, address):
    publish(factories.make_status().report, by=None, public_from=timezone.now() + timedelta(hours=1))
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", HIDDEN)
def test_a_withdrawn_edition_is_nowhere_to_be_seen(client, db, address):
    edition = publish(factories.make_status().report, by=None)
    assert client.get(address, follow=True).status_code == 200
    withdraw(edition, by=None, reason="誤り")
    assert client.get(address).status_code == 404


def test_the_reason_of_a_404_is_said_in_japanese(client, db):
    assert "公表されていません" in client.get("/reports/2010/").content.decode()


def test_the_500_page_is_japanese_and_asks_the_database_nothing():
    response = errors.server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "ただいま表示できません" in response.content.decode()


def test_the_404_page_stands_when_the_database_does_not(monkeypatch, rf):
    from django.db import DatabaseError

    def broken():
        raise DatabaseError("down")

    monkeypatch.setattr(errors, "page_frame", broken)
    assert errors.page_not_found(rf.get("/"), Exception("")).status_code == 404


def test_a_request_that_cannot_be_read_is_told_without_asking_the_database(rf):
    refused = errors.bad_request(rf.get("/"), SuspiciousOperation("/etc/passwd"))
    assert refused.status_code == 400
    assert "送られた内容に読み取れないところがあります" in refused.content.decode()
    assert "/etc/passwd" not in refused.content.decode()


def test_too_many_files_at_once_are_told_how_many_may_come(rf):
    refused = errors.bad_request(rf.get("/"), TooManyFilesSent("too many"))
    assert "一度に選べるファイルは30個までです。" in refused.content.decode()


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/reports/h21/", "/reports/2009/"),
        ("/reports/H21/policies/3/", "/reports/2009/policies/3/"),
        ("/reports/h21.csv?encoding=cp932", "/reports/2009.csv?encoding=cp932"),
        ("/reports/h21-form.xlsx", "/reports/2009-form.xlsx"),
        ("/reports/r1/", "/reports/2019/"),
    ],
)
def test_an_era_address_leads_to_the_year(client, db, address, target):
    response = client.get(address)
    assert (response.status_code, response["Location"]) == (301, target)
