"""One answer cell of a workbook as the text that the person saw; what cannot be known is asked for, never guessed."""

import unicodedata
from collections.abc import Sequence
from datetime import date, time, timedelta

from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell

from actionplan.exports.tabular import LONGEST_CELL
from actionplan.exports.worksheets import unescape
from actionplan.inquiry.layout import CHOICES
from actionplan.inquiry.question_texts import fits
from actionplan.models import Progress
from actionplan.text import forbidden_characters, tidy_line_breaks

CODES = {progress.label: str(progress.value) for progress in Progress} | {"": str(Progress.UNSET.value)}
MOST_DIGITS = 11  # a longer number is shown rounded
RETYPE = "セルの書式を「文字列」にし、入力し直してください。"


class CellFault(ValueError):
    """Raised for a cell that cannot be taken as it is; the message is the sentence for the person."""


def read_cell(cell: ReadOnlyCell | EmptyCell, field: str) -> str:
    """What an answer cell says: a text, or the code of a category. Raises CellFault."""
    text = _text(cell)
    return _progress(text) if field == "progress" else _running_text(text)


def empty_cell(field: str) -> str:
    """What an answer cell says when nothing stands in it."""
    return CODES[""] if field == "progress" else ""


def retold(cells: Sequence[ReadOnlyCell | EmptyCell], index: int, text: str) -> str:
    """How the cell at this place of a row was read, where that is not to the letter; mostly nothing."""
    value = cells[index].value if index < len(cells) else None
    if isinstance(value, int | float):
        return f"は数値でした。「{text}」という文として読みました。"
    return "のタブは、空白に置き換えて読みました。" if isinstance(value, str) and "\t" in unescape(value) else ""


def _text(cell: ReadOnlyCell | EmptyCell) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        raise CellFault("数式が入っています。数式を消し、答えを文字で入力してください。")
    if cell.data_type == "e":
        raise CellFault(f"Excelのエラー（{value}）が入っています。消してから、答えを文字で入力してください。")
    if isinstance(value, str):
        return tidy_line_breaks(unescape(value))
    if isinstance(value, bool):
        raise CellFault(f"文字ではなく論理値（{'TRUE' if value else 'FALSE'}）になっています。{RETYPE}")
    if isinstance(value, date | time | timedelta):
        raise CellFault(
            f"文字ではなく日付か時刻（{_day(value)}）になっています。セルの書式を「文字列」にし、入力し直してください。"
        )
    return _number(value, cell.number_format)


def _day(value: date | time | timedelta) -> str:
    return f"{value.year}年{value.month}月{value.day}日" if isinstance(value, date) else str(value)


def _number(value: int | float, number_format: str) -> str:
    """A number as it stood on the screen, where that is certain: not formatted, and short enough to be shown whole."""
    text = str(int(value)) if float(value).is_integer() else repr(value)
    shown_whole = number_format in ("General", "@") or (number_format == "0" and "." not in text)
    if not shown_whole or "e" in text or sum(map(str.isdigit, text)) > MOST_DIGITS:
        raise CellFault(f"文字ではなく数値（{text}）になっています。{RETYPE}")
    return text


def _running_text(text: str) -> str:
    if found := forbidden_characters(text):
        names = "、".join(dict.fromkeys(found))
        raise CellFault(f"目に見えない制御文字（{names}）が入っています。取り除いてください。")
    if not fits(text):
        raise CellFault(f"長すぎます（{len(text)}字）。{LONGEST_CELL}字以内にしてください。")
    return text


def _progress(text: str) -> str:
    label = "".join(unicodedata.normalize("NFKC", text).split())
    if label not in CODES:
        raise CellFault(f"進捗区分「{text.strip()}」は使えません。{'・'.join(CHOICES)}から選んでください。")
    return CODES[label]
