"""Reading what somebody sent in a process of its own, which may take only so much time and memory.

A broken or malicious file ends its reader, never the worker. The child is forked from the worker, so that nothing has
to be loaded anew; it asks the database nothing, and gives back plain values of our own classes.
"""

import gc
import logging
import os
import pickle
import resource
import select
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from time import monotonic
from traceback import format_exc
from typing import Any, NoReturn, TypeVar

from tsushima_portal.logs import told
from tsushima_portal.metrics import count_reading

log = logging.getLogger(__name__)
Value = TypeVar("Value")


class UploadError(ValueError):
    """Raised for a file that cannot be read; the message is the Japanese sentence for the person."""


MEGABYTE = 1024 * 1024
PIECE, LONGEST_ANSWER = MEGABYTE, 200 * MEGABYTE
KINDNESS = 5  # citizens' pages come first
TOO_SLOW = "読み取りに時間がかかりすぎるため、途中でやめました。{mend}"
TOO_MUCH = "読み取りに必要なメモリが多すぎるため、途中でやめました。{mend}"
BROKEN = "読み取りの途中で止まりました。壊れているかもしれません。{mend}"
MEND = "不要なシート・書式・画像を削除して保存し直し、もう一度選んでください。"


@dataclass(frozen=True)
class Limits:
    """What one reading may take. seconds: of work; megabytes: beside the worker's own."""

    seconds: int = 10
    megabytes: int = 512

    @property
    def patience(self) -> float:
        """Seconds after which a reading is ended, whether it works or waits."""
        return self.seconds * 2.0


TABLE = Limits()
# Lines, letters and boxes of two hundred pages of a PDF.
PAPER = Limits(seconds=50, megabytes=768)
# The largest picture that is taken is in memory four times while it is turned upright and made fit.
PICTURE = Limits(seconds=20, megabytes=1200)


def read_apart(read: Callable[..., Value], *args: Any, limits: Limits = TABLE, mend: str = MEND) -> Value:
    """What read(*args) returns, from a child process. Raises what it raises of our own classes.

    mend: what to do about a reading that took too much or broke off, which is an UploadError.
    """
    if _Here.is_apart:
        return read(*args)
    receiving, sending = os.pipe()
    child = os.fork()
    if not child:
        _work(sending, read, args, limits)
    os.close(sending)
    try:
        answer = _received(receiving, monotonic() + limits.patience)
    finally:
        os.close(receiving)
        status = _ended(child)
    return _told(answer, status, mend)


class _Here:
    """Whether this process is a child that reads: it needs no child of its own."""

    is_apart = False


def _work(sending: int, read: Callable, args: tuple, limits: Limits) -> NoReturn:
    """What the child does; it never returns, and closes nothing that belongs to the worker."""
    try:
        _Here.is_apart = True
        gc.freeze()
        _limit(limits)
        answer = _answer(read, args)
        with os.fdopen(sending, "wb") as pipe:
            pipe.write(answer)
    finally:
        os._exit(0)


def _limit(limits: Limits) -> None:
    for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT, signal.SIGXCPU):
        signal.signal(number, signal.SIG_DFL)
    signal.alarm(int(limits.patience) + 1)  # also when nobody waits any more
    with suppress(OSError):
        os.nice(KINDNESS)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_CPU, limits.seconds)
    with open("/proc/self/statm", encoding="ascii") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    _lower(resource.RLIMIT_AS, now + limits.megabytes * MEGABYTE)


def _lower(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _answer(read: Callable, args: tuple) -> bytes:
    try:
        return pickle.dumps(("read", read(*args)))
    except MemoryError:
        return pickle.dumps(("much", ""))
    except Exception as error:  # whatever a broken file leads a reader into
        if isinstance(error.__cause__, MemoryError):
            return pickle.dumps(("much", ""))
        if type(error).__module__.startswith("actionplan."):
            return pickle.dumps(("raised", error))
        return pickle.dumps(("broken", format_exc()))


def _received(receiving: int, until: float) -> bytes | None:
    """All that the child wrote; None when it takes longer than until then, or writes without an end."""
    answer, poll = bytearray(), select.poll()
    poll.register(receiving, select.POLLIN)
    while (left := until - monotonic()) > 0 and len(answer) < LONGEST_ANSWER:
        if poll.poll(left * 1000):
            if not (piece := os.read(receiving, PIECE)):
                return bytes(answer)
            answer += piece
    return None


def _ended(child: int) -> int:
    """The status with which the child ended; it is ended when it still runs."""
    os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


OUT_OF_TIME = {signal.SIGXCPU, signal.SIGALRM}


def _told(answer: bytes | None, status: int, mend: str) -> Any:
    outcome, value = _opened(answer or b"")
    count_reading(outcome)
    if outcome == "read":
        return value
    told("upload_refused", why=outcome)
    if outcome == "raised":
        raise value
    if answer is None or (os.WIFSIGNALED(status) and os.WTERMSIG(status) in OUT_OF_TIME):
        outcome = "slow"
    log.warning("A file was not read to its end (%s, status %s). %s", outcome, status, value)
    raise UploadError({"slow": TOO_SLOW, "much": TOO_MUCH}.get(outcome, BROKEN).format(mend=mend))


def _opened(answer: bytes) -> tuple[str, Any]:
    try:
        return _PlainValues(BytesIO(answer)).load()
    except (EOFError, pickle.UnpicklingError) as error:
        return "broken", str(error)


# What a table may hold beside texts and numbers.
TIMES = ("date", "datetime", "time", "timedelta", "timezone")
PLAIN = {("builtins", "frozenset"), ("builtins", "set"), *(("datetime", name) for name in TIMES)}


class _PlainValues(pickle.Unpickler):
    """Takes texts, numbers, lists and our own classes only: a reader that was taken over can make us call nothing."""

    def find_class(self, module: str, name: str) -> Any:
        """The class. Raises UnpicklingError for what is none of ours."""
        if (module, name) in PLAIN:
            return super().find_class(module, name)
        found = super().find_class(module, name) if module.startswith("actionplan.") else None
        if isinstance(found, type) and found.__module__.startswith("actionplan."):
            return found
        raise pickle.UnpicklingError(f"{module}.{name}")
