"""The plan's stored rows that an uploaded table is laid over: found by ID or by the numbers that name them."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any

import tablib
from django.db.models import F, Model, QuerySet
from import_export.widgets import ManyToManyWidget, Widget

from actionplan.models import ActorType, Department, Measure, Plan, Policy
from actionplan.text import as_stored, changes_told

SEPARATED, NAME = re.compile(r"[、,，\n]"), r"[^、,，\n]+"
YES, NO = ("はい", "1", "TRUE", "○"), ("いいえ", "0", "FALSE", "")


class CellError(ValueError):
    """A cell that cannot be taken, with its column and what to do about it."""

    def __init__(self, column: str, sentence: str) -> None:
        super().__init__(sentence)
        self.column = column


def whole_number(text: str, column: str) -> int:
    """The number in the cell, full-width digits included. Raises CellError."""
    digits = unicodedata.normalize("NFKC", str(text)).strip()
    if not (digits.isascii() and digits.isdigit()) or not 1 <= int(digits) <= 9999:
        raise CellError(column, f"「{text}」は番号として読めません。1から9999までの数字を書いてください。")
    return int(digits)


class TextCell(Widget):
    """Text as it is stored."""

    def clean(self, value: str | None, row: dict | None = None, **kwargs) -> str:
        """The text."""
        return as_stored(value or "")

    def render(self, value: object, obj: object = None, **kwargs) -> str:
        """The text."""
        return "" if value is None else str(value)


class NumberCell(Widget):
    """A whole number, written as a number."""

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column

    def clean(self, value: str | None, row: dict | None = None, **kwargs) -> int:
        """The number. Raises CellError."""
        return whole_number(value or "", self.column)

    def render(self, value: object, obj: object = None, **kwargs) -> object:
        """The number; an empty cell for none."""
        return "" if value is None else value


class YesNoCell(Widget):
    """はい or いいえ."""

    def clean(self, value: str | None, row: dict | None = None, **kwargs) -> bool:
        """Whether the cell says yes. Raises ValueError."""
        word = (value or "").strip().upper()
        if word not in YES + NO:
            raise ValueError(f"「{value}」は使えません。「はい」か「いいえ」を書いてください。")
        return word in YES

    def render(self, value: object, obj: object = None, **kwargs) -> str:
        """The word."""
        return YES[0] if value else NO[0]


NO_LEGEND = "主体の記号が、まだ決まっていません。「主体の記号」の一覧で決めるか、この列を空にしてください。"


class MarksCell(ManyToManyWidget):
    """Marks as they stand in the newsletter: ★◎."""

    def __init__(self) -> None:
        super().__init__(ActorType)
        self.actors: dict[str, ActorType] = {}

    def load(self) -> None:
        """Reads the legend, once a file."""
        self.actors = {actor.symbol: actor for actor in ActorType.objects.all()}

    def clean(self, value: str | None, row: dict | None = None, **kwargs) -> list[ActorType]:
        """The actors that the marks stand for, none for an empty cell. Raises ValueError."""
        marks = [mark for mark in (value or "") if mark not in " 　、,・"]
        if marks and not self.actors:
            raise ValueError(NO_LEGEND)
        if unknown := [mark for mark in marks if mark not in self.actors]:
            raise ValueError(f"主体「{''.join(unknown)}」は使えません。{self.known}から選んでください。")
        return [self.actors[mark] for mark in dict.fromkeys(marks)]

    @property
    def known(self) -> str:
        """The legend's marks: ★●◎."""
        return "".join(self.actors)

    def render(self, value: Any, obj: object = None, **kwargs) -> str:
        """The marks in the legend's order."""
        if value is None:
            return ""
        return "".join(actor.symbol for actor in sorted(value.all(), key=lambda actor: actor.order))


class NamesCell(ManyToManyWidget):
    """Departments or partners by the names that lists show, one after the other: ○○課、△△課."""

    def __init__(self, model: type[Model], what: str) -> None:
        """what: as a sentence about an unknown name calls one."""
        super().__init__(model)
        self.what = what
        self.found: dict[str, Any] = {}

    def load(self, rows: Iterable[Model]) -> None:
        """Reads the names, once a file; of two rows of one name the last one counts."""
        self.found = {as_compared(str(row)): row for row in rows}

    def clean(self, value: str | None, row: dict | None = None, **kwargs) -> list:
        """The rows that are named, none for an empty cell. Raises ValueError."""
        # A name that holds a separator itself is looked for first.
        whole = sorted((re.escape(name) for name in self.found if SEPARATED.search(name)), key=len, reverse=True)
        written = "\n".join(map(as_compared, (value or "").splitlines()))
        names = [name for name in re.findall("|".join([*whole, NAME]), written) if name]
        if unknown := [name for name in names if name not in self.found]:
            meant = "".join(_meant(name, self.found) for name in unknown)
            raise ValueError(
                f"{self.what}「{'、'.join(unknown)}」はありません。{meant}"
                "一覧にある名前を「、」で区切って書いてください。"
            )
        return [self.found[name] for name in dict.fromkeys(names)]

    def render(self, value: Any, obj: object = None, **kwargs) -> str:
        """The names."""
        return "" if value is None else "、".join(str(each) for each in value.all())


