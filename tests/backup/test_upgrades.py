"""An installation of each released schema is brought up to date, and every address that it had answers.

tests/data/releases/README.md says how the databases were made.
"""

import gzip
import sqlite3
import subprocess
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

from actionplan.models import Edition
from actionplan.publishing.compose import content_sha256, printed_cells
from script.lib.backup import postgres
from tests.backup.elsewhere import empty_place, portal_at

RELEASES = settings.BASE_DIR / "tests" / "data" / "releases"
NAMES = sorted(path.name.partition(".")[0] for path in RELEASES.glob("*.txt"))
# Each takes some seconds: on PostgreSQL only the one that goes the whole way.
TRIED = NAMES if connection.vendor == "sqlite" else NAMES[:1]


@pytest.fixture
def old(transactional_db, tmp_path):
    """A function that puts the portal upon the database of a release."""
    with empty_place(tmp_path / "var") as place:
        place.var.mkdir()

        def fill(name: str) -> None:
            script = gzip.decompress((RELEASES / f"{name}.{place.kind}.sql.gz").read_bytes()).decode()
            if place.kind == "sqlite":
                with closing(sqlite3.connect(place.file)) as database:
                    database.executescript(script)
            else:
                (tmp_path / "old.sql").write_text(script)
                with postgres.session(place.params) as live:
                    psql = postgres.tool("psql", live)
                command = [psql, "-Xq", "--set=ON_ERROR_STOP=1", f"--file={tmp_path / 'old.sql'}", "--output=/dev/null"]
                subprocess.run([*command, f"--dbname={postgres.dsn(place.params)}"], check=True)

        with portal_at(place):
            yield fill


@pytest.mark.parametrize("name", TRIED)
def test_an_installation_of_before_is_brought_up_to_date(old, name):
    old(name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, content_sha256 FROM actionplan_edition ORDER BY id")
        published = cursor.fetchall()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("load_areas", stdout=StringIO())
    editions = Edition.objects.order_by("pk")
    assert [(each.pk, each.content_sha256) for each in editions] == published
    assert all(
        each.content_sha256 == content_sha256(each.front_matter, printed_cells(each).values()) for each in editions
    )
    client, addresses = Client(), (RELEASES / f"{name}.txt").read_text().split()
    # PDFs are made of the same page and take two seconds each.
    found = {each: client.get(each).status_code for each in addresses if not each.endswith(".pdf")}
    assert {each: code for each, code in found.items() if code not in (200, 301, 302)} == {}
    assert len(found) > 30


def test_every_release_is_kept_for_both_databases():
    assert len(NAMES) >= 4
    for name in NAMES:
        assert Path(RELEASES / f"{name}.sqlite.sql.gz").exists()
        assert Path(RELEASES / f"{name}.postgresql.sql.gz").exists()
