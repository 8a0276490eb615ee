"""XlsxWriter, made exact: text goes into a workbook as text, and to the letter."""

import re
from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

# For Workbook(...): nothing that is written may turn into a formula, a link or a number by its looks.
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": False}

# A workbook writes a character as _xHHHH_, so a text that holds such letters itself needs its first _ written so;
# a control character after _xHHHH counts as the closing _, since its own spelling begins with one.
LOOKS_ESCAPED = re.compile(r"_(?=x[0-9a-fA-F]{4}[_\x00-\x08\x0b-\x1f\ufffe\uffff])")
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
ESCAPED = re.compile(r"_x(?![dD][89a-fA-F])([0-9a-fA-F]{4})_")  # halves of a surrogate pair stay as they are


def escape(text: str) -> str:
    """The text as a workbook's XML spells it, before the XML's own escapes.

    XlsxWriter's own version misses the second of two escapes that share a _, as in _x0041_x0042_.
    """
    return CONTROLS.sub(lambda found: f"_x{ord(found[0]):04X}_", LOOKS_ESCAPED.sub("_x005F_", text))


def unescape(text: str) -> str:
    """The text that a workbook's XML spells; it undoes escape() whatever the text."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


class ExactWorksheet(Worksheet):
    """A worksheet for workbooks opened with constant_memory, where cells are written in line, to the letter."""

    @staticmethod
    def _escape_control_characters(data: str) -> str:
        return escape(data)

    def _xml_rich_inline_string(self, string: str, attributes: Sequence[tuple[str, object]] = ()) -> None:
        # XlsxWriter takes a text that begins with <r> and ends with </r> for markup: the file would not open.
        self._xml_inline_string(string, True, attributes)
