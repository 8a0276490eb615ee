"""What the header row says about columns that were renamed, doubled, added or deleted."""

from collections.abc import Iterator, Sequence

from actionplan.exports.uploads import column_letters
from actionplan.inquiry.find_sheet import KEYS, FoundSheet
from actionplan.inquiry.layout import ANSWER_COLUMNS, COLUMNS, Trouble


def missing_answers(sheet: FoundSheet) -> list[str]:
    """The headers of answer columns that the sheet does not have at all."""
    return [header for header in ANSWER_COLUMNS.values() if header not in sheet.headers]


def head_notes(sheet: FoundSheet) -> Iterator[str]:
    """Sentences about columns that are missing or not known, where nothing has to be mended."""
    missing = missing_answers(sheet)
    if not any(_renamed(sheet, missing)):
        for header in missing:
            yield f"「{header}」の列がないため、この欄の回答は変わりません。"
    for index, header in enumerate(sheet.headers):
        if header and header not in KEYS and not missing:
            yield f"{column_letters(index)}列の「{header}」は照会票にない列なので、読み取りません。"


def head_troubles(sheet: FoundSheet) -> Iterator[Trouble]:
    """What is at fault in the header row: a word twice, or a strange one while an answer column is missing."""
    for index, header in enumerate(sheet.headers):
        if header in KEYS and sheet.headers.index(header) < index:
            yield Trouble(
                _place(sheet, index), f"見出し「{header}」の列が2つあります。どちらかの列を削除してください。"
            )
    yield from _renamed(sheet, missing_answers(sheet))


def _renamed(sheet: FoundSheet, missing: Sequence[str]) -> Iterator[Trouble]:
    """A trouble for each column that may be a missing answer column under another header, or under none."""
    for index, header in enumerate(sheet.headers if missing else ()):
        if header not in KEYS and (header or _is_filled(sheet, index)):
            what = f"見出し「{header}」は照会票にありません。" if header else "見出しが空です。"
            yield Trouble(_place(sheet, index), f"{what}{_back(index, missing)}")


def _back(index: int, missing: Sequence[str]) -> str:
    own = COLUMNS[index].header if index < len(COLUMNS) else ""
    names = "".join(f"「{header}」" for header in ([own] if own in missing else missing))
    return f"もとの見出し（{names}）に戻してください。戻すまで、この列の回答は読み取らず、変えません。"


def _place(sheet: FoundSheet, index: int) -> str:
    return f"{column_letters(index)}{sheet.head_row}"


def _is_filled(sheet: FoundSheet, index: int) -> bool:
    return any(index < len(cells) and cells[index].value is not None for _, cells in sheet.rows)
