"""How far a department has come with a year, and the sentences that say so; for the front page, the list, the sheet."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from actionplan.answers.saving import is_untouched, missing_parts
from actionplan.cells import OPEN_STATES, complete
from actionplan.models import AnnualReport, Department, Edition, HeadLink, State, Succession, YearlyStatus, place_of
from actionplan.permissions import Standing
from actionplan.words import NO_DEPARTMENT, days_words, due_day, person_name, plain_moment


@dataclass(frozen=True)
class Tally:
    """A department's answers of a year, counted.

    written: answers that say everything that handing in needs; one that came back counts once it was written anew.
    """

    report: AnnualReport
    department: Department | None
    states: dict[str, int]
    written: int
    published: bool = False

    @property
    def total(self) -> int:
        """All answers that are asked for."""
        return sum(self.states.values())

    @property
    def open(self) -> int:
        """Answers that are not handed in."""
        return sum(self.states.get(state, 0) for state in OPEN_STATES)

    @property
    def returned(self) -> int:
        """Answers that the coordinator handed back."""
        return self.states.get(State.RETURNED, 0)

    @property
    def waits(self) -> bool:
        """Whether something is still to be done, also in a year that was published without it."""
        return bool(self.open)

    @property
    def is_confirmed(self) -> bool:
        """Whether every answer is confirmed."""
        return self.states.get(State.CONFIRMED, 0) == self.total

    @property
    def is_current(self) -> bool:
        """Whether the year is still under way for the department: something waits, or it is not published yet."""
        return self.waits or not self.published

    @property
    def urgency(self) -> tuple:
        """For sorting: what came back first, then what is open, by due date; what is published last."""
        due = self.report.answers_due
        work = (not self.returned, self.published, not self.waits)
        return *work, due is None, due or date.max, -self.report.fiscal_year, *place_of(self.department)

    @property
    def name(self) -> str:
        """The department's name of today."""
        return str(self.department or NO_DEPARTMENT)

    @property
    def address(self) -> str:
        """The page of these answers."""
        return reverse("admin:answer_sheet", args=[self.report.key, self.department.pk if self.department else 0])

    @property
    def label(self) -> str:
        """令和7年度の自課の回答（○○課）; of answers that no department is asked for, that they are such."""
        year = self.report.short_label
        return f"{year}の自課の回答（{self.name}）" if self.department else f"{year}の担当課が決まっていない項目"

    @property
    def shown_states(self) -> list[tuple[str, str, int]]:
        """Code, name and count of each state that there is, in the order of the round."""
        order = (State.RETURNED, State.NOT_STARTED, State.DRAFT, State.SUBMITTED, State.CONFIRMED)
        return [(state.value, state.label, self.states[state]) for state in order if self.states.get(state)]


UNTOUCHED = Q(state=State.RETURNED) & (Q(answered_at=None) | Q(answered_at__lte=F("returned_at")))


def written_words(tally: Tally) -> str:
    """8項目のうち3項目が記入済み, or what all eight have in common."""
    if not tally.total:
        return "この年度の項目はありません"
    if not tally.open:
        return f"{tally.total}項目すべて{'確定' if tally.is_confirmed else '提出済み'}"
    every = tally.written == tally.total
    return f"{tally.total}項目すべて記入済み" if every else f"{tally.total}項目のうち{tally.written}項目が記入済み"


def due_words(report: AnnualReport, day: date) -> str:
    """5月20日（あと12日）, with the year when it is another one; empty when no date is set."""
    due = report.answers_due
    return f"{due_day(due, day)}（{days_words(due, day)}）" if due else ""


def tally_of(report: AnnualReport, department: Department | None, rows: Iterable[YearlyStatus]) -> Tally:
    """The count of rows at hand."""
    states: defaultdict[str, int] = defaultdict(int)
    written = 0
    for row in rows:
        states[row.state] += 1
        written += not missing_parts(row) and not is_untouched(row)
    return Tally(report, department, dict(states), written)


def own_answers(standing: Standing) -> Q:
    """The answers of the person's own departments; of the office those of no department, too."""
    return Q(department__in=standing.departments) | (Q(department=None) if standing.coordinates else Q(pk=None))


