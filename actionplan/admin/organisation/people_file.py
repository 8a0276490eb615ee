"""The list of staff as a file: written with today's people in it, and read again into lines."""

from pathlib import Path

from django import forms
from django.core.files.uploadedfile import UploadedFile

from actionplan.admin.uploads import SUFFIXES, SignedName
from actionplan.exports.csv_reader import read_csv
from actionplan.exports.tabular import write_csv, write_xlsx
from actionplan.exports.uploads import LARGEST_FILE, MEGABYTE, UploadError, check_columns
from actionplan.exports.xlsx_reader import read_xlsx
from actionplan.organisation.people_lines import COLUMNS, Line
from actionplan.organisation.roster import Roster

WRITERS = {"csv": write_csv, "xlsx": write_xlsx}
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
NO_FILE = "ファイルを選んでください。"


def staff_list(roster: Roster, ending: str) -> bytes:
    """The accounts in use that the roster's reader may manage, as a CSV or xlsx file."""
    people = [(person.username, roster.facts(person)) for person in roster.mine() if person != roster.reader]
    return WRITERS[ending](COLUMNS, [(username, *facts.cells) for username, facts in people if facts.active])


def read_lines_of(name: str, data: bytes) -> list[Line]:
    """The lines of the file, numbered as a spreadsheet counts. Raises UploadError for one that cannot be read."""
    table = read_xlsx(data) if Path(name).suffix.lower() == ".xlsx" else read_csv(data)
    check_columns(table.headers, COLUMNS)
    return [Line(number, dict(zip(table.headers, cells, strict=True))) for number, cells in enumerate(table.rows, 2)]


class PeopleFileForm(forms.Form):
    """Takes the file."""

    file = forms.FileField(
        label="職員のファイル",
        help_text="CSVかExcel（.xlsx）のファイルを選びます。保存する前に、変わるところを確かめられます。",
        widget=forms.FileInput(attrs={"accept": ",".join(SUFFIXES)}),
        error_messages={"required": NO_FILE, "missing": NO_FILE, "empty": "ファイルが空です。"},
    )

    def clean_file(self) -> UploadedFile:
        """The file, when it is neither too large nor of another kind."""
        file = self.cleaned_data["file"]
        if Path(file.name).suffix.lower() not in SUFFIXES:
            raise forms.ValidationError("CSV（.csv）かExcel（.xlsx）のファイルを選んでください。")
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(f"ファイルが大きすぎます。{LARGEST_FILE // MEGABYTE}MB以下に分けてください。")
        return file

    def read(self) -> list[Line]:
        """The lines; a file that cannot be read is told on the form, and gives none."""
        file = self.cleaned_data["file"]
        try:
            return read_lines_of(file.name, file.read())
        except UploadError as error:
            self.add_error("file", str(error))
            return []


class ConfirmPeopleForm(forms.Form):
    """Names the waiting file and what was shown of it."""

    waiting = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)
    name = SignedName()
    seal = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
