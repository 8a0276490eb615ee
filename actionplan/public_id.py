"""Public ids: what an item is called in addresses and data files, for good, whatever number a year prints it under."""

from collections.abc import Callable
from hashlib import sha256
from itertools import count

# No vowels, so that no word comes out; no 0, 1 and l, which look like others. Never like a code: there is no hyphen.
ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
LENGTH = 8


def make_public_id(*facts: object, taken: Callable[[str], bool]) -> str:
    """A free id made of the facts, so that installations that load the same data give the same ids.

    facts: what the item is when it comes into the record: the plan's title, its code, its name.
    taken: whether an id was ever given; then the next one is made of the same facts.
    """
    return next(found for turn in count() if not taken(found := _spelt("\n".join(map(str, (*facts, turn))))))


def is_public_id(text: str) -> bool:
    """Whether the text is one, given or not."""
    return len(text) == LENGTH and set(text) <= set(ALPHABET)


def _spelt(text: str) -> str:
    number, digits = int.from_bytes(sha256(text.encode()).digest()), []
    for _ in range(LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        digits.append(ALPHABET[digit])
    return "".join(digits)
