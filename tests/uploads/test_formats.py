"""The formats as import and export use them."""

import pytest
import tablib
from import_export import fields, resources

from actionplan.uploads import GuardedCSV, GuardedXLSX, UploadError
from tests.exports.texts import AWKWARD

FORMATS = [GuardedCSV, GuardedXLSX]


@pytest.fixture(params=FORMATS)
def file_format(request):
    return request.param()


def dataset(*rows: tuple) -> tablib.Dataset:
    return tablib.Dataset(*rows, headers=["番号", "項目"])


def test_an_export_imports_as_the_same_texts(file_format):
    rows = [(str(number), text) for number, text in enumerate(AWKWARD)]
    back = file_format.create_dataset(file_format.export_data(dataset(*rows)))
    assert back.headers == ["番号", "項目"]
    assert list(back) == rows


def test_files_are_bytes_in_both_directions(file_format):
    assert isinstance(file_format.export_data(dataset(("1", "一"))), bytes)
    assert file_format.is_binary()
    assert file_format.get_read_mode() == "rb"


def test_a_format_can_import_and_export_and_says_what_it_is(file_format):
    assert file_format.can_import()
    assert file_format.can_export()
    assert file_format.get_extension() == file_format.get_title() == type(file_format).__name__[7:].lower()


def test_a_file_of_the_other_format_is_refused_in_words():
    data = dataset(("1", "一"))
    with pytest.raises(UploadError, match=r"名前の終わりを「\.xlsx」に直して、選び直してください"):
        GuardedCSV().create_dataset(GuardedXLSX().export_data(data))
    with pytest.raises(UploadError, match=r"Excelブック（\.xlsx）として読めません"):
        GuardedXLSX().create_dataset(GuardedCSV().export_data(data))


def test_a_resource_s_export_is_written_with_its_numbers_as_numbers_and_its_texts_as_texts(file_format):
    class Things(resources.Resource):
        name = fields.Field(column_name="項目", dehydrate_method=lambda row: row)

    data = file_format.export_data(Things().export(["=1", "普通"]))
    assert [row[0] for row in file_format.create_dataset(data)] == ["=1", "普通"]
