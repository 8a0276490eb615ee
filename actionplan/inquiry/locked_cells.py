"""The cells of an inquiry workbook that are only there to be read: what somebody wrote there all the same."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from actionplan.inquiry.layout import (
    FOR_DEPARTMENTS,
    FOR_PARTNERS,
    HEADERS,
    MOST_NAMED,
    AnswerLine,
    InquiryFile,
    cell_mark,
)


@dataclass(frozen=True)
class LockedChange:
    """A cell that is only there to be read, in which the file says something else than the year's list does now.

    place: D5（項目）. by_hand: whether somebody wrote into it; None where nobody knows. moved: whether what would stand
    there has changed since the workbook was made.
    """

    place: str
    file: str
    now: str
    by_hand: bool | None
    moved: bool

    def __str__(self) -> str:
        file, now = _excerpts(self.file, self.now)
        left = f"照会票を作ったあとに一覧も変わり、いまは{now}です。" if self.moved else f"もとの{now}のままです。"
        return f"{self.place}は確認用の欄です。{file}と書き換えられていますが、読み込みません。{left}"


CUTS = (FOR_DEPARTMENTS.cut, FOR_PARTNERS.cut)  # said beside a remark by the height of its row, not by the answer
MOVED_SINCE = "{}は、照会票を作ったあとに一覧のほうが変わりました。この欄は確認用なので、読み込みません。"
MOVED_OR_WRITTEN = (
    "{}は、いまの一覧と違います。照会票を作ったあとに一覧が変わったか、照会票で書き換えられています。"
    "この欄は確認用なので、読み込みません。"
)


def changes_of_locked(
    line: AnswerLine, keys: Sequence[str], file: InquiryFile, today: Callable[[str], str]
) -> Iterator[LockedChange]:
    """What is in these locked cells of the line. today: gives what would stand there now, by the column."""
    doubtful = line.doubtful
    for key in keys:
        words, now, mark = line.locked[key], today(key), line.marks.get(key)
        by_hand = key in doubtful if mark else None
        if by_hand or _bare(words) != _bare(now):
            moved = mark not in {cell_mark(now + cut) for cut in ("", *CUTS)}
            yield LockedChange(f"{file.place(line, key)}（{HEADERS[key]}）", words, now, by_hand, moved)


def _bare(words: str) -> str:
    for cut in CUTS:
        words = words.replace(cut, "")
    return "".join(words.split())


def locked_notes(cells: Sequence[LockedChange]) -> Iterator[str]:
    """Who wrote where nothing is read is told what; nobody is blamed for a list that changed since."""
    written = [cell for cell in cells if cell.by_hand]
    yield from map(str, written[:MOST_NAMED])
    if more := [cell.place for cell in written[MOST_NAMED:]]:
        yield f"ほかに{_listed(more)}も、確認用の欄が書き換えられています。読み込みません。"
    for by_hand, sentence in ((False, MOVED_SINCE), (None, MOVED_OR_WRITTEN)):
        if places := [cell.place for cell in cells if cell.by_hand is by_hand]:
            yield sentence.format(_listed(places))


def _listed(places: Sequence[str]) -> str:
    more = len(places) - MOST_NAMED
    return "、".join(places[:MOST_NAMED]) + (f"ほか{more}か所" if more > 0 else "")


LONGEST_EXCERPT, BEFORE = 40, 10


def _excerpts(*texts: str) -> Iterator[str]:
    """Each text in brackets, cut to where they begin to differ."""
    alike = sum(1 for _ in takewhile(lambda signs: len(set(signs)) == 1, zip(*texts, strict=False)))
    first = max(0, alike - BEFORE)
    for text in texts:
        part = " ".join(text[first : first + LONGEST_EXCERPT].split())
        end = "…" if len(text) > first + LONGEST_EXCERPT else ""
        yield f"「{'…' if first else ''}{part}{end}」" if text.strip() else "（空欄）"
