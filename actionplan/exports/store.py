"""Files that take long to make: made once, kept in VAR_DIR/files, and read from there afterwards.

Whoever asks for a file has already asked whether its edition is public: the store itself knows no editions.
"""

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from django.conf import settings

PATIENCE = 3.0  # seconds that a request waits while another makes a file; then it is told to come back
PAUSE = 0.05


class StillBeingMade(Exception):
    """Raised when another request has been making a file for longer than anybody should wait."""


def folder() -> Path:
    """VAR_DIR/files, which only its owner may enter."""
    path = Path(settings.VAR_DIR) / "files"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def kept(name: str, make: Callable[[], bytes], patience: float = PATIENCE) -> bytes:
    """The file of that name; made by make() when there is none yet. Raises StillBeingMade.

    One file is made at a time, whatever its name, so that the other server processes stay free to answer.
    """
    path = folder() / name
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return _made(path, make, patience)


def _made(path: Path, make: Callable[[], bytes], patience: float) -> bytes:
    with _one_at_a_time(patience):
        if not path.exists():
            _write(path, make())
            _forget_older(path)
        return path.read_bytes()


def _write(path: Path, content: bytes) -> None:
    # A whole file appears at once under its name, readable by its owner alone (mkstemp makes it 0600).
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise


def _forget_older(path: Path) -> None:
    """Removes what an earlier version of the program made of the same thing: names are <thing>-<program>.<ending>."""
    thing = path.stem.rpartition("-")[0]
    for old in path.parent.glob(f"{thing}-*{path.suffix}") if thing else ():
        if old != path:
            old.unlink(missing_ok=True)


def clear() -> None:
    """Forgets every kept file; what is still public is made again when it is asked for."""
    for path in folder().glob("[!.]*"):
        path.unlink(missing_ok=True)


@contextmanager
def _one_at_a_time(patience: float) -> Iterator[None]:
    # The lock ends with the process that holds it: a server that dies while it makes a file blocks nobody.
    with open(folder() / ".lock", "w", opener=_private) as lock:
        _wait_for(lock.fileno(), monotonic() + patience)
        yield


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _wait_for(lock: int, until: float) -> None:
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if monotonic() >= until:
                raise StillBeingMade from None
            sleep(PAUSE)
