"""A workbook that went through LibreOffice says what it said before, and opens there as it should."""

import shutil
import subprocess

import openpyxl
import pytest

from actionplan.archives import OLD
from actionplan.inquiry.annotate import annotated
from actionplan.inquiry.find_sheet import CSV
from actionplan.inquiry.layout import FAULTS, SHEET
from actionplan.text import as_stored
from tests.exports.texts import AWKWARD
from tests.inquiry.workbooks import filled, issued, place, read, refusal, sheet_of

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not OFFICE, reason="LibreOfficeがありません：apt-get install libreoffice-calc で入ります。"),
]


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    """A settings folder of LibreOffice that no other run uses."""
    return tmp_path_factory.mktemp("office")


@pytest.fixture
def saved(profile, tmp_path):
    """What LibreOffice makes of a workbook when it opens it and saves it in a format."""

    def save(data: bytes, ending: str = "xlsx") -> bytes:
        source, target = tmp_path / "照会票.xlsx", tmp_path / "saved"
        source.write_bytes(data)
        command = [OFFICE, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", ending]
        subprocess.run([*command, "--outdir", target, source], check=True, capture_output=True, timeout=180)
        return (target / f"照会票.{ending.split(':')[0]}").read_bytes()

    return save


# LibreOffice escapes only the first of two spellings that share a _: it writes what means _x0041B (version 7.4).
SPOILT = {"_x0041_x0042_"}


def test_every_text_survives_to_the_letter(saved):
    texts = [*(text for text in AWKWARD if text not in SPOILT), "一\n\n二\n", "\n", "あ" * 3000, "🏝️"]
    data = issued(*[{"text": text, "next_step": f"{text}。{text}", "progress": "done"} for text in texts])
    before, after = read(data), read(saved(data))
    assert after == before
    assert [line.cells["text"] for line in after.lines] == [as_stored(text) for text in texts]


def test_answers_that_were_filled_in_are_read_after_libreoffice_saved_them(saved):
    data = saved(filled(issued({"text": "前の答え"}, {}), H5="一行目\n二行目", I5="実施済", H6="＝随時", I6="済"))
    found = read(data)
    assert found.lines[0].cells["text"] == "一行目\n二行目"
    assert found.lines[0].cells["progress"] == "done"
    assert found.lines[1].cells["text"] == "＝随時"
    assert [trouble.cell for trouble in found.troubles] == ["I6"]


def test_what_is_locked_stays_locked_and_the_list_stays_a_list(saved):
    sheet = sheet_of(saved(issued({}, {"text": "実施した。", "state": "submitted"})))
    assert sheet.protection.sheet
    assert not sheet[place("text", 5)].protection.locked
    assert sheet[place("code", 5)].protection.locked
    assert sheet[place("text", 6)].protection.locked
    assert "実施済" in sheet.data_validations.dataValidation[0].formula1
    assert sheet.print_title_rows == "$4:$4"
    assert sheet.page_setup.orientation == "landscape"
    assert not sheet.merged_cells.ranges


def test_a_workbook_given_back_with_its_faults_survives_too(saved):
    data = filled(issued({}, {}), I5="済", H6="実施した。")
    after = saved(annotated(data, read(data).troubles))
    assert read(after).troubles == read(data).troubles
    assert "使えません" in sheet_of(after)["I5"].comment.text
    assert sheet_of(after, FAULTS)["A3"].value == "I5"


def test_a_workbook_that_was_saved_as_ods_says_what_it_said_before(saved):
    data = issued({"text": "一\n\n二　三"}, {"progress": "done"}, {})
    data = filled(data, H5="一行目\n二行目", I5="実施済", H7="別紙のとおり", I7="済")
    sheet = saved(data, "ods")
    before, after = read(data), read(sheet)
    assert after.lines == before.lines
    assert [trouble.cell for trouble in after.troubles] == ["I7"]
    assert after.notes == before.notes
    marked = sheet_of(annotated(sheet, after.troubles))
    assert "使えません" in marked["I7"].comment.text


@pytest.mark.parametrize(("ending", "sentence"), [("xls", OLD), ("csv", CSV)])
def test_its_other_formats_are_each_refused_in_their_own_words(saved, ending, sentence):
    assert refusal(saved(issued(), ending), f"照会票.{ending}") == sentence


def test_it_prints_as_one_page_across(saved, tmp_path):
    (tmp_path / "page.pdf").write_bytes(saved(issued(*[{"text": "実施した。"}] * 3), "pdf"))
    facts = subprocess.run(["pdfinfo", tmp_path / "page.pdf"], check=True, capture_output=True, text=True).stdout
    assert "Pages:           2" in facts  # the answers on one page, the guidance on another


def test_libreoffice_finds_the_same_sheets(saved, tmp_path):
    (tmp_path / "again.xlsx").write_bytes(saved(issued()))
    assert openpyxl.load_workbook(tmp_path / "again.xlsx").sheetnames[0] == SHEET
