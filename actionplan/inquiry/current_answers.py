"""What uploaded workbooks are held against: the answers as they stand now, their records, and who may write them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from django.db.models import Q, prefetch_related_objects
from django.utils import timezone

from actionplan.answers.saving import lock, rows_of
from actionplan.answers.sheet import NEW, SheetRow, previous_report, sheet_rows
from actionplan.cells import BY_NAME, FIGURES, NAMES, OPEN_STATES
from actionplan.exports.tabular import LONGEST_CELL
from actionplan.fiscal_year import LAST_YEAR, last_year_words, web_label
from actionplan.inquiry.layout import TOO_LONG, InquiryFile
from actionplan.models import (
    AnnualReport,
    Edition,
    Partner,
    Person,
    State,
    Succession,
    Voice,
    YearlyStatus,
    sharing_reports,
)
from actionplan.permissions import Standing, standing_of
from actionplan.uploads import UploadError
from actionplan.voices.asked import voices_of
from actionplan.voices.saving import lock as lock_voices
from actionplan.words import NO_DEPARTMENT, day_words

Version = tuple[int, int]
VOICE_CELLS = ("text",)
BY_LINK = "相手方のリンク"
FACTS = ("history_date", "history_user__last_name", "history_user__first_name", "history_user__username")


@dataclass(frozen=True)
class Revision:
    """One revision of an answer. who: the person's name, empty for a command."""

    cells: dict[str, str]
    who: str
    when: datetime


def records(
    versions: Iterable[Version],
    moved: Collection[int] = (),
    model: type[YearlyStatus | Voice] = YearlyStatus,
    names: Sequence[str] = NAMES,
) -> dict[Version, Revision]:
    """The records of these versions (primary key of the answer, revision) that there are; one query for all.

    moved: primary keys of answers that were saved since; all their records come. names: of the cells.
    """
    wanted = set(versions)
    known = Q(id__in={pk for pk, _ in wanted}, revision__in={revision for _, revision in wanted})
    found = model.history.filter(known | Q(id__in=moved)).order_by("history_id")
    rows = found.values("id", "revision", *names, *FACTS)
    kept, nobody = set(moved), BY_LINK if model is Voice else ""
    return {(row["id"], row["revision"]): _record(row, names, nobody) for row in rows if _is_wanted(row, wanted, kept)}


def _is_wanted(row: dict, wanted: set[Version], moved: set[int]) -> bool:
    return row["id"] in moved or (row["id"], row["revision"]) in wanted


def writer(known: Mapping[Version, Revision], status: YearlyStatus | Voice, cell: str) -> Revision | None:
    """The record with which the cell came to say what it says now: steps and other cells' changes are passed over."""
    found, words = None, getattr(status, cell)
    for revision in range(status.revision, 0, -1):
        record = known.get((status.pk, revision))
        if record is None or record.cells[cell] != words:
            break
        found = record
    return found


