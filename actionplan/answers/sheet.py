"""A department's answers of a year on one sheet: which they are, last year's beside them, and what becomes of them when
they are sent back from the page.

An item is saved or refused as a whole; the other items of the page are saved all the same, in one transaction.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from actionplan.admin.rescue import Text
from actionplan.answers import saving
from actionplan.answers.saving import Answer, Judgement, is_untouched, judge, lock, missing_parts
from actionplan.cells import BY_NAME, CELLS, FIGURES, NAMES, OPEN_STATES
from actionplan.figures import EQUALS, raw_values
from actionplan.fiscal_year import LAST_YEAR, last_year_words
from actionplan.models import (
    AnnualReport,
    Department,
    Person,
    State,
    Succession,
    Voice,
    YearlyStatus,
    sharing_reports,
)
from actionplan.permissions import Standing, standing_of
from actionplan.scale import DEFAULT, Scale
from actionplan.seen import mark_of
from actionplan.text import tidy_line_breaks
from actionplan.words import NO_DEPARTMENT

NEW, CONTINUED, MERGED = "new", "continued", "merged"
PRINTED_ORDER = ("item__measure__policy__number", "item__measure__number", "item__number", "item")
KIND_LABELS = {NEW: "新規", CONTINUED: "継続", MERGED: "統合"}


@dataclass(frozen=True)
class SheetRow:
    """One item of the year: its answer, and what was answered the year before.

    last: last year's rows of the item itself, or of the items it was merged from; empty for a new item.
    """

    status: YearlyStatus
    last: tuple[YearlyStatus, ...]
    kind: str

    @property
    def code(self) -> str:
        """3-2-1."""
        return self.status.item.code

    @property
    def marks(self) -> str:
        """★◎, in legend order."""
        return "".join(actor.symbol for actor in sorted(self.status.item.actors.all(), key=lambda each: each.order))

    @property
    def kind_label(self) -> str:
        """新規, 継続 or 統合."""
        return KIND_LABELS[self.kind]

    @property
    def last_year(self) -> str:
        """What the year of last is called: 昨年度, or its own name where another one came before this one."""
        years = [last.report.fiscal_year for last in self.last[:1]]
        return last_year_words(self.status.report.fiscal_year, years[0]) if years else LAST_YEAR

    @property
    def last_figures(self) -> dict[str, str]:
        """Last year's figures by key; of a merged item none: they measured parts of it."""
        return raw_values(self.last[0].figures) if len(self.last) == 1 else {}

    def last_of(self, field: str) -> str:
        """Last year's cell; of a merged item every one, each under its own code."""
        words = [last.words_of(BY_NAME[field]) for last in self.last]
        if len(self.last) < 2:
            return "".join(words)
        return "\n".join(f"【{last.item.code}】{text}" for last, text in zip(self.last, words, strict=True) if text)


def previous_report(report: AnnualReport) -> AnnualReport | None:
    """The plan's latest report before this one, for its first one the latest of the plan before.

    Made-up words never stand beside a real year's boxes.
    """
    real = {} if report.sample else {"sample": False}
    # By its plan, so that the report found shares it, and with it the scale.
    own = report.plan.reports.filter(fiscal_year__lt=report.fiscal_year, **real).order_by("-fiscal_year").first()
    if own or report.plan.predecessor is None:
        return own
    before = report.plan.predecessor.reports.filter(fiscal_year__lt=report.fiscal_year, **real)
    return before.order_by("-fiscal_year").first()


def _held_by(departments: Iterable[int | None]) -> Q:
    """The answers of these departments; None stands for those without one."""
    chosen = set(departments)
    return Q(department__in=chosen - {None}) | (Q(department=None) if None in chosen else Q(pk=None))


def statuses(report: AnnualReport, departments: Iterable[int | None] | None = None) -> QuerySet[YearlyStatus]:
    """The year's statuses in report order with everything that names them; of these departments only, unless None."""
    # Of the report that is at hand: all rows share it, and with it the plan and its scale.
    rows = report.statuses.filter(Q() if departments is None else _held_by(departments))
    return rows.select_related("department", "item__measure__policy").order_by(*PRINTED_ORDER)


