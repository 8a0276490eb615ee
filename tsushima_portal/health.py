"""Whether this process is alive, and whether the portal is ready, for the machines that watch it.

What the looks found is told to machines of the own network; others learn only whether it is ready.
"""

import json
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from time import time
from typing import Any

from django.conf import settings
from django.db import connection, connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse

from actionplan.kept_files import shared_place
from actionplan.selectors.standing import public_known, public_state, replica_has, watch
from tsushima_portal import replica
from tsushima_portal.logs import client_address
from tsushima_portal.patience import SharedFolderAway, is_weather, within

OK, WARN, FAIL = "ok", "warn", "fail"
PATIENCE = 2.0  # seconds for the database
LITTLE, NOTHING = 1024**3, 100 * 1024**2  # bytes that are free on the disk
MOST_WAITING, LONGEST_WAIT = 300, 2 * 24 * 60 * 60  # files, and the age in seconds after which one is forgotten
BACKUP_DUE, VERIFY_DUE = timedelta(hours=30), timedelta(days=8)


@dataclass(frozen=True)
class Finding:
    """What one look came to. state: ok, warn for what somebody should see to, fail for what somebody has to."""

    name: str
    state: str
    words: str

    def __str__(self) -> str:
        return f"{self.state} {self.name} {self.words}"


def healthz(request: HttpRequest) -> HttpResponse:
    """200 and "ok": this process answers. The database is not asked."""
    return _plain("ok\n")


def readyz(request: HttpRequest) -> HttpResponse:
    """A line for each look; 503 when one that fails ends the service: citizens read on without a backup."""
    found = findings()
    failed = any(each.state == FAIL and each.name in ENDING for each in found)
    words = "".join(f"{each}\n" for each in found) if _is_near(request) else f"{FAIL if failed else OK}\n"
    return _plain(words, 503 if failed else 200)


def _is_near(request: HttpRequest) -> bool:
    try:
        return ip_address(client_address(request)).is_private
    except ValueError:
        return False


def _plain(words: str, status: int = 200) -> HttpResponse:
    headers = {"Cache-Control": "no-store"}
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8", headers=headers)


def findings() -> list[Finding]:
    """What every look came to, in the order of LOOKS; one that breaks off fails."""
    return [_looked(name, look) for name, look in LOOKS if not settings.PUBLIC_ONLY or name in OUTSIDE]


def _looked(name: str, look: Callable[[], tuple[str, str]]) -> Finding:
    try:
        state, words = look()
    except Exception as mishap:  # a look that breaks off says so; the others still look
        state, words = FAIL, f"確かめられません（{type(mishap).__name__}）。"
    return Finding(name, state, words)


def _database() -> tuple[str, str]:
    """Reads a row of every table: a server may answer, and a file of it be gone."""
    try:
        with within(PATIENCE), connection.cursor() as cursor:
            tables = map(connection.ops.quote_name, connection.introspection.table_names(cursor))
            cursor.execute(" UNION ALL ".join(f"SELECT 1 WHERE EXISTS (SELECT * FROM {table})" for table in tables))  # noqa: S608  # names of its own
    except Exception as mishap:
        if not is_weather(mishap):
            raise
        return FAIL, f"データベースを読めません（{str(mishap).strip().partition(chr(10))[0]}）。"
    return OK, "データベースを読めます。"


def _writing() -> tuple[str, str]:
    """Writes what is never kept: a server that is full, or takes no writing, still reads."""
    try:
        with within(PATIENCE), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(PROBES[connection.vendor])
            transaction.set_rollback(True)
    except Exception as mishap:
        if not is_weather(mishap):
            raise
        passes = "locked" in str(mishap)
        words = f"データベースに書き込めません（{str(mishap).strip().partition(chr(10))[0]}）。"
        return (WARN if passes else FAIL), words
    return OK, "データベースに書き込めます。"


def _replica() -> tuple[str, str]:
    if replica.ALIAS not in connections.settings:
        return OK, "複製（DATABASE_REPLICA_URL）は使っていません。"
    known = public_known() or frozenset()
    if replica_has(known):
        return OK, "複製が応答し、公表中の版をすべて持っています。"
    return WARN, "複製が応答しないか、遅れています。もとのデータベースから読んでいます。"


