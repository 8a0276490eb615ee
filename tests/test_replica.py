"""Citizens read from a real streaming replica: used, lagging, stopped; and it goes on while the primary is away."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from actionplan import kept_pages
from actionplan.publishing.publish import publish, withdraw
from actionplan.selectors import standing
from script.lib.drill.database import Replica
from tests import factories
from tests.admin.pages import signed_in
from tsushima_portal import environment, replica

REPORT = "/reports/2009/"
streams = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only PostgreSQL streams to a replica")


@pytest.fixture
def copy(transactional_db, settings, tmp_path) -> Iterator[Replica]:
    """A replica of the tests' own server, which citizens read from; pages are kept in a folder of their own."""
    settings.VAR_DIR, settings.KEPT_PAGES = tmp_path, True
    server = Replica(Path(connection.get_connection_params()["host"]))
    try:
        server.start()
        primary = connections.settings["default"]
        own = {"OPTIONS": {**primary["OPTIONS"], "host": str(server.home)}, "CONN_HEALTH_CHECKS": False}
        connections[replica.ALIAS] = type(connections["default"])({**primary, **own}, replica.ALIAS)
        # Opened before it is known by name: Django's tests forbid to open others than those they began with.
        connections[replica.ALIAS].connect()
        connections.settings[replica.ALIAS] = primary
        begin_anew()
        yield server
    finally:
        if connections.settings.pop(replica.ALIAS, None):
            connections[replica.ALIAS].close()
            del connections[replica.ALIAS]
        begin_anew()
        server.remove()


def begin_anew() -> None:
    kept_pages.forget_in_process()
    standing.watch.__init__()
    replica.Rest.until = 0.0


def caught_up(server: Replica) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_lsn()")
        (place,) = cursor.fetchone()
    until = time.monotonic() + 10
    while server.ask(f"SELECT pg_last_wal_replay_lsn() >= '{place}'") != "t":
        assert time.monotonic() < until
        time.sleep(0.02)


def read(address: str) -> tuple[str, bool]:
    """The page's words, and whether the replica rendered it: never shown before, so that nothing is kept of it."""
    kept_pages.forget(kept_pages.states())
    with CaptureQueriesContext(connections[replica.ALIAS]) as asked:
        answer = Client(raise_request_exception=False).get(address)
    assert answer.status_code == 200
    return answer.content.decode(), any("editionrow" in each["sql"] for each in asked.captured_queries)


def read_by_replica(address: str) -> bool:
    """Whether the replica renders the page; on a busy machine it may take longer than a citizen waits, now and then."""
    for _ in range(5):
        replica.Rest.until = 0.0
        if read(address)[1]:
            return True
    return False


@contextmanager
def primary_away() -> Iterator[None]:
    def refuse(*args):
        raise OperationalError("could not connect to server")

    standing.watch.asked_at = -10
    with connection.execute_wrapper(refuse):
        yield
    standing.watch.away_until = 0


@streams
def test_citizens_read_from_the_replica_and_see_nothing_that_is_withdrawn(copy):
    report = factories.make_status(text="公表した文").report
    publish(report, by=None)
    caught_up(copy)
    assert "公表した文" in read(REPORT)[0]
    assert read_by_replica(REPORT)
    with CaptureQueriesContext(connections[replica.ALIAS]) as asked:
        signed_in(factories.make_user()).get("/admin/actionplan/annualreport/")
    assert asked.captured_queries == []

    copy.lag()
    status = report.statuses.get()
    status.text = "訂正した文"
    status.save()
    second = publish(report, by=None, note="訂正")
    words, by_replica = read(REPORT)
    assert ("訂正した文" in words, by_replica) == (True, False)
    copy.catch_up()
    caught_up(copy)
    assert read_by_replica(REPORT)
    copy.lag()
    withdraw(second, by=None, reason="誤り")
    # The replica still takes it for public; it is asked for what stands and shows no other.
    words, _ = read(REPORT)
    assert "訂正した文" not in words
    assert read_by_replica(REPORT)

    with primary_away():
        assert read_by_replica("/search/?q=文")
    copy.stop()
    assert read(REPORT) == (words, False)


def test_a_replica_is_postgresql_beside_postgresql(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_REPLICA_URL", "postgres://portal@copy/portal")
    monkeypatch.setenv("DATABASE_URL", "postgres://portal@db/portal")
    found = environment.databases(tmp_path)
    assert (found["default"]["HOST"], found["replica"]["HOST"]) == ("db", "copy")
    monkeypatch.setenv("DATABASE_URL", "sqlite:////tmp/x.sqlite3")
    with pytest.raises(ImproperlyConfigured, match="DATABASE_REPLICA_URL"):
        environment.databases(tmp_path)
