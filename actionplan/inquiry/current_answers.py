"""What uploaded workbooks are held against: the answers as they stand now, their records, and who may write them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db.models import Q, prefetch_related_objects
from django.utils import timezone

from actionplan.answers.saving import lock, rows_of
from actionplan.answers.sheet import NEW, SheetRow
from actionplan.cells import BY_NAME, FIGURES, NAMES, OPEN_STATES
from actionplan.exports.tabular import LONGEST_CELL
from actionplan.fiscal_year import web_label
from actionplan.inquiry.layout import TOO_LONG, InquiryFile
from actionplan.models import AnnualReport, Person, State, Succession, YearlyStatus, sharing_reports
from actionplan.permissions import Standing, standing_of
from actionplan.uploads import UploadError
from actionplan.words import NO_DEPARTMENT, day_words

Version = tuple[int, int]
FACTS = ("history_date", "history_user__last_name", "history_user__first_name", "history_user__username")


@dataclass(frozen=True)
class Revision:
    """One revision of an answer. who: the person's name, empty for a command."""

    cells: dict[str, str]
    who: str
    when: datetime


def records(versions: Iterable[Version], moved: Collection[int] = ()) -> dict[Version, Revision]:
    """The records of these versions (primary key of the answer, revision) that there are; one query for all.

    moved: primary keys of answers that were saved since; all their records come.
    """
    wanted = set(versions)
    known = Q(id__in={pk for pk, _ in wanted}, revision__in={revision for _, revision in wanted})
    found = YearlyStatus.history.filter(known | Q(id__in=moved)).order_by("history_id")
    rows = found.values("id", "revision", *NAMES, *FACTS)
    kept = set(moved)
    return {(row["id"], row["revision"]): _record(row) for row in rows if _is_wanted(row, wanted, kept)}


def _is_wanted(row: dict, wanted: set[Version], moved: set[int]) -> bool:
    return row["id"] in moved or (row["id"], row["revision"]) in wanted


def writer(known: Mapping[Version, Revision], status: YearlyStatus, cell: str) -> Revision | None:
    """The record with which the cell came to say what it says now: steps and other cells' changes are passed over."""
    found, words = None, getattr(status, cell)
    for revision in range(status.revision, 0, -1):
        record = known.get((status.pk, revision))
        if record is None or record.cells[cell] != words:
            break
        found = record
    return found


def _record(row: dict) -> Revision:
    date, last, first, username = (row[fact] for fact in FACTS)
    name = f"{last or ''} {first or ''}".strip() or username or ""
    return Revision({name: row[name] for name in NAMES}, name, date)


class OtherYear(UploadError):
    """Raised for a workbook of another year or plan; key: of its report; found: the report, where there is one."""

    def __init__(self, key: str, asked: AnnualReport) -> None:
        self.found = AnnualReport.objects.filter(key=key).select_related("plan").first()
        label = self.found or web_label(int(key[:4]))
        super().__init__(
            f"この照会票は{label}のものです。ここで取り込めるのは{asked}の照会票だけです。{asked}の照会票を選び直してください。"
        )


@dataclass(frozen=True)
class CurrentAnswers:
    """Everything that comparing needs, read at once.

    rows: the year's answers that the files name or that their departments have, by primary key, in report order.
    """

    report: AnnualReport
    standing: Standing
    succession: Succession
    day: date
    rows: dict[int, YearlyStatus]
    records: dict[Version, Revision]

    def current(self, department_id: int | None) -> int | None:
        """The department that stands for this one today; of one that is gone, itself."""
        known = department_id in self.succession.by_pk
        return self.succession.current(department_id, self.day) if known else department_id

    def name(self, department_id: int | None) -> str:
        """The name of the department that stands for this one today."""
        return str(self.succession.by_pk.get(self.current(department_id), NO_DEPARTMENT))

    def homes(self, file: InquiryFile) -> frozenset[int | None]:
        """The departments that stand today for the file's: several where it was split since the file was issued."""
        pk, known = file.department_id, self.succession.by_pk
        if pk not in self._homes:
            self._homes[pk] = self.succession.heirs(pk, self.day) if pk and pk in known else frozenset({pk})
        return self._homes[pk]

    @cached_property
    def _homes(self) -> dict[int | None, frozenset[int | None]]:
        return {}

    def own_homes(self, file: InquiryFile) -> list[int | None]:
        """Those of them for which the person answers, the main one first."""
        own = [pk for pk in self.homes(file) if self.standing.may_answer_for(pk)]
        return sorted(own, key=lambda pk: (pk != self.current(file.department_id), pk or 0))

    def title(self, file: InquiryFile) -> str:
        """The file's department as people know it: by its old name where several stand in its place."""
        if len(self.homes(file)) > 1:
            return str(self.succession.by_pk[file.department_id])
        return self.name(file.department_id)

    def check(self, file: InquiryFile) -> None:
        """Returns when the file is of this report and of a department of this person's; raises UploadError."""
        if file.report != self.report.key:
            raise OtherYear(file.report, self.report)
        if not self.own_homes(file):
            raise UploadError(
                f"この照会票は「{self.title(file)}」のものです。取り込めるのは自分の課の照会票だけです。"
                "自分の課の照会票を選び直してください。"
            )