def _migrations() -> tuple[str, str]:
    with within(PATIENCE):
        missing = _known() - MigrationRecorder(connection).applied_migrations().keys()
    if missing:
        return FAIL, f"データベースの更新が{len(missing)}件済んでいません（manage.py migrate）。"
    return OK, "データベースの形は、このプログラムに合っています。"


@cache
def _known() -> frozenset[tuple[str, str]]:
    """The migrations that this program brings."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _disk() -> tuple[str, str]:
    try:
        with tempfile.TemporaryFile(dir=settings.VAR_DIR) as file:
            file.write(b"x" * 4096)
            file.flush()
    except OSError:
        return FAIL, "データの置き場所（VAR_DIR）に書き込めません。"
    free = shutil.disk_usage(settings.VAR_DIR).free
    words = f"空き容量は{free // 1024**2:,}MBです。"
    return (FAIL if free < NOTHING else WARN if free < LITTLE else OK), words


def _static() -> tuple[str, str]:
    if (settings.STATIC_ROOT / "staticfiles.json").is_file():
        return OK, "画面の部品（CSS など）はそろっています。"
    return WARN, "画面の部品（CSS など）がありません（script/server をもう一度）。"


def _shared() -> tuple[str, str]:
    try:
        place = shared_place()
    except SharedFolderAway:
        return FAIL, f"共有フォルダー（SHARED_DIR={settings.SHARED_DIR}）が見えません。"
    return OK, f"写真・資料とファイルは {place} にあります。"


def _waiting() -> tuple[str, str]:
    ages = []
    for path in (shared_place() / "uploads").glob("*"):
        with suppress(FileNotFoundError):  # taken just now
            ages.append(time() - path.stat().st_mtime)
    old = sum(age > LONGEST_WAIT for age in ages)
    words = f"確認を待つファイルは{len(ages)}件です。"
    if old:
        return WARN, f"{words}{old}件は期限を過ぎています（manage.py clear_evidence）。"
    return (WARN if len(ages) > MOST_WAITING else OK), words


def _clock() -> tuple[str, str]:
    public_state()
    if watch.late_clock:
        return WARN, "時計が遅れています。公表の時刻より前を指しています。"
    return OK, "時計は、公表の時刻と食い違いません。"


def _backup() -> tuple[str, str]:
    """The last run of manage.py backup, as it noted it."""
    return _last("state/backup.json", "バックアップ", BACKUP_DUE, lambda told: told["backup"]["last"], "ok")


def _verify() -> tuple[str, str]:
    """The last run of manage.py verify, as it noted it."""
    return _last("verified.json", "記録の検査（verify）", VERIFY_DUE, lambda told: told, "fits")


def _last(name: str, what: str, due: timedelta, pick: Callable[[Any], Any], good: str) -> tuple[str, str]:
    try:
        run = pick(json.loads((shared_place() / name).read_text(encoding="utf-8")))
        at = datetime.fromisoformat(run["at"])
        age, went_well = datetime.now(UTC) - (at if at.tzinfo else at.replace(tzinfo=UTC)), run[good] is True
    except FileNotFoundError:
        return WARN, f"{what}は、まだ一度も行われていません。"
    except (ValueError, KeyError, TypeError):
        return WARN, f"{what}の記録が読めません。"
    if not went_well:
        return FAIL, f"最後の{what}で、合わないものか失敗がありました。"
    hours = int(age.total_seconds() // 3600)
    return (WARN if age > due else OK), f"最後の{what}は{hours}時間前です。"


# PostgreSQL makes room for it on its disk, which a row of an old table need not. Taken back at once.
PROBES = {
    "postgresql": "CREATE TEMPORARY TABLE readiness ON COMMIT DROP AS SELECT generate_series(1, 9999)",
    "sqlite": "UPDATE django_migrations SET name = name WHERE id = (SELECT min(id) FROM django_migrations)",
}
# Not the writing: it fails on every computer alike, and citizens read on.
ENDING = {"database", "migrations", "disk"}
# What there is to look after where only citizens come.
OUTSIDE = {*ENDING, "shared", "clock"}
LOOKS: tuple[tuple[str, Callable[[], tuple[str, str]]], ...] = (
    ("database", _database),
    ("writing", _writing),
    ("replica", _replica),
    ("migrations", _migrations),
    ("disk", _disk),
    ("static", _static),
    ("shared", _shared),
    ("waiting", _waiting),
    ("clock", _clock),
    ("backup", _backup),
    ("verify", _verify),
)
