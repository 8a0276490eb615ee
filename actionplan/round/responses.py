"""Who has answered: each department's answers of a year by state, its last movement, its last reminder,
and where its mail goes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast

from django.contrib.auth import get_user_model
from django.db.models import Count, Max
from django.http import Http404
from django.utils import timezone

from actionplan.models import (
    OPEN_STATES,
    AnnualReport,
    Department,
    LetterKind,
    State,
    Succession,
    YearlyStatus,
    place_of,
)
from actionplan.words import NO_DEPARTMENT, person_name

TITLE = "取りまとめ状況"
# How the records of change begin that organisation/ writes.
REORGANISED = "組織改正："
# The order of answers within a year.
REPORT_ORDER = cast(list[str], YearlyStatus._meta.ordering)[1:]


def report_of(key: str) -> AnnualReport:
    """The report with the key; raises Http404."""
    report = AnnualReport.objects.select_related("plan__office").filter(key=key).first()
    if report is None:
        raise Http404("この年度は、まだ開いていません。")
    return report


@dataclass(frozen=True)
class Movement:
    """The last change of a department's answers: when, and who made it (empty: the machine)."""

    at: datetime
    by: str


@dataclass(frozen=True)
class LastLetter:
    """The last letter of a kind that was tried: the day, who sent it (empty: the machine), why it did not go out."""

    day: date
    by: str
    failure: str


def movements(report: AnnualReport, succession: Succession, day: date) -> dict[int, Movement]:
    """By department, the newest record of change; the making of the empty answers is none, nor is a reorganisation."""
    history = YearlyStatus.history.filter(report_id=report.pk, history_type="~")
    history = history.exclude(history_change_reason__startswith=REORGANISED)
    newest = history.values("department_id").annotate(newest=Max("history_id")).order_by().values("newest")
    records = YearlyStatus.history.filter(history_id__in=list(newest.values_list("newest", flat=True)))
    return {
        succession.current(record.department_id, day) or 0: Movement(
            record.history_date, person_name(record.history_user)
        )
        for record in records.select_related("history_user").order_by("history_id")
        # A department may have been deleted since.
        if record.department_id is None or record.department_id in succession.by_pk
    }


def last_letters(report: AnnualReport, succession: Succession, day: date) -> dict[tuple[str, int], LastLetter]:
    """By kind and department, the last letter that was tried."""
    rows = report.reminders.select_related("sent_by").order_by("sent_at", "pk")
    return {
        (row.kind, succession.current(row.department_id, day) or 0): LastLetter(
            row.day, person_name(row.sent_by), row.failure
        )
        for row in rows
    }


@dataclass(frozen=True)
class Response:
    """How far a department has come with the year.

    department: its form of today, None for the answers that no department is asked for.
    forms: primary keys of every form of it that answers may stand under; counts: answers by state.
    reminder, opening: the last letter of each kind. seal: of what waits for confirmation, where it was asked for;
    asked: how much the check asks of that.
    """

    department: Department | None
    forms: frozenset[int | None]
    counts: Counter[str]
    ended: bool = False
    movement: Movement | None = None
    reminder: LastLetter | None = None
    opening: LastLetter | None = None
    seal: str = ""
    asked: int = 0

    @property
    def key(self) -> int:
        """The department's primary key in addresses; 0 for 担当課なし."""
        return self.department.pk if self.department else 0

    @property
    def name(self) -> str:
        """The department's name of today."""
        return str(self.department or NO_DEPARTMENT)

    @property
    def total(self) -> int:
        """How many answers are asked for."""
        return self.counts.total()

    @property
    def open(self) -> int:
        """How many answers are not handed in."""
        return sum(self.counts[state] for state in OPEN_STATES)

    @property
    def handed_in(self) -> int:
        """How many answers are submitted or confirmed."""
        return self.total - self.open

    @property
    def waiting(self) -> int:
        """How many answers wait for the coordinator."""
        return self.counts[State.SUBMITTED]

    @property
    def unannounced(self) -> bool:
        """Whether it is still asked for answers and no letter has told it that the year is open."""
        return bool(self.department and self.open and (self.opening is None or self.opening.failure))

    @property
    def finished(self) -> bool:
        """Whether every answer is confirmed."""
        return self.counts[State.CONFIRMED] == self.total

    @property
    def percent(self) -> int:
        """Percent of the answers that are handed in or confirmed; 100 only when all are."""
        return self.handed_in * 100 // self.total if self.total else 0

    @property
    def cells(self) -> list[tuple[str, str, int]]:
        """Code, name and count of each state, in the order of the round."""
        return state_cells(self.counts)


