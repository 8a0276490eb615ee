"""Taking past years in after they were looked at: everything in one go, each row with its record, or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from actionplan import permissions
from actionplan.answers.saving import BATCH, remove
from actionplan.cells import NAMES, State
from actionplan.fiscal_year import EARLIEST, LATEST, web_label
from actionplan.models import (
    ActionItem,
    AnnualReport,
    Department,
    Measure,
    Person,
    Plan,
    Policy,
    YearlyStatus,
    note_source,
    one_change,
    remove_with_year,
    was_given,
)
from actionplan.past.choices import PastReading
from actionplan.past.matching import GONE, NEW, RELISTED, Placed, Proposal
from actionplan.past.own_columns import Beside, report_facts, tells_its_origin
from actionplan.public_id import is_public_id
from actionplan.seen import fingerprint, refuse_moved
from actionplan.voices.asked import remove as remove_voices

REASON, BACK_REASON = "過去の年度の取込み", "過去の年度の取込みの取消し"
MOVED = "確かめていただいている間に、計画か担当課が変わりました。まだ何も保存していません。もう一度確かめてください。"


class TakeRefused(ValueError):
    """Raised when nothing can be taken; sentences say why, each with its place."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True)
class Origin:
    """Where a year was published first. published_on: None when it is not known."""

    published_on: date | None
    source: str


@dataclass
class PastTaken:
    """What was stored: the years' reports, how many items were made, how many answers came in."""

    reports: list[AnnualReport] = field(default_factory=list)
    items: int = 0
    answers: int = 0


def sources_missing(proposal: Proposal, sources: Mapping[int, str]) -> list[str]:
    """Sentences for the years whose source is still to be named. sources: by year."""
    unnamed = (year for year in proposal.years if not sources.get(year, "").strip())
    asked = [year for year in unnamed if not tells_its_origin(proposal.reading, year)]
    return [f"{web_label(year)}の「原本の出典」を書いてください。" for year in asked if EARLIEST <= year <= LATEST]


@transaction.atomic
def take_past_years(
    plan: Plan,
    reading: PastReading,
    said: Mapping[str, str],
    *,
    origins: Mapping[int, Origin],
    name: str,
    by: Person,
    seen: str,
) -> PastTaken:
    """What was stored. said: the choices, by box. origins: by year. name: the file's own. seen: the seal of what the
    person looked at.

    Raises PermissionDenied, Moved, TakeRefused; then nothing is stored.
    """
    permissions.require(permissions.may_bring_past(by))
    # The plan's row is the lock: of two who take at once, the second finds the year taken.
    stored = Plan.objects.select_for_update().get(pk=plan.pk)
    proposal = Proposal(stored, reading, said)
    refuse_moved(seen, proposal.seal, MOVED)
    missing = sources_missing(proposal, {year: origin.source for year, origin in origins.items()})
    if sentences := [*proposal.troubles, *missing]:
        raise TakeRefused(sentences)
    with one_change(reason=REASON, source_file=name):
        return Taking(proposal, origins, name, by).run()


