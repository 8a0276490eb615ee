"""What stood in the answers at a revision, from the record of changes: who saved it, when, and every cell."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from actionplan.cycle.answers import CELLS
from actionplan.models import YearlyStatus

Version = tuple[int, int]
FACTS = ("history_date", "history_user__last_name", "history_user__first_name", "history_user__username")


@dataclass(frozen=True)
class Record:
    """One revision of an answer. who: the person's name, empty for a command."""

    cells: dict[str, str]
    who: str
    when: datetime


def records(versions: Iterable[Version], moved: Collection[int] = ()) -> dict[Version, Record]:
    """The records of these versions (primary key of the answer, revision) that there are; one query for all.

    moved: primary keys of answers that were saved since; all their records come.
    """
    wanted = set(versions)
    known = Q(id__in={pk for pk, _ in wanted}, revision__in={revision for _, revision in wanted})
    found = YearlyStatus.history.filter(known | Q(id__in=moved)).order_by("history_id")
    rows = found.values("id", "revision", *CELLS, *FACTS)
    kept = set(moved)
    return {(row["id"], row["revision"]): _record(row) for row in rows if _is_wanted(row, wanted, kept)}


def _is_wanted(row: dict, wanted: set[Version], moved: set[int]) -> bool:
    return row["id"] in moved or (row["id"], row["revision"]) in wanted


def writer(known: Mapping[Version, Record], status: YearlyStatus, cell: str) -> Record | None:
    """The record with which the cell came to say what it says now: steps and other cells' changes are passed over."""
    found, words = None, getattr(status, cell)
    for revision in range(status.revision, 0, -1):
        record = known.get((status.pk, revision))
        if record is None or record.cells[cell] != words:
            break
        found = record
    return found


def _record(row: dict) -> Record:
    date, last, first, username = (row[fact] for fact in FACTS)
    name = f"{last or ''} {first or ''}".strip() or username or ""
    return Record({name: row[name] for name in CELLS}, name, date)
