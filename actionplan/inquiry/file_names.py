"""Names of files that every system takes, whatever a department is called."""

import re
import unicodedata

UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]+')
BLANKS = re.compile(r"\s+")
LONGEST = 180  # bytes of UTF-8: file systems hold 255, and people add to names


def safe(name: str, ending: str) -> str:
    """The name with its ending: no sign that a system forbids, no dots or blanks at its edges, not too long."""
    plain = BLANKS.sub("_", UNSAFE.sub("_", unicodedata.normalize("NFC", name))).strip("._ ")
    return plain.encode()[:LONGEST].decode(errors="ignore") + ending


def told_apart(name: str, taken: set[str]) -> str:
    """The name, or with （2）, （3） … before its ending when it is taken already; then it is taken too."""
    stem, dot, ending = name.rpartition(".")
    number, found = 1, name
    while found.casefold() in taken:
        number += 1
        found = f"{stem}（{number}）{dot}{ending}"
    taken.add(found.casefold())
    return found