def answer_sheet(report: AnnualReport, departments: Iterable[int | None] | None = None) -> list[SheetRow]:
    """The year's rows of these departments (of all when None); the number of queries does not grow with the rows."""
    return sheet_rows(report, list(statuses(report, departments)))


def sheet_rows(report: AnnualReport, rows: Sequence[YearlyStatus]) -> list[SheetRow]:
    """These answers of the report, marks and figures read and last year's answers beside them; five queries.

    One or two more for the first year of a plan that follows another.
    """
    before = previous_report(report)
    drawn = ["item__origins"] if before and before.plan_id != report.plan_id else []
    prefetch_related_objects(rows, "item__actors", "item__predecessors", "item__figures", *drawn)
    wanted = {item for row in rows for item in _lineage(row)}
    found = statuses(before).filter(item__in=wanted) if before and wanted else ()
    last = {row.item_id: row for row in found}
    return [_sheet_row(row, last) for row in rows]


def _merged_into(status: YearlyStatus) -> set[int]:
    return {old.pk for old in status.item.predecessors.all()}


def _lineage(status: YearlyStatus) -> list[int]:
    """The item itself, those merged into it, and those that it comes from where they were asked for."""
    drawn = vars(status.item).get("_prefetched_objects_cache", {}).get("origins", ())
    return [status.item_id, *(old.pk for old in (*status.item.predecessors.all(), *drawn))]


def _sheet_row(status: YearlyStatus, last: dict[int, YearlyStatus]) -> SheetRow:
    found = tuple(last[item] for item in _lineage(status) if item in last)
    merged = len(found) > 1 or any(row.item_id in _merged_into(status) for row in found)
    return SheetRow(status, found, MERGED if merged else CONTINUED if found else NEW)


@dataclass(frozen=True)
class Sheet:
    """A department's answers of a year, as one person meets them.

    department: its form of today; None for the items without one. forms: every form of it that answers may stand under.
    """

    user: Person
    report: AnnualReport
    department: Department | None
    forms: frozenset[int | None]
    standing: Standing
    day: date

    @property
    def pk(self) -> int | None:
        """The department's primary key; None for 担当課なし."""
        return self.department.pk if self.department else None

    @property
    def key(self) -> int:
        """The same in addresses; 0 for 担当課なし."""
        return self.pk or 0

    @property
    def name(self) -> str:
        """The department's name of today."""
        return str(self.department or NO_DEPARTMENT)

    @property
    def title(self) -> str:
        """令和7年度（2025年度）　○○課の回答."""
        return f"{self.report}　{self.name}の回答"

    @property
    def address(self) -> str:
        """Where the page is."""
        return reverse("admin:answer_sheet", args=[self.report.key, self.key])

    @property
    def may_write(self) -> bool:
        """Whether the person may write answers here as long as they are open."""
        return self.standing.may_answer_for(self.pk)

    @property
    def may_submit(self) -> bool:
        """Whether the person may hand the answers in, and take them back."""
        return self.standing.may_submit_for(self.pk)

    @property
    def may_take_back(self) -> bool:
        """Whether the person may take submitted answers back."""
        return self.standing.may_take_back_for(self.pk)

    @property
    def stands_in(self) -> bool:
        """Whether the person would submit in place of the department."""
        return self.standing.stands_in(self.pk)

    @property
    def may_act(self) -> bool:
        """Whether the person may do more here than read."""
        return self.may_write or self.may_submit

    def lock(self, pks: Iterable[int] = ()) -> list[YearlyStatus]:
        """All answers of the sheet and these others, locked."""
        return lock(pks, _held_by(self.forms) & Q(report=self.report))

    def holds(self, row: YearlyStatus) -> bool:
        """Whether the answer belongs to this sheet."""
        return row.report_id == self.report.pk and row.department_id in self.forms

    def gaps(self) -> tuple[int, int]:
        """How many of the open answers lack a part, and how many are open."""
        rows = YearlyStatus.objects.filter(_held_by(self.forms), report=self.report, state__in=OPEN_STATES)
        found = list(rows.only(*(cell.name for cell in CELLS if cell.needed)))
        return sum(bool(missing_parts(row)) for row in found), len(found)


