"""Rendered pages and files of what is public, in the process and on disk: what citizens get while the database is away.

A page is kept under a state: what was public when it was rendered, and by which program (selectors/standing.py). States
lie beside one another as folders of VAR_DIR/pages, so that a page of before can stand in while the new one was never
asked for. Both places are bounded; the oldest go first.
"""

import contextlib
import gzip
import hashlib
import json
import logging
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from time import monotonic

from cachetools import LRUCache
from django.conf import settings

from actionplan.kept_files import write_whole

log = logging.getLogger(__name__)
IN_PROCESS = 48 * 1024 * 1024  # bytes
LARGEST_IN_PROCESS = 2 * 1024 * 1024
KEPT_STATES = 4  # folders on disk; the latest stand
WRITES_BETWEEN_LOOKS = 100  # the disk is measured once in so many writes
SMALLEST_TO_COMPRESS = 200  # bytes, as Django's own
COMPRESSIBLE = ("text/", "application/json", "application/xml", "application/atom+xml", "image/svg")


@dataclass
class KeptPage:
    """A response as it was rendered: its status, its headers, its body."""

    status: int
    headers: dict[str, str]
    body: bytes
    size: int = field(init=False)
    made_at: float = field(default_factory=monotonic, init=False)

    def __post_init__(self) -> None:
        # With the compressed body, which is made when a browser first asks for it.
        self.size = len(self.body) * 2 + 1000

    @cached_property
    def tag(self) -> str:
        """The entity tag: its own where the view gave one, else the hash of the body."""
        return self.headers.get("ETag") or f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'

    @cached_property
    def compressed(self) -> bytes | None:
        """The body by gzip, always the same bytes; None where that saves nothing."""
        kind = self.headers.get("Content-Type", "")
        if len(self.body) < SMALLEST_TO_COMPRESS or not kind.startswith(COMPRESSIBLE):
            return None
        return gzip.compress(self.body, compresslevel=9, mtime=0)


class InProcess(LRUCache):
    """What this process holds, by state and address."""

    def __init__(self) -> None:
        super().__init__(IN_PROCESS, getsizeof=lambda page: page.size)


_held = InProcess()
_writes = 0


def folder() -> Path:
    """VAR_DIR/pages, which only its owner may enter."""
    path = Path(settings.VAR_DIR) / "pages"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def keep(state: str, address: str, page: KeptPage, *, on_disk: bool) -> None:
    """Keeps the page; a disk that takes no more is told of in the log, and the page is answered all the same."""
    if page.size <= LARGEST_IN_PROCESS:
        _held[state, address] = page
    if on_disk:
        try:
            _write(state, address, page)
        except OSError as error:
            log.warning("A page could not be kept on disk: %s", error)


def find(states: Iterable[str], address: str) -> KeptPage | None:
    """The page of the first of the states that has it."""
    for state in states:
        if (state, address) in _held:
            return _held[state, address]
        if page := _read(state, address):
            if page.size <= LARGEST_IN_PROCESS:
                _held[state, address] = page
            return page
    return None


def states() -> list[str]:
    """The states on disk, the one that was begun last first."""
    try:
        found = [(path.stat().st_mtime_ns, path.name) for path in folder().iterdir() if path.is_dir()]
    except OSError:  # one was just removed, or the disk is gone
        return []
    return [name for _, name in sorted(found, reverse=True)]


def forget(lost: Iterable[str]) -> None:
    """Forgets every page of the states, in this process and on disk."""
    gone = set(lost)
    for key in [key for key in _held if key[0] in gone]:
        del _held[key]
    for state in gone:
        shutil.rmtree(folder() / state, ignore_errors=True)


def forget_in_process() -> None:
    """Forgets what this process holds; the disk is left alone."""
    _held.clear()


def _place(state: str, address: str) -> Path:
    return folder() / state / hashlib.sha256(address.encode()).hexdigest()[:40]


def _write(state: str, address: str, page: KeptPage) -> None:
    global _writes
    path = _place(state, address)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    facts = {"address": address, "status": page.status, "headers": page.headers, "sha256": _sha256(page.body)}
    write_whole(path, json.dumps(facts).encode() + b"\n" + page.body)
    if _writes % WRITES_BETWEEN_LOOKS == 0:
        _stay_within(state)
    _writes += 1


def _read(state: str, address: str) -> KeptPage | None:
    """The page from disk; None where there is none, and where what lies there is not whole."""
    try:
        head, _, body = _place(state, address).read_bytes().partition(b"\n")
        facts = json.loads(head)
    except (OSError, ValueError):
        return None
    if facts["sha256"] != _sha256(body) or facts["address"] != address:
        return None
    return KeptPage(facts["status"], facts["headers"], body)


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _stay_within(current: str) -> None:
    """Removes states beyond the latest few, then the oldest pages until the rest fits settings.KEPT_PAGES_BYTES."""
    others = [state for state in states() if state != current]
    forget(others[KEPT_STATES - 1 :])
    pages = [(path.stat(), path) for path in folder().glob("*/*")]
    too_much = sum(facts.st_size for facts, _ in pages) - settings.KEPT_PAGES_BYTES
    for facts, path in sorted(pages, key=lambda page: page[0].st_mtime_ns):
        if too_much <= 0:
            return
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        too_much -= facts.st_size
