"""The plan's stored rows that an uploaded table is laid over: found by ID or by the numbers that name them."""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.db.models import F, Model, QuerySet

from actionplan.admin.cells import CellError
from actionplan.models import Measure, Plan, Policy

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
