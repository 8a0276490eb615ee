"""How alike two texts are, and which number a title gets that has none."""

from collections import Counter
from collections.abc import Iterable, Mapping

from actionplan.text import fold

Number = tuple[int, ...]


def pairs_of(text: str) -> set[str]:
    """The pairs of letters of a text, folded: what two wordings of one thing share."""
    folded = fold(text)
    return {folded[index : index + 2] for index in range(max(1, len(folded) - 1))}


class Alike:
    """Texts by key, each found by what it shares with another text."""

    def __init__(self, texts: Mapping[int, str]) -> None:
        self.sizes: dict[int, int] = {}
        self.holders: dict[str, list[int]] = {}
        for key, text in texts.items():
            pairs = pairs_of(text)
            self.sizes[key] = len(pairs)
            for pair in pairs:
                self.holders.setdefault(pair, []).append(key)

    def shares(self, text: str) -> dict[int, float]:
        """How much of each text that shares anything with this one, from 0 to 1."""
        pairs = pairs_of(text)
        shared = Counter(key for pair in pairs for key in self.holders.get(pair, ()))
        return {key: 2 * count / (len(pairs) + self.sizes[key]) for key, count in shared.items()}


class Numbering:
    """Numbers of policies, or of measures, by what names them, as the lines come."""

    def __init__(self, live: Mapping[Number, str]) -> None:
        self.live = live
        self.titles: dict[Number, str] = {}
        self.known: dict[tuple[Number, str], Number] = {}
        self.reserved: set[Number] = set()

    def reserve(self, numbers: Iterable[Number]) -> None:
        """Keeps the numbers for those that bear them."""
        self.reserved |= set(numbers)

    def number(self, above: Number, named: tuple[int | None, str], home: Number | None) -> Number:
        """The number below above: its own, that of the same title, that of its item, or the next free one."""
        number, title = named
        if number is not None:
            found = (*above, number)
        elif title:
            found = self.known.get((above, title)) or self._of_title(above, title)
        else:
            found = home or (*above, 1)
        self.titles[found] = self.titles.get(found) or title
        if title:
            self.known.setdefault((above, title), found)
        return found

    def _of_title(self, above: Number, title: str) -> Number:
        same = [number for number, live in self.live.items() if live == title and number[:-1] == above]
        free = [number for number in same if number not in self.titles]
        if free:
            return free[0]
        number = 1
        while (*above, number) in self.titles or (*above, number) in self.reserved:
            number += 1
        return (*above, number)
