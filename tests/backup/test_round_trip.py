"""Backed up and restored into an empty place, every public page and file is what it was, byte for byte."""

from collections.abc import Iterable
from dataclasses import replace
from unittest.mock import Mock

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.test import Client

from actionplan.kept_files import folder
from actionplan.management.commands.backup import keys, names
from actionplan.management.commands.restore import known_migrations
from actionplan.models import Edition, Tag
from actionplan.publishing.publish import withdraw
from script.lib.backup import sealed
from script.lib.backup.archive import BackupRefused
from script.lib.backup.making import Keep, make_backup
from script.lib.backup.place import last_runs, this_place
from script.lib.backup.postgres import session
from script.lib.backup.restoring import Wishes, restore
from tests.backup.elsewhere import empty_place, portal_at
from tests.pages import PUBLIC, publish_all_kinds
from tests.real_report import load_real_report

FILES = ("reports/2009", "reports/2011", "plans/mihon/reports/2012")
MORE = ("/reports/2011/", "/plans/mihon/reports/2012/", "/plans/mihon/about/", "/search.csv", "/reports/2009.pdf")

# An embedded database is one file, which is checked before it takes the place of the other; the lock on the folder
# says who uses it.
on_postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="asks PostgreSQL")


@pytest.fixture
def portal(transactional_db, settings, tmp_path):
    """The real report, made-up years and a picture, in a folder of their own."""
    settings.VAR_DIR, settings.DEBUG = tmp_path / "var", True
    settings.VAR_DIR.mkdir()
    publish_all_kinds(load_real_report())
    call_command("load_sample_years")
    settings.DEBUG = False
    return this_place()


def answers() -> dict[str, bytes]:
    """What citizens get at every address."""
    endings = (".csv", ".csv?encoding=cp932", ".xlsx", ".txt", "-form.xlsx")
    files = [f"/{report}{ending}" for report in FILES for ending in endings]
    found = asked([*PUBLIC, *MORE, *files, *(f"/evidence/{path.name}" for path in folder().iterdir())])
    assert {address for address, (code, _) in found.items() if code != 200} == {"/nothing/"}
    return found


def asked(addresses: Iterable[str]) -> dict[str, tuple[int, bytes]]:
    client = Client()
    return {address: (found.status_code, found.getvalue()) for address in addresses for found in [client.get(address)]}


def wishes(before, **changes) -> Wishes:
    return Wishes(known_migrations(), keys(), False, before, named=names, **changes)


def test_every_public_page_and_file_comes_back_byte_for_byte(portal, tmp_path, monkeypatch):
    monkeypatch.setattr(sealed, "COST", 4)
    before, passphrase = answers(), b"a passphrase of some length"
    made = make_backup(portal, tmp_path / "one.backup", keys(), names, passphrase, Keep())
    assert made.alarm == ""
    assert len([name for name in before if name.startswith("/evidence/")]) == 4
    with empty_place(tmp_path / "new") as new:
        assert restore(made.path, new, passphrase, wishes(tmp_path)) == []
        with portal_at(new):
            assert answers() == before
            # A key that is given anew is no old one.
            Tag.objects.create(name="後から")
            withdraw(Edition.objects.latest("pk"), by=None, reason="誤りがあったため")
            assert Client().get("/plans/mihon/reports/2012/").status_code == 404
            _pretend_to_be_of_a_newer_version()
        with pytest.raises(BackupRefused, match="--replace"):
            restore(made.path, new, passphrase, wishes(tmp_path))
        assert restore(made.path, new, passphrase, wishes(tmp_path, replace=True))
        with portal_at(new):
            assert asked([*PUBLIC, *MORE[:3]]).items() <= before.items()
            assert "actionplan_later" not in connection.introspection.table_names()
        [kept] = tmp_path.glob("before-restore-*.backup")
        # The one that was made of the newer version is refused by this one.
        with pytest.raises(BackupRefused, match="0999_later"):
            restore(kept, new, passphrase, wishes(tmp_path, replace=True))


