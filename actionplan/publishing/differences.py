"""What changes between two editions, or between an edition and a draft: row by row and cell by cell."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from actionplan.models import EditionRow
from actionplan.publishing.rows import CONTENT, cells_of, content_of

# progress is compared by its label, which is what people read.
COMPARED = tuple(field for field in CONTENT if field != "progress")
FRONT_MATTER_LABELS = {
    "label": "年度の表記",
    "title": "表題",
    "plan": "計画と指針の文",
    "contact": "問い合わせ先",
    "actors": "凡例",
    "story_steps": "ストーリー",
    "story_remarks": "ストーリーの注記",
    "aims": "ねらい",
    "stages": "段階",
    "progress": "進捗区分の定義",
}


@dataclass(frozen=True)
class CellDifference:
    """One cell's text before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class RowDifference:
    """One item that is added, removed or changed."""

    kind: Literal["added", "removed", "changed"]
    code: str
    name: str
    cells: tuple[CellDifference, ...]

    @property
    def kind_label(self) -> str:
        """追加, 削除 or 変更."""
        return {"added": "追加", "removed": "削除", "changed": "変更"}[self.kind]


def row_differences(before: Iterable[EditionRow], after: Iterable[EditionRow]) -> list[RowDifference]:
    """The rows that differ, in the order of the new edition, removed rows last; items are matched by identity."""
    old = {row.item_id: row for row in before}
    new = {row.item_id: row for row in after}
    found = [_compare(old.get(key), row) for key, row in new.items() if _differ(old.get(key), row)]
    found += [_compare(row, None) for key, row in old.items() if key not in new]
    return [difference for difference in found if difference.cells]


def _differ(before: EditionRow | None, after: EditionRow | None) -> bool:
    return before is None or after is None or cells_of(before) != cells_of(after)


def _compare(before: EditionRow | None, after: EditionRow | None) -> RowDifference:
    kind = "changed" if before and after else "added" if after else "removed"
    row = after or before
    cells = tuple(_cells(content_of(before) if before else {}, content_of(after) if after else {}))
    return RowDifference(kind, row.code, row.item_name, cells)


def _cells(before: dict, after: dict) -> Iterator[CellDifference]:
    for field in COMPARED:
        old, new = before.get(field, ""), after.get(field, "")
        if old != new:
            yield CellDifference(_label(field), _as_text(old), _as_text(new))


def _label(field: str) -> str:
    return str(EditionRow._meta.get_field(field).verbose_name)


def _as_text(value) -> str:
    if isinstance(value, dict):
        return " ".join(str(part) for part in value.values() if part)
    if isinstance(value, list):
        return "、".join(f"{old['code']} {old['name']}" for old in value)
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    return str(value)


def front_matter_differences(before: dict, after: dict) -> list[CellDifference]:
    """The parts of the front matter that differ, each leaf with its text before and after."""
    found = []
    for key, label in FRONT_MATTER_LABELS.items():
        old, new = dict(_leaves(before.get(key))), dict(_leaves(after.get(key)))
        for path in [*new, *(path for path in old if path not in new)]:
            if old.get(path, "") != new.get(path, ""):
                found.append(CellDifference(label, old.get(path, ""), new.get(path, "")))
    return found


def _leaves(value, path: tuple = ()) -> Iterator[tuple[tuple, str]]:
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in pairs:
            yield from _leaves(part, (*path, key))
    elif value not in (None, ""):
        yield path, str(value)
