"""PDFs of others: rows that a page breaks in two, letters that a font calls otherwise."""

import pytest
from weasyprint import HTML

from actionplan.past.files import read_source
from actionplan.past.letters import joined, plain_letter
from tests.past.tables import as_xlsx, reading_of


def test_a_row_that_a_page_breaks_in_two_is_one_item():
    text = "市民が身近に、主体的にまちづくりを進めるために必要な情報を提供し、地域の活動を支援する。"
    rows = [["番号", "項目", "実績"]]
    rows += [
        [f"1-1-{number}", f"とても長い名前の項目{number}", f"{text * 7}\n・{number}つ目"] for number in range(1, 30)
    ]
    html = (
        "<style>@page{size:A5}table{border-collapse:collapse;width:100%}"
        "td,th{border:1px solid;font:9pt 'BIZ UDGothic';padding:3px;white-space:pre-wrap;vertical-align:top}</style>"
        "<h1>平成27年度</h1><h2>基本目標１　広報</h2><table><thead><tr>"
        + "".join(f"<th>{words}</th>" for words in rows[0])
        + "</tr></thead>"
        + "".join("<tr>" + "".join(f"<td>{words}</td>" for words in row) + "</tr>" for row in rows[1:])
        + "</table>"
    )
    reading = reading_of(HTML(string=html).write_pdf(), "x.pdf", 2015)
    assert any("ページで分かれた行" in str(note) for note in reading.notes)
    assert [line.number for line in reading.lines] == list(range(1, 30))
    assert {line.policy for line in reading.lines} == {(1, "広報")}
    for line, row in zip(reading.lines, rows[1:], strict=True):
        assert (line.name, line.answers[2015]["text"].text) == (row[1], row[2])


def test_a_line_above_gives_its_title_to_the_numbers_of_the_rows():
    rows = [["■広報に努めます", "", ""], ["番号", "項目", "実績"], ["1-2-1", "広報紙", "4回"], ["1-3-1", "講座", "3回"]]
    lines = reading_of(as_xlsx(rows), "x.xlsx", 2015).lines
    assert [line.measure for line in lines] == [(2, "広報に努めます"), (3, "")]


@pytest.mark.parametrize(
    ("radical", "letter"), [("⾒", "見"), ("⻑", "長"), ("\u2003", "　"), ("見", "見"), ("①", "①")]
)
def test_a_letter_of_a_pdf_is_the_one_that_it_looks_like(radical, letter):
    assert plain_letter(radical) == letter


def letters_of(*lines: str) -> list[dict]:
    """Letters of ten points, each line from the left edge on."""
    return [
        {"text": letter, "x0": 10 * place, "x1": 10 * place + 10, "top": 12 * row, "bottom": 12 * row + 10, "size": 10}
        for row, line in enumerate(lines)
        for place, letter in enumerate(line)
    ]


def test_a_line_that_fills_its_cell_goes_on_unless_the_next_one_heads_a_cell_of_our_own_paper():
    box = (0, 0, 100, 40)
    assert joined(letters_of("一二三四五六七八九十", "続き"), box)[0] == "一二三四五六七八九十続き"
    assert joined(letters_of("一二三四五六七八九十", "進捗区分：A"), box)[0] == "一二三四五六七八九十\n進捗区分：A"


def test_a_merged_cell_that_the_end_of_a_page_left_open_is_read():
    cell = "<td style='border:1px solid{}'{}>{}</td>".format
    open_below = ";border-bottom:none"
    rows = [
        cell("", "", "目標") + cell("", "", "項目") + cell("", "", "実績"),
        cell("", " rowspan=2", "目標1　集う") + cell("", "", "広報") + cell("", "", "4回"),
        cell("", "", "講座") + cell("", "", "3回"),
        cell(open_below, " rowspan=2", "目標2　守る") + cell("", "", "清掃") + cell("", "", "5回"),
        cell("", "", "訓練") + cell("", "", "2回"),
    ]
    table = "".join(f"<tr>{row}</tr>" for row in rows)
    style = "table{border-collapse:collapse}td{font:9pt 'BIZ UDGothic';padding:3px}"
    data = HTML(string=f"<style>{style}</style><table>{table}</table>").write_pdf()
    [found] = read_source(data, "x.pdf").tables
    assert [[each.text for each in row.cells] for row in found.rows][1:] == [
        ["目標1　集う", "広報", "4回"],
        ["目標1　集う", "講座", "3回"],
        ["目標2　守る", "清掃", "5回"],
        ["目標2　守る", "訓練", "2回"],
    ]
