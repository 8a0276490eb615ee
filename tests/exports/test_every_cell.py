"""What an answer says reaches every file: no format loses a cell that another one shows."""

from io import BytesIO

import openpyxl
import pytest

from actionplan.cells import CELLS, EXTRAS, NAMES, TEXT
from actionplan.publishing.publish import publish
from tests import factories

pytestmark = pytest.mark.django_db
MARKERS = {cell.name: f"しるし{number}番" for number, cell in enumerate(CELLS) if cell.kind == TEXT}


@pytest.fixture
def published(db):
    report = factories.make_report()
    factories.make_status(report, **MARKERS, progress="done")
    return publish(report, by=None)


def words_of(data: bytes) -> str:
    """Every cell of a workbook."""
    book = openpyxl.load_workbook(BytesIO(data))
    return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("address", ["/reports/2009/", "/reports/2009.csv", "/reports/2009.txt", "/items/1-1-1/"])
def test_every_cell_stands_on_the_pages_and_in_the_texts(client, published, address):
    text = client.get(address, follow=True).content.decode("utf-8-sig")
    assert [marker for marker in MARKERS.values() if marker not in text] == []


def test_every_cell_stands_in_the_file_for_old_systems(client, published):
    text = client.get("/reports/2009.csv?encoding=cp932").content.decode("cp932")
    assert [marker for marker in MARKERS.values() if marker not in text] == []


@pytest.mark.parametrize("address", ["/reports/2009.xlsx", "/reports/2009-form.xlsx"])
def test_every_cell_stands_in_the_workbooks(client, published, address):
    text = words_of(client.get(address).content)
    assert [marker for marker in MARKERS.values() if marker not in text] == []


def test_a_search_gives_the_words_by_which_it_found_the_item(client, published):
    for marker in MARKERS.values():
        assert marker in client.get("/search.csv", {"q": marker, "year": "2009"}).content.decode("utf-8-sig")


def test_the_form_workbook_names_what_stands_below_the_status(client, published):
    text = words_of(client.get("/reports/2009-form.xlsx").content)
    assert [cell.label for cell in EXTRAS if f"【{cell.label}】{MARKERS[cell.name]}" not in text] == []


def test_no_cell_is_left_out_of_the_markers():
    # A category is one of a few; figures have tests of their own (tests/figures).
    assert set(NAMES) - MARKERS.keys() == {"progress", "figures"}
