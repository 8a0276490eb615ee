"""What the header row says about columns that were renamed, doubled, added or deleted."""

from collections.abc import Iterator

from actionplan.exports.uploads import column_letters
from actionplan.inquiry.find_sheet import KEYS, FoundSheet
from actionplan.inquiry.layout import ANSWER_COLUMNS, Trouble


def missing_answers(sheet: FoundSheet) -> list[str]:
    """The headers of answer columns that the sheet does not have at all."""
    return [header for header in ANSWER_COLUMNS.values() if header not in sheet.headers]


def head_notes(sheet: FoundSheet) -> Iterator[str]:
    """Sentences about columns that are missing or not known, where nothing has to be mended."""
    missing = missing_answers(sheet)
    for header in missing:
        yield f"「{header}」の列がないため、この欄の回答は変わりません。"
    for index, header in enumerate(sheet.headers):
        if header and header not in KEYS and not missing:
            yield f"{column_letters(index)}列の「{header}」は照会票にない列なので、読み取りません。"


def head_troubles(sheet: FoundSheet) -> Iterator[Trouble]:
    """What is at fault in the header row: a word twice, or a strange one while an answer column is missing."""
    missing = "".join(f"「{header}」" for header in missing_answers(sheet))
    back = f"もとの見出し（{missing}）に戻してください。"
    for index, header in enumerate(sheet.headers):
        place = f"{column_letters(index)}{sheet.head_row}"
        if header in KEYS and sheet.headers.index(header) < index:
            yield Trouble(place, f"見出し「{header}」の列が2つあります。どちらかの列を削除してください。")
        elif header and header not in KEYS and missing:
            yield Trouble(place, f"見出し「{header}」は照会票にありません。もとの見出し（{missing}）に戻してください。")
        elif not header and missing and _is_filled(sheet, index):
            yield Trouble(place, f"見出しが空です。{back}")


def _is_filled(sheet: FoundSheet, index: int) -> bool:
    return any(index < len(cells) and cells[index].value is not None for _, cells in sheet.rows)
