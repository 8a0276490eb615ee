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
from contextlib import contextmanager, suppress
from dataclasses import dataclass

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
FIRST_YEAR = """
from django.core.management import call_command
call_command("load_report")
call_command("publish_report", "2009")
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


@dataclass
class Outcome:
    """What stands after the kills. acknowledged, editions: how many; lost, torn, half: which; amiss: says verify."""

    database: str
    done: Counter[str]
    acknowledged: int
    lost: list[str]
    torn: list[int]
    editions: int
    half: list[str]
    whole: str
    amiss: str

    @property
    def is_good(self) -> bool:
        """Whether something was acknowledged, and all of it stands."""
        amiss = self.lost or self.torn or self.half or self.amiss
        return self.acknowledged > 0 and not amiss and self.whole == "ok"

    def __str__(self) -> str:
        found = [
            f"保存できたと答えた{self.acknowledged}件のうち失われた {len(self.lost)}件",
            f"履歴と合わない回答 {len(self.torn)}件",
            f"版 {self.editions}のうち半端な版 {len(self.half)}",
            f"データベース {self.whole}",
            f"verify {self.amiss or '合う'}",
        ]
        killed = f"{self.done.total()}回の強制終了（{dict(self.done)}）"
        return f"{'○' if self.is_good else '✕'} {self.database} {killed}：{'、'.join(found)}"


def kills(number: int, seed: int) -> list[str]:
    """A line for each database; one that lost something begins with ✕."""
    return [str(kills_of(database(), number, seed)) for database in (Sqlite, Postgres)]


def kills_of(
    database: Postgres | Sqlite, number: int, seed: int, tables: Callable[[Portal], None] | None = None
) -> Outcome:
    """The outcome on one database. tables: makes them, for a quick run in which no gunicorn is killed.

    Its workers are forks that need not load the program.
    """
    portal, chance, quick = Portal(database), random.Random(seed), tables is not None
    done: Counter[str] = Counter()
    try:
        database.start()
        if tables:
            portal.environment |= {"GUNICORN_CMD_ARGS": "--preload"}
            tables(portal)
            portal.run("manage.py", "shell", "-v", "0", "-c", FIRST_YEAR)
        else:
            portal.prepare()
        portal.start()
        keys = hire(portal)[:CLERKS]
        with _publishing(portal) as publisher, Writers(portal, keys) as writers:
            for _ in range(number):
                time.sleep(chance.uniform(0.1, 0.8))
                kind = chance.choice(_kinds(database, quick))
                kind(portal, publisher)
                done[kind.__doc__ or ""] += 1
            time.sleep(1)
        return _found(portal, writers, keys, done)
    finally:
        portal.kill()
        database.remove()


def _kinds(database: Postgres | Sqlite, quick: bool) -> list[Callable]:
    of_server = [_the_database] if isinstance(database, Postgres) else []
    return [_a_worker, _the_publisher, *of_server, _a_worker if quick else _gunicorn]


def _a_worker(portal: Portal, publisher: "Publisher") -> None:
    """ワーカー"""
    workers = portal.workers()
    if workers:
        with suppress(ProcessLookupError):  # it has just ended by itself
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


def _found(portal: Portal, writers: Writers, keys: list[int], done: Counter) -> Outcome:
    output = portal.run("manage.py", "shell", "-v", "0", "-c", f"KEYS = {keys}\n{FOUND}")
    found = json.loads(output.strip().splitlines()[-1])
    lost = [
        text for key in keys for text in writers.acknowledged.get(key, []) if text not in found["rows"][str(key)][1]
    ]
    return Outcome(
        database=portal.database.name,
        done=done,
        acknowledged=sum(map(len, writers.acknowledged.values())),
        lost=lost,
        torn=[key for key in keys if not _agrees(writers, key, *found["rows"][str(key)])],
        editions=len(found["editions"]),
        half=[name for name, rows in found["editions"].items() if rows != max(found["editions"].values())],
        whole=found["whole"],
        amiss=portal.verified(),
    )


def _agrees(writers: Writers, key: int, text: str, history: list[str]) -> bool:
    """Whether the row says what its last record says, and that is the last save acknowledged or a later attempt."""
    tried, acknowledged = writers.tried.get(key, []), writers.acknowledged.get(key, [])
    allowed = tried[tried.index(acknowledged[-1]) :] if acknowledged else ["", *tried]
    return text == history[-1] and text in allowed