def find_sheet(user: Person, report_key: str, key: int) -> Sheet:
    """The sheet of the report and the department that stands for this one today. Raises Http404."""
    day, succession = timezone.localdate(), Succession()
    # Years in which nobody writes beside the leads are asked nothing more.
    voiced = Exists(Voice.objects.filter(report=OuterRef("pk")))
    report = AnnualReport.objects.filter(key=report_key).select_related("plan").annotate(voiced=voiced).first()
    if report is None:
        raise Http404("この年度の年次報告はありません。")
    if key and key not in succession.by_pk:
        raise Http404("この担当課はありません。")
    pk = succession.current(key, day) if key else None
    forms: frozenset[int | None] = succession.standing_for([pk], day) if pk else frozenset({None})
    return Sheet(user, report, succession.by_pk.get(pk), forms, standing_of(user, day, succession), day)


STAMP, OTHERS, COPIED = "seen", "others", "copied"
BOX = re.compile(rf"({'|'.join(NAMES)})-([0-9]{{1,15}})-[0-9]+")


def stamp_of(row: YearlyStatus) -> str:
    """What a page that shows this row remembers of it."""
    return "|".join([row.item.code, str(row.revision), *(mark_of(getattr(row, name)) for name in NAMES)])


def box_name(row: YearlyStatus, cell: str) -> str:
    """The name of a cell's box. It changes with the row: a browser that comes back or reloads fills in what had been
    typed only where the page still shows the row that it was typed over.
    """
    return f"{cell}-{row.pk}-{row.revision}"


# Where one of an item's figures is written: the box of 参加者数　実績.
FIGURE = re.compile(r"figure-([0-9]{1,15})-[0-9]+-(.+)")


def figure_box_name(row: YearlyStatus, key: str) -> str:
    """The name of a figure's box, which changes with the row as those of the cells do."""
    return f"figure-{row.pk}-{row.revision}-{key}"


def read_sent(post: Mapping[str, str]) -> dict[int, Answer]:
    """Everything that was sent, by the primary key of the item's answer, in the page's order. Figures have a box each
    and are one cell together.
    """
    cells: dict[int, dict[str, str]] = {}
    for name, words in post.items():
        if box := BOX.fullmatch(name):
            cells.setdefault(int(box[2]), {})[box[1]] = tidy_line_breaks(words)
        elif figure := FIGURE.fullmatch(name):
            own = cells.setdefault(int(figure[1]), {})
            line = f"{figure[2]}{EQUALS}{' '.join(words.split())}" if words.strip() else ""
            own[FIGURES.name] = "\n".join(filter(None, [own.get(FIGURES.name, ""), line]))
    sent = {pk: _sent(pk, post.get(f"{STAMP}-{pk}", ""), found) for pk, found in cells.items()}
    return {pk: replace(each, copied=post.get(f"{COPIED}-{pk}", "")[:16]) for pk, each in sent.items()}


def _sent(pk: int, stamp: str, cells: dict[str, str]) -> Answer:
    """What was sent about one item; with a stamp that is missing or broken, every cell counts as changed by others."""
    whole = stamp.count("|") > len(NAMES)  # more of them where a number is printed with one
    code, revision, *marks = stamp.rsplit("|", len(NAMES) + 1) if whole else (str(pk), "0")
    known = int(revision) if re.fullmatch(r"[0-9]{1,9}", revision) else 0
    return Answer(pk, known, cells, dict(zip(NAMES, marks, strict=False)), code)


def others_of(rows: list[YearlyStatus]) -> str:
    """The revisions of the rows that stand on other pages, in one field."""
    return " ".join(f"{row.pk}:{row.revision}" for row in rows)


def read_revisions(post: Mapping[str, str]) -> dict[int, int]:
    """The revisions that the page knew of, by primary key: of the items on it, and of those on its other pages."""
    elsewhere = re.findall(r"(?<![0-9])([0-9]{1,15}):([0-9]{1,9})(?![0-9])", post.get(OTHERS, ""))
    here = [(pk[1], stamp) for name, stamp in post.items() if (pk := re.fullmatch(rf"{STAMP}-([0-9]{{1,15}})", name))]
    return {int(pk): int(number) for pk, number in elsewhere} | {
        int(pk): _sent(int(pk), stamp, {}).revision for pk, stamp in here
    }


