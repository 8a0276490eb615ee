"""Which records are asked for: by item, department, person, year, kind, time; and which of a kind those are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from actionplan.models import AnnualReport, YearlyStatus
from actionplan.trail.kinds import ANSWERS, Kind
from actionplan.trail.memberships import membership_records
from actionplan.trail.reach import Reach

# Days beyond these narrow nothing, and cannot be reckoned with.
EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)


@dataclass(frozen=True)
class Wanted:
    """The question. Everything that is not given narrows nothing.

    departments: every form of the department that is meant; None among them for answers of no department.
    kind: its key; number: the key of one object of that kind; an account brings its comings to departments along.
    first and last: days in the portal's own time, both included. words: in the reason or the file's name.
    """

    item: int | None = None
    departments: frozenset[int | None] = frozenset()
    person: int | None = None
    year: int | None = None
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
    return Q() if wanted.person is None else Q(**{kind.who: wanted.person})


def _year(kind: Kind, wanted: Wanted) -> Q | None:
    if wanted.year is None:
        return Q()
    if "year" not in kind.paths:
        return None
    path = f"{kind.paths['year']}__in"
    # A report that was deleted has its year in its history only.
    past = AnnualReport.history.filter(fiscal_year=wanted.year).values("id")
    return Q(**{path: AnnualReport.objects.filter(fiscal_year=wanted.year).values("pk")}) | Q(**{path: past})


def _action(kind: Kind, wanted: Wanted) -> Q | None:
    if not wanted.action:
        return Q()
    if kind.follows:
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
