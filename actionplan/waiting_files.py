"""The file between its check and its confirmation: the form that takes it, the place where it waits."""

import os
import re
import time
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from django import forms
from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from import_export.forms import ConfirmImportForm, ExportForm, ImportForm
from import_export.tmp_storages import BaseStorage

from actionplan.archives import OLD
from actionplan.kept_files import shared_folder
from actionplan.models import Person
from actionplan.uploads import LARGEST_FILE, MEGABYTE, GuardedCSV, GuardedXLSX

FORMATS = [GuardedCSV, GuardedXLSX]
# What each is read as, by its place in FORMATS.
SUFFIXES = {".csv": 0, ".xlsx": 1, ".ods": 1}
LABELS = (("0", "CSV（UTF-8）"), ("1", "Excel（.xlsx）"))
HELP = "CSV、Excel（.xlsx）、LibreOffice（.ods）のファイルを選びます。保存する前に、変わるところを確認できます。"
NOT_A_TABLE = "CSV（.csv）、Excel（.xlsx）、LibreOffice（.ods）の表を選んでください。"
ONE_DAY = 24 * 60 * 60
WAITING_NAME = re.compile(r"[0-9a-f]{32}")


def not_a_table(name: str) -> str:
    """What to tell of a file whose name ends otherwise than a table's; of an old one, how it is turned into one."""
    return (
        OLD
        if name.lower().endswith(".xls")
        else "CSV（.csv）、Excel（.xlsx）、LibreOffice（.ods）の表を選んでください。"
    )


def uploads() -> Path:
    """Where files wait, whichever computer took them: each may be asked to go on. Raises SharedFolderAway."""
    return shared_folder("uploads")


class WaitingFile(BaseStorage):
    """A file in the portal's own folder, readable by nobody else; what was never confirmed goes after a day."""

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return uploads() / self.name

    def save(self, data: bytes) -> None:
        """Keeps the bytes under a name that cannot be guessed."""
        self.name = uuid4().hex
        clear_left_over()
        with os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)

    def read(self) -> bytes:
        """The bytes. Raises FileNotFoundError."""
        return self.path.read_bytes()

    def remove(self) -> None:
        """Removes the file."""
        self.path.unlink(missing_ok=True)


def clear_left_over() -> int:
    """How many files were removed that nobody confirmed within a day, or whose upload broke off."""
    count, arriving = 0, Path(settings.FILE_UPLOAD_TEMP_DIR or settings.VAR_DIR).glob("tmp*.upload*")
    for old in (*uploads().glob("*"), *arriving):
        # Another upload may be clearing at the same moment.
        with suppress(FileNotFoundError):
            if time.time() - old.stat().st_mtime > ONE_DAY:
                old.unlink()
                count += 1
    return count


class OwnedFile(WaitingFile):
    """A waiting file whose place on the disk names its owner: nobody else's request can come to it."""

    def __init__(self, kind: str, owner: Person, name: str | None = None) -> None:
        """kind: what such files are for, as it begins their names: inquiry, people."""
        super().__init__(name=name)
        self.prefix = f"{kind}-{owner.pk}-"

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return uploads() / f"{self.prefix}{self.name}"


class UploadForm(ImportForm):
    """Takes a file; its format follows from its name."""

    def __init__(self, formats: list, resources: list, **kwargs) -> None:
        super().__init__(formats, resources, **kwargs)
        self.fields["format"].required = False
        self.fields["format"].widget = forms.HiddenInput()
        file = self.fields["import_file"]
        file.label, file.help_text = "ファイル", HELP
        file.widget.attrs["accept"] = ",".join(SUFFIXES)

    @property
    def media(self) -> forms.Media:
        """Nothing: the library's script guesses the format, which is not asked."""
        return forms.Media()

    def clean_import_file(self) -> UploadedFile:
        """The file, when it is neither too large nor of another kind."""
        file = self.cleaned_data["import_file"]
        if Path(file.name).suffix.lower() not in SUFFIXES:
            raise forms.ValidationError(not_a_table(file.name))
        if file.size > LARGEST_FILE:
            size, most = f"{file.size / MEGABYTE:.1f}MB", f"{LARGEST_FILE // MEGABYTE}MB"
            raise forms.ValidationError(f"ファイルが大きすぎます（{size}）。{most}以下に分けてください。")
        return file

    def clean(self) -> dict:
        """The cleaned data with the format's place in the list."""
        cleaned = super().clean()
        if file := cleaned.get("import_file"):
            cleaned["format"] = str(SUFFIXES[Path(file.name).suffix.lower()])
        return cleaned


class SignedName(forms.CharField):
    """The file's own name, carried by the page to the record of changes: signed, so that nobody makes it another."""

    widget = forms.HiddenInput

    def prepare_value(self, value: str | None) -> str:
        """The name with its signature."""
        return signing.dumps(value or "", salt="file name")

    def to_python(self, value: str | None) -> str:
        """The name. Raises ValidationError for one that this portal did not sign."""
        try:
            return signing.loads(value or "", salt="file name")
        except signing.BadSignature:
            raise forms.ValidationError("ファイルの名前が正しくありません。") from None


class ConfirmForm(ConfirmImportForm):
    """Names the waiting file; only names that WaitingFile gives are taken."""

    original_file_name = SignedName()
    format = forms.ChoiceField(choices=LABELS, widget=forms.HiddenInput)
    seen = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)

    def clean_import_file_name(self) -> str:
        """The name. Raises ValidationError for one that no waiting file can have."""
        name = self.cleaned_data["import_file_name"]
        if not WAITING_NAME.fullmatch(name):
            raise forms.ValidationError("ファイルの名前が正しくありません。")
        return name


class FileForm(ExportForm):
    """Asks for the format of the file to write."""

    def __init__(self, formats: list, resources: list, **kwargs) -> None:
        super().__init__(formats, resources, **kwargs)
        self.fields["format"] = forms.ChoiceField(
            label="ファイルの形式", choices=LABELS, widget=forms.RadioSelect, initial="1"
        )
