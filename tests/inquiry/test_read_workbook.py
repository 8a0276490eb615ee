"""Reading a workbook back: to the letter, wherever its cells have moved, and with every fault at once."""

from datetime import UTC, datetime
from unicodedata import east_asian_width

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actionplan.answers.sheet import SheetRow
from actionplan.inquiry.write_workbook import write_inquiry
from actionplan.models import ActionItem, AnnualReport, Department, Measure, Plan, Policy, State, YearlyStatus
from actionplan.scale import Progress
from tests import factories
from tests.exports.texts import record_texts
from tests.inquiry.workbooks import FIRST_ROW, edited, filled, issue, issued, place, read, troubles

ISSUED = datetime(2011, 4, 20, 0, 30, tzinfo=UTC)
FIELDS = ("text", "outcome", "challenge", "next_step")


def unsaved(texts: list[str], progress: str) -> tuple[AnnualReport, SheetRow]:
    """A row that stands in no database, with these texts in its cells."""
    plan = Plan(pk=1, title="計画")
    plan._prefetched_objects_cache = {"categories": []}
    report = AnnualReport(pk=1, plan=plan, fiscal_year=2010, key="2010")
    item = ActionItem(pk=1, measure=Measure(policy=Policy(plan=plan, number=3), number=2), number=1, name="項目")
    item._prefetched_objects_cache = {"actors": [], "figures": []}
    status = YearlyStatus(pk=7, report=report, item=item, progress=progress, revision=4, state=State.DRAFT)
    for field, text in zip(FIELDS, texts, strict=True):
        setattr(status, field, text)
    return report, SheetRow(status, (), "new")


@given(st.lists(record_texts(), min_size=4, max_size=4), st.sampled_from([str(each.value) for each in Progress]))
def test_any_text_and_category_come_back_to_the_letter(texts, progress):
    report, row = unsaved(texts, progress)
    found = read(write_inquiry(report, Department(pk=5, name="課"), [row], issued_at=ISSUED))
    [line] = found.lines
    assert line.cells == dict(zip(FIELDS, texts, strict=True)) | {"progress": progress}
    assert (line.line, line.status_id, line.revision, line.code) == (FIRST_ROW, 7, 4, "3-2-1")
    assert found.troubles == ()
    # Of letters that old systems lack, and of 同上 and －, which say nothing by themselves.
    assert all("CP932" in note or "だけです" in note for note in found.notes)


def test_the_file_says_whose_it_is_and_when_it_was_issued():
    report, row = unsaved([""] * 4, "unset")
    found = read(write_inquiry(report, Department(pk=5, name="課"), [row], issued_at=ISSUED))
    assert (found.report, found.department_id, found.issued_at) == ("2010", 5, ISSUED)
    assert read(write_inquiry(report, None, [row])).department_id is None


@pytest.mark.django_db
class TestWhatPeopleDo:
    def test_an_answer_that_was_typed_is_read_with_its_cell(self):
        found = read(filled(issued({}, {}), H6="実施した。", I6="実施済"))
        line = found.lines[1]
        assert (line.cells["text"], line.cells["progress"]) == ("実施した。", "done")
        assert found.place(line, "text") == "H6"
        assert found.lines[0].cells["text"] == ""

    def test_an_emptied_cell_is_empty_and_an_emptied_category_is_unset(self):
        data = issued({"text": "実施した。", "progress": "done"})
        [line] = read(filled(data, H5=None, I5=None)).lines
        assert (line.cells["text"], line.cells["progress"]) == ("", "unset")

    def test_a_renamed_sheet_is_read_and_noticed(self):
        found = read(edited(issued(), lambda sheet: setattr(sheet, "title", "うちの課")))
        assert len(found.lines) == 1
        assert "「うちの課」" in found.notes[0]

    def test_sorted_rows_are_read_by_their_numbers(self):
        data = issued({"text": "甲"}, {"text": "乙"})

        def swap(sheet):
            for one, other in zip(sheet[5], sheet[6], strict=True):
                one.value, other.value = other.value, one.value

        found = read(edited(data, swap))
        assert [(line.code, line.cells["text"]) for line in found.lines] == [("1-1-2", "乙"), ("1-1-1", "甲")]
        assert found.troubles == ()
        assert "行の並びが変わっていますが" in found.notes[0]

    def test_items_after_the_ninth_are_in_order(self):
        assert read(issued(*[{}] * 12)).notes == ()

    def test_deleted_rows_erase_nothing(self):
        found = read(edited(issued(*[{"text": "実施した。"}] * 4), lambda sheet: sheet.delete_rows(6, 3)))
        assert [line.code for line in found.lines] == ["1-1-1"]
        assert found.troubles == ()
        assert found.unknown == frozenset()

    def test_rows_and_columns_put_in_above_and_before_move_nothing(self):
        def move(sheet):
            sheet.insert_rows(2, 2)
            sheet.insert_cols(1)
            sheet["A7"] = "確認：山田"

        found = read(edited(issued({"text": "実施した。"}), move))
        assert found.lines[0].cells["text"] == "実施した。"
        assert found.place(found.lines[0], "text") == "I7"
        assert found.troubles == ()

    def test_a_hidden_row_and_column_are_read_all_the_same(self):
        def hide(sheet):
            sheet.row_dimensions[5].hidden = True
            sheet.column_dimensions["H"].hidden = True

        assert read(edited(issued({"text": "実施した。"}), hide)).lines[0].cells["text"] == "実施した。"

    def test_every_fault_is_told_at_once_in_the_order_of_the_rows(self):
        data = filled(issued({}, {}, {}), A5="9-9-9", H6="=1+1", I6="済", I7="未", B9="追加")
        assert [sentence.split("：")[0] for sentence in troubles(data)] == ["A5", "H6", "I6", "I7", "B9"]

    def test_rows_without_a_fault_are_told_apart(self):
        found = read(filled(issued({}, {}, {}), H5="甲", H6="=1+1", J6="乙", H7="丙"))
        assert [line.line for line in found.good_lines] == [5, 7]
        assert "text" not in found.lines[1].cells
        assert found.lines[1].cells["outcome"] == "乙"

    def test_windows_line_breaks_are_no_change(self):
        [line] = read(filled(issued({"text": "一\n二"}), H5="一_x000D_\n二")).lines
        assert line.cells["text"] == "一\n二"


@pytest.mark.django_db
def test_an_unedited_workbook_of_the_real_report_says_what_is_stored(real_report):
    found = read(issue(real_report))
    stored = {status.pk: status for status in real_report.statuses.all()}
    assert len(found.lines) == len(stored) == 38
    for line in found.lines:
        assert all(getattr(stored[line.status_id], field) == value for field, value in line.cells.items())
        assert line.revision == stored[line.status_id].revision
    assert (found.troubles, found.notes) == ((), ())


@pytest.mark.django_db
def test_a_workbook_that_openpyxl_saved_again_says_the_same():
    data = issued({"text": "一\n二", "progress": "done"}, {"outcome": "＝随時"}, {"text": " 端 "})
    assert read(edited(data, lambda sheet: None)) == read(data)


@pytest.mark.django_db
def test_a_text_of_the_widest_characters_is_read():
    wide = "".join(character for character in "あア漢Ａ※①" if east_asian_width(character) in "WFA") * 500
    report = factories.make_report(fiscal_year=2010)
    factories.make_status(report, text=wide)
    assert read(issue(report)).lines[0].cells["text"] == wide
    assert place("text") == "H5"
