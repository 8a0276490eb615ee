"""What the portal stands on breaks while citizens read and a clerk writes: disk, clock, database files, static files.

Readers are to notice nothing; the clerk is told one true sentence and gets the words back; /readyz and the log say it;
when it is mended, saving works again and `verify` fits.
"""

import os
import random
import re
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from script.lib.drill import disk
from script.lib.drill.database import Postgres, Sqlite
from script.lib.drill.outage import serving
from script.lib.drill.portal import Portal
from script.lib.drill.readers import PAGES, Readers, ask
from script.lib.drill.writers import Clerk, Told, hire

# Long, and of no pattern, so that the database cannot make it short.
SAVES, LENGTH = 4, 6000
LOGGED_AT_MOST = 40  # lines beside those of requests
MENDED_WITHIN = 30.0  # seconds
FULL = "サーバーの空き容量が足りないため"
READ_ONLY = "サーバーが書き込みを受け付けないため"
BROKEN = "データベースのファイルが読み書きできないため"


@dataclass(frozen=True)
class Trouble:
    """What breaks. told: what staff must read when a save is refused, empty where none may be; ready: of /readyz.

    stops: the portal is stopped to break it and to mend it, so that readers come between.
    """

    name: str
    breaks: Callable[[Portal], AbstractContextManager[None]]
    told: str = ""
    ready: str = ""
    stops: bool = False


def disk_trouble() -> Iterator[str]:
    """The disk is full, then takes no writing, under each database."""
    try:
        disk.alone()
    except OSError as error:
        yield f"－ ディスク：この装置では小さなディスクを作れないので、確かめていません（{error.strerror}）"
        return
    sqlite, postgres = Portal(Sqlite()), Portal(Postgres(disk.small_disk))
    (sqlite.folder / "var").mkdir(mode=0o700)
    disk.small_disk(sqlite.folder / "var")
    full = Trouble("ディスクが一杯", _full, FULL)
    read_only = Trouble("ディスクが読み取り専用", _read_only, READ_ONLY, "fail disk")
    yield from _lines(sqlite, replace(full, ready="fail disk"), read_only)
    yield from _lines(
        postgres,
        replace(full, ready="fail writing"),
        Trouble("データベースが読み取り専用", _only_reading, READ_ONLY, "fail writing"),
    )


