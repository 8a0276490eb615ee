"""Kills while clerks save and corrections are published; script/drill kills is the long one."""

import sqlite3
import subprocess
from contextlib import closing

import pytest
from django.db import connection

from script.lib.drill.database import Postgres, Sqlite
from script.lib.drill.kills import kills_of
from script.lib.drill.portal import Portal

KILLS = 10  # on each database


def _copy_tables(portal: Portal) -> None:
    """The tables of the tests' own database, which took the migrations long enough."""
    if connection.vendor == "sqlite":
        (portal.folder / "var").mkdir(mode=0o700)
        with closing(sqlite3.connect(portal.folder / "var" / "portal.sqlite3")) as copy:
            copy.executescript("\n".join(connection.connection.iterdump()))
        return
    own = connection.get_connection_params()
    named = {"host": own.get("host"), "port": own.get("port"), "user": own.get("user"), "dbname": own["dbname"]}
    place = " ".join(f"{name}={value}" for name, value in named.items() if value)
    dumped = subprocess.run(["pg_dump", "--no-owner", place], check=True, capture_output=True)
    command = ["psql", "-q", "-v", "ON_ERROR_STOP=1", portal.database.url]
    subprocess.run(command, input=dumped.stdout, check=True, capture_output=True)


@pytest.mark.django_db
def test_an_acknowledged_save_is_never_lost_and_no_edition_is_half():
    database = Sqlite() if connection.vendor == "sqlite" else Postgres()
    outcome = kills_of(database, KILLS, seed=1, tables=_copy_tables)
    assert outcome.done.total() == KILLS
    assert outcome.acknowledged >= KILLS
    assert (outcome.lost, outcome.torn, outcome.half) == ([], [], [])
    assert (outcome.whole, outcome.amiss) == ("ok", "")
    assert outcome.is_good
