"""An uploaded workbook held against the answers, cell by cell: as issued, as they stand now, as the file says."""

from collections.abc import Iterator

from actionplan.answers.saving import CLOSED, FAULTY, Answer, judge
from actionplan.answers.sheet import NEW, SheetRow
from actionplan.cells import BY_NAME
from actionplan.inquiry.changes import CHANGED, CONFLICT, EMPTIED, CellChange, Comparison, ItemChange
from actionplan.inquiry.current_answers import CurrentAnswers, writer
from actionplan.inquiry.layout import HEADERS, AnswerLine, InquiryFile, Trouble
from actionplan.inquiry.question_texts import shown_text
from actionplan.models import State, YearlyStatus
from actionplan.text import tidy_line_breaks

GONE = "この項目は、この年度の一覧にもうありません。この行は取り込めません。"
OTHER_YEAR = "この行は、ほかの年度の照会票のものです。行を元に戻してください。"
TWICE = "この項目は{first}行目にもあります。どちらかの行を元に戻してください。"
ELSEWHERE = "この項目は、この照会票の課の担当ではありません。この行は取り込めません。担当課を事務局に確認してください。"
SPLIT = "組織改正のあと、この項目は「{department}」の担当です。この行は、その課か事務局が取り込みます。"
NOT_OPEN = {
    State.SUBMITTED: "「提出」した項目なので、書き直せません。提出を取り消すか差戻しを受けてから取り込んでください。",
    State.CONFIRMED: "「確定」した項目なので、書き直せません。直すときは、先に事務局が確定を取り消します。",
}


def compare(file: InquiryFile, answers: CurrentAnswers) -> Comparison:
    """The comparison; asks the database nothing. Raises UploadError for a file of another year or department."""
    answers.check(file)
    items: list[ItemChange] = []
    locked: list[str] = []
    troubles, unchanged, first = list(file.troubles), 0, {}
    for line in file.good_lines:
        item = _item(line, file, answers)
        found = list(_troubles(line, item, file, answers, first.setdefault(line.status_id, line.line)))
        troubles += found
        locked += () if found else _locked(line, item, file)
        if not found and item.cells:
            items.append(item)
        unchanged += not found and not item.cells
    return Comparison(file, tuple(items), unchanged, tuple(troubles), _absent(file, answers), tuple(locked))


def _item(line: AnswerLine, file: InquiryFile, answers: CurrentAnswers) -> ItemChange | None:
    status = answers.rows.get(line.status_id)
    if status is None:
        return None
    return ItemChange(status, tuple(_cells(line, status, file, answers)))


def _cells(line: AnswerLine, status: YearlyStatus, file: InquiryFile, answers: CurrentAnswers) -> Iterator[CellChange]:
    record = answers.records.get((status.pk, line.revision))
    for field, raw in line.cells.items():
        words, now, issued = tidy_line_breaks(raw), getattr(status, field), record.cells.get(field) if record else None
        if words in (now, issued):
            continue
        empties = BY_NAME[field].is_blank(words)
        kind = CONFLICT if now != issued else EMPTIED if empties else CHANGED
        key = f"{status.pk}-{field}"
        saved = writer(answers.records, status, field) if kind == CONFLICT else None
        yield CellChange(key, field, file.place(line, field), issued, now, words, kind, empties, saved)


def _locked(line: AnswerLine, item: ItemChange, file: InquiryFile) -> Iterator[str]:
    """The cells of the line that are only to be read, but say something else than the year's list does now."""
    row = SheetRow(item.status, (), NEW)
    for key, words in line.locked.items():
        # A blank or a line break more or less is the spreadsheet's, not the person's.
        if "".join(words.split()) != "".join(shown_text(row, key).split()):
            yield f"{file.place(line, key)}（{HEADERS[key]}）"


def _troubles(
    line: AnswerLine, item: ItemChange | None, file: InquiryFile, answers: CurrentAnswers, first: int
) -> Iterator[Trouble]:
    """What keeps the line from being taken; asks most to least: whose it is, whether it is open, what it says."""
    if first != line.line:
        yield Trouble(f"A{line.line}", TWICE.format(first=first))
    elif sentence := _stranger(item, file, answers):
        yield Trouble(f"A{line.line}", sentence)
    else:
        yield from _refused(item, answers)


def _stranger(item: ItemChange | None, file: InquiryFile, answers: CurrentAnswers) -> str:
    if item is None:
        return GONE
    if item.status.report_id != answers.report.pk:
        return OTHER_YEAR
    own = answers.standing.may_answer_for(item.status.department_id)
    home, homes = answers.current(item.status.department_id), answers.homes(file)
    if home in homes and len(homes) > 1:
        return "" if own or not item.cells else SPLIT.format(department=answers.name(home))
    return "" if own and (home in homes or not item.cells) else ELSEWHERE


def _refused(item: ItemChange, answers: CurrentAnswers) -> Iterator[Trouble]:
    """Why saving would refuse the cells, were all of them taken."""
    wanted = {cell.field: cell.file for cell in item.cells}
    judged = judge(Answer(item.status.pk, item.status.revision, wanted), item.status, answers.standing.may_answer)
    if judged.why == CLOSED:
        yield from (Trouble(cell.place, NOT_OPEN.get(item.status.state, ELSEWHERE)) for cell in item.cells)
    elif judged.why == FAULTY:
        for cell in item.cells:
            yield from (Trouble(cell.place, sentence) for sentence in judged.errors.get(cell.field, ()))


def _absent(file: InquiryFile, answers: CurrentAnswers) -> tuple[YearlyStatus, ...]:
    if "" in file.unknown:
        return ()  # any item may be meant by a row that says nothing of itself
    named, homes = {line.status_id for line in file.lines}, answers.homes(file)
    at_home = (
        row
        for row in answers.rows.values()
        if row.report_id == answers.report.pk and answers.current(row.department_id) in homes
    )
    return tuple(row for row in at_home if row.pk not in named and row.item.code not in file.unknown)
