"""Which item a row of the workbook is: known by its signed number, checked against what stands beside it."""

from collections.abc import Iterator

from django.core.signing import Signer
from openpyxl.utils import range_boundaries

from actionplan.exports.uploads import column_letters
from actionplan.exports.xlsx_reader import plain_text
from actionplan.inquiry.find_sheet import FoundSheet
from actionplan.inquiry.layout import ANSWER_COLUMNS, HEADERS, Trouble
from actionplan.inquiry.open_workbook import Cells
from actionplan.inquiry.stamp import AlteredError, RowNumber, read_row_number

ADDED = (
    "照合番号のない行です。行を増やしても取り込めません。"
    "この行を削除するか、もとの項目の行に書き写してください。項目を増やすときは、事務局に連絡してください。"
)
ALTERED = "照合番号が書き換えられています。照会票をダウンロードし直し、この行の答えを書き写してください。"
OTHER_YEAR = "ほかの年度の照会票の行です。この行を削除してください。"
OTHER_DEPARTMENT = "ほかの課の照会票の行です。この行を削除してください。"


class RowFault(ValueError):
    """Raised for a row that cannot be told; `trouble` says what and where."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(str(trouble))
        self.trouble = trouble


class Rows:
    """The rows of a sheet, each asked which item it is."""

    def __init__(self, sheet: FoundSheet, signer: Signer) -> None:
        self.sheet, self.signer, self.columns = sheet, signer, sheet.columns()

    def place(self, key: str, line: int) -> str:
        """The cell of a column in a line, as G7."""
        return f"{column_letters(self.columns[key])}{line}"

    def words(self, key: str, cells: Cells) -> str:
        """What stands in a cell that is not an answer, as a trimmed text; "" when its column is missing."""
        index = self.columns.get(key)
        return plain_text(cells[index].value).strip() if index is not None and index < len(cells) else ""

    def number(self, line: int, cells: Cells) -> RowNumber | None:
        """What the row says it is; None for a row without any word in the known columns. Raises RowFault."""
        text = self.words("token", cells)
        if not text:
            return self._refuse_added(line, cells)
        try:
            number = read_row_number(text, self.signer)
        except AlteredError as error:
            raise RowFault(Trouble(self.place("token", line), ALTERED)) from error
        if number.fiscal_year != self.sheet.stamp.fiscal_year:
            raise RowFault(Trouble(self.place("token", line), OTHER_YEAR))
        if number.department_id != self.sheet.stamp.department_id:
            raise RowFault(Trouble(self.place("token", line), OTHER_DEPARTMENT))
        return number

    def _refuse_added(self, line: int, cells: Cells) -> None:
        filled = [key for key in self.columns if self.words(key, cells)]
        if filled:
            first = min(filled, key=self.columns.get)
            raise RowFault(Trouble(self.place(first, line), ADDED))

    def altered(self, line: int, cells: Cells, number: RowNumber) -> Iterator[Trouble]:
        """What somebody changed beside the number: another code, another revision."""
        for key, right in (("code", number.code), ("revision", str(number.revision))):
            if key in self.columns and (found := self.words(key, cells)) != right:
                yield Trouble(
                    self.place(key, line),
                    f"{HEADERS[key]}「{found}」は、もとの「{right}」から変わっています。もとに戻してください。"
                    "行がずれていないかも確かめてください。",
                )

    def merged(self) -> Iterator[Trouble]:
        """A trouble for each line whose answer cells or number lie in a merged range: what they hold is lost."""
        lines = {line for line, _ in self.sheet.rows}
        kept = {self.columns[key] + 1 for key in (*ANSWER_COLUMNS, "token") if key in self.columns}
        for merged in self.sheet.merged:
            first, top, last, bottom = range_boundaries(merged)
            if any(first <= column <= last for column in kept):
                for line in sorted(lines & set(range(top, min(bottom, max(lines, default=0)) + 1))):
                    yield Trouble(
                        f"{column_letters(first - 1)}{line}",
                        f"セル（{merged}）が結合されています。結合を解除し、それぞれの欄に入力し直してください。",
                    )
