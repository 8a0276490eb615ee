"""How far a department has come with a year, and the sentences that say so and what to do next; for the front page, the
list, the sheet.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse

from actionplan.answers.saving import is_untouched, missing_parts
from actionplan.answers.sheet import Sheet
from actionplan.cells import OPEN_STATES, complete
from actionplan.models import AnnualReport, Department, Edition, State, Succession, YearlyStatus, place_of
from actionplan.permissions import Standing
from actionplan.words import NO_DEPARTMENT, days_words, due_day


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
    def is_current(self) -> bool:
        """Whether the year is still under way for the department: something waits, or it is not published yet."""
        return self.waits or not self.published

    @property
    def urgency(self) -> tuple:
        """For sorting: what came back first, then what is open, by due date."""
        due = self.report.answers_due
        place = place_of(self.department)
        return not self.returned, not self.waits, due is None, due or date.max, -self.report.fiscal_year, *place

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
        done = tally.states.get(State.CONFIRMED, 0) == tally.total
        return f"{tally.total}項目すべて{'確定' if done else '提出済み'}"
    every = tally.written == tally.total
    return f"{tally.total}項目すべて記入済み" if every else f"{tally.total}項目のうち{tally.written}項目が記入済み"


def due_words(report: AnnualReport, day: date) -> str:
    """5月20日（あと12日）, with the year when it is another one; empty when no date is set."""
    due = report.answers_due
    return f"{due_day(due, day)}（{days_words(due, day)}）" if due else ""


def front_words(tally: Tally, submits: bool, day: date) -> str:
    """What waits, in sentences; what came back is said first."""
    sentences = [f"差し戻された項目が{tally.returned}件あります"] if tally.returned else []
    sentences.append(written_words(tally))
    if not tally.open:
        return "。".join([*sentences, *_after_submission(tally, submits)])
    if tally.written == tally.total:
        sentences.append("内容を確かめて提出してください" if submits else "課長の提出を待っています")
    if due := due_words(tally.report, day):
        sentences.append(f"締切は{due}")
    return "。".join(sentences)


def _after_submission(tally: Tally, submits: bool) -> list[str]:
    if tally.states.get(State.CONFIRMED, 0) == tally.total:
        return []
    return ["事務局の確認を待っています", *(["直すときは、提出を取り消せます"] if submits else [])]


def tally_of(report: AnnualReport, department: Department | None, rows: Iterable[YearlyStatus]) -> Tally:
    """The count of rows at hand."""
    states: defaultdict[str, int] = defaultdict(int)
    written = 0
    for row in rows:
        states[row.state] += 1
        written += not missing_parts(row) and not is_untouched(row)
    return Tally(report, department, dict(states), written)


def own_tallies(standing: Standing, day: date, succession: Succession) -> list[Tally]:
    """The person's own departments by year, newest year first; two queries, none for who answers for nobody."""
    own = Q(department__in=standing.departments) | (Q(department=None) if standing.coordinates else Q(pk=None))
    if not (standing.departments or standing.coordinates):
        return []
    filled = Count("pk", filter=complete() & ~UNTOUCHED)
    rows = YearlyStatus.objects.filter(own).order_by().values_list("report", "department", "state")
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


TO_WRITE = "実施状況と進捗区分を書きます。途中で何度でも保存できます。"
TO_STAND_IN = (
    "事務局として、この課の回答を書けます。ふつうは課長が提出します。"
    "紙やメールで課長の了解を得たときだけ「課に代わって提出する」を押してください。代わりに提出したことは、記録に残ります。"
)
NO_ITEMS = (
    "この課が答える項目は、この年度にはありません。組織改正で別の課に移ったかもしれません。事務局に確認してください。"
)
ONLY_RELATED = "この課が担当する項目はありません。関係課として書く項目が、下にあります。"
ALL_WRITTEN = "すべての項目が書けています。内容を確かめて、"


def guide(sheet: Sheet, tally: Tally, heads: Sequence[str], related: bool) -> str:
    """What the person is to do here now, in a sentence or two. heads: who hands the answers in.

    related: whether the department writes on others' items.
    """
    if not tally.total:
        return ONLY_RELATED if related else NO_ITEMS
    if not sheet.may_write:
        return "この画面では、読むことだけができます。"
    if not tally.open:
        return _closed(sheet, tally, heads)
    if sheet.stands_in:
        return TO_STAND_IN
    begin, done = (ALL_WRITTEN, "") if tally.written == tally.total else (TO_WRITE, "すべて書けたら、")
    return begin + done + ("「提出する」を押してください。" if sheet.may_submit else _ask(heads, "提出"))


def _closed(sheet: Sheet, tally: Tally, heads: Sequence[str]) -> str:
    if tally.states.get(State.CONFIRMED, 0) == tally.total:
        return "事務局が確定しました。直したいところがあるときは、事務局に相談してください。"
    if sheet.stands_in:
        return "提出してあります。取りまとめ状況で確かめて、確定するか差し戻してください。"
    sent = "提出してあるので、書き直せません。事務局の確認を待っています。"
    if sheet.may_take_back:
        return f"{sent}直したいところがあるときは「提出を取り消す」を押してください。"
    return f"{sent}直したいところがあるときは、{_ask(heads, '提出の取消し')}"


def _ask(heads: Sequence[str], what: str) -> str:
    if not heads:
        return f"事務局に{what}を頼んでください。この課には、提出できる課長がまだ登録されていません。"
    names = "・".join(f"{name}さん" for name in heads)
    return f"課長（{names}）に{what}を頼んでください。"
