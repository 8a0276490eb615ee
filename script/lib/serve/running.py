"""Which portal serves from this folder: written down by its keeper, read by whoever starts it again."""

import fcntl
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[3]
RENEWAL = 240.0  # seconds


class Running(NamedTuple):
    """A keeper's process, how many times a front of its began to serve, and how many renewals failed."""

    pid: int
    generation: int = 0
    failures: int = 0


def _place(port: int) -> Path:
    return ROOT / (os.environ.get("VAR_DIR") or "var") / f"serving-{port}.json"


class Lock:
    """The keeper's own file: locked as long as it lives. descriptor: of the keeper before, -1 for none.

    Raises ValueError with a sentence when another one has it.
    """

    def __init__(self, port: int, descriptor: int = -1) -> None:
        self.descriptor = descriptor
        if descriptor < 0:
            self.descriptor = os.open(_place(port), os.O_RDWR | os.O_CREAT, 0o600)
            self._take(port)
            self._write(Running(os.getpid()))

    def _take(self, port: int) -> None:
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ValueError(f"このポータルは、もうポート {port} で動いています。") from None

    def count(self, name: str) -> None:
        """One more of what is counted."""
        said = _read(self.descriptor)
        self._write(said._replace(**{name: getattr(said, name) + 1}))

    def _write(self, said: Running) -> None:
        text = json.dumps(said._asdict()).encode()
        # Longer than before or as long: a reader never sees a half.
        os.pwrite(self.descriptor, text.ljust(200) + b"\n", 0)


def _read(descriptor: int) -> Running:
    said: dict[str, Any] = json.loads(os.pread(descriptor, 1000, 0))
    return Running(**said)


def running(port: int) -> Running | None:
    """The portal that serves from this folder on the port; None when there is none."""
    try:
        descriptor = os.open(_place(port), os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(descriptor)
    finally:
        os.close(descriptor)
    return None


def renew(port: int) -> int:
    """0 when the portal that runs has become the program on the disk; 1 with a sentence otherwise."""
    before = running(port)
    if before is None:
        return _failed("このポータルは動いていません。もう一度 script/server を実行してください。")
    os.kill(before.pid, signal.SIGHUP)
    until = time.monotonic() + RENEWAL
    while (now := running(port)) and time.monotonic() < until:
        if now.generation > before.generation:
            return 0
        if now.failures > before.failures:
            return _failed(
                "入れ替えられませんでした。いままでのもので動いています（理由は動いているほうの出力にあります）。"
            )
        time.sleep(0.1)
    return _failed("入れ替えが終わりません。動いているほうの出力を確かめてください。")


def _failed(sentence: str) -> int:
    print(f"\n✕ {sentence}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    from script.lib.address import address

    sys.exit(renew(address().port))
