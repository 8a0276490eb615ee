"""Citizens read from a streaming replica that is stopped, frozen and held back, and then without the primary.

Questions are never kept on the disk, so each search is rendered by one of the two servers.
"""

import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count

from script.lib.drill.database import Postgres, Replica
from script.lib.drill.portal import Portal
from script.lib.drill.readers import PAGES, Readers, ask

PROMISED = 2.0  # seconds after which a withdrawal counts
SLOWEST = 5.0  # seconds within which every page must have come
REPORT = "/reports/2009/"
WITHDRAW = """
from actionplan.models import Edition
from actionplan.publishing.publish import withdraw
withdraw(Edition.objects.public().order_by("pk").last(), by=None, reason="訓練")
"""
CORRECT = """
from actionplan.models import AnnualReport
from actionplan.publishing.publish import publish
report = AnnualReport.objects.get(key="2009")
status = report.statuses.order_by("pk").last()
status.text = "訓練の訂正"
status.save()
publish(report, by=None, note="訓練")
"""
# Counted by the server itself: the pages that it rendered.
READ = "SELECT sum(seq_scan + coalesce(idx_scan, 0)) FROM pg_stat_user_tables WHERE relname LIKE '%editionrow'"


def replica(seconds: float) -> list[str]:
    """A line for each; one where a citizen got no page, or one that was withdrawn, begins with ✕."""
    primary = Postgres()
    copy: Replica | None = None
    portal = Portal(primary)
    try:
        primary.start()
        portal.prepare()
        copy = primary.replica()
        copy.start()
        portal.environment["DATABASE_REPLICA_URL"] = copy.url
        portal.start()
        for page in PAGES:
            ask(portal.site + page)
        lines = [_used(portal, copy)]
        lines += [_line(portal, kind(copy), kind.__doc__ or "", seconds) for kind in (_stopped, _frozen)]
        lines += [_lagging(portal, copy), _line(portal, _primary_stopped(primary), "もとの停止", seconds)]
        return lines
    finally:
        portal.kill()
        for server in filter(None, (copy, primary)):
            server.remove()


_fresh = count()


def _pages() -> tuple[str, ...]:
    """Pages that were kept, and questions that nobody asked before."""
    return (*PAGES, *(f"/search/?q={next(_fresh)}" for _ in range(400)))


def _used(portal: Portal, copy: Replica) -> str:
    before = int(copy.ask(READ))
    for _ in range(20):
        ask(f"{portal.site}/search/?q={next(_fresh)}")
    time.sleep(2)  # the server counts a moment later
    after = int(copy.ask(READ))
    return f"{'○' if after > before else '✕'} 検索 20回のあいだに、複製の表が {after - before}回読まれた"


def _line(portal: Portal, trouble: AbstractContextManager[None], name: str, seconds: float) -> str:
    with Readers(portal.site, count=4, pages=_pages()) as readers:
        time.sleep(1)
        with trouble:
            time.sleep(seconds)
        time.sleep(2)
    sign = "✕" if readers.failed or readers.slowest > SLOWEST else "○"
    return (
        f"{sign} {name} {seconds:g}秒：公開ページ {readers.statuses.total()}回のうち失敗 {readers.failed}回、"
        f"最も遅い応答 {readers.slowest:.1f}秒"
    )


@contextmanager
def _stopped(copy: Replica) -> Iterator[None]:
    """複製の停止"""
    copy.stop()
    yield
    copy.start()


@contextmanager
def _frozen(copy: Replica) -> Iterator[None]:
    """複製の凍結"""
    copy.freeze()
    yield
    copy.thaw()


@contextmanager
def _primary_stopped(primary: Postgres) -> Iterator[None]:
    primary.stop()
    yield
    primary.start()


def _lagging(portal: Portal, copy: Replica) -> str:
    copy.lag()
    published = _until(lambda: "訓練の訂正" in _words(portal, REPORT), lambda: _told(portal, CORRECT))
    withdrawn = _until(lambda: "訓練の訂正" not in _words(portal, REPORT), lambda: _told(portal, WITHDRAW))
    copy.catch_up()
    time.sleep(1)
    again = "訓練の訂正" in _words(portal, REPORT)
    sign = "✕" if again or max(published, withdrawn) > PROMISED else "○"
    return (
        f"{sign} 遅れている複製：公表は {published:.1f}秒、取下げは {withdrawn:.1f}秒で反映された。"
        f"追いついたあと、取り下げた文が{'出た' if again else '出ない'}"
    )


def _told(portal: Portal, code: str) -> None:
    portal.run("manage.py", "shell", "-v", "0", "-c", code)


def _until(seen: Callable[[], bool], do: Callable[[], None]) -> float:
    """Seconds from the end of the deed until it is seen; 60 where it never is."""
    do()
    begun = time.monotonic()
    while not seen() and time.monotonic() < begun + 60:
        time.sleep(0.05)
    return time.monotonic() - begun


def _words(portal: Portal, page: str) -> str:
    with urllib.request.urlopen(portal.site + page, timeout=60) as answer:
        return answer.read().decode()