def clock_trouble() -> Iterator[str]:
    """The clock jumps back and forth."""
    portal = Portal(Sqlite())
    library, clock = portal.folder / "clock.so", portal.folder / "clock"
    source = Path(__file__).with_name("clock.c")
    try:
        subprocess.run(
            ["cc", "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], check=True, capture_output=True
        )
    except (OSError, subprocess.CalledProcessError):
        yield "－ 時計：C のコンパイラーがないので、確かめていません（sudo apt-get install -y gcc libc6-dev）"
        return
    portal.environment |= {"LD_PRELOAD": str(library), "DRILL_CLOCK": str(clock)}
    year = 365 * 24 * 3600
    jumps = {"40分進む": 2400, "40分遅れる": -2400, "1年進む": year, "1年遅れる": -year}
    yield from _lines(portal, *(Trouble(f"時計が{name}", _jump(by)) for name, by in jumps.items()))


def broken_trouble() -> Iterator[str]:
    """The database's file is torn, cut off, no database; the way back is the backup."""
    kinds = {"のところどころが壊れる": _torn, "が途中で切れる": _cut_off, "がデータベースでない": _no_database}
    troubles = (
        Trouble(f"ファイル{name}", _breaking(harm), BROKEN, "fail database", stops=True) for name, harm in kinds.items()
    )
    relation = Trouble("表のファイルがない", _without_a_table, BROKEN, "fail database")
    yield from _lines(Portal(Sqlite()), *troubles)
    yield from _lines(Portal(Postgres()), relation)


def static_trouble() -> Iterator[str]:
    """Static files are gone, and workers begin without them."""
    yield from _lines(Portal(Sqlite()), Trouble("画面の部品がない", _without_static_files, ready="warn static"))


def _lines(portal: Portal, *troubles: Trouble) -> Iterator[str]:
    with serving(portal):
        answer = hire(portal)[0]
        for trouble in troubles:
            yield _line(portal, trouble, answer)


def _line(portal: Portal, trouble: Trouble, answer: int) -> str:
    before, clerk = len(_logged(portal)), Clerk(portal.site).log_in()
    form, words = clerk.open(answer), [_words() for _ in range(SAVES)]
    readers, breaking = Readers(portal.site, count=2), trouble.breaks(portal)
    first, then = (breaking, readers) if trouble.stops else (readers, breaking)
    with first, then:
        told = list(_saves(clerk, answer, form, words))
        login, ready = Clerk(portal.site).try_to_log_in(), _ready(portal)
        time.sleep(2)
    lines, mended, sealed = len(_logged(portal)) - before, _mended(portal, answer), portal.verified()
    faults = {
        "公開ページ": readers.failed,
        "保存の答え": not all(_is_true(one, trouble, text) for one, text in zip(told, words, strict=True)),
        "ログイン": login.status != 302 and f"{trouble.told}、ログインできません。" not in login.words,
        "readyz": trouble.ready not in ready,
        "ログの量": lines > LOGGED_AT_MOST,
        "直したあと": not mended,
        "verify": sealed,
    }
    amiss = [name for name, fault in faults.items() if fault]
    seen = [
        f"公開ページ {readers.statuses.total()}回のうち失敗 {readers.failed}回{_other_than_200(readers)}",
        f"保存 {_said(told)}",
        f"ログイン {_said([login])}",
        f"readyz {ready or '問題なし'}",
        f"ログ {lines}行",
        f"直したあと{'保存できた' if mended else '保存できない'}",
        f"verify {sealed or '合う'}",
    ]
    sign, faulty = ("✕", f"【{'・'.join(amiss)}】") if amiss else ("○", "")
    return f"{sign} {portal.database.name} {trouble.name}：{'、'.join(seen)}{faulty}"


def _saves(clerk: Clerk, answer: int, form: list[tuple[str, str]], words: list[str]) -> Iterator[Told]:
    """What was answered to each save; a form that was taken is opened anew."""
    for text in words:
        told = clerk.save(answer, form, text)
        form = (clerk.open(answer) if told.status == 302 else []) or form
        yield told


def _words() -> str:
    return "".join(chr(random.randint(0x4E00, 0x9F00)) for _ in range(LENGTH))


def _is_true(told: Told, trouble: Trouble, words: str) -> bool:
    """Whether the answer to a save is a success, or a refusal with the one sentence and the words."""
    if told.status in {403, 503} and not trouble.told:  # a log-in that has ended says so
        return words in told.words
    refused = told.status == 503 and trouble.told in told.words and words in told.words
    return told.status == 302 or (bool(trouble.told) and refused and "変更しました" not in told.words)


def _said(told: list[Told]) -> str:
    """302 「…」, each answer once."""
    sentences = (re.findall(r"<strong>([^<]*。)</strong>", one.words) for one in told)
    return "・".join(
        dict.fromkeys(
            f"{one.status}{''.join(f'「{words}」' for words in said)}"
            for one, said in zip(told, sentences, strict=True)
        )
    )


def _other_than_200(readers: Readers) -> str:
    """（503が2、0が1）, 0 for no answer; empty where every answer was the page."""
    others = "、".join(f"{status}が{count}" for status, count in readers.statuses.items() if status != 200)
    return f"（{others}）" if others else ""


def _ready(portal: Portal) -> str:
    """The lines of /readyz that fail or warn, but for what a portal that was just made lacks."""
    try:
        words = urllib.request.urlopen(f"{portal.site}/readyz", timeout=60).read().decode()
    except urllib.error.HTTPError as error:
        words = error.read().decode()
    found = [
        line for line in words.splitlines() if not line.startswith(("ok", "warn backup", "warn verify", "warn disk"))
    ]
    return " / ".join(found)


def _logged(portal: Portal) -> list[str]:
    """The lines of the log beside those of requests and events."""
    return [line for line in portal.log.read_text().splitlines() if not line.startswith("{")]


def _mended(portal: Portal, answer: int) -> bool:
    until = time.monotonic() + MENDED_WITHIN
    while time.monotonic() < until:
        clerk = Clerk(portal.site)
        if (
            clerk.try_to_log_in().status == 302
            and clerk.save(answer, clerk.open(answer), "直ったあとの文").status == 302
        ):
            return True
        time.sleep(1)
    return False


def _anew(portal: Portal) -> None:
    """Every worker begins anew, as after a renewal: what it is asked just now is answered first."""
    for pid in portal.workers():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    time.sleep(1)
    portal.wait()


def _var(portal: Portal) -> Path:
    return portal.folder / "var"


@contextmanager
def _full(portal: Portal) -> Iterator[None]:
    postgres = isinstance(portal.database, Postgres)
    with disk.full(portal.database.home if postgres else _var(portal)):  # type: ignore[union-attr]
        yield
    if postgres:
        with suppress(RuntimeError):  # where it is still up
            portal.database.start()


@contextmanager
def _read_only(portal: Portal) -> Iterator[None]:
    with disk.read_only(_var(portal)):
        _anew(portal)
        yield
    _anew(portal)


@contextmanager
def _only_reading(portal: Portal) -> Iterator[None]:
    _sql(portal, "ALTER SYSTEM SET default_transaction_read_only = on")
    _sql(portal, "SELECT pg_reload_conf()")
    time.sleep(1)
    yield
    _sql(portal, "SET default_transaction_read_only = off; ALTER SYSTEM RESET default_transaction_read_only")
    _sql(portal, "SELECT pg_reload_conf()")


def _sql(portal: Portal, *statements: str) -> str:
    """What psql prints; each statement is one of its own (ALTER SYSTEM wants that)."""
    wanted = [word for statement in statements for part in statement.split("; ") for word in ("-c", part)]
    command = ["psql", "-qtA", *wanted, portal.database.url]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _jump(by: int) -> Callable[[Portal], AbstractContextManager[None]]:
    @contextmanager
    def jumping(portal: Portal) -> Iterator[None]:
        clock = portal.folder / "clock"
        clock.write_text(str(by))
        time.sleep(2)
        yield
        clock.write_text("0")
        time.sleep(2)

    return jumping


def _breaking(harm: Callable[[Path], None]) -> Callable[[Portal], AbstractContextManager[None]]:
    @contextmanager
    def breaking(portal: Portal) -> Iterator[None]:
        for page in PAGES:  # a restore has taken away what was kept
            ask(portal.site + page)
        backup = portal.folder / "before.backup"
        backup.unlink(missing_ok=True)
        portal.run("manage.py", "backup", "--to", str(backup))
        portal.stop()  # writes the log back into the file
        harm(_var(portal) / "portal.sqlite3")
        portal.start()
        yield
        portal.stop()
        portal.run("manage.py", "restore", str(backup), "--replace")
        portal.start()

    return breaking


def _torn(file: Path) -> None:
    with open(file, "r+b") as pages:
        for start in range(8192, file.stat().st_size, 8 * 4096):
            pages.seek(start)
            pages.write(os.urandom(4096))


def _cut_off(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 3)


def _no_database(file: Path) -> None:
    file.write_bytes(os.urandom(file.stat().st_size))


@contextmanager
def _without_a_table(portal: Portal) -> Iterator[None]:
    place = portal.database.home / "data" / _sql(portal, "SELECT pg_relation_filepath('actionplan_yearlystatus')")  # type: ignore[union-attr]
    _sql(portal, "CHECKPOINT")
    portal.database.stop()  # type: ignore[union-attr]
    aside = place.rename(portal.database.home / "aside")  # type: ignore[union-attr]
    portal.database.start()
    yield
    portal.database.stop()  # type: ignore[union-attr]
    aside.rename(place)
    portal.database.start()


@contextmanager
def _without_static_files(portal: Portal) -> Iterator[None]:
    static, aside = _var(portal) / "static", portal.folder / "static"
    shutil.move(static, aside)
    _anew(portal)
    yield
    shutil.rmtree(static, ignore_errors=True)
    shutil.move(aside, static)
    _anew(portal)
