"""Which records are asked for, by item, department, person, year, kind and time; and where they stand, newest first."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice

from django.db.models import CharField, F, Q, QuerySet, Value
from django.utils import timezone

from actionplan.models import AnnualReport, Department, YearlyStatus
from actionplan.trail.kinds import ANSWERS, KINDS, SECURITY, Key, Kind, Reach


def membership_records(person: int) -> list[int]:
    """The keys of the department records by which the person's membership became another one; two queries.

    A department's record lists its people: one that lists the person after one that does not is a coming, the other
    way round a leaving.
    """
    listed = KINDS["department"].marks["members"].objects.filter(user=person)
    held = set(listed.values_list("history_id", flat=True))
    departments = Department.history.filter(history_id__in=held).values("id")
    found: list[int] = []
    before: dict[int, bool] = {}
    rows = Department.history.filter(id__in=departments).order_by("history_id")
    for department, record in rows.values_list("id", "history_id"):
        if (record in held) != before.get(department, False):
            found.append(record)
        before[department] = record in held
    return found


# Days beyond these narrow nothing, and cannot be reckoned with.
EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)


@dataclass(frozen=True)
class Wanted:
    """The question. Everything that is not given narrows nothing.

    departments: every form of the department that is meant; None among them for answers of no department.
    year: the key of a report. kind: its key;
    number: the key of one object of that kind; an account brings its comings to departments along.
    first and last: days in the portal's own time, both included. words: in the reason or the file's name.
    """

    item: int | None = None
    departments: frozenset[int | None] = frozenset()
    person: int | None = None
    year: str = ""
    kind: str = ""
    number: int | None = None
    action: str = ""
    first: date | None = None
    last: date | None = None
    words: str = ""


def condition(kind: Kind, wanted: Wanted, reach: Reach) -> Q | None:
    """Which records of the kind are wanted and may be seen; None when none can be."""
    found = Q()
    for part in PARTS:
        narrowed = part(kind, wanted)
        if narrowed is None:
            return None
        found &= narrowed
    return found if reach.departments is None else found & _of_departments(kind, reach.departments)


def _kind(kind: Kind, wanted: Wanted) -> Q | None:
    if (wanted.kind, kind.key) == ("user", "department") and wanted.number is not None:
        return Q(history_id__in=membership_records(wanted.number))
    if wanted.kind not in ("", kind.key):
        return None
    return Q() if wanted.number is None else Q(**{kind.object: wanted.number})


def _item(kind: Kind, wanted: Wanted) -> Q | None:
    if wanted.item is None:
        return Q()
    return Q(**{kind.paths["item"]: wanted.item}) if "item" in kind.paths else None


def _department(kind: Kind, wanted: Wanted) -> Q | None:
    if not wanted.departments:
        return Q()
    return _of_departments(kind, wanted.departments) if "department" in kind.paths else None


def _of_departments(kind: Kind, departments: frozenset[int | None]) -> Q:
    """Records of rows that were the departments' own at the time or are now: a row's past goes with it."""
    then = _among(kind.paths["department"], departments)
    if kind is not ANSWERS:
        return then
    return then | Q(id__in=YearlyStatus.objects.filter(_among("department", departments)).values("pk"))


def _among(path: str, departments: frozenset[int | None]) -> Q:
    found = Q(**{f"{path}__in": departments - {None}})
    return found | Q(**{f"{path}__isnull": True}) if None in departments else found


def _person(kind: Kind, wanted: Wanted) -> Q | None:
    """What the person did; of events of security also what happened to their account."""
    if wanted.person is None:
        return Q()
    found = Q(**{kind.who: wanted.person})
    return found | Q(account=wanted.person) if kind is SECURITY else found


def _year(kind: Kind, wanted: Wanted) -> Q | None:
    if not wanted.year:
        return Q()
    if "year" not in kind.paths:
        return None
    path = f"{kind.paths['year']}__in"
    # A report that was deleted has its key in its history only.
    past = AnnualReport.history.filter(key=wanted.year).values("id")
    return Q(**{path: AnnualReport.objects.filter(key=wanted.year).values("pk")}) | Q(**{path: past})


def _action(kind: Kind, wanted: Wanted) -> Q | None:
    if not wanted.action:
        return Q()
    if not isinstance(kind.action, Value):
        return Q(history_type=wanted.action)
    return Q() if kind.action.value == wanted.action else None


def _time(kind: Kind, wanted: Wanted) -> Q:
    found = Q()
    if wanted.first and wanted.first > EARLIEST:
        found &= Q(**{f"{kind.when}__gte": _midnight(wanted.first)})
    if wanted.last and wanted.last < LATEST:
        found &= Q(**{f"{kind.when}__lt": _midnight(wanted.last + timedelta(days=1))})
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _words(kind: Kind, wanted: Wanted) -> Q:
    found = Q()
    for word in wanted.words.split():
        places = [place for place in (kind.reason, kind.source) if place]
        found &= Q(*((f"{place}__icontains", word) for place in places), _connector=Q.OR)
    return found


PARTS: tuple[Callable[[Kind, Wanted], Q | None], ...] = (
    *(_kind, _item, _department, _person, _year, _action, _time, _words),
)


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


def keys_of(rows: Iterable[tuple]) -> list[Key]:
    """The kind and the number of each row."""
    return [(kind, number) for _, kind, number in rows]


def chunks(rows: QuerySet) -> Iterator[list[Key]]:
    """The keys of all rows, a few hundred at a time, never all at once."""
    found = rows.iterator(chunk_size=CHUNK)
    while part := list(islice(found, CHUNK)):
        yield keys_of(part)
