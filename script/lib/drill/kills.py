"""Workers, gunicorn and the database are killed at random while clerks write and years are published.

Afterwards every save that was acknowledged stands, in the row or in its history, no edition is half, and the database
is whole. On SQLite killing the database is killing every process that has the file open.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from script.lib.drill.database import Postgres, Sqlite
from script.lib.drill.portal import Portal
from script.lib.drill.writers import Writers, hire

CLERKS = 4
FOUND = """
import json
from django.db import connection
from actionplan.models import Edition, YearlyStatus
rows = {}
for status in YearlyStatus.objects.filter(pk__in=KEYS):
    rows[status.pk] = [status.text, list(status.history.order_by("history_id").values_list("text", flat=True))]
counts = {f"{edition}": edition.rows.count() for edition in Edition.objects.all()}
whole = "ok"
if connection.vendor == "sqlite":
    with connection.cursor() as cursor:
        whole = cursor.execute("PRAGMA integrity_check").fetchone()[0]
print(json.dumps({"rows": rows, "editions": counts, "whole": whole}))
"""
PUBLISH = """
from actionplan.models import AnnualReport, ActionItem, Edition
from actionplan.publishing.publish import publish
from actionplan.publishing.unconfirmed import NothingChanged
import itertools, os, time
report = AnnualReport.objects.get(key="2009")
for number in itertools.count():
    status = report.statuses.order_by("pk").last()
    status.text = f"訂正{os.getpid()}-{number}"
    status.save()
    time.sleep(0.3)
    try:
        publish(report, by=None, note="訓練")
    except NothingChanged:
        continue
"""


def kills(number: int, seed: int) -> list[str]:
    """A line for each database; one that lost something begins with ✕."""
    return [_kills(database(), number, seed) for database in (Sqlite, Postgres)]


def _kills(database: Postgres | Sqlite, number: int, seed: int) -> str:
    portal, chance = Portal(database), random.Random(seed)
    done: Counter[str] = Counter()
    try:
        database.start()
        portal.prepare()
        portal.start()
        keys = hire(portal)[:CLERKS]
        with _publishing(portal) as publisher, Writers(portal, keys) as writers:
            for _ in range(number):
                time.sleep(chance.uniform(0.1, 0.8))
                kind = chance.choice(_kinds(database))
                kind(portal, publisher)
                done[kind.__doc__ or ""] += 1
            time.sleep(1)
        return _told(portal, writers, keys, number, done)
    finally:
        portal.kill()
        database.remove()


def _kinds(database: Postgres | Sqlite) -> list[Callable]:
    return [_a_worker, _gunicorn, _the_publisher, *([_the_database] if isinstance(database, Postgres) else [])]


def _a_worker(portal: Portal, publisher: "Publisher") -> None:
    """ワーカー"""
    workers = portal.workers()
    if workers:
        os.kill(random.choice(workers), signal.SIGKILL)


def _gunicorn(portal: Portal, publisher: "Publisher") -> None:
    """Gunicorn"""
    portal.kill()
    portal.start()


def _the_publisher(portal: Portal, publisher: "Publisher") -> None:
    """公表中のコマンド"""
    publisher.kill()


def _the_database(portal: Portal, publisher: "Publisher") -> None:
    """データベース"""
    portal.database.kill()  # type: ignore[union-attr]  # only where there is a server
    portal.database.start()


class Publisher:
    """A command that publishes one correction after another, and begins anew whenever it dies."""

    def __init__(self, portal: Portal) -> None:
        self.portal, self.over = portal, threading.Event()
        self.process: subprocess.Popen | None = None
        self.thread = threading.Thread(target=self._run, daemon=True)

    def kill(self) -> None:
        """Kills the command wherever it is."""
        if self.process:
            self.process.kill()

    def _run(self) -> None:
        command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", PUBLISH]
        while not self.over.is_set():
            nowhere = subprocess.DEVNULL
            self.process = subprocess.Popen(command, env=self.portal.environment, stdout=nowhere, stderr=nowhere)
            self.process.wait()
            time.sleep(0.2)


@contextmanager
def _publishing(portal: Portal) -> Iterator[Publisher]:
    publisher = Publisher(portal)
    publisher.thread.start()
    try:
        yield publisher
    finally:
        publisher.over.set()
        publisher.kill()
        publisher.thread.join()


def _told(portal: Portal, writers: Writers, keys: list[int], number: int, done: Counter) -> str:
    output = portal.run("manage.py", "shell", "-v", "0", "-c", f"KEYS = {keys}\n{FOUND}")
    found = json.loads(output.strip().splitlines()[-1])
    acknowledged = sum(map(len, writers.acknowledged.values()))
    lost = [
        text for key in keys for text in writers.acknowledged.get(key, []) if text not in found["rows"][str(key)][1]
    ]
    torn = [key for key in keys if not _agrees(writers, key, *found["rows"][str(key)])]
    half = [name for name, rows in found["editions"].items() if rows != max(found["editions"].values())]
    sealed = _verified(portal)
    good = acknowledged and not (lost or torn or half or sealed) and found["whole"] == "ok"
    editions = len(found["editions"])
    return (
        f"{'○' if good else '✕'} {portal.database.name} {number}回の強制終了（{dict(done)}）：保存できたと答えた"
        f"{acknowledged}件のうち失われた {len(lost)}件、履歴と合わない回答 {len(torn)}件、"
        f"版 {editions}のうち半端な版 {len(half)}、データベース {found['whole']}、"
        f"verify {sealed or '合う'}"
    )


def _verified(portal: Portal) -> str:
    """What the record's own check finds amiss, or nothing."""
    try:
        portal.run("manage.py", "verify", "--quiet")
    except RuntimeError as amiss:
        return str(amiss).strip()[:500]
    return ""


def _agrees(writers: Writers, key: int, text: str, history: list[str]) -> bool:
    """Whether the row says what its last record says, and that is the last save acknowledged or a later attempt."""
    tried, acknowledged = writers.tried.get(key, []), writers.acknowledged.get(key, [])
    allowed = tried[tried.index(acknowledged[-1]) :] if acknowledged else ["", *tried]
    return text == history[-1] and text in allowed
