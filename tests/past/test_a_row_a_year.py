"""Tables that have a row for each year of an item: the second names no item, or only lies below merged cells."""

import pytest

from tests.past.tables import as_xlsx, reading_of, taken_in

BY_YEAR = [
    ["番号", "事業名", "担当課", "年度", "実施内容", "評価"],
    ["1", "花いっぱい運動", "環境課", "令和元年度", "花苗2,000本", "A"],
    ["", "", "", "R2", "花苗1,900本", "B"],
    ["2", "ごみゼロ", "環境課", "令和元年度", "年2回", "A"],
    ["", "", "生活課", "2020", "中止", "D"],
]


@pytest.mark.parametrize("merged", [(), ("A2:A3", "B2:B3", "C2:C3", "A4:A5", "B4:B5")])
def test_an_item_with_a_row_for_each_year_speaks_of_each(merged):
    reading = reading_of(as_xlsx(BY_YEAR, merged), "x.xlsx")
    said = [
        (line.number, line.name, line.departments, year, line.answers[year]["text"].text)
        for line in reading.lines
        for year in line.years
    ]
    assert said == [
        (1, "花いっぱい運動", ["環境課"], 2019, "花苗2,000本"),
        (1, "花いっぱい運動", ["環境課"], 2020, "花苗1,900本"),
        (2, "ごみゼロ", ["環境課"], 2019, "年2回"),
        (2, "ごみゼロ", ["生活課"], 2020, "中止"),
    ]
    assert any(told.sentence.startswith("年度だけが違う行") for told in reading.notes)


def test_a_row_of_the_same_year_goes_on_and_one_of_no_year_is_refused():
    rows = [*BY_YEAR[:2], ["", "", "", "R元", "追加500本", ""], ["", "", "", "来年", "未定", ""]]
    reading = reading_of(as_xlsx(rows), "x.xlsx")
    assert reading.lines[0].answers[2019]["text"].text == "花苗2,000本\n追加500本"
    assert [told.place for told in reading.troubles] == ["D4"]


@pytest.mark.django_db
def test_two_years_of_one_item_are_one_item(plan, coordinator):
    done = taken_in(plan, as_xlsx(BY_YEAR), "x.xlsx", coordinator)
    assert (done.items, done.answers, [report.fiscal_year for report in done.reports]) == (2, 4, [2019, 2020])