def sent_texts(post: Mapping[str, str]) -> Iterator[Text]:
    """Every cell that its user wrote or changed, to be given back (see rescue.py)."""
    sent = read_sent(post)
    rows = sharing_reports(YearlyStatus.objects.filter(pk__in=sent).select_related("report"))
    scales = {row.pk: row.scale for row in rows}
    for pk, each in sent.items():
        yield from texts_of([each], scales.get(pk, DEFAULT))


def texts_of(sent: Iterable[Answer], scale: Scale) -> Iterator[Text]:
    """The words that were written or changed, named by item and cell. scale: whose words a category has."""
    for each in sent:
        for name, words in each.touched.items():
            if words.strip():
                yield Text(f"{each.code} {BY_NAME[name].label}", BY_NAME[name].words(words, scale))


REASON = "自課の回答で保存"


@dataclass(frozen=True)
class Returned:
    """What became of a sheet that was sent back: the answers that changed, the items that were refused, and, by code,
    the cells that somebody else had changed and that stand beside ours now.

    unseen: open answers that stand otherwise than the page showed. lacking: those that miss a part.
    untouched: those that came back and that nobody has written anew.
    submitted: how many were handed in; copied: how many of them with last year's text, untouched.
    """

    saved: list[YearlyStatus]
    refused: dict[int, Judgement]
    merged: dict[str, list[str]]
    unseen: tuple[YearlyStatus, ...] = ()
    lacking: tuple[YearlyStatus, ...] = ()
    untouched: tuple[YearlyStatus, ...] = ()
    submitted: int = 0
    copied: int = 0


@transaction.atomic
def save(sheet: Sheet, sent: Iterable[Answer]) -> Returned:
    """What became of the items whose boxes were touched."""
    touched = [each for each in sent if each.touched]
    return _save(sheet, touched, lock(each.pk for each in touched))


def _save(sheet: Sheet, touched: Iterable[Answer], found: Iterable[YearlyStatus]) -> Returned:
    rows = {row.pk: row for row in found if sheet.holds(row)}
    if any(FIGURES.name in each.touched for each in touched):
        prefetch_related_objects(list(rows.values()), "item__figures")
    judged = [judge(each, rows.get(each.pk), sheet.standing.may_answer) for each in touched]
    merged = {each.answer.code: names for each in judged if not each.why and (names := each.kept)}
    saved = saving.write(judged, by=sheet.user, reason=REASON)
    return Returned(saved, {each.answer.pk: each for each in judged if each.is_refused}, merged)


@transaction.atomic
def save_and_submit(
    sheet: Sheet, sent: Iterable[Answer], known: Mapping[int, int], *, anyway: bool = False
) -> Returned:
    """What became of the sheet and of handing it in: all open answers of the department, or none of them.

    known: the revisions that the page showed, of every item. anyway: answers that came back go in untouched, too.
    Whatever stands in the way, the draft is saved.
    """
    touched = [each for each in sent if each.touched]
    found = sheet.lock(each.pk for each in touched)
    rows = [row for row in found if sheet.holds(row) and row.state in OPEN_STATES]
    unseen = tuple(row for row in rows if known.get(row.pk) != row.revision)
    done = _save(sheet, touched, found)
    lacking = tuple(row for row in rows if missing_parts(row))
    untouched = () if anyway else tuple(row for row in rows if is_untouched(row))
    if done.refused or unseen or lacking or untouched or not rows:
        return replace(done, unseen=unseen, lacking=lacking, untouched=untouched)
    submitted = saving.submit_rows(rows, by=sheet.user, standing=sheet.standing)
    return replace(done, submitted=submitted, copied=sum(row.is_copied for row in rows))


@transaction.atomic
def take_back(sheet: Sheet, only: int | None = None) -> int:
    """How many submitted answers of the department (or this one alone) are drafts again. Raises PermissionDenied."""
    rows = [row for row in sheet.lock() if row.state == State.SUBMITTED and only in (None, row.pk)]
    return saving.take_back_rows(rows, by=sheet.user, standing=sheet.standing) if rows else 0