def _pretend_to_be_of_a_newer_version() -> None:
    """One more table that refers to ours, one more column, a function behind a trigger, and their migration."""
    statements = [
        "CREATE TABLE actionplan_later (id integer PRIMARY KEY, edition bigint REFERENCES actionplan_edition (id))",
        "INSERT INTO actionplan_later SELECT 1, min(id) FROM actionplan_edition",
        "ALTER TABLE actionplan_plan ADD COLUMN later varchar(20) NOT NULL DEFAULT 'x'",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('actionplan', '0999_later', CURRENT_TIMESTAMP)",
    ]
    if connection.vendor == "postgresql":
        statements += [
            "CREATE FUNCTION later() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION $$no$$; END'",
            "CREATE TRIGGER later BEFORE DELETE ON actionplan_edition FOR EACH ROW EXECUTE FUNCTION later()",
            "CREATE TYPE later_mood AS ENUM ('a')",
        ]
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@on_postgres
def test_a_restore_that_fails_in_the_middle_leaves_the_old_database_whole(portal, tmp_path, monkeypatch):
    made = make_backup(portal, tmp_path / "one.backup", keys(), names, None, None)
    with empty_place(tmp_path / "new") as new:
        restore(made.path, new, None, wishes(tmp_path))
        with portal_at(new):
            Tag.objects.create(name="後から")
        monkeypatch.setattr("script.lib.backup.postgres._counted", lambda expected: ["SELECT nothing FROM nowhere;"])
        with pytest.raises(BackupRefused, match="データベースは元のまま"):
            restore(made.path, new, None, wishes(tmp_path, replace=True))
        with portal_at(new):
            assert Tag.objects.filter(name="後から").exists()


@on_postgres
def test_another_session_on_the_database_is_in_the_way(portal, tmp_path):
    made = make_backup(portal, tmp_path / "one.backup", keys(), names, None, None)
    with empty_place(tmp_path / "new") as new, portal_at(new):
        connection.ensure_connection()
        with pytest.raises(BackupRefused, match="ほかの接続が1本"):
            restore(made.path, new, None, wishes(tmp_path))


@on_postgres
def test_a_table_that_somebody_holds_is_told_and_nothing_is_written(portal, tmp_path):
    impatient = replace(portal, params={**portal.params, "options": "-c lock_timeout=200ms"})
    with session(portal.params) as other, other.cursor() as cursor:
        cursor.execute("LOCK TABLE actionplan_edition IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(BackupRefused, match="断りました"):
            make_backup(impatient, tmp_path / "one.backup", keys(), names, None, None)
        other.rollback()
    assert not (tmp_path / "one.backup").exists()


def test_pictures_that_cannot_be_asked_for_are_not_taken_for_none(monkeypatch):
    def locked():
        raise OperationalError("database is locked")

    monkeypatch.setattr("actionplan.management.commands.backup.named_anywhere", locked)
    monkeypatch.setattr("actionplan.management.commands.backup.connection", Mock())
    with pytest.raises(BackupRefused, match="答えません"):
        names()


def test_the_commands_say_what_they_did_and_note_it(portal, settings, tmp_path, capsys):
    call_command("backup")
    said = capsys.readouterr().out
    assert "バックアップを作りました" in said
    assert "写真・資料4個" in said
    assert "--passphrase-file" in said
    call_command("verify_backup", newer_than="26h")
    assert "バックアップは使えます" in capsys.readouterr().out
    runs = last_runs(settings.VAR_DIR)
    assert runs["backup"]["last"]["ok"]
    assert runs["verify_backup"]["last"]["ok"]
    assert runs["backup"]["last"]["file"] == runs["verify_backup"]["last"]["file"]
    with pytest.raises(CommandError, match="ディスクがつながっているか"):
        call_command("backup", to=tmp_path / "not there")
    assert not last_runs(settings.VAR_DIR)["backup"]["last"]["ok"]
    assert last_runs(settings.VAR_DIR)["backup"]["last_good"] == runs["backup"]["last_good"]
    [made] = (settings.VAR_DIR / "backups").iterdir()
    with pytest.raises(CommandError, match="--replace"):
        call_command("restore", str(made))