def own_tallies(standing: Standing, day: date, succession: Succession) -> list[Tally]:
    """The person's own departments by year, newest year first; two queries, none for who answers for nobody."""
    if not (standing.departments or standing.coordinates):
        return []
    filled = Count("pk", filter=complete() & ~UNTOUCHED)
    rows = YearlyStatus.objects.filter(own_answers(standing)).order_by().values_list("report", "department", "state")
    return _by_place(rows.annotate(asked=Count("pk"), filled=filled), day, succession)


def _by_place(rows: Iterable[tuple], day: date, succession: Succession) -> list[Tally]:
    states: defaultdict[tuple, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    written: defaultdict[tuple, int] = defaultdict(int)
    for report, department, state, count, filled in rows:
        place = report, succession.current(department, day)
        states[place][state] += count
        written[place] += filled
    edition = Edition.objects.filter(report=OuterRef("pk"))
    reports: dict[int, Any] = (
        AnnualReport.objects.select_related("plan")
        .annotate(published=Exists(edition))
        .in_bulk({report for report, _ in states})
    )
    found = [
        Tally(
            reports[report],
            succession.by_pk.get(pk),
            dict(states[report, pk]),
            written[report, pk],
            reports[report].published,
        )
        for report, pk in states
    ]
    return sorted(
        found, key=lambda tally: (-tally.report.fiscal_year, tally.report.plan_id, *place_of(tally.department))
    )


SENT_TO = "承認のメールを、{}に、{}さん（{}）に送りました。"
OPENS = "課長がまだ提出していません。リンクは{}まで使えます。"
EXPIRED = "期限（{}）が過ぎたため、リンクは使えなくなりました。もう一度送ってください。"
MOVED = "そのあとに回答が変わったため、リンクは使えなくなりました。書き終えたら、もう一度送ってください。"
BROKEN = "回答が変わったため、{}に送った承認のリンクは使えなくなりました。書き終えたら、もう一度送ってください。"


@dataclass(frozen=True)
class HeadMail:
    """A mail that asked a head to hand the answers in: what became of it, in sentences, and whether its link opens."""

    words: str
    opens: bool


def heads_of(departments: Iterable[int | None]) -> list[User]:
    """The people of the departments who may hand answers in, in order."""
    backend = "django.contrib.auth.backends.ModelBackend"
    able = User.objects.with_perm("actionplan.submit_yearlystatus", include_superusers=False, backend=backend)
    own = able.filter(departments__in=set(departments) - {None}, is_staff=True)
    return list(own.distinct().order_by("username"))


def is_as_sent(link: HeadLink, rows: Iterable[YearlyStatus]) -> bool:
    """Whether the open answers are those that the mail was about, to the revision."""
    return {row.pk: row.revision for row in rows if row.state in OPEN_STATES} == link.seen


def _unused(report: AnnualReport, departments: Iterable[int | None]) -> Iterable[HeadLink]:
    """The links that nobody has used, and that no newer one has ended; one query."""
    links = HeadLink.objects.filter(report=report, department__in=set(departments) - {None})
    return links.filter(used_at=None, revoked_at=None).select_related("head")


def head_mails(
    report: AnnualReport, departments: Iterable[int | None], answers: Sequence[YearlyStatus]
) -> list[HeadMail]:
    """The mails to the departments' heads about answers that are open, newest first. answers: all of theirs."""
    if not any(row.state in OPEN_STATES for row in answers):
        return []
    return [_head_mail(link, answers) for link in _unused(report, departments)]


def _head_mail(link: HeadLink, answers: Sequence[YearlyStatus]) -> HeadMail:
    made, ends = (plain_moment(timezone.localtime(moment)) for moment in (link.made_at, link.ends_at))
    late, same = not link.opens_at(timezone.now()), is_as_sent(link, answers)
    then = MOVED if not same else EXPIRED.format(ends) if late else OPENS.format(ends)
    return HeadMail(SENT_TO.format(made, person_name(link.head), link.address) + then, same and not late)


def broken_words(report: AnnualReport, departments: Iterable[int | None], saved: Iterable[YearlyStatus]) -> str:
    """Whose link no longer opens because these answers were saved just now; empty when nobody's."""
    before = {row.pk: row.revision - 1 for row in saved}
    broken = [
        link
        for link in (_unused(report, departments) if before else ())
        if link.opens_at(timezone.now()) and any(link.seen.get(pk) == revision for pk, revision in before.items())
    ]
    names = "・".join(f"{person_name(link.head)}さん" for link in broken)
    return BROKEN.format(names) if names else ""
