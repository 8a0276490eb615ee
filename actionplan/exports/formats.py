"""The two file formats of import and export, for django-import-export: exact in both directions.

create_dataset raises UploadError (actionplan.exports.uploads) with the Japanese sentence for the person. The admin
shows it when its add_data_read_fail_error_to_form puts str(error) on the form.
"""

import tablib
from import_export.formats import base_formats

from actionplan.exports.csv_reader import read_csv
from actionplan.exports.tabular import write_csv, write_xlsx
from actionplan.exports.uploads import Table
from actionplan.exports.xlsx_reader import read_xlsx


def as_dataset(table: Table) -> tablib.Dataset:
    """The table as import-export wants it."""
    return tablib.Dataset(*table.rows, headers=table.headers)


class GuardedCSV(base_formats.CSV):
    """CSV in UTF-8 with a byte order mark, guarded against formulas; reads UTF-8 and CP932."""

    def is_binary(self) -> bool:
        """True: bytes go in and come out, so the encoding is settled here and nowhere else."""
        return True

    def get_read_mode(self) -> str:
        """Bytes."""
        return "rb"

    def export_data(self, dataset: tablib.Dataset, **kwargs) -> bytes:
        """The file."""
        return write_csv(dataset.headers, dataset)

    def create_dataset(self, in_stream: bytes, **kwargs) -> tablib.Dataset:
        """The table of an uploaded file, every cell a text. Raises UploadError."""
        return as_dataset(read_csv(in_stream))


class GuardedXLSX(base_formats.XLSX):
    """A workbook of one sheet in which text is text."""

    def export_data(self, dataset: tablib.Dataset, **kwargs) -> bytes:
        """The file. Raises CellsDoNotFit for a text that no cell can hold."""
        return write_xlsx(dataset.headers, dataset)

    def create_dataset(self, in_stream: bytes, **kwargs) -> tablib.Dataset:
        """The table of an uploaded workbook, every cell a text. Raises UploadError."""
        return as_dataset(read_xlsx(in_stream))