class Taking:
    """One taking, from the plan's tree down to the answers."""

    def __init__(self, proposal: Proposal, origins: Mapping[int, Origin], name: str, by: Person) -> None:
        self.proposal, self.origins, self.name, self.by = proposal, origins, name, by
        self.live, self.done = proposal.live, PastTaken()
        self.titles = {title.number: title.given for title in proposal.titles}
        self.departments: dict[str, Department | None] = {}
        self.beside = Beside(self._save, {asked.word: asked.choice for asked in proposal.writers})
        self.made: dict[tuple, tuple[ActionItem, set[int]]] = {}
        self.latest = max([*proposal.years, *(each.fiscal_year for each in self.live.reports if not each.sample)])

    def run(self) -> PastTaken:
        """Stores everything."""
        self._departments()
        for each in self.proposal.taken:
            if each.item is None:
                each.item = self._made_before(each) or self._item(each)
        for year in self.proposal.years:
            self._year(year)
        return self.done

    def _save(self, row: Any, place: str = "", but: frozenset[str] = frozenset()) -> Any:
        """Saves like a form: values are checked, the record names who and why. but: fields that may stay empty."""
        try:
            row.full_clean(exclude=but)
        except ValidationError as error:
            raise TakeRefused([f"{place}：{_sentence(row, error)}" if place else _sentence(row, error)]) from error
        noted = note_source(row, reason=REASON, source_file=self.name)
        noted._history_user = self.by
        noted.save()
        return noted

    def _departments(self) -> None:
        known = {str(department.pk): department for department in self.live.departments}
        for asked in self.proposal.departments:
            if asked.choice in (NEW, GONE):
                last = max(self._years_of(asked.word), default=self.latest)
                ended = date(last + 1, 3, 31) if asked.choice == GONE else None
                row = Department(name=asked.word, in_force_until=ended)
                self.departments[asked.word] = self._save(row, f"担当課「{asked.word}」")
            else:
                self.departments[asked.word] = known.get(asked.choice)

    def _years_of(self, word: str) -> list[int]:
        return [year for each in self.proposal.taken if word in each.line.departments for year in each.line.years]

    def _made_before(self, each: Placed) -> ActionItem | None:
        """The item that another line of the file has made for other years: the same name in the same place."""
        found, years = self.made.get((each.number[:2], each.line.name), (None, set()))
        if found is None or years & set(each.line.years):
            return None
        years |= set(each.line.years)
        return found

    def _item(self, each: Placed) -> ActionItem:
        measure = self._measure(each)
        number = each.number[2]
        taken = {item.number for item in self.live.items.values() if item.measure_id == measure.pk}
        while number in taken:  # another item bears the number now: the report keeps it, the plan gives a free one
            number = max(taken) + 1
        line = each.line
        row = ActionItem(
            measure=measure,
            number=number,
            name=line.name,
            content=line.content,
            lead_department=self._lead(each),
            ended=self._last_year(each) < self.latest,
        )
        row.printed_number = each.printed or ""
        if is_public_id(line.public_id) and not was_given(line.public_id):
            row.public_id = line.public_id
        item = self._save(row, line.place, frozenset({"content", "public_id"}))
        item.actors.set([mark for mark in self.live.marks if mark.symbol in each.marks])
        self.beside.item(item, line)
        self.live.items[item.pk] = item
        self.made[each.number[:2], line.name] = (item, set(line.years))
        self.done.items += 1
        return item

    def _last_year(self, each: Placed) -> int:
        """The last year in which the file speaks of the item."""
        same = (
            other.line.years
            for other in self.proposal.taken
            if (other.number[:2], other.line.name) == (each.number[:2], each.line.name)
        )
        return max(year for years in same for year in years)

    def _lead(self, each: Placed) -> Department | None:
        department = self._department(each)
        return None if department is None or department.in_force_until else department

    def _department(self, each: Placed) -> Department | None:
        names = each.line.departments
        return self.departments.get(names[0]) if names else None

    def _measure(self, each: Placed) -> Measure:
        number = each.number[:2]
        if number not in self.live.measures:
            policy = self._policy(number[:1])
            title = self.titles[number]
            row = Measure(policy=policy, number=number[1], title=title, relisted=bool(RELISTED.search(title)))
            row.printed_number = self.proposal.printed.get(number, "")
            self.live.measures[number] = self._save(row, f"取組{number[0]}-{number[1]}")
        return self.live.measures[number]

    def _policy(self, number: tuple[int, ...]) -> Policy:
        if number[0] not in self.live.policies:
            row = Policy(plan=self.live.plan, number=number[0], title=self.titles[number])
            row.printed_number = self.proposal.printed.get(number, "")
            self.live.policies[number[0]] = self._save(row, f"施策{number[0]}")
        return self.live.policies[number[0]]

    def _year(self, year: int) -> None:
        report = next((each for each in self.live.reports if each.fiscal_year == year), None)
        report = report or AnnualReport(plan=self.live.plan, fiscal_year=year)
        origin = self.origins[year]
        report.past_published_on, report.past_source = origin.published_on, origin.source
        lines = [each for each in self.proposal.taken if year in each.line.years]
        report_facts(report, (each.line.own.get(year, {}) for each in lines))
        report = self._save(report, f"{year}年度")
        rows = [self._answer(report, each, year) for each in lines]
        bulk_create_with_history(
            rows,
            YearlyStatus,
            batch_size=BATCH,
            default_user=self.by,
            default_change_reason=REASON,
            custom_historical_attrs={"source_file": self.name[:255]},
        )
        for row, each in zip(rows, lines, strict=True):
            self.beside.stored(row, each.line.own.get(year, {}), each.line.place, self.by)
        self.done.reports.append(report)
        self.done.answers += len(rows)

    def _answer(self, report: AnnualReport, each: Placed, year: int) -> YearlyStatus:
        """The year's answer: confirmed, since the office has looked at every cell of it."""
        now, user = timezone.now(), self.by
        row = YearlyStatus(report=report, item=each.item, department=self._department(each), state=State.CONFIRMED)
        for name, words in self.proposal.answer(each, year).items():
            setattr(row, name, words)
        row.printed = self._printed(each)
        self.beside.answer(row, each.line.own.get(year, {}), each.line.place)
        try:  # a category that is retired by now could be chosen then
            row.clean_fields(exclude={field.name for field in row._meta.concrete_fields} - set(NAMES))
        except ValidationError as error:
            words = f"{each.line.place}：「{each.line.words}」の{year}年度の文は保存できません。"
            raise TakeRefused([words + _sentence(row, error)]) from error
        row.answered_by = row.confirmed_by = user
        row.answered_at = row.confirmed_at = now
        return row

    def _printed(self, each: Placed) -> dict[str, Any]:
        """What the past report words otherwise than the plan does now."""
        item = each.item
        assert item is not None
        measure, said, now = item.measure, self._said(each), self._words_of_now(item)
        if said["measure_title"] and said["measure_title"] != measure.title:
            said["measure_relisted"] = bool(RELISTED.search(said["measure_title"]))
        printed = {
            "policy_printed": (self.proposal.printed.get(each.number[:1]), measure.policy.printed_number),
            "measure_printed": (self.proposal.printed.get(each.number[:2]), measure.printed_number),
            "item_printed": (each.printed, item.printed_number),
        }
        told = {name: words for name, words in said.items() if words not in (None, "", now[name])}
        return told | {name: past for name, (past, plan) in printed.items() if past is not None and past != plan}

    def _said(self, each: Placed) -> dict[str, Any]:
        """What the past report says of an item; None or empty for what it does not say."""
        line, below = each.line, self.proposal.measure_titles
        return {
            "policy_number": each.number[0],
            "policy_title": self.proposal.policy_titles.get(each.number[:1]),
            "measure_number": each.number[1],
            "measure_title": below.get(each.number[:2]),
            "status_heading": line.status_heading if len(line.status_heading) <= 50 else "",
            "item_number": each.number[2],
            "item_name": line.name,
            "content": line.content,
            "actor_symbols": each.marks,
        }

    def _words_of_now(self, item: ActionItem) -> dict[str, Any]:
        """What the plan says of the item, under the same names."""
        measure = item.measure
        return {
            "policy_number": measure.policy.number,
            "policy_title": measure.policy.title,
            "measure_number": measure.number,
            "measure_title": measure.title,
            "status_heading": measure.status_heading,
            "item_number": item.number,
            "item_name": item.name,
            "content": item.content,
            "actor_symbols": "".join(mark.symbol for mark in self.live.marks if mark in item.actors.all()),
            "measure_relisted": measure.relisted,
        }


