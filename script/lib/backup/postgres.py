"""PostgreSQL by its own tools: copied from one snapshot, and put back in one transaction or not at all."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Session
from psycopg2.extensions import make_dsn

from script.lib.backup.archive import BackupRefused, Contents

TABLES = """SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') ORDER BY 1"""
OTHERS = """SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL"""
MISSING_TOOL = """{name} がありません（PostgreSQL {major} のデータベースには、{major} 以上の {name} が要ります）。
  sudo apt-get install -y postgresql-client-{major}"""
# Everything of ours in the schema goes, and nothing that an extension brought: also what a newer version made.
EMPTY = """
SET statement_timeout = 0;
SET lock_timeout = '10s';
SET client_min_messages = warning;
DO $$
DECLARE each record;
BEGIN
  FOR each IN SELECT c.oid::regclass::text AS name, c.relkind AS kind FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND c.oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e')
  LOOP
    IF to_regclass(each.name) IS NOT NULL THEN
      EXECUTE format('DROP %s %s CASCADE', CASE each.kind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
        WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END, each.name);
    END IF;
  END LOOP;
  FOR each IN SELECT c.oid::regclass::text AS name FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'S'
      AND c.oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e')
  LOOP
    EXECUTE format('DROP SEQUENCE %s CASCADE', each.name);
  END LOOP;
  FOR each IN SELECT p.oid::regprocedure::text AS name FROM pg_proc p
    WHERE p.pronamespace = current_schema()::regnamespace
      AND p.oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e')
  LOOP
    EXECUTE format('DROP ROUTINE IF EXISTS %s CASCADE', each.name);
  END LOOP;
END $$;
"""
COUNTED = """DO $$ BEGIN IF (SELECT count(*) FROM {table}) <> {count} THEN
RAISE EXCEPTION 'rows are missing'; END IF; END $$;"""


def copy(params: Mapping[str, Any], target: Path) -> Contents:
    """What the copy holds: one snapshot, which pg_dump reads too. Raises BackupRefused.

    params: as for psycopg2.connect.
    """
    with session(params) as live:
        live.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with live.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            snapshot = _ask(live, "SELECT pg_export_snapshot()")
            found = contents(live)
            command = [
                tool("pg_dump", live),
                "--format=custom",
                "--lock-wait-timeout=60s",
                f"--snapshot={snapshot}",
                f"--file={target}",
            ]
            _run([*command, f"--dbname={dsn(params)}"], params, "データベースの写しを作れません")
    return found


def contents(live: Session) -> Contents:
    """What the session sees."""
    with live.cursor() as cursor:
        cursor.execute(TABLES)
        names = [name for [name] in cursor.fetchall()]
        counts = {name: _ask(live, sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))) for name in names}
        applied = []
        if "django_migrations" in names:
            cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
            applied = cursor.fetchall()
    return Contents("postgresql", _version(live), [f"{app}.{name}" for app, name in applied], counts)


def holds_tables(params: Mapping[str, Any]) -> bool:
    """Whether there is any table in the schema. Raises BackupRefused when the database does not answer."""
    with session(params) as live:
        return bool(contents(live).counts)


def others(params: Mapping[str, Any]) -> int:
    """How many other sessions are open on the database."""
    with session(params) as live:
        return int(_ask(live, OTHERS))


def put(dump: Path, expected: Contents, params: Mapping[str, Any], drafts: Path) -> None:
    """Puts the copy in the place of what is there, in one transaction. drafts: a folder of our own.

    Raises BackupRefused; then the database is what it was.
    """
    with session(params) as live:
        major = _version(live).split(".")[0]
        restore, psql = tool("pg_restore", live), tool("psql", live)
    if int(major) < int(expected.server.split(".")[0]):
        raise BackupRefused(
            f"バックアップは PostgreSQL {expected.server} のもので、いまのデータベースは {major} です。"
            f"{expected.server.split('.')[0]} 以上のデータベースへ復元してください。"
        )
    # Written out whole before anything is asked of the database: a dump that breaks off in the middle is never run.
    script = drafts / "dump.sql"
    plain = ["--no-owner", "--no-privileges", "--no-comments"]
    _run([restore, *plain, f"--file={script}", str(dump)], params, "バックアップの中のデータベースを読めません")
    before, after = drafts / "before.sql", drafts / "after.sql"
    before.write_text(EMPTY)
    after.write_text("\n".join(_counted(expected)))
    command = [psql, "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    files = [f"--file={path}" for path in (before, script, after)]
    _run([*command, f"--dbname={dsn(params)}", *files], params, "復元できませんでした。データベースは元のままです")


def _counted(expected: Contents) -> Iterator[str]:
    for name, count in expected.counts.items():
        quoted = name.replace('"', '""')
        yield COUNTED.format(table=f'public."{quoted}"', count=count)


@contextmanager
def session(params: Mapping[str, Any]) -> Iterator[Session]:
    """A session of its own. Raises BackupRefused when the database does not answer."""
    try:
        opened = psycopg2.connect(**params)
    except psycopg2.OperationalError as error:
        raise BackupRefused(f"データベース（postgresql）につながりません：{_blotted(str(error), params)}") from None
    with closing(opened):
        try:
            yield opened
        except psycopg2.Error as error:
            raise BackupRefused(f"データベース（postgresql）が断りました：{_blotted(str(error), params)}") from error


def _ask(live: Session, question: Any) -> Any:
    with live.cursor() as cursor:
        cursor.execute(question)
        row = cursor.fetchone()
    return row[0] if row else None


def _version(live: Session) -> str:
    return str(_ask(live, "SHOW server_version")).split()[0]


def tool(name: str, live: Session) -> str:
    """The tool of the server's version, or the next newer one. Raises BackupRefused with the line that installs it."""
    wanted = int(_version(live).split(".")[0])
    places = [*map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), shutil.which(name) or ""]
    found = {_major(place): place for place in places if place}
    fitting = [major for major in found if major >= wanted]
    if not fitting:
        raise BackupRefused(MISSING_TOOL.format(name=name, major=wanted))
    return found[min(fitting)]


def _major(tool: str) -> int:
    said = subprocess.run([tool, "--version"], capture_output=True, text=True, check=False).stdout
    number = re.search(r"(\d+)(?:\.|\D|$)", said)
    return int(number[1]) if number else 0


def dsn(params: Mapping[str, Any]) -> str:
    """What libpq is told on the command line, where others can read it: everything but the password."""
    return make_dsn(**{name: value for name, value in params.items() if name != "password"})


def _run(command: list[str], params: Mapping[str, Any], failed: str) -> None:
    environment = {**os.environ, "PGPASSWORD": str(params.get("password") or ""), "PGCLIENTENCODING": "UTF8"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        why = _blotted("\n".join(done.stderr.strip().splitlines()[-5:]), params)
        raise BackupRefused(f"{failed}（{Path(command[0]).name} の報告）：\n{why}")


def _blotted(words: str, params: Mapping[str, Any]) -> str:
    password = str(params.get("password") or "")
    return words.strip().replace(password, "****") if password else words.strip()
