"""Field types that hold the text of the record."""

from django.core.exceptions import ValidationError
from django.db import models

from actionplan.text import forbidden_characters, tidy_line_breaks


def refuse_control_characters(text: str) -> None:
    """Raises ValidationError when the text holds characters that no page, CSV or workbook can carry."""
    if found := forbidden_characters(text):
        names = "、".join(dict.fromkeys(found))
        raise ValidationError(
            f"目に見えない制御文字（{names}）が入っています。取り除いてから保存してください。", code="control"
        )


# A cell of Excel holds 32,767 units of UTF-16; what no workbook can carry would be missing from one.
LONGEST_TEXT = 32_000


def refuse_endless_text(text: str) -> None:
    """Raises ValidationError when the text is longer than a workbook's cell can be."""
    length = len(text.encode("utf-16-le")) // 2
    if length > LONGEST_TEXT:
        raise ValidationError(
            f"{LONGEST_TEXT:,}字までにしてください（いまは{length:,}字）。Excelのセルに入らなくなります。",
            code="endless",
        )


class RecordMixin:
    """Keeps text to the letter: line breaks become \\n, control characters are refused, nothing else changes."""

    default_validators = [refuse_control_characters, refuse_endless_text]

    def to_python(self, value):
        """The value with single line breaks."""
        value = super().to_python(value)
        return tidy_line_breaks(value) if isinstance(value, str) else value

    def formfield(self, **kwargs):
        """A form field that does not strip: a blank at the edge of a record is part of it."""
        return super().formfield(**{"strip": False, **kwargs})


class RecordTextField(RecordMixin, models.TextField):
    """Running text of the record."""


class RecordLineField(RecordMixin, models.CharField):
    """A title or a name of the record."""
