"""Tables of a PDF without ruled lines: rows as they are in the original, or a refusal; never a wrong row in silence."""

import pytest
from weasyprint import HTML

from actionplan.past.files import read_source
from actionplan.uploads import UploadError

LONG = "市内の子ども会に活動費を補助し、年2回の交流会を開いた。参加者は延べ2,310人であった。"
HEADS = ["番号", "施策", "事業名", "実施内容", "評価"]
ROWS = [
    ["1-(1)-①", "ひと", "子ども会支援", LONG, "Ａ"],
    ["1-(1)-②", "ひと", "リーダー", "研修を年3回", "Ｂ"],
    ["1-(2)-①", "ひと", "サロン", LONG, "Ｃ"],
    ["2-(1)-①", "まち", "防災マップ", "作成中", "Ａ"],
    ["2-(1)-②", "まち", "河川清掃", "年2回", "Ｂ"],
]
WIDTHS = (60, 50, 90, 160, 50)


def unruled(rows, *, align: str, pad: float, line: float = 1.2, gap: float = 12) -> bytes:
    """A table whose cells are drawn with so much room above and below, lines so far apart, columns so far."""
    columns = "".join(f"<col style='width:{width}pt'>" for width in WIDTHS)
    cells = "".join("<tr>" + "".join(f"<td>{text}</td>" for text in row) + "</tr>" for row in rows)
    look = (
        "@page{size:A4 landscape}table{border-collapse:collapse;table-layout:fixed;width:410pt}"
        f"td{{font:9pt 'BIZ UDGothic';line-height:{line};padding:{pad}pt {gap}pt {pad}pt 0;"
        f"vertical-align:{align};white-space:pre-line}}"
    )
    html = f"<style>{look}</style><p>一覧</p><table><colgroup>{columns}</colgroup>{cells}</table>"
    return HTML(string=html).write_pdf()


def found_in(data: bytes) -> list[list[str]]:
    return [
        [cell.text.replace("\n", "") for cell in row.cells]
        for table in read_source(data, "x.pdf").tables
        for row in table.rows
        if not row.is_line
    ]


@pytest.mark.parametrize("align", ["top", "middle"])
@pytest.mark.parametrize("pad", [0, 0.5, 2, 5])
@pytest.mark.parametrize("line", [1, 1.3, 1.7])
def test_cells_that_wrap_stay_in_their_row(align, pad, line):
    assert found_in(unruled([HEADS, *ROWS], align=align, pad=pad, line=line)) == [HEADS, *ROWS]


SHORT = [[*row[:3], f"研修{row[0][-1]}\n参加12人" if place % 2 else "作成中", row[4]] for place, row in enumerate(ROWS)]


@pytest.mark.parametrize("align", ["top", "middle", "bottom"])
@pytest.mark.parametrize("pad", [0, 0.5, 1, 2, 4, 8])
@pytest.mark.parametrize("line", [1, 1.5, 2])
def test_lines_that_a_person_broke_are_read_right_or_refused_with_what_to_do(align, pad, line):
    data = unruled([HEADS, *SHORT], align=align, pad=pad, line=line)
    if is_refused(data):
        assert pad < 8
    else:
        assert found_in(data) == [HEADS, *([text.replace("\n", "") for text in row] for row in SHORT)]


def is_refused(data: bytes) -> bool:
    """Whether the file is refused, and says what to do."""
    try:
        read_source(data, "x.pdf")
    except UploadError as refusal:
        return "表をExcelに写して" in str(refusal)
    return False


@pytest.mark.parametrize("gap", [3, 4, 6])
def test_a_column_that_is_full_up_to_the_next_one_is_parted_from_it(gap):
    assert found_in(unruled([HEADS, *ROWS], align="top", pad=3, gap=gap)) == [HEADS, *ROWS]
