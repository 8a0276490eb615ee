"""What the page of a department's answers sent: each item's words, and a stamp of what the page had shown.

The stamp says the item's code, the revision and a digest of every cell, so that one short field tells which boxes were
touched here and which cells somebody else has changed since; nothing needs to be asked for that, not even a log-in.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b

from actionplan.admin.rescue import Text
from actionplan.cycle.answers import CELLS
from actionplan.models import Progress, YearlyStatus
from actionplan.text import tidy_line_breaks

STAMP, OTHERS = "seen", "others"
BOX = re.compile(rf"({'|'.join(CELLS)})-([0-9]{{1,15}})-[0-9]+")
LABELS = {name: str(YearlyStatus._meta.get_field(name).verbose_name) for name in CELLS}


def digest(words: str) -> str:
    """A short fingerprint of a cell."""
    return blake2b(words.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def stamp_of(row: YearlyStatus) -> str:
    """What a page that shows this row remembers of it."""
    return "|".join([row.item.code, str(row.revision), *(digest(getattr(row, name)) for name in CELLS)])


def box_name(row: YearlyStatus, cell: str) -> str:
    """The name of a cell's box. It changes with the row: a browser that comes back or reloads fills in what had been
    typed only where the page still shows the row that it was typed over.
    """
    return f"{cell}-{row.pk}-{row.revision}"


@dataclass(frozen=True)
class Sent:
    """What was sent about one item.

    revision: that the page showed; 0 when its stamp is unreadable. shown: digests by cell. cells: words by cell.
    """

    pk: int
    code: str
    revision: int
    shown: dict[str, str]
    cells: dict[str, str]

    @property
    def touched(self) -> dict[str, str]:
        """The cells that do not say what the page showed."""
        return {name: words for name, words in self.cells.items() if self.shown.get(name) != digest(words)}

    def newer(self, row: YearlyStatus) -> list[str]:
        """The cells of the stored row that do not say what the page showed."""
        return [name for name in CELLS if self.shown.get(name) != digest(getattr(row, name))]

    def clashes(self, row: YearlyStatus) -> list[str]:
        """The cells that somebody else and this person have both changed, to different words."""
        return [name for name in self.newer(row) if name in self.touched and self.differs(row, name)]

    def differs(self, row: YearlyStatus, name: str) -> bool:
        """Whether the cell was sent with other words than the stored ones."""
        return name in self.cells and self.cells[name] != getattr(row, name)


def read_sent(post: Mapping[str, str]) -> dict[int, Sent]:
    """Everything that was sent, by the primary key of the item's answer, in the page's order."""
    cells: dict[int, dict[str, str]] = {}
    for name, words in post.items():
        if box := BOX.fullmatch(name):
            cells.setdefault(int(box[2]), {})[box[1]] = tidy_line_breaks(words)
    return {pk: _sent(pk, post.get(f"{STAMP}-{pk}", ""), found) for pk, found in cells.items()}


def _sent(pk: int, stamp: str, cells: dict[str, str]) -> Sent:
    """What was sent about one item; with a stamp that is missing or broken, every cell counts as changed by others."""
    code, revision, *digests = stamp.split("|")[:7] if stamp.count("|") == 6 else (str(pk), "0")
    known = int(revision) if re.fullmatch(r"[0-9]{1,9}", revision) else 0
    return Sent(pk, code, known, dict(zip(CELLS, digests, strict=False)), cells)


def others_of(rows: list[YearlyStatus]) -> str:
    """The revisions of the rows that stand on other pages, in one field."""
    return " ".join(f"{row.pk}:{row.revision}" for row in rows)


def read_revisions(post: Mapping[str, str]) -> dict[int, int]:
    """The revisions that the page knew of, by primary key: of the items on it, and of those on its other pages."""
    elsewhere = re.findall(r"(?<![0-9])([0-9]{1,15}):([0-9]{1,9})(?![0-9])", post.get(OTHERS, ""))
    here = [(pk[1], stamp) for name, stamp in post.items() if (pk := re.fullmatch(rf"{STAMP}-([0-9]{{1,15}})", name))]
    return {int(pk): int(number) for pk, number in elsewhere} | {
        int(pk): _sent(int(pk), stamp, {}).revision for pk, stamp in here
    }


def words_of(name: str, value: str) -> str:
    """The cell as a reader knows it: a category by its label."""
    labels = dict(Progress.choices)
    return str(labels.get(value, value)) if name == "progress" else value


def sent_texts(post: Mapping[str, str]) -> Iterator[Text]:
    """Every cell that its user wrote or changed, to be given back (see rescue.py)."""
    return texts_of(read_sent(post).values())


def texts_of(sent: Iterable[Sent]) -> Iterator[Text]:
    """The words that were written or changed, named by item and cell."""
    for each in sent:
        for name, words in each.touched.items():
            if words.strip():
                yield Text(f"{each.code} {LABELS[name]}", words_of(name, words))
