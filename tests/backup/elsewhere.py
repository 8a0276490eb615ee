"""The portal of this process, looking for a while at another database and folder."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg2
from django.db import connection
from django.test import override_settings

from script.lib.backup.place import Place, this_place


@contextmanager
def empty_place(var: Path) -> Iterator[Place]:
    """A place with nothing in it, beside the database of the tests."""
    here = this_place()
    if here.kind == "sqlite":
        yield Place(var, "sqlite", var / "portal.sqlite3", {})
        return
    name = f"elsewhere_{uuid4().hex[:12]}"
    _ask(here, f"CREATE DATABASE {name}")
    try:
        yield Place(var, "postgresql", Path(), {**here.params, "dbname": name})
    finally:
        _ask(here, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def portal_at(place: Place) -> Iterator[None]:
    """The portal reads and writes there."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(place.file) if place.kind == "sqlite" else place.params["dbname"]
    try:
        with override_settings(VAR_DIR=place.var):
            yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def _ask(place: Place, question: str) -> None:
    with closing(psycopg2.connect(**place.params)) as live:
        live.autocommit = True
        with live.cursor() as cursor:
            cursor.execute(question)
