"""What stood in the answers at a revision, from the record of changes: who saved it, when, and every cell."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

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


def records(versions: Iterable[Version]) -> dict[Version, Record]:
    """The records of these versions (primary key of the answer, revision) that there are; one query for all."""
    wanted = set(versions)
    found = YearlyStatus.history.filter(
        id__in={pk for pk, _ in wanted}, revision__in={revision for _, revision in wanted}
    )
    rows = found.order_by("history_id").values("id", "revision", *CELLS, *FACTS)
    return {key: _record(row) for row in rows if (key := (row["id"], row["revision"])) in wanted}


def _record(row: dict) -> Record:
    date, last, first, username = (row[fact] for fact in FACTS)
    name = f"{last or ''} {first or ''}".strip() or username or ""
    return Record({name: row[name] for name in CELLS}, name, date)
