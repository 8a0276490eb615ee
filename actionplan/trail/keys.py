"""Where the wanted records stand, newest first: one query over every table, and nothing of a record but its key."""

from collections.abc import Iterator
from itertools import islice

from django.db.models import CharField, F, QuerySet, Value

from actionplan.models import YearlyStatus
from actionplan.trail.kinds import Kind
from actionplan.trail.reach import Reach
from actionplan.trail.wanted import Wanted, condition

Key = tuple[str, int]
CHUNK = 500


def key_rows(wanted: Wanted, reach: Reach) -> QuerySet:
    """Rows of (when, kind, number), newest first.

    SQLite merges the tables along their indexes of time and stops early; PostgreSQL sorts the keys, which is quick too.
    """
    found = [(kind, condition(kind, wanted, reach)) for kind in reach.kinds]
    parts = [_part(kind).filter(where) for kind, where in found if where is not None]
    if not parts:
        return YearlyStatus.objects.none()
    return parts[0].union(*parts[1:], all=True).order_by("-moment", "-place", "sort")


def _part(kind: Kind) -> QuerySet:
    return (
        kind.table.objects.order_by()
        .annotate(moment=F(kind.when), sort=Value(kind.key, output_field=CharField()), place=F(kind.number))
        .values_list("moment", "sort", "place")
    )


def keys_of(rows: QuerySet) -> list[Key]:
    """The kind and the number of each row."""
    return [(kind, number) for _, kind, number in rows]


def chunks(rows: QuerySet) -> Iterator[list[Key]]:
    """The keys of all rows, a few hundred at a time, never all at once."""
    found = rows.iterator(chunk_size=CHUNK)
    while part := list(islice(found, CHUNK)):
        yield keys_of(part)
