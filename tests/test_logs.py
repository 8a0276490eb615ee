"""The log while the database is away: one line a minute and cause; a fault of the program keeps all it says."""

import io
import logging
import logging.config
import socket

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from tsushima_portal import environment, logs


@pytest.fixture
def written(monkeypatch):
    """A log of its own: write(words, mishap, **facts) and the lines so far."""
    out, now = io.StringIO(), [1000.0]
    monkeypatch.setattr(logs, "monotonic", lambda: now[0])
    handler = logging.StreamHandler(out)
    handler.addFilter(logs.OneLineAMinute())
    log = logging.Logger("test")
    log.addHandler(handler)

    def write(words, mishap=None, later=0, **facts):
        now[0] += later
        log.error(words, exc_info=mishap, extra=facts)
        return out.getvalue().splitlines()

    return write


def test_many_requests_that_meet_one_cause_are_one_line(written):
    for number in range(50):
        lines = written(
            f"Internal Server Error: /{number}", OperationalError("connection refused\nIs the server running?")
        )
    assert lines == ["Internal Server Error: /0 [OperationalError: connection refused]"]
    lines = written("Internal Server Error: /x", OperationalError("connection refused"), later=61)
    assert len(lines) == 2
    assert "ほかに49件" in lines[1]


def test_another_cause_has_a_line_of_its_own(written):
    written("a", OperationalError("connection refused"))
    assert len(written("b", OperationalError("database is locked"))) == 2


def test_pages_that_could_not_be_shown_are_one_line(written):
    for _ in range(5):
        lines = written("Service Unavailable: /", status_code=503)
    assert len(lines) == 1


def test_a_fault_of_the_program_keeps_its_traceback_each_time(written):
    for _ in range(2):
        try:
            raise ValueError("a fault")
        except ValueError as fault:
            lines = written("Internal Server Error: /", fault)
    assert sum("ValueError: a fault" in line for line in lines) == 2
    assert sum("Traceback" in line for line in lines) == 2


def test_our_lines_reach_the_syslog_that_is_named():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        config = environment.logging(f"127.0.0.1:{server.getsockname()[1]}")
        made = logging.config.DictConfigurator(config)
        made.config["formatters"]["lines"] = made.configure_formatter(config["formatters"]["lines"])
        syslog = made.configure_handler(made.config["handlers"]["syslog_lines"])
        syslog.emit(logging.LogRecord("portal.security", logging.INFO, "", 0, '{"event":"log_in"}', (), None))
        syslog.close()
        assert server.recv(1000).rstrip(b"\0") == b'<134>portal: {"event":"log_in"}'


@pytest.mark.parametrize("odd", ["localhost", "host:port", ":514", "udp"])
def test_a_syslog_that_cannot_be_is_refused(odd):
    with pytest.raises(ImproperlyConfigured, match="SYSLOG"):
        environment.logging(odd)


@pytest.mark.parametrize("words", ["Internal Server Error: /partner/KEY/", "/partner/KEY", "'/partner/KEY/?a' broke"])
def test_a_partners_key_is_in_no_error_either(words):
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, words, (), None)
    said = logging.config.DictConfigurator(environment.logging("")).config["formatters"]["dated"]
    written = logging.config.DictConfigurator({"version": 1}).configure_formatter(dict(said)).format(record)
    assert "KEY" not in written
    assert "/partner/…" in written
