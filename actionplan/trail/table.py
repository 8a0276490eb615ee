"""The records as a table for the auditor: one line for each cell that changed, written as it is read."""

from collections.abc import Iterable, Iterator
from itertools import chain

from django.utils import timezone

from actionplan.exports.tabular import csv_lines
from actionplan.trail.keys import Key
from actionplan.trail.names import Names
from actionplan.trail.records import NO_EARLIER, SYSTEM, Record, records
from actionplan.trail.words import Change

BYTE_ORDER_MARK = "\ufeff"
HEADERS = (
    "日時（日本時間）",
    "操作した人（利用者名）",
    "操作した人（氏名）",
    "操作",
    "種類",
    "対象",
    "年度",
    "項目番号",
    "担当課",
    "欄",
    "変更前",
    "変更後",
    "理由",
    "もとのファイル",
    "記録番号",
)
UNKNOWN = Change("（不明）", NO_EARLIER, "")
WHOLE = Change("", "", "")


def csv_file(parts: Iterable[list[Key]], names: Names) -> Iterator[str]:
    """The file, a line at a time, with a byte order mark so that Excel opens it by double-click.

    parts: the keys of the records, some hundreds at a time; no more than that is held at once.
    """
    yield BYTE_ORDER_MARK
    found = (record for part in parts for record in records(part, names))
    yield from csv_lines(chain([HEADERS], chain.from_iterable(map(lines, found))))


def lines(record: Record) -> Iterator[tuple[str, ...]]:
    """One line for each cell; a single one without a cell for a record that changed none."""
    when = timezone.localtime(record.when).strftime("%Y-%m-%d %H:%M:%S")
    who = (record.username or SYSTEM, record.full_name)
    where = (record.action, record.kind, record.target, record.year, record.code, record.department)
    for change in record.changes or (UNKNOWN if record.remark == NO_EARLIER else WHOLE,):
        cell = (change.label, change.before, change.after)
        yield (when, *who, *where, *cell, record.reason, record.source, record.number)