def read_current_answers(
    report: AnnualReport, files: Sequence[InquiryFile], user: Person, *, to_write: bool = False
) -> CurrentAnswers:
    """What these files are held against; as many queries for a thousand lines in twenty files as for one.

    to_write: whether the answers are locked until the transaction ends.
    """
    succession, day = Succession(), timezone.localdate()
    versions = {(line.status_id, line.revision) for file in files for line in file.lines}
    named, at_home = {pk for pk, _ in versions}, Q(_at_home(files, succession, day), report=report)
    found = lock(named, at_home) if to_write else sharing_reports(rows_of(named, at_home))
    rows = {row.pk: row for row in sorted(found, key=_report_order)}
    if any(FIGURES.name in line.cells for file in files for line in file.lines):
        prefetch_related_objects(list(rows.values()), "item__figures")
    moved = {pk for pk, revision in versions if pk in rows and rows[pk].revision != revision}
    return CurrentAnswers(report, standing_of(user), succession, day, rows, records(versions, moved))


def _at_home(files: Sequence[InquiryFile], succession: Succession, day: date) -> Q:
    """The answers of the departments that stand for the files' own."""
    homes = {pk for file in files if (pk := file.department_id) and pk in succession.by_pk}
    heirs = {heir for pk in homes for heir in succession.heirs(pk, day)}
    at_home = Q(department__in=succession.standing_for(homes | heirs, day))
    return at_home | Q(department=None) if any(file.department_id is None for file in files) else at_home


def _report_order(row: YearlyStatus) -> tuple[int, int, int, int]:
    measure = row.item.measure
    return measure.policy.number, measure.number, row.item.number, row.pk


CUT = "…（長いため、以下は画面で確かめてください）"
REMARKS = {
    State.DRAFT: "記入中",
    State.SUBMITTED: "提出済み\n（記入できません）",
    State.CONFIRMED: "確定済み\n（記入できません）",
}


def fits(text: str) -> bool:
    """Whether a cell of Excel can hold the text."""
    return len(text) * 2 <= LONGEST_CELL or len(text.encode("utf-16-le")) // 2 <= LONGEST_CELL


def is_open(status: YearlyStatus) -> bool:
    """Whether the answer's cells are to be filled in: it is neither submitted nor confirmed."""
    return status.state in OPEN_STATES


def answer_text(status: YearlyStatus, field: str) -> str:
    """What an answer cell holds; an unset category is an empty cell."""
    text = BY_NAME[field].filled(getattr(status, field), status.scale)
    return text if fits(text) else TOO_LONG


def shown_text(row: SheetRow, key: str) -> str:
    """What stands in a cell that is there to be read, cut where Excel could not hold it."""
    text = _shown(row, key)
    return text if fits(text) else text[: LONGEST_CELL // 2 - len(CUT)] + CUT


def _shown(row: SheetRow, key: str) -> str:
    status = row.status
    match key:
        case "code":
            return row.code
        case "marks":
            return row.marks
        case "kind":
            return row.kind_label
        case "name" | "content":
            return getattr(status.item, key)
        case "last_text":
            return "（新規の項目です）" if row.kind == NEW else row.last_of("text")
        case "last_progress":
            return row.last_of("progress")
        case "revision":
            return str(status.revision)
    raise ValueError(key)


def remark(status: YearlyStatus) -> str:
    """How far the answer has come, and why it was returned."""
    if status.state == State.RETURNED:
        return f"差戻し：{status.return_reason}"
    return REMARKS.get(State(status.state), "")


def due_words(report: AnnualReport) -> str:
    """締切：2011年5月31日（火）; "" while no day is set."""
    return f"締切：{day_words(report.answers_due)}" if report.answers_due else ""