def _record(row: dict, names: Sequence[str], nobody: str) -> Revision:
    date, last, first, username = (row[fact] for fact in FACTS)
    name = f"{last or ''} {first or ''}".strip() or username or nobody
    return Revision({name: row[name] for name in names}, name, date)


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
    voices: the texts of the partners that files are of, with their records; partners: these by primary key.
    shown: last year's beside the rows, partner_shown: beside the voices, by the same keys; read where a file says
    something else there.
    """

    report: AnnualReport
    standing: Standing
    succession: Succession
    day: date
    rows: dict[int, YearlyStatus]
    records: dict[Version, Revision]
    voices: dict[int, Voice] = field(default_factory=dict)
    voice_records: dict[Version, Revision] = field(default_factory=dict)
    partners: dict[int, Partner] = field(default_factory=dict)
    shown: dict[int, SheetRow] = field(default_factory=dict)
    partner_shown: dict[int, "PartnerLine"] = field(default_factory=dict)

    def locked_text(self, status: YearlyStatus | Voice, key: str) -> str:
        """What would stand today in a cell that is only there to be read."""
        if key == "remark":
            return remark(status)
        if isinstance(status, Voice):
            return self.partner_shown.get(status.pk, PartnerLine(status)).shown(key)
        return shown_text(self.shown.get(status.pk, SheetRow(status, (), NEW)), key)

    def row(self, file: InquiryFile, pk: int) -> YearlyStatus | Voice | None:
        """What a line of the file is about; None when it is gone."""
        return self.voices.get(pk) if file.partner_id else self.rows.get(pk)

    def records_for(self, file: InquiryFile) -> dict[Version, Revision]:
        """The records that the file's lines are held against."""
        return self.voice_records if file.partner_id else self.records

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
        """The file's department as people know it: by its old name where several stand in its place; or its partner."""
        if file.partner_id:
            return str(self._partner(file.partner_id) or NO_PARTNER)
        if len(self.homes(file)) > 1:
            return str(self.succession.by_pk[file.department_id])
        return self.name(file.department_id)

    def check(self, file: InquiryFile) -> None:
        """Returns when the file is of this report and of a department of this person's; raises UploadError."""
        if file.report != self.report.key:
            raise OtherYear(file.report, self.report)
        if file.partner_id:
            self._check_partner(file)
        elif not self.own_homes(file):
            raise UploadError(
                f"この照会票は「{self.title(file)}」のものです。取り込めるのは自分の課の照会票だけです。"
                "自分の課の照会票を選び直してください。"
            )

    def _partner(self, pk: int) -> Partner | None:
        """The partner; asked for where the files were not at hand yet when all else was read."""
        if pk not in self.partners:
            self.partners.update(Partner.objects.in_bulk([pk]))
        return self.partners.get(pk)

    def _check_partner(self, file: InquiryFile) -> None:
        partner, name = self._partner(file.partner_id or 0), self.title(file)
        if not self.standing.coordinates:
            raise UploadError(PARTNER_NOT_YOURS.format(name=name))
        if partner is None:
            raise UploadError(PARTNER_GONE)
        if not partner.active:
            raise UploadError(PARTNER_INACTIVE.format(name=name))


NO_PARTNER = "削除された相手方"
PARTNER_NOT_YOURS = (
    "この照会票は相手方「{name}」のものです。相手方の照会票を取り込めるのは事務局だけです。事務局に渡してください。"
)
PARTNER_GONE = "この照会票の相手方は、もう登録されていないため、取り込めません。相手方の一覧を確かめてください。"
PARTNER_INACTIVE = (
    "「{name}」は、回答を頼まない相手方になっているため、取り込めません。"
    "取り込むときは、先に相手方の画面で「回答を頼む」に印を付けてください。"
)


def read_current_answers(
    report: AnnualReport, files: Sequence[InquiryFile], user: Person, *, to_write: bool = False
) -> CurrentAnswers:
    """What these files are held against; as many queries for a thousand lines in twenty files as for one.

    to_write: whether the answers are locked until the transaction ends.
    """
    succession, day = Succession(), timezone.localdate()
    outside, files = [file for file in files if file.partner_id], [file for file in files if not file.partner_id]
    versions = _versions(files)
    named, at_home = {pk for pk, _ in versions}, Q(_at_home(files, succession, day), report=report)
    found = lock(named, at_home) if to_write else sharing_reports(rows_of(named, at_home))
    rows = {row.pk: row for row in sorted(found, key=_report_order)}
    if any(FIGURES.name in line.cells for file in files for line in file.lines):
        prefetch_related_objects(list(rows.values()), "item__figures")
    facts = _outside(report, outside, to_write=to_write) if outside else ({}, {}, {})
    known = records(versions, _moved(versions, rows))
    beside = _shown_rows(report, files, rows), _shown_lines(report, outside, facts[0])
    return CurrentAnswers(report, standing_of(user), succession, day, rows, known, *facts, *beside)


def _doubtful(files: Iterable[InquiryFile]) -> set[int]:
    """The keys of what the files may have changed where it is only to be read, and which the row alone does not say."""
    lines = (line for file in files for line in file.lines)
    return {line.status_id for line in lines if not {"name", "content", "remark"}.issuperset(line.doubtful)}


def _shown_rows(
    report: AnnualReport, files: Sequence[InquiryFile], rows: Mapping[int, YearlyStatus]
) -> dict[int, SheetRow]:
    own = [rows[pk] for pk in _doubtful(files) if pk in rows and rows[pk].report_id == report.pk]
    return {row.status.pk: row for row in sheet_rows(report, own)} if own else {}


def _shown_lines(
    report: AnnualReport, files: Sequence[InquiryFile], voices: Mapping[int, Voice]
) -> dict[int, "PartnerLine"]:
    own = [voices[pk] for pk in _doubtful(files) if pk in voices]
    return {line.status.pk: line for line in _lines_of(report, own)} if own else {}