class DepartmentCell(Widget):
    """A department by its name as lists show it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[Department]] = {}

    def load(self, departments: Iterable[Department], day) -> None:
        """Sorts the departments by name, those in force before the others."""
        self.found = {}
        for department in sorted(departments, key=lambda each: not each.exists_on(day)):
            self.found.setdefault(as_compared(str(department)), []).append(department)
        self.day = day

    def clean(self, value: str | None, row: dict | None = None, **kwargs) -> Department | None:
        """The department, or None for an empty cell. Raises ValueError, also for one that has ended."""
        if not (name := (value or "").strip()):
            return None
        found = self.found.get(as_compared(name), [])
        best = [each for each in found if each.exists_on(self.day)] or found
        if not best:
            raise ValueError(
                f"担当課「{name}」はありません。{_meant(as_compared(name), self.found)}"
                "担当課の一覧にある名前を、係名まで書いてください。"
            )
        if len(best) > 1:
            raise ValueError(f"担当課「{name}」は複数あります。画面から選んでください。")
        if best[0].in_force_until and best[0].in_force_until < self.day:
            raise ValueError(f"担当課「{name}」は廃止されています。引き継いだ課の名前を書いてください。")
        return best[0]

    def render(self, value: object, obj: object = None, **kwargs) -> str:
        """The name."""
        return "" if value is None else str(value)


def as_compared(name: str) -> str:
    """A name as people compare it: blanks of any width, and full-width letters, make no other name."""
    return "".join(unicodedata.normalize("NFKC", as_stored(name)).split())


def _meant(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, known, 1)
    return f"「{close[0]}」のことですか。" if close else ""


MOST_TOLD = 20


def numbers_of(dataset: tablib.Dataset) -> Sequence[int]:
    """Which line of its file each row is."""
    return vars(dataset).get("numbers") or range(2, len(dataset) + 2)


def read_otherwise(dataset: tablib.Dataset) -> list[str]:
    """What the reading of text changes in a file's cells that nobody sees, a sentence each."""
    passed = list(vars(dataset).get("passed_over", ()))
    found = passed + [
        f"{number}行目「{column}」：{sentence}"
        for number, row in zip(numbers_of(dataset), dataset, strict=True)
        for column, cell in zip(dataset.headers, row, strict=True)
        for sentence in changes_told(cell or "")
    ]
    more = len(found) - MOST_TOLD
    return [*found[:MOST_TOLD], f"ほかに{more}か所あります。"] if more > 0 else found


def tell_places(result: Any, dataset: tablib.Dataset) -> None:
    """Gives the result what is to be told of the file, and its refused rows their numbers in the file."""
    vars(result)["read_otherwise"] = read_otherwise(dataset)
    numbers = numbers_of(dataset)
    for row in (*result.invalid_rows, *result.error_rows):  # the pages count one on from these
        row.number = numbers[row.number - 1] - 1


# Rows that change places wait here, so that 1→2 and 2→1 in one file do not collide half-way. The number never
# outlives the transaction: every waiting row is saved with its new number, which also writes its history.
WAITING = 20_000
Key = tuple[str, ...]


def key_of(row: Model, paths: Iterable[str]) -> Key:
    """What stands at the paths of a row, as text: the plan's title and numbers."""
    return tuple(str(_follow(row, path)) for path in paths)


def _follow(row: Model, path: str) -> object:
    for name in path.split("__"):
        row = getattr(row, name)
    return row


def doubled(values: Iterable[object]) -> set:
    """The values that occur more than once, empty ones apart."""
    return {value for value, times in Counter(values).items() if times > 1 and value}


class Stock:
    """The stored rows of the table's own level."""

    def __init__(self, rows: QuerySet, paths: Sequence[str]) -> None:
        self.model = rows.model
        self.by_pk = {str(row.pk): row for row in rows}
        self.keys = {pk: key_of(row, paths) for pk, row in self.by_pk.items()}
        self.by_key: dict[Key, Model] = {}

    def lay(self, lines: Sequence[tuple[str, Key]]) -> None:
        """Makes ready for a file's lines (ID, key): rows that get another key step aside."""
        named = {pk: key for pk, key in lines if pk in self.by_pk}
        self.by_key = {key: self.by_pk[pk] for pk, key in self.keys.items() if pk not in named}
        moving = [pk for pk, key in named.items() if key != self.keys[pk]]
        self.model.objects.filter(pk__in=moving).update(number=F("number") + WAITING)


class Above:
    """The plans, policies and measures that stand above a level, by their keys."""

    LEVELS = (
        ("計画", Plan, ("title",), ()),
        ("施策番号", Policy, ("plan__title", "number"), ("plan",)),
        ("取組番号", Measure, ("policy__plan__title", "policy__number", "number"), ("policy__plan",)),
    )

    def __init__(self, depth: int) -> None:
        self.known: dict[Key, Model] = {}
        for _, model, paths, related in self.LEVELS[:depth]:
            self.known |= {key_of(row, paths): row for row in model.objects.select_related(*related)}

    def find(self, key: Key) -> Model:
        """The row that the key names. Raises CellError that names the first column which leads nowhere."""
        for depth, (column, _, _, _) in enumerate(self.LEVELS[: len(key)], 1):
            if key[:depth] not in self.known:
                raise CellError(column, f"{_name(key[:depth])}はありません。番号を直すか、先に追加してください。")
        return self.known[key]


def _name(key: Key) -> str:
    if len(key) == 1:
        return f"計画「{key[0]}」"
    return f"施策{key[1]}" if len(key) == 2 else f"取組{key[1]}-{key[2]}"
