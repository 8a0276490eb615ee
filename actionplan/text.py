"""Text: what the record may hold, and how a workbook spells it."""

import re
import unicodedata

FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"  # letters, says Unicode, that nobody sees
CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\x80-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]")


def as_words(value: object) -> str:
    """はい or いいえ for a truth, everything else as it is."""
    return ("はい" if value else "いいえ") if isinstance(value, bool) else str(value)


def tidy_line_breaks(text: str) -> str:
    """The text with every line break as a single \\n, and a blank for a tab.

    Browsers send CRLF, and what is copied from a spreadsheet brings tabs: neither can be seen, nor is it meant.
    """
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")


def forbidden_characters(text: str) -> list[str]:
    """The characters that a public record cannot hold (controls other than line breaks), as U+XXXX, in order."""
    return [f"U+{ord(found):04X}" for found in CONTROLS.findall(text)]


def invisible_characters(text: str) -> list[str]:
    """The characters that a line cannot show, as U+XXXX, in order: controls, breaks, marks of direction, fillers."""
    unseen = ("Cc", "Cf", "Cs", "Zl", "Zp")
    return [f"U+{ord(each):04X}" for each in text if unicodedata.category(each) in unseen or each in FILLERS]


# A workbook writes a character as _xHHHH_, so a text that holds such letters itself needs its first _ written so;
# a control character after _xHHHH counts as the closing _, since its own spelling begins with one.
LOOKS_ESCAPED = re.compile(r"_(?=x[0-9a-fA-F]{4}[_\x00-\x08\x0b-\x1f\ufffe\uffff])")
UNSPELT = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
ESCAPED = re.compile(r"_x(?![dD][89a-fA-F])([0-9a-fA-F]{4})_")  # halves of a surrogate pair stay as they are


def workbook_escape(text: str) -> str:
    """The text as a workbook's XML spells it, before the XML's own escapes.

    XlsxWriter's own version misses the second of two escapes that share a _, as in _x0041_x0042_.
    """
    return UNSPELT.sub(lambda found: f"_x{ord(found[0]):04X}_", LOOKS_ESCAPED.sub("_x005F_", text))


def workbook_unescape(text: str) -> str:
    """The text that a workbook's XML spells; it undoes workbook_escape() whatever the text."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
