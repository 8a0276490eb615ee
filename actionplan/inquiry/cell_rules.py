"""What the answer cells themselves do: offer the categories, and show which of them are still empty."""

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from actionplan.inquiry.layout import CHOICES
from actionplan.models import DEFINITIONS, Progress

LONGEST_PROMPT = 255  # characters, the limit of Excel
MEANINGS = "\n".join(f"{value.label}：{DEFINITIONS[value]}" for value in Progress if value != Progress.UNSET)
ELSEWHERE = "区分の意味は「記入要領」のシートにあります。"


def offer_choices(sheet: Worksheet, first: int, last: int, column: int) -> None:
    """Gives the cells of a column, from row first to row last, the list of categories and what each means."""
    rule = {
        "validate": "list",
        "source": list(CHOICES),
        "input_title": "▼から選びます",
        "input_message": MEANINGS if len(MEANINGS) <= LONGEST_PROMPT else ELSEWHERE,
        "error_title": "進捗区分",
        "error_message": f"{'・'.join(CHOICES)}から選んでください。",
    }
    sheet.data_validation(first, column, last, column, rule)


def show_what_is_empty(sheet: Worksheet, first: int, last: int, column: int, form: Format) -> None:
    """Lets the cells of a column wear the format as long as nothing stands in them."""
    sheet.conditional_format(first, column, last, column, {"type": "blanks", "format": form})
