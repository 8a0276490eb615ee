"""The database's condition, and how long a request waits for it.

A PostgreSQL that is frozen or out of reach must hold no worker. Its own statement_timeout cannot tell of a server that
does not run; psycopg2 lets us wait in its place.
"""

import errno
import select
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import ClassVar

import psycopg2
from django.db import DatabaseError, InterfaceError, InternalError, OperationalError
from psycopg2 import extensions

SECONDS = 4.5  # within the five after which somebody is told
PAUSE = 3.0  # seconds after a vain wait in which none is begun
EVENTS = {extensions.POLL_READ: select.POLLIN, extensions.POLL_WRITE: select.POLLOUT}


# A disk that is full, that takes no writing, that fails.
DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}


def is_weather(mishap: BaseException | None) -> bool:
    """Whether the condition of database or disk failed the request (away, full, locked), not what was asked of it."""
    if isinstance(mishap, OSError):
        return mishap.errno in DISK
    return isinstance(mishap, OperationalError | InterfaceError | InternalError) or type(mishap) is DatabaseError


class SharedFolderAway(OSError):
    """Raised while the folder that all computers share (SHARED_DIR) is not mounted; nothing is written past it."""


class Waiting:
    """How long this process waits now, and until when it does not wait for a server at all, by the server's address."""

    seconds = SECONDS
    not_before: ClassVar[dict[str, float]] = {}


def install() -> None:
    """From now on every connection of this process waits as told here; for the server's workers, not for commands."""
    extensions.set_wait_callback(wait)


def wait(connection: extensions.connection) -> None:
    """Returns when the server has answered. Raises OperationalError after Waiting.seconds; psycopg2 then hangs up."""
    if monotonic() < Waiting.not_before.get(connection.dsn, 0.0):
        raise psycopg2.OperationalError("The database did not answer a moment ago.")
    until = monotonic() + Waiting.seconds
    while (state := connection.poll()) != extensions.POLL_OK:
        if not _ready(connection.fileno(), EVENTS[state], until - monotonic()):
            Waiting.not_before[connection.dsn] = monotonic() + PAUSE
            raise psycopg2.OperationalError(f"The database did not answer within {Waiting.seconds} s.")


def _ready(descriptor: int, event: int, seconds: float) -> bool:
    poll = select.poll()
    poll.register(descriptor, event)
    return bool(poll.poll(max(0.0, seconds) * 1000))


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Waits no longer than this inside the block."""
    before, Waiting.seconds = Waiting.seconds, min(seconds, Waiting.seconds)
    try:
        yield
    finally:
        Waiting.seconds = before
