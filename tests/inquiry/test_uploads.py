"""Every file that is not a filled workbook of this year and of one's own department gets its own clear answer."""

from datetime import date
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from actionplan.inquiry.layout import SHEET
from actionplan.models import YearlyStatus
from tests import factories
from tests.inquiry.filled import edited, stored
from tests.inquiry.inquiring import address, make_office, shown, upload, upload_url

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_office()


def waiting(settings):
    folder = settings.VAR_DIR / "uploads"
    return list(folder.iterdir()) if folder.exists() else []


def resaved(data, change):
    """The workbook after a change of the book."""
    book = load_workbook(BytesIO(data))
    change(book)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def stranger():
    """A workbook that the portal never issued."""
    stream = BytesIO()
    Workbook().save(stream)
    return stream.getvalue()


def bomb():
    """A small file that unpacks into a huge one."""
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/workbook.xml", b"0" * 70_000_000)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "make", "sentence"),
    [
        ("回答.xls", lambda: b"\xd0\xcf\x11\xe0" + b"0" * 600, "古い形式（.xls）"),
        ("回答.csv", lambda: "番号,実施状況\r\n1-1-1,文\r\n".encode(), "CSVファイルは照会票として取り込めません。"),
        ("回答.pdf", lambda: b"%PDF-1.7\n", "PDFは照会票として取り込めません。"),
        ("回答.xlsx", lambda: b"not a workbook", "Excelブック（.xlsx）として読めません。"),
        ("回答.xlsx", stranger, "このブックは照会票ではありません。"),
        ("回答.xlsx", bomb, "中身が大きすぎます"),
        (
            "大きい.xlsx",
            lambda: b"PK\x03\x04" + b"0" * 50_000_000,
            "大きすぎます（47.7MB）。照会票は10MBまで",
        ),
    ],
)
def test_a_file_of_another_kind_is_told_what_it_is_and_does_not_stay(office, settings, name, make, sentence):
    response = upload(office.clerk, office.report, make(), name=name)
    assert response.status_code == 422
    assert f"「{name}」：" in shown(response)
    assert sentence in shown(response)
    assert waiting(settings) == []


def test_an_empty_file_and_no_file_at_all_are_told(office):
    assert "ファイルが空です" in shown(upload(office.clerk, office.report, b""))
    assert "ファイルが選ばれていません" in shown(office.clerk.post(upload_url(office.report)))


def test_a_workbook_of_another_year_is_told_both_years(office, settings):
    other = make_office("農林課", factories.make_report(fiscal_year=2010))
    client = make_office("総務課", other.report).clerk
    response = upload(client, other.report, office.book())
    assert "この照会票は平成21年度（2009年度）のものです。" in shown(response)
    way = f'<a href="{upload_url(office.report)}">平成21年度（2009年度）の照会票の画面へ</a>'
    assert way in response.content.decode()
    assert "平成22年度（2010年度）の照会票を選び直してください" in shown(response)
    assert waiting(settings) == []


def test_a_workbook_of_another_department_is_refused_by_its_name(office, settings):
    other = make_office("農林課", office.report)
    response = upload(other.clerk, office.report, office.book(c1_1_1={"text": "乗っ取り"}))
    assert "「水産課」のものです" in shown(response)
    assert waiting(settings) == []


def test_a_workbook_of_an_older_version_is_told_how_to_go_on(office, monkeypatch):
    with monkeypatch.context() as before:
        before.setattr("actionplan.inquiry.layout.VERSION", 0)
        old = office.book()
    assert "前の様式の照会票です。" in shown(upload(office.clerk, office.report, old))


def test_numbers_and_dates_in_text_cells_are_told_or_shown_before_anything_is_stored(office):
    book = office.book(c1_1_1={"text": 12}, c1_1_2={"text": date(2010, 3, 31)})
    preview = upload(office.clerk, office.report, book)
    told = {trouble.cell for trouble in preview.context["comparison"].troubles}
    seen = {cell.place for item in preview.context["comparison"].items for cell in item.cells}
    assert told | seen == {"H5", "H6"}
    assert stored(office.first).text == "はじめの文1"


