"""An uploaded workbook held against the answers, cell by cell: as issued, as they stand now, as the file says."""

from collections.abc import Iterator
from copy import copy

from actionplan.answers.sheet import NEW, SheetRow
from actionplan.answers.store import faults
from actionplan.cells import Progress
from actionplan.inquiry.changes import CHANGED, CONFLICT, EMPTIED, CellChange, Comparison, ItemChange
from actionplan.inquiry.current_answers import Ground, writer
from actionplan.inquiry.layout import HEADERS, AnswerLine, InquiryFile, Trouble
from actionplan.inquiry.question_texts import shown_text
from actionplan.models import State, YearlyStatus
from actionplan.text import tidy_line_breaks

GONE = "この項目は、この年度の一覧にもうありません。この行は取り込めません。"
OTHER_YEAR = "この行は、ほかの年度の照会票のものです。行を元に戻してください。"
TWICE = "この項目は{first}行目にもあります。どちらかの行を元に戻してください。"
ELSEWHERE = "この項目は、この照会票の課の担当ではありません。この行は取り込めません。担当課を事務局に確認してください。"
SPLIT = "組織改正のあと、この項目は「{department}」の担当です。この行は、その課か事務局が取り込みます。"
CLOSED = {
    State.SUBMITTED: "「提出」した項目なので、書き直せません。提出を取り消すか差戻しを受けてから取り込んでください。",
    State.CONFIRMED: "「確定」した項目なので、書き直せません。直すときは、先に事務局が確定を取り消します。",
}


def compare(file: InquiryFile, ground: Ground) -> Comparison:
    """The comparison; asks the database nothing. Raises UploadError for a file of another year or department."""
    ground.check(file)
    items: list[ItemChange] = []
    locked: list[str] = []
    troubles, unchanged, first = list(file.troubles), 0, {}
    for line in file.good_lines:
        item = _item(line, file, ground)
        found = list(_troubles(line, item, file, ground, first.setdefault(line.status_id, line.line)))
        troubles += found
        locked += () if found else _locked(line, item, file)
        if not found and item.cells:
            items.append(item)
        unchanged += not found and not item.cells
    return Comparison(file, tuple(items), unchanged, tuple(troubles), _absent(file, ground), tuple(locked))


def is_blank(field: str, value: str) -> bool:
    """Whether the cell says nothing."""
    return value == Progress.UNSET if field == "progress" else not value.strip()


def _item(line: AnswerLine, file: InquiryFile, ground: Ground) -> ItemChange | None:
    status = ground.rows.get(line.status_id)
    if status is None:
        return None
    return ItemChange(status, tuple(_cells(line, status, file, ground)))


def _cells(line: AnswerLine, status: YearlyStatus, file: InquiryFile, ground: Ground) -> Iterator[CellChange]:
    record = ground.records.get((status.pk, line.revision))
    for field, raw in line.cells.items():
        words, now, issued = tidy_line_breaks(raw), getattr(status, field), record.cells.get(field) if record else None
        if words in (now, issued):
            continue
        empties = is_blank(field, words)
        kind = CONFLICT if now != issued else EMPTIED if empties else CHANGED
        key = f"{status.pk}-{field}"
        saved = writer(ground.records, status, field) if kind == CONFLICT else None
        yield CellChange(key, field, file.place(line, field), issued, now, words, kind, empties, saved)


def _locked(line: AnswerLine, item: ItemChange, file: InquiryFile) -> Iterator[str]:
    """The cells of the line that are only to be read, but say something else than the year's list does now."""
    row = SheetRow(item.status, (), NEW)
    for key, words in line.locked.items():
        # A blank or a line break more or less is the spreadsheet's, not the person's.
        if "".join(words.split()) != "".join(shown_text(row, key).split()):
            yield f"{file.place(line, key)}（{HEADERS[key]}）"


def _troubles(
    line: AnswerLine, item: ItemChange | None, file: InquiryFile, ground: Ground, first: int
) -> Iterator[Trouble]:
    """What keeps the line from being taken; asks most to least: whose it is, whether it is open, what it says."""
    if first != line.line:
        yield Trouble(f"A{line.line}", TWICE.format(first=first))
    elif sentence := _stranger(item, file, ground):
        yield Trouble(f"A{line.line}", sentence)
    elif item.cells and not ground.standing.may_answer(item.status):
        sentence = CLOSED.get(item.status.state, ELSEWHERE)
        yield from (Trouble(cell.place, sentence) for cell in item.cells)
    elif item.cells:
        yield from _faulty(item)


def _stranger(item: ItemChange | None, file: InquiryFile, ground: Ground) -> str:
    if item is None:
        return GONE
    if item.status.report_id != ground.report.pk:
        return OTHER_YEAR
    own = ground.standing.may_answer_for(item.status.department_id)
    home, homes = ground.current(item.status.department_id), ground.homes(file)
    if home in homes and len(homes) > 1:
        return "" if own or not item.cells else SPLIT.format(department=ground.name(home))
    return "" if own and (home in homes or not item.cells) else ELSEWHERE


def _faulty(item: ItemChange) -> Iterator[Trouble]:
    written = copy(item.status)
    for cell in item.cells:
        setattr(written, cell.field, cell.file)
    found = faults(written)
    for cell in item.cells:
        yield from (Trouble(cell.place, sentence) for sentence in found.get(cell.field, ()))


def _absent(file: InquiryFile, ground: Ground) -> tuple[YearlyStatus, ...]:
    if "" in file.unknown:
        return ()  # any item may be meant by a row that says nothing of itself
    named, homes = {line.status_id for line in file.lines}, ground.homes(file)
    at_home = (
        row
        for row in ground.rows.values()
        if row.report_id == ground.report.pk and ground.current(row.department_id) in homes
    )
    return tuple(row for row in at_home if row.pk not in named and row.item.code not in file.unknown)