def _sentence(row: models.Model, error: ValidationError) -> str:
    """The error's sentences, each with the Japanese name of its field."""
    names = {each.name: f"「{each.verbose_name}」" for each in row._meta.fields}
    pairs = error.message_dict.items()
    return "".join(f"{names.get(name, '')}{words}" for name, sentences in pairs for words in sentences)


@dataclass(frozen=True)
class PastUndoing:
    """What taking a past year back would do. why_not: why it has to stay, or nothing."""

    report: AnnualReport
    answers: int
    why_not: str
    seal: str


def brought_in() -> set[int]:
    """The keys of the reports that came in from a file, past reports or not."""
    return set(AnnualReport.history.filter(history_change_reason=REASON).values_list("id", flat=True))


def undoing_of(report: AnnualReport) -> PastUndoing:
    """What taking it back does now; reads only."""
    rows = list(report.statuses.order_by("pk").values_list("pk", "revision"))
    why_not = ""
    if not (report.is_past or report.pk in brought_in()):
        why_not = "過去の年度として取り込んだものではないため、取り消せません。"
    elif report.editions.exists():
        why_not = "公表したことのある年度（予約を含む）なので、取り消せません。"
    return PastUndoing(report, len(rows), why_not, fingerprint(report.pk, rows))


@transaction.atomic
def undo_past_year(report: AnnualReport, *, by: Person, seen: str) -> int:
    """How many answers went, together with the year's report; the plan's items stay. Each leaves its record.

    Raises PermissionDenied, TakeRefused, Moved.
    """
    permissions.require(permissions.may_bring_past(by))
    stored = AnnualReport.objects.select_for_update().filter(pk=report.pk).first()
    if stored is None:
        raise TakeRefused(["この年度は、すでに取り消されています。"])
    undoing = undoing_of(stored)
    if undoing.why_not:
        raise TakeRefused([undoing.why_not])
    refuse_moved(seen, undoing.seal, MOVED)
    remove_with_year(stored, by=by, reason=BACK_REASON)
    remove(list(stored.statuses.select_for_update()), by=by, reason=BACK_REASON)
    remove_voices(list(stored.voices.order_by("pk")), by=by, reason=BACK_REASON)
    noted = note_source(stored, reason=BACK_REASON)
    noted._history_user = by
    noted.delete()
    return undoing.answers
