"""The sheet 記入要領: how to fill the workbook in, what the categories mean, until when and where to send it."""

from collections.abc import Mapping, Sequence

from xlsxwriter.format import Format

from actionplan.cells import CELLS, DEFINITIONS, Progress
from actionplan.exports.tabular import line_count
from actionplan.inquiry.layout import SHEET
from actionplan.inquiry.question_texts import day_words
from actionplan.inquiry.styles import BODY, HEADING, TITLE, GrowingWorksheet, height
from actionplan.models import AnnualReport, Department

WIDTHS = (18, 86)
HOW_TO_SEND = (
    "① 記入して保存したこのファイルを、職員用の画面の「照会票（Excel）」で取り込みます。\n"
    "② 取り込む前に、変わるところが画面に出ます。確かめてから確定します。\n"
    "③ 取り込んだだけでは提出になりません。課長が画面の「自課の回答」で提出します。"
)
COLOURS = (
    ("黄色の欄", "text_yellow", "記入する欄です。濃い黄色は、実施状況か進捗区分がまだ空であることを表します。"),
    ("灰色の欄", "text_head", "確認用です。変更できません。提出済み・確定済みの項目も灰色で、記入できません。"),
    ("赤い欄", "text_red", "事務局から差し戻された項目です。理由を読み、黄色の欄を直してください。"),
)
RULES = (
    "行や列を増やさないでください。列の幅と行の高さは、変えてもかまいません。",
    "右端の改訂番号と照合番号、1行目の右端の文字は、取込みに使います。変更しないでください。",
    "行を消しても、その項目の回答は消えません。回答を消すときは、欄の中を空にしてください。",
    "数式は使えません。文字で書いてください。セルの中で改行するには、Altキーを押しながらEnterキーを押します。",
    "ほかの課の照会票や、昨年度の照会票の行を貼り付けないでください。",
    "長い文は、この照会票を印刷すると途中で切れることがあります。紙で確かめるときは、画面の「自課の回答」を印刷してください。",
    "ファイルの名前とシートの名前は変えてもかまいません。形式は「Excelブック（.xlsx）」のまま保存してください。",
)


class GuidanceSheet:
    """The sheet while it is written, from top to bottom."""

    def __init__(self, sheet: GrowingWorksheet, formats: Mapping[str, Format]) -> None:
        self.sheet, self.formats, self.row = sheet, formats, 0

    def fill(self, report: AnnualReport, department: str) -> None:
        """Writes every section, then locks the sheet."""
        self._page_setup()
        self._words(f"記入要領　{report.label}　{department}", "title", TITLE)
        self._section("締切と提出先")
        self._pairs(_when_and_where(report))
        self._section(f"記入するところ（「{SHEET}」のシート）")
        self._pairs([(cell.label, cell.hint) for cell in CELLS])
        self._section("進捗区分の意味")
        self._pairs([(value.label, DEFINITIONS[value]) for value in Progress if value != Progress.UNSET])
        self._section("色の見方")
        for words, style, meaning in COLOURS:
            self._pair(words, meaning, style)
        self._section("ご注意")
        self._pairs([(f"（{number}）", rule) for number, rule in enumerate(RULES, 1)])
        self.sheet.protect("", {"format_columns": True, "format_rows": True})

    def _page_setup(self) -> None:
        for index, width in enumerate(WIDTHS):
            self.sheet.set_column(index, index, width)
        self.sheet.set_paper(9)  # A4
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.7)
        self.sheet.hide_gridlines(2)

    def _section(self, words: str) -> None:
        self.row += 1
        self._words(words, "section", HEADING)
        self.sheet.write_blank(self.row - 1, 1, None, self.formats["section"])

    def _words(self, words: str, style: str, size: int) -> None:
        self.sheet.set_row(self.row, height(1, size))
        self.sheet.write_string(self.row, 0, words, self.formats[style])
        self.row += 1

    def _pairs(self, pairs: Sequence[tuple[str, str]]) -> None:
        for words, meaning in pairs:
            self._pair(words, meaning, "text_head")

    def _pair(self, words: str, meaning: str, style: str) -> None:
        lines = max(line_count(text, width, BODY) for text, width in zip((words, meaning), WIDTHS, strict=True))
        self.sheet.set_row(self.row, height(lines))
        self.sheet.write_string(self.row, 0, words, self.formats[style])
        self.sheet.write_string(self.row, 1, meaning, self.formats["text_cell"])
        self.row += 1


def _when_and_where(report: AnnualReport) -> list[tuple[str, str]]:
    due = day_words(report.answers_due) if report.answers_due else "事務局にお問い合わせください。"
    contact = f"（{_contact(report.plan.office)}）" if report.plan.office else ""
    return [("締切", due), ("提出のしかた", f"{HOW_TO_SEND}\n取り込めないときは、事務局{contact}へ送ってください。")]


def _contact(office: Department) -> str:
    reach = [f"電話 {office.phone}" if office.phone else "", office.email]
    return "　".join([str(office), *filter(None, reach)])
