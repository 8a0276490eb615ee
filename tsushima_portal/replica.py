"""Citizens' pages may be read from a streaming replica (DATABASE_REPLICA_URL); staff and everything else never are."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import Any

from django.db import connections

ALIAS = "replica"
PAUSE = 3.0  # seconds for which a replica that did not answer is left alone
_reading: ContextVar[bool] = ContextVar("reading", default=False)


class Rest:
    """Until when the replica is left alone."""

    until = 0.0


def is_awake() -> bool:
    """Whether there is a replica that may be asked."""
    return ALIAS in connections.settings and monotonic() >= Rest.until


def rest() -> None:
    """Leaves the replica alone for a moment: it has just not answered, or could not."""
    Rest.until = monotonic() + PAUSE


@contextmanager
def reading() -> Iterator[None]:
    """Inside the block questions go to the replica."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


class Router:
    """Sends questions to the replica where a citizen's page is read from it. Nothing is written there."""

    def db_for_read(self, *asked: Any, **about: Any) -> str | None:
        """The replica's alias, or nothing."""
        return ALIAS if _reading.get() else None

    def allow_relation(self, *rows: Any, **about: Any) -> bool:
        """Both are one database."""
        return True

    def allow_migrate(self, db: str, *asked: Any, **about: Any) -> bool | None:
        """What changes comes by the stream."""
        return False if db == ALIAS else None
