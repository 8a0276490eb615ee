"""Answer cells as people leave them: what they saw is taken, what cannot be known is asked for."""

from datetime import date, datetime, time

import pytest

from tests.inquiry.workbooks import edited, filled, issued, read, respelt, troubles

pytestmark = pytest.mark.django_db


def text_of(data: bytes) -> str:
    found = read(data)
    assert found.troubles == ()
    return found.lines[0].cells["text"]


def fault_of(data: bytes) -> str:
    [trouble] = read(data).troubles
    assert "text" not in read(data).lines[0].cells
    assert trouble.cell == "H5"
    return trouble.sentence


def formatted(value: object, number_format: str) -> bytes:
    def fill(sheet):
        sheet["H5"] = value
        sheet["H5"].number_format = number_format

    return edited(issued(), fill)


def with_shared_string(xml: str) -> bytes:
    """A workbook as Excel saves it, with the shared string spelt so in H5."""
    return respelt(filled(issued(), H5="HERE"), b"<t>HERE</t>", xml.encode())


@pytest.mark.parametrize("value", ["'quoted", "＝SUM", "1e5", "TRUE", "3-2-1", "2026/4/1", "#N/A です", " 端 ", "　"])
def test_a_text_is_a_text_whatever_it_looks_like(value):
    assert text_of(filled(issued(), H5=value)) == value


def test_a_text_that_begins_like_a_formula_is_a_text():
    def write(sheet):
        sheet["H5"] = "=1+1"
        sheet["H5"].data_type = "s"

    assert text_of(edited(issued(), write)) == "=1+1"


@pytest.mark.parametrize("number_format", ["@", "General"])
@pytest.mark.parametrize(("value", "shown"), [(3, "3"), (2.0, "2"), (0.5, "0.5"), (-12, "-12"), (20100401, "20100401")])
def test_a_plain_number_is_taken_as_it_stood_on_the_screen(value, shown, number_format):
    assert text_of(formatted(value, number_format)) == shown


@pytest.mark.parametrize(
    ("value", "number_format"),
    [
        (-0.5, "0%;△0%"),
        (0.5, "# ?/?"),
        (0.123456789012, "General"),
        (123456789012, "General"),
        (1e300, "General"),
    ],
)
def test_a_number_of_which_nobody_knows_how_it_was_shown_is_asked_for(value, number_format):
    assert fault_of(formatted(value, number_format)).startswith("文字ではなく数値（")


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (0.85, "0%", "85%"),
        (1200, "#,##0円", "1,200円"),
        (1.5, "0", "2"),
        (date(2026, 4, 1), "yyyy/m/d", "2026年4月1日"),
        (datetime(2026, 4, 1, 9, 30), "m/d h:mm", "2026年4月1日 09:30"),
    ],
)
def test_a_number_or_a_date_is_offered_as_its_writer_saw_it(value, number_format, shown):
    found = read(formatted(value, number_format))
    assert (found.troubles, found.lines[0].cells["text"]) == ((), shown)
    assert f"「{shown}」" in found.lines[0].doubts["text"].sentence


def test_a_time_is_asked_for():
    assert "時刻（09:30:00）" in fault_of(filled(issued(), H5=time(9, 30)))


def test_a_boolean_is_asked_for():
    assert "TRUE" in fault_of(filled(issued(), H5=True))


@pytest.mark.parametrize("formula", ["=1+1", '=HYPERLINK("http://example.org","x")', "=A5"])
def test_a_formula_is_never_taken(formula):
    assert fault_of(filled(issued(), H5=formula)).startswith("数式が入っています。")


def test_an_error_of_excel_is_named():
    def fail(sheet):
        sheet["H5"].value = "#N/A"
        sheet["H5"].data_type = "e"

    assert fault_of(edited(issued(), fail)).startswith("Excelのエラー（#N/A）")


def test_control_characters_are_named():
    assert "U+0001、U+0007" in fault_of(filled(issued(), H5="一_x0001_二_x0007_三"))


def test_a_text_longer_than_a_cell_can_be_is_refused():
    assert fault_of(with_shared_string(f"<t>{'あ' * 32_768}</t>")).startswith("長すぎます（32768字）。")


def test_readings_of_words_that_excel_keeps_beside_a_text_are_no_part_of_it():
    reading = '<t>市民</t><rPh sb="0" eb="2"><t>シミン</t></rPh><phoneticPr fontId="1"/>'
    assert text_of(with_shared_string(reading)) == "市民"


def test_a_text_with_bold_words_is_read_whole():
    assert text_of(with_shared_string("<r><rPr><b/></rPr><t>太字</t></r><r><t>と普通</t></r>")) == "太字と普通"


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("実施済", "done"),
        (" 実施中 ", "in_progress"),
        ("一部\n実施", "partly_done"),
        ("　未実施　", "not_done"),
        ("検討中", "under_consideration"),
        ("未設定", "unset"),
        ("", "unset"),
        ("　", "unset"),
    ],
)
def test_a_category_is_known_by_its_words(label, code):
    assert read(filled(issued(), I5=label)).lines[0].cells["progress"] == code


@pytest.mark.parametrize("label", ["済", "done", "実施", "◎", "3"])
def test_another_category_is_refused_with_the_choices(label):
    [sentence] = troubles(filled(issued(), I5=label))
    assert sentence == (
        f"I5：進捗区分「{label}」は使えません。実施済・実施中・一部実施・検討中・未実施から選んでください。"
    )
