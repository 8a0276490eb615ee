"""The log while the database is away: one line a minute and cause; a fault of the program keeps all it says."""

import io
import logging

import pytest
from django.db import OperationalError

from tsushima_portal import logs


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