def test_a_renamed_sheet_is_read_and_told(office):
    book = resaved(office.book(c1_1_1={"text": "新しい文"}), lambda book: setattr(book[SHEET], "title", "Sheet1"))
    preview = upload(office.clerk, office.report, book)
    assert "シートの名前が「Sheet1」に変わっていますが" in shown(preview)
    assert len(preview.context["comparison"].items) == 1


def test_a_row_that_somebody_added_is_told_by_its_cell(office):
    def add(book):
        book[SHEET]["A7"], book[SHEET]["H7"] = "9-9-9", "勝手な行"

    preview = upload(office.clerk, office.report, resaved(office.book(), add))
    [trouble] = preview.context["comparison"].troubles
    assert trouble.cell == "A7"
    assert "照合番号のない行です。" in shown(preview)


def test_a_row_that_somebody_deleted_leaves_its_answer(office):
    book = resaved(office.book(c1_1_1={"text": "新しい文"}), lambda book: book[SHEET].delete_rows(6))
    preview = upload(office.clerk, office.report, book)
    assert "この照会票に行のない項目：1-1-2。その項目の回答は変わりません。" in shown(preview)
    assert preview.context["comparison"].troubles == ()


def test_a_deleted_column_changes_nothing(office):
    preview = upload(office.clerk, office.report, resaved(office.book(), lambda book: book[SHEET].delete_cols(8)))
    assert "変わるところはありません。" in shown(preview)


def test_a_row_carried_over_from_another_departments_workbook_is_refused(office):
    other = make_office("農林課", office.report)
    theirs = load_workbook(BytesIO(other.book()))[SHEET]

    def carry(book):
        for cell in theirs[5]:
            book[SHEET].cell(5, cell.column).value = cell.value
        book[SHEET]["H5"] = "乗っ取り"

    preview = upload(office.clerk, office.report, resaved(office.book(c1_1_2={"text": "新しい文"}), carry))
    assert "ほかの課の照会票の行です。" in shown(preview)
    assert [item.status for item in preview.context["comparison"].items] == [office.second]
    assert stored(other.first).text == "はじめの文1"


def test_a_hand_edited_number_is_refused(office):
    book = edited(office.book(), c1_1_1={"token": "2009/1/999/1/1-1-1:forged", "text": "乗っ取り"})
    preview = upload(office.clerk, office.report, book)
    assert "照合番号が書き換えられています。" in shown(preview)
    assert preview.context["comparison"].items == ()


def test_a_good_file_among_bad_ones_waits_and_the_bad_ones_are_told(office):
    good = ("良い.xlsx", office.book(c1_1_1={"text": "新しい文"}))
    page = upload(office.clerk, office.report, good, ("悪い.xlsx", b"broken"))
    assert address(page) == upload_url(office.report)
    assert "「悪い.xlsx」：" in shown(page)
    assert "良い.xlsx</a>" in page.content.decode()
    assert YearlyStatus.history.count() == 2


def test_an_upload_keeps_a_name_that_would_lead_elsewhere_out_of_the_disk(office, settings):
    files = [SimpleUploadedFile("../../../etc/passwd.xlsx", office.book(c1_1_1={"text": "新しい文"}))]
    office.clerk.post(upload_url(office.report), {"files": files})
    [path] = waiting(settings)
    assert path.name.startswith("inquiry-")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_whose_reading_ends_in_any_error_does_not_wait(office, settings, tmp_path, monkeypatch):
    from actionplan.inquiry.read_workbook import WaitingInquiry

    def breaks(self):
        raise SystemExit(1)  # what ends a worker that reads for too long

    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(WaitingInquiry, "read", breaks)
    with pytest.raises(SystemExit):
        upload(office.clerk, office.report, office.book())
    assert waiting(settings) == []
