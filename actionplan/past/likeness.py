"""What rows stand under, and which number a title gets that has none."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from actionplan.past.vocabulary import (
    is_plain,
    is_spelt_number,
    levels_of,
    number_and_title,
    parse_code,
    printed_before,
)
from actionplan.text import as_stored

Number = tuple[int, ...]
Level = tuple[int | None, str]
NOWHERE: Level = (None, "")


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


class Levels:
    """The policy and the measure that rows stand under, and how their numbers are printed; None where nothing says."""

    def __init__(self) -> None:
        self.policy = self.measure = NOWHERE
        self.printed: tuple[str | None, str | None] = (None, None)

    def head(self, text: str, *, policy: bool) -> None:
        """A line begins a policy, or a measure, to which all rows below belong."""
        numbers, title = number_and_title(text)
        printed = printed_before(text, policy)
        if code := parse_code(text):
            numbers, title, printed = code, "", text.strip()
        if policy:
            self.policy, self.measure = (numbers[0] if numbers else None, letters_of(title)), NOWHERE
            self.printed = (printed, None)
        else:
            self.measure = (numbers[-1] if numbers else None, letters_of(title))
            self.printed = (self.printed[0], printed)

    def follow(self, policy: Level | None, measure: Level | None, printed: tuple[str | None, str | None]) -> None:
        """A row names its policy and its measure; what is None goes on from above."""
        if policy and (follows := _following(self.policy, policy)) != self.policy:
            goes_on = follows[1] == self.policy[1] and self.policy[0] is None
            self.policy, self.measure = follows, self.measure if goes_on else NOWHERE
            self.printed = (None, self.printed[1] if goes_on else None)
        if measure and (follows := _following(self.measure, measure)) != self.measure:
            self.measure, self.printed = follows, (self.printed[0], None)
        said, above = printed, self.printed
        self.printed = (above[0] if said[0] is None else said[0], above[1] if said[1] is None else said[1])


def _following(now: Level, found: Level) -> Level:
    """What a row names, with the title of what it goes on with where it only repeats, or tells, the number."""
    return (found[0], now[1]) if not found[1] and now[0] in (None, found[0]) else found


def letters_of(text: str) -> str:
    """The text of a cell as it is stored, but for line breaks and blanks at its edges that only make the layout."""
    return as_stored(text).strip("\n")


NO_NUMBER = "「{text}」は番号として読めません。もとのファイルを直すか、この列を番号でないものにしてください。"


class Numbers:
    """The numbers in the cells of a table; what is no number, or was read in another way, is told.

    note: takes the place and the sentence of what was read in another way; refuse: and the text of what is no number.
    own: whether a column has the items' own numbers. titled: whether policies or measures are named, which order the
    items under them.
    """

    def __init__(self, note: Callable, refuse: Callable, *, own: bool, titled: bool) -> None:
        self.note, self.refuse, self.has_own, self.titled, self.told = note, refuse, own, titled, set[str]()

    def tell_once(self, place: str, sentence: str) -> None:
        """Notes what holds for many rows at the first of them; sentences differ by their first words."""
        kind = re.sub(r"「.*?」", "", sentence, flags=re.DOTALL)[:8]
        if kind not in self.told:
            self.told.add(kind)
            self.note(place, sentence)

    def whole(self, text: str, place: str, which: int) -> int | None:
        """One of the numbers that the text says."""
        if code := parse_code(text):
            return code[which]
        self.refuse(place, NO_NUMBER.format(text=text), text)
        return None

    def code(self, text: str, place: str) -> Sequence[int | None]:
        """The levels that an item's number says; none where it says nothing of them, or other columns do."""
        code = parse_code(text) if text else ()
        if code is None or len(code) > 3:
            return self._spelt(text, place)
        if len(code) == 2 and not self.has_own:
            read = f"施策{code[0]}・取組1・項目{code[1]}"
            self.tell_once(place, f"「{text}」のような2段の番号は、書かれたとおりに残し、{read}の順に並べます。")
        return code

    def own(self, text: str, place: str, printed: str | None, above: bool) -> tuple[int | None, str | None]:
        """What a column of items' numbers says: a number of this level, or more than that, which is kept as printed.

        above: whether what the item stands under has a number that is printed so; its own is kept beside it.
        """
        code = parse_code(text)
        if code is None or len(code) > 3:
            levels = self._spelt(text, place)
            return levels[-1] if levels else None, printed or text
        if len(code) > 1:
            return code[-1], printed or text
        if above and not is_plain(text):
            return code[0], printed or text.strip()
        if not is_plain(text) and printed is None:
            self.tell_once(place, f"「{text}」のような項目の番号は、施策・取組の番号に続く{code[0]}と読みました。")
        return code[0], printed or ""

    def _spelt(self, text: str, place: str) -> Sequence[int | None]:
        """What a number with letters in it says of the order, where no heading says it."""
        if not is_spelt_number(text):
            self.refuse(place, NO_NUMBER.format(text=text), text)
            return ()
        levels = levels_of(text)
        if not self.titled and len(levels) in (2, 3) and None not in levels[:-1]:
            return levels
        sentence = f"「{text}」のような番号は、書かれたとおりに残します。並べる順は、番号か、表に出てきた順です。"
        self.tell_once(place, sentence)
        return (levels[-1],) if len(levels) <= 3 else ()
