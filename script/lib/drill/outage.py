"""The database is stopped, frozen and locked for some seconds while citizens read: how many of them notice?"""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from script.lib.drill.database import Postgres, Sqlite
from script.lib.drill.portal import Portal
from script.lib.drill.readers import PAGES, Readers, ask
from script.lib.drill.writers import Clerk, hire

TEXT = "会議のあとに書いた長い文"
LATEST = 5.0  # seconds after which a clerk must have been told


def outage(seconds: float) -> list[str]:
    """A line for each kind of outage; those with failed requests begin with ✕."""
    return _lines(seconds, (_stopped, _frozen, _locked))


def lock(seconds: float) -> list[str]:
    """The same of locks alone."""
    return _lines(seconds, (_locked,))


def _lines(seconds: float, kinds: tuple[Callable, ...]) -> list[str]:
    lines = []
    for database, its_kinds in ((Postgres(), kinds), (Sqlite(), (_file_locked,))):
        with serving(Portal(database)) as portal:
            answer = hire(portal)[0]
            lines += [_line(portal, kind, seconds, answer) for kind in its_kinds]
    return lines


@contextmanager
def serving(portal: Portal) -> Iterator[Portal]:
    """The portal with every page of PAGES read once; gone afterwards, with its database."""
    try:
        portal.database.start()
        portal.prepare()
        portal.start()
        for page in PAGES:
            ask(portal.site + page)
        yield portal
    finally:
        portal.stop()
        portal.database.remove()


def _line(portal: Portal, kind: Callable, seconds: float, answer: int) -> str:
    before, clerk = len(portal.log.read_text().splitlines()), Clerk(portal.site).log_in()
    form = clerk.open(answer)
    with Readers(portal.site) as readers:
        time.sleep(1)
        with kind(portal):
            told = clerk.save(answer, form, TEXT)
            time.sleep(max(0, seconds - told.seconds))
        time.sleep(2)
    logged = len(portal.log.read_text().splitlines()) - before
    kept = told.seconds < LATEST and (told.status == 302 or (told.status == 503 and TEXT in told.words))
    sign = "✕" if readers.failed or not kept else "○"
    return (
        f"{sign} {portal.database.name} {kind.__doc__} {seconds:g}秒：公開ページ {readers.statuses.total()}回のうち"
        f"失敗 {readers.failed}回、最も遅い応答 {readers.slowest:.1f}秒、ログ {logged}行。"
        f"職員の保存は {told.seconds:.1f}秒で{told.status}、文は{'残った' if kept else '失われた'}"
    )


@contextmanager
def _stopped(portal: Any) -> Iterator[None]:
    """停止"""
    portal.database.stop()
    yield
    portal.database.start()


@contextmanager
def _frozen(portal: Any) -> Iterator[None]:
    """凍結"""
    portal.database.freeze()
    yield
    portal.database.thaw()


@contextmanager
def _locked(portal: Portal) -> Iterator[None]:
    """表のロック"""
    sql = "BEGIN; LOCK TABLE actionplan_edition IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(3600);"
    holder = subprocess.Popen(["psql", "-q", "-c", sql, portal.database.url], stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    yield
    holder.kill()
    holder.wait()
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'BEGIN; LOCK TABLE%'"
    subprocess.run(["psql", "-q", "-c", end, portal.database.url], capture_output=True)


@contextmanager
def _file_locked(portal: Portal) -> Iterator[None]:
    """ファイルのロック"""
    import sqlite3

    holder = sqlite3.connect(portal.folder / "var" / "portal.sqlite3", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    yield
    holder.rollback()
    holder.close()
