"""Texts side by side in HTML: what goes is struck, what comes is underlined, and a long text is folded."""

from collections.abc import Iterable, Sequence
from itertools import takewhile

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from actionplan.selectors.wording import REWRITTEN_BELOW, Run, wording_changes

BLANK = format_html('<span class="quiet">{}</span>', "（空欄）")
NO_RECORD = format_html('<span class="quiet">{}</span>', "記録なし")
# What a run of text becomes; the words around it are for those who do not see the line through or under it.
MARKS = {
    "same": "{}",
    "added": '<ins><span class="visually-hidden">（追加：</span>{}<span class="visually-hidden">）</span></ins>',
    "removed": '<del><span class="visually-hidden">（削除：</span>{}<span class="visually-hidden">）</span></del>',
}
# A longer text is folded; so much of it stays visible, from a little before its first change.
LONGEST_OPEN, EXCERPT, BEFORE_THE_CHANGE = 1_000, 200, 60
FOLDED = '<details><summary><span class="start">{}</span><b>全文を開く（{}字）</b></summary>{}</details>'


def marked_pair(before: str, after: str, *, fine: bool = True) -> tuple[SafeString, SafeString]:
    """The older text with what goes struck, the newer with what comes underlined.

    fine: word by word; otherwise all between the first and the last difference is one change, which is quick.
    """
    runs = wording_changes(before, after).runs if fine else _coarse(before, after)
    older = [run for run in runs if run.kind != "added"]
    return _shown(older), _shown([run for run in runs if run.kind != "removed"])


def plain(text: str) -> SafeString:
    """The text without marks."""
    return _shown([Run("same", text)])


def marked_word(word: str, kind: str) -> SafeString:
    """One word that wholly stayed, came or went."""
    return format_html(MARKS[kind], word)


def _coarse(before: str, after: str) -> list[Run]:
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    if start + end < REWRITTEN_BELOW * max(len(before), len(after)):
        start = end = 0
    runs = [
        Run("same", before[:start]),
        Run("removed", before[start : len(before) - end]),
        Run("added", after[start : len(after) - end]),
        Run("same", after[len(after) - end :]),
    ]
    return [run for run in runs if run.text]


def _common(one: Iterable[str], other: Iterable[str]) -> int:
    """How many signs both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _shown(runs: Sequence[Run]) -> SafeString:
    if not any(run.text.strip() for run in runs):
        return BLANK
    whole, length = _joined(runs), sum(len(run.text) for run in runs)
    if length <= LONGEST_OPEN:
        return whole
    return format_html(FOLDED, _excerpt(runs), f"{length:,}", format_html("<div>{}</div>", whole))


def _excerpt(runs: Sequence[Run]) -> SafeString:
    unchanged = sum(len(run.text) for run in takewhile(lambda run: run.kind == "same", runs))
    changed = any(run.kind != "same" for run in runs)
    first = max(0, unchanged - BEFORE_THE_CHANGE) if changed else 0
    return format_html("{}{}…", "…" if first else "", _joined(_cut(runs, first, first + EXCERPT)))


def _cut(runs: Sequence[Run], first: int, last: int) -> list[Run]:
    pieces, place = [], 0
    for run in runs:
        piece = run.text[max(0, first - place) : max(0, last - place)]
        place += len(run.text)
        if piece:
            pieces.append(Run(run.kind, piece))
    return pieces


def _joined(runs: Sequence[Run]) -> SafeString:
    return format_html_join("", "{}", ((format_html(MARKS[run.kind], run.text),) for run in runs))
