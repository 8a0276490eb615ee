"""Last year's texts, put into every empty box of a sheet at once. They stay marked until somebody writes them anew."""

from collections.abc import Sequence

from django.db import transaction

from actionplan.answers import saving
from actionplan.answers.saving import Answer, judge
from actionplan.answers.sheet import Sheet, SheetRow, sheet_rows
from actionplan.models import YearlyStatus
from actionplan.seen import mark_of

REASON = "前の年度の文を写して保存"


def text_to_copy(row: SheetRow) -> str:
    """Last year's text, as it is put into this year's; empty when there is none."""
    words = row.last_of("text")
    return words if words.strip() else ""


def may_copy(sheet: Sheet, row: SheetRow) -> bool:
    """Whether last year's text may be put into the row's text: an empty one that the person may write."""
    return sheet.standing.may_answer(row.status) and not row.status.text.strip() and bool(text_to_copy(row))


@transaction.atomic
def copy_last_year(sheet: Sheet) -> list[YearlyStatus]:
    """The answers that say now what they said last year; what anybody has written stays as it is."""
    held = [row for row in sheet.lock() if sheet.holds(row)]
    rows = [row for row in sheet_rows(sheet.report, held) if may_copy(sheet, row)]
    return saving.write(_judged(sheet, rows), by=sheet.user, reason=REASON)


def _judged(sheet: Sheet, rows: Sequence[SheetRow]) -> list[saving.Judgement]:
    """An old text that could not be written today is left where it is."""
    answers = [(row.status, text_to_copy(row)) for row in rows]
    return [
        judge(
            Answer(row.pk, row.revision, {"text": words}, code=row.item.code, copied=mark_of(words)),
            row,
            sheet.standing.may_answer,
        )
        for row, words in answers
    ]
