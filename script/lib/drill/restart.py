"""The portal is renewed, stopped, killed and besieged while citizens read: how many of them notice?"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from multiprocessing import get_context

from script.lib.drill.database import Sqlite
from script.lib.drill.portal import Portal
from script.lib.drill.readers import PAGES, Readers, ask

MANY, FEW = 200, 20
QUIET_SECONDS = 5.0
UNNOTICED = 0.02  # seconds that nobody feels, whatever they are a multiple of
NO_ANSWER = 1.0  # seconds that nobody may be without an answer
SLOW_PAGES = ("/reports/2009.pdf", "/reports/2009.xlsx", "/search/?q=%E5%B8%82", "/reports/2009-form.xlsx", "/sitemap/")

Siege = Callable[[Portal], AbstractContextManager[None]]


def restart() -> list[str]:
    """A line for each; one that lost a request, or made citizens wait, begins with ✕."""
    portal = Portal(Sqlite())
    try:
        portal.prepare()
        portal.start()
        for page in PAGES:
            ask(portal.site + page)
        return [
            _renewed(portal),
            _besieged(portal, _half_sent, f"送りかけの要求 {MANY}件"),
            _besieged(portal, _slow_readers, f"答えを読まない接続 {MANY}件"),
            _besieged(portal, _wrong_logins, f"誤ったログイン {FEW}人"),
            _killed(portal),
            _stopped(portal),
        ]
    finally:
        portal.kill()


def _quiet(portal: Portal) -> Readers:
    with Readers(portal.site, count=2) as readers:
        time.sleep(QUIET_SECONDS)
    return readers


def _renewed(portal: Portal) -> str:
    with Readers(portal.site) as readers:
        time.sleep(1)
        for _ in range(2):
            subprocess.run([sys.executable, "-m", "script.lib.serve.running"], env=portal.environment, check=True)
        time.sleep(2)
    return _line(not readers.failed, f"入れ替え 2回：{_told(readers)}")


@contextmanager
def _half_sent(portal: Portal) -> Iterator[None]:
    head = b"POST /admin/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nabc"
    starts = (b"GET / HTTP/1.1\r\nHost: loc", head)
    connections = [_send(portal, starts[number % 2]) for number in range(MANY)]
    yield
    for connection in connections:
        connection.close()


@contextmanager
def _slow_readers(portal: Portal) -> Iterator[None]:
    asked = b"GET /reports/2009/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
    connections = [_send(portal, asked, receives=1024) for _ in range(MANY)]
    yield
    for connection in connections:
        connection.close()


@contextmanager
def _wrong_logins(portal: Portal) -> Iterator[None]:
    # A process of their own, which stands back: in life they are other computers.
    guessers = get_context("spawn").Process(target=_guess_together, args=(portal.site,))
    guessers.start()
    time.sleep(2)
    yield
    guessers.terminate()
    guessers.join()


def _guess_together(site: str) -> None:
    os.nice(10)
    threads = [threading.Thread(target=_guess, args=(site,)) for _ in range(FEW)]
    for thread in threads:
        thread.start()


def _guess(site: str) -> None:
    """Somebody who tries one password after another."""
    cookies = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    address = f"{site}/admin/login/"
    while True:
        with suppress(OSError):
            page = cookies.open(address, timeout=60).read().decode()
            token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
            form = {"csrfmiddlewaretoken": token, "username": "jimukyoku", "password": "x" * 12, "next": "/admin/"}
            request = urllib.request.Request(address, urllib.parse.urlencode(form).encode(), {"Referer": address})
            cookies.open(request, timeout=60).read()


def _besieged(portal: Portal, siege: Siege, name: str) -> str:
    quiet = _quiet(portal)
    with siege(portal), Readers(portal.site, count=2) as readers:
        time.sleep(QUIET_SECONDS)
    good = not readers.failed and readers.usual <= max(2 * quiet.usual, UNNOTICED)
    usual = f"ふだん {quiet.usual * 1000:.0f}ミリ秒、その間 {readers.usual * 1000:.0f}ミリ秒（中央値）"
    return _line(good, f"{name}：{_told(readers)}、{usual}")


def _killed(portal: Portal) -> str:
    """The keeper alone is killed: nothing of it may stay, and it must be possible to start again at once."""
    before = portal.processes()
    os.kill(before[0], signal.SIGKILL)
    begun = time.monotonic()
    while not _is_free(portal.port):
        time.sleep(0.005)
    free = time.monotonic() - begun
    while any(_lives(pid) for pid in before[1:]):
        time.sleep(0.05)
    gone = time.monotonic() - begun
    portal.start()
    return _line(free < NO_ANSWER, f"親の強制終了：ポートは {free:.2f}秒、全プロセスは {gone:.1f}秒で消えた")


def _stopped(portal: Portal) -> str:
    answers: list[int] = []
    threads = [threading.Thread(target=lambda p=page: answers.append(ask(portal.site + p))) for page in SLOW_PAGES]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    portal.stop()
    for thread in threads:
        thread.join()
    return _line(answers == [200] * 5, f"停止：待っていた {len(answers)}件のうち {answers.count(200)}件に答えた")


def _send(portal: Portal, data: bytes, receives: int = 0) -> socket.socket:
    connection = socket.socket()
    if receives:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
    connection.connect(("127.0.0.1", portal.port))
    connection.sendall(data)
    return connection


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _lives(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _told(readers: Readers) -> str:
    return f"公開ページ {readers.statuses.total()}回のうち失敗 {readers.failed}回、最も遅い応答 {readers.slowest:.1f}秒"


def _line(good: bool, words: str) -> str:
    return f"{'○' if good else '✕'} {words}"
