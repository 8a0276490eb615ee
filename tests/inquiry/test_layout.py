"""The layout that writer and reader share."""

from actionplan.cells import NAMES
from actionplan.inquiry.layout import ANSWER_COLUMNS, COLUMNS, Trouble
from actionplan.models import YearlyStatus


def test_every_cell_of_an_answer_has_a_column_under_its_own_name():
    assert tuple(ANSWER_COLUMNS) == NAMES
    for field, header in ANSWER_COLUMNS.items():
        assert YearlyStatus._meta.get_field(field).verbose_name == header


def test_no_two_columns_share_a_header():
    assert len({column.header for column in COLUMNS}) == len(COLUMNS)


def test_a_trouble_names_its_cell_and_knows_its_row():
    assert str(Trouble("G7", "直してください。")) == "G7：直してください。"
    assert Trouble("AB12", "").line == 12


def test_a_trouble_with_the_whole_sheet_names_no_cell():
    assert str(Trouble("", "直してください。")) == "直してください。"
    assert Trouble("", "").line is None


def test_the_benchmark_writes_its_workbook_without_a_database():
    from actionplan.inquiry.write_workbook import write_inquiry
    from benchmarks.inquiry import rows_of

    report, rows = rows_of(2)
    assert write_inquiry(report, None, rows).startswith(b"PK")