def _versions(files: Iterable[InquiryFile]) -> set[Version]:
    return {(line.status_id, line.revision) for file in files for line in file.lines}


def _moved(versions: Iterable[Version], rows: Mapping[int, YearlyStatus | Voice]) -> set[int]:
    return {pk for pk, revision in versions if pk in rows and rows[pk].revision != revision}


def _outside(
    report: AnnualReport, files: Sequence[InquiryFile], *, to_write: bool
) -> tuple[dict[int, Voice], dict[Version, Revision], dict[int, Partner]]:
    """The texts of the partners that the files are of, those of items that the year still has; three queries."""
    partners, versions = {file.partner_id for file in files if file.partner_id}, _versions(files)
    found = voices_of(report).filter(partner__in=partners)
    rows = {row.pk: row for row in (lock_voices(found) if to_write else found)}
    known = records(versions, _moved(versions, rows), Voice, VOICE_CELLS)
    return rows, known, Partner.objects.in_bulk(partners)


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


def is_open(status: YearlyStatus | Voice) -> bool:
    """Whether the answer's cells are to be filled in: it is neither submitted nor confirmed."""
    return status.state in OPEN_STATES


def answer_text(status: YearlyStatus, field: str) -> str:
    """What an answer cell holds; an unset category is an empty cell."""
    return _whole(BY_NAME[field].filled(getattr(status, field), status.scale))


def _whole(text: str) -> str:
    return text if fits(text) else TOO_LONG


def shown_text(row: SheetRow, key: str) -> str:
    """What stands in a cell that is there to be read, cut where Excel could not hold it."""
    return _cut(_shown(row, key))


def _cut(text: str) -> str:
    return text if fits(text) else text[: LONGEST_CELL // 2 - len(CUT)] + CUT


def _shown(row: SheetRow, key: str) -> str:
    match key:
        case "marks":
            return row.marks
        case "kind":
            return row.kind_label
        case "last_text":
            return "（新規の項目です）" if row.kind == NEW else row.last_of("text")
        case "last_progress":
            return row.last_of("progress")
    return _shown_of_item(row.status, key)


def _shown_of_item(status: YearlyStatus | Voice, key: str) -> str:
    if key == "revision":
        return str(status.revision)
    return getattr(status.item, key)


@dataclass(frozen=True)
class PartnerLine:
    """An item in a partner's workbook. last_text: what the city published of it the year before; last_voice: what the
    partner wrote itself.
    """

    status: Voice
    last_text: str = ""
    last_voice: str = ""
    last_year: str = LAST_YEAR

    @property
    def code(self) -> str:
        """3-2-1."""
        return self.status.item.code

    def shown(self, key: str) -> str:
        """What stands in the cell of a column."""
        if key == "text":
            return _whole(self.status.text)
        return _cut(getattr(self, key) if key in ("last_text", "last_voice") else _shown_of_item(self.status, key))


def partner_lines(report: AnnualReport, partner: Partner) -> list[PartnerLine]:
    """The partner's items of the year in report order. Of the year before it reads what is public, and its own."""
    return _lines_of(report, list(voices_of(report).filter(partner=partner)))


def _lines_of(report: AnnualReport, voices: Sequence[Voice]) -> list[PartnerLine]:
    """The lines of these texts, whichever partners they are of; as many queries for many as for one."""
    before = previous_report(report)
    if before is None:
        return [PartnerLine(voice) for voice in voices]
    edition = Edition.objects.public().of_report(before.key).first()
    said = dict(edition.rows.values_list("item", "status")) if edition else {}
    when = last_year_words(report.fiscal_year, before.fiscal_year)
    rows = Voice.objects.filter(report=before, partner__in={voice.partner_id for voice in voices})
    own: dict[tuple[int | None, int], str] = {(row.partner_id, row.item_id): row.text for row in rows}
    return [
        PartnerLine(voice, said.get(voice.item_id, ""), own.get((voice.partner_id, voice.item_id), ""), when)
        for voice in voices
    ]


def remark(status: YearlyStatus | Voice) -> str:
    """How far the answer has come, and why it was returned."""
    if status.state == State.RETURNED:
        return f"差戻し：{status.return_reason}"
    return REMARKS.get(State(status.state), "")


def due_words(report: AnnualReport) -> str:
    """締切：2011年5月31日（火）; "" while no day is set."""
    return f"締切：{day_words(report.answers_due)}" if report.answers_due else ""
