"""What changed between two texts, in runs that a person can read.

Japanese has no blanks, and a comparison by characters turns into confetti: the texts are compared by runs of one kind
of character (kanji, katakana, hiragana, digits), and what little stays between two changes joins them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from diff_match_patch import diff_match_patch

Kind = Literal["same", "added", "removed"]
KINDS: dict[int, Kind] = {0: "same", 1: "added", -1: "removed"}
TOKEN = re.compile(r"[\u4e00-\u9fff々〆]+|[ァ-ヺー]+|[ぁ-ゖ]+|[0-9０-９]+|[A-Za-zＡ-Ｚａ-ｚ]+|.", re.DOTALL)
# Tokens are handed to the library as one character each, from a plane that no text uses.
FIRST_SIGN = 0xF0000
# An unchanged run this short between two changes is noise to the eye (を, の).
TOO_SHORT = 2
# With less than this share of the longer text unchanged, marking words helps nobody: the text was rewritten.
REWRITTEN_BELOW = 0.35
SECONDS = 0.1


@dataclass(frozen=True)
class Run:
    """A piece of text that stayed, came or went."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Wording:
    """Two texts and the runs between them; before and after are the texts to the letter."""

    before: str
    after: str
    runs: Sequence[Run]

    @property
    def changed(self) -> bool:
        """Whether the texts differ at all."""
        return self.before != self.after

    @property
    def rewritten(self) -> bool:
        """Whether both have words and so little stayed that the whole counts as new."""
        return bool(self.before and self.after) and all(run.kind != "same" for run in self.runs)

    @property
    def before_runs(self) -> Sequence[Run]:
        """The older text, with what went."""
        return [run for run in self.runs if run.kind != "added"]

    @property
    def after_runs(self) -> Sequence[Run]:
        """The newer text, with what came."""
        return [run for run in self.runs if run.kind != "removed"]


def wording_changes(before: str, after: str, seconds: float = SECONDS) -> Wording:
    """The readable difference of two texts; joined without what was added (or removed), the runs give each text.

    seconds: how long to look for a fine difference before a coarse one does, on pages of many texts.
    """
    if before == after:
        return Wording(before, after, _runs([("same", after)]))
    runs = _runs(_without_short_stays(_compared(before, after, seconds)))
    stayed = sum(len(run.text) for run in runs if run.kind == "same")
    if stayed < REWRITTEN_BELOW * max(len(before), len(after)):
        runs = _runs([("removed", before), ("added", after)])
    return Wording(before, after, runs)


def _compared(before: str, after: str, seconds: float) -> list[tuple[Kind, str]]:
    tokens = list(dict.fromkeys(TOKEN.findall(before + "\n" + after)))
    signs = {token: chr(FIRST_SIGN + place) for place, token in enumerate(tokens)}
    old, new = ("".join(signs[token] for token in TOKEN.findall(text)) for text in (before, after))
    differ = diff_match_patch()
    differ.Diff_Timeout = seconds
    found = differ.diff_main(old, new, False)
    differ.diff_cleanupSemantic(found)
    return [(KINDS[kind], "".join(tokens[ord(sign) - FIRST_SIGN] for sign in text)) for kind, text in found]


def _without_short_stays(pieces: list[tuple[Kind, str]]) -> Iterator[tuple[Kind, str]]:
    for place, (kind, text) in enumerate(pieces):
        if kind == "same" and 0 < place < len(pieces) - 1 and len(text) <= TOO_SHORT:
            yield "removed", text
            yield "added", text
        else:
            yield kind, text


def _runs(pieces: Iterable[tuple[Kind, str]]) -> list[Run]:
    """The pieces joined: between two runs that stayed, at most one that went and then one that came."""
    runs: list[Run] = []
    gone = come = ""
    for kind, text in [*pieces, ("same", "")]:
        if kind == "same":
            runs += [Run("removed", gone), Run("added", come), Run("same", text)]
            gone = come = ""
        gone += text if kind == "removed" else ""
        come += text if kind == "added" else ""
    return [run for run in runs if run.text]
