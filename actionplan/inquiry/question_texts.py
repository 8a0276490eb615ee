"""What stands in the cells of the inquiry workbook, each as a text."""

from datetime import date

from actionplan.answers.sheet import NEW, SheetRow
from actionplan.cells import Progress
from actionplan.exports.tabular import LONGEST_CELL
from actionplan.inquiry.layout import TOO_LONG
from actionplan.models import AnnualReport, State, YearlyStatus
from actionplan.permissions import OPEN_STATES

WEEKDAYS = "月火水木金土日"
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
    if field == "progress":
        return "" if status.progress == Progress.UNSET else status.get_progress_display()
    text = getattr(status, field)
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


def day_words(day: date) -> str:
    """2011年5月31日（火）."""
    return f"{day.year}年{day.month}月{day.day}日（{WEEKDAYS[day.weekday()]}）"