def state_cells(counts: Counter[str]) -> list[tuple[str, str, int]]:
    """Code, name and count of each state, in the order of the round."""
    order = (State.NOT_STARTED, State.DRAFT, State.RETURNED, State.SUBMITTED, State.CONFIRMED)
    return [(state.value, state.label, counts[state]) for state in order]


def needs(response: Response) -> tuple:
    """The order in which departments need the coordinator: unanswered first, then what waits for the office."""
    stage = 0 if response.open else 1 if response.waiting else 2
    return stage, -response.counts[State.RETURNED], -response.open, -response.waiting, *place_of(response.department)


def tallies(report: AnnualReport, succession: Succession | None = None, day: date | None = None) -> list[Response]:
    """Each department's counts, those that need attention first; two queries, or one when told the succession."""
    day = day or timezone.localdate()
    succession = succession or Succession()
    counted = report.statuses.values_list("department", "state").annotate(Count("pk")).order_by()
    counts: defaultdict[int | None, Counter] = defaultdict(Counter)
    forms: defaultdict[int | None, set] = defaultdict(set)
    for department, state, number in counted:
        current = succession.current(department, day)
        counts[current][state] += number
        forms[current] |= {current, department}
    found = (_response(succession.by_pk.get(pk), forms[pk], counts[pk], day) for pk in counts)
    return sorted(found, key=needs)


def response_of(pk: int | None, day: date | None = None) -> Response:
    """The department of today that stands for this one, nothing counted yet; one query.

    Raises Department.DoesNotExist.
    """
    day, succession = day or timezone.localdate(), Succession()
    if pk is not None and pk not in succession.by_pk:
        raise Department.DoesNotExist
    current = succession.current(pk, day)
    forms = {None} if current is None else succession.standing_for([current], day)
    return _response(succession.by_pk.get(current), set(forms), Counter(), day)


def _response(department: Department | None, forms: set, counts: Counter, day: date) -> Response:
    until = department and department.in_force_until
    return Response(department, frozenset(forms), counts, ended=bool(until and until < day))


def responses(report: AnnualReport, day: date | None = None) -> list[Response]:
    """Each department's counts with its last movement and last letters; five queries."""
    day = day or timezone.localdate()
    succession = Succession()
    moved, letters = movements(report, succession, day), last_letters(report, succession, day)
    return [
        replace(
            each,
            movement=moved.get(each.key),
            reminder=letters.get((LetterKind.REMINDER, each.key)),
            opening=letters.get((LetterKind.OPENING, each.key)),
        )
        for each in tallies(report, succession, day)
    ]


def waiting_revisions(report: AnnualReport, found: Iterable[Response]) -> dict[int, dict[int, int]]:
    """By Response.key, the revision by primary key of each answer that waits for confirmation; one query."""
    key_of = {form: response.key for response in found for form in response.forms}
    revisions: dict[int, dict[int, int]] = {key: {} for key in key_of.values()}
    rows = report.statuses.filter(state=State.SUBMITTED).order_by("pk")
    for department, pk, revision in rows.values_list("department", "pk", "revision"):
        if department in key_of:
            revisions[key_of[department]][pk] = revision
    return revisions


OWN, MEMBERS = "課のメールアドレス", "所属する職員のメールアドレス"


@dataclass(frozen=True)
class Addressees:
    """Where a department's mail goes, and whose addresses these are (OWN or MEMBERS); empty when it has none."""

    addresses: tuple[str, ...] = ()
    whose: str = ""


def addressees(responses: Iterable[Response]) -> dict[int, Addressees]:
    """By Response.key: the department's own address, else those of its people with an open account; one query."""
    chosen = list(responses)
    people = _people({form for response in chosen for form in response.forms if form})
    return {response.key: _addressees(response, people) for response in chosen}


def _addressees(response: Response, people: dict[int, list[str]]) -> Addressees:
    if response.department and response.department.email:
        return Addressees((response.department.email,), OWN)
    found = dict.fromkeys(address for form in sorted(filter(None, response.forms)) for address in people[form])
    return Addressees(tuple(found), MEMBERS) if found else Addressees()


def _people(departments: set[int]) -> dict[int, list[str]]:
    people = defaultdict(list)
    members = get_user_model().objects.filter(is_active=True, departments__in=departments).exclude(email="")
    for department, address in members.order_by("email").values_list("departments", "email"):
        people[department].append(address)
    return people
