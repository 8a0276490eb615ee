"""PDFs of others: rows that a page breaks in two, letters that a font calls otherwise."""

import pytest
from weasyprint import HTML

from actionplan.past import files
from actionplan.past.files import read_source
from actionplan.past.letters import joined, plain_letter
from actionplan.uploads import UploadError
from tests.past.tables import as_pdf, as_xlsx, reading_of


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


TEXT = "市民が身近に、主体的にまちづくりを進めるために必要な情報を提供し、地域の活動を支援する。"
PLAIN = [["番号", "事業名", "担当課", "平成27年度実績"]]
PLAIN += [[f"1-1-{n}", f"広報紙{n}の発行と配布を進める", "総務課", f"{TEXT * (n % 3 + 1)}{n}"] for n in range(1, 20)]


def unruled(rows, style="padding:3pt;vertical-align:top", above="", below="", size="A4 landscape") -> bytes:
    widths = ("8%", "25%", "12%", "55%") if len(rows[0]) == 4 else ("30%", "70%")
    cells = ["".join(f"<td style='width:{w}'>{t}</td>" for t, w in zip(row, widths, strict=True)) for row in rows]
    look = (
        f"@page{{size:{size}}}table{{border-collapse:collapse;width:100%}}p,td{{font:9pt 'BIZ UDGothic'}}td{{{style}}}"
    )
    table = "".join(f"<tr>{row}</tr>" for row in cells)
    return HTML(string=f"<style>{look}</style>{above}<table>{table}</table>{below}").write_pdf()


@pytest.mark.parametrize(
    "style",
    ["padding:3pt;vertical-align:top", "padding:4pt;vertical-align:middle", "padding:1pt 5pt;vertical-align:top"],
)
@pytest.mark.parametrize("size", ["A4 landscape", "A5 landscape"])
def test_a_table_without_ruled_lines_is_read_by_its_places_and_told(style, size):
    reading = reading_of(unruled(PLAIN, style, "<p>施策１　知る</p>", size=size), "x.pdf")
    found = [(line.policy, line.number, line.name, line.answers[2015]["text"].text) for line in reading.lines]
    assert found == [((1, "知る"), number, row[1], row[3]) for number, row in enumerate(PLAIN[1:], 1)]
    notes = read_source(unruled(PLAIN), "x.pdf").notes
    assert any("罫線のない表なので、文字の位置から4列に分けて読みました" in note for note in notes)


def test_two_columns_below_headings_are_a_table_and_lines_around_it_are_none():
    rows = [["項目", "実績"], *([f"広報紙の発行{n}", f"{TEXT * (n % 3)}行った"] for n in range(1, 12))]
    [table] = read_source(unruled(rows, above="<h1>進捗</h1>", below=f"<p>※{TEXT * 3}</p>"), "x.pdf").tables
    assert [[cell.text for cell in row.cells] for row in table.rows if not row.is_line] == rows
    lines = [row.cells[0].text for row in table.rows if row.is_line]
    assert lines[0] == "進捗"
    assert "".join(lines[1:]) == f"※{TEXT * 3}"


RUNNING = "".join(f"<p>{TEXT * 6}</p>" for _ in range(12))
NO_TABLES = [
    f"<h1>実績　　　評価</h1>{RUNNING}",
    f"<div style='columns:2'><h3>項目</h3>{RUNNING}<h3>実績</h3>{RUNNING}</div>",
    f"<div style='columns:3'><p>項目</p>{RUNNING}<p>実績</p>{RUNNING}<p>評価</p></div>",
    f"<table><tr><td>日時<td>平成27年</tr><tr><td>場所<td>市役所</tr></table>{RUNNING}",
]


@pytest.mark.parametrize("html", NO_TABLES)
def test_running_text_is_refused(html):
    data = HTML(string=f"<style>p,td{{font:10pt 'BIZ UDGothic'}}td{{padding:0 20pt}}</style>{html}").write_pdf()
    with pytest.raises(UploadError, match="見出しの下に列のそろった表も見つかりません"):
        read_source(data, "x.pdf")


def test_letters_drawn_twice_come_once_and_readings_above_kanji_are_told():
    upon = (
        "<b style='position:relative;font-weight:normal'>{0}"
        "<b style='position:absolute;left:{1};top:{2};{3}'>{4}</b></b>"
    )
    plain = "font-weight:normal;white-space:nowrap"
    bold = upon.format("太字ああ", "0.4pt", "0.2pt", plain, "太字ああ")
    shadow = upon.format("影いい", "1.5pt", "1pt", plain, "影いい")
    ruby = upon.format("市民", "0", "-5pt", f"font-size:4pt;line-height:1;{plain}", "しみん")
    data = as_pdf([["項目", "実績"], [bold, "55回"], [shadow, f"{ruby}と学び、ああ、いいね"]])
    source = read_source(data, "x.pdf")
    assert [[cell.text for cell in row.cells] for row in source.tables[0].rows][1:] == [
        ["太字ああ", "55回"],
        ["影いい", "市民と学び、ああ、いいね"],
    ]
    assert "1ページ：小さなふりがな（「しみん」）は取り込みません。" in source.notes


def test_a_pdf_of_too_many_letters_is_refused_with_its_bound(monkeypatch):
    monkeypatch.setattr(files, "MOST_OF_ALL", 50)
    with pytest.raises(UploadError, match="1ページまでで50字を超えました"):
        read_source(unruled(PLAIN), "x.pdf")
