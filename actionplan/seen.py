"""What somebody has looked at, in short, and the one refusal when it is no longer so.

A page carries the fingerprint of what it shows. Whoever stores what was asked for there makes it again, under lock:
where it is another one, nothing is stored, and the person is shown what stands now.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

WHOLE = 64
MOVED = "確認していただいた後に、内容が変わりました。もう一度、確認してください。"


def fingerprint(*facts: object, length: int = WHOLE) -> str:
    """The facts in so many hexadecimal digits (64 at most): others as soon as one of the facts is another.

    facts: words, numbers, dates, None, and tuples, lists, dicts and dataclasses of them; no sets, which have no order.
    """
    return sha256(repr(facts).encode("utf-8", "surrogatepass")).hexdigest()[:length]


def mark_of(words: str) -> str:
    """The fingerprint of a text, as a page or a row carries it."""
    return fingerprint(words, length=16)


class Moved(RuntimeError):
    """Raised before anything is stored, when something is no longer what the person has looked at.

    now: how it stands now, in the terms of who refuses: the newer row or rows, a new comparison.
    gone: primary keys of rows that were deleted since.
    """

    def __init__(self, sentence: str = MOVED, *, now: Any = None, gone: Iterable[int] = ()) -> None:
        super().__init__(sentence)
        self.now, self.gone = now, sorted(gone)


def refuse_moved(seen: str, now: str, sentence: str = MOVED) -> None:
    """Returns when the fingerprint that was seen is that of now; raises Moved with the sentence otherwise."""
    if seen != now:
        raise Moved(sentence)
