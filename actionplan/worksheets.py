"""What a worksheet says beside its values: how a number stands on the screen, and which rows and columns are hidden."""

import re

from actionplan.uploads import plain_text

# The parts of a number format: words in quotes, what takes no room, the digits, General, any other sign.
FORMAT = re.compile(r'"([^"]*)"|\\(.)|(_.|\*.|\[[^\]]*\])|([#0?][#0?,]*(?:\.[0#?]+)?)|(General|標準)|(.)')
DECIMALS = re.compile(r"\.(0*)")


def as_shown(value: float, number_format: str) -> str | None:
    """The number as it stood on the screen: 85% for 0.85, 1,500 for 1500, 213人; None where the format says more."""
    sections = number_format.split(";")
    if value < 0 and len(sections) > 1:
        return None
    words, digits = "", 0
    for quoted, escaped, nothing, places, general, sign in FORMAT.findall(sections[0]):
        if places.endswith(",") or (sign.isascii() and sign.isalpha()) or sign in ("/", "@"):
            return None
        if places or general:
            digits += 1
            words += _digits(value * 100 if "%" in sections[0] else value, places)
        words += "" if nothing else quoted or escaped or sign
    return words if digits == 1 else None


def _digits(value: float, places: str) -> str:
    if not places:
        return plain_text(value)
    found = DECIMALS.search(places)
    return f"{value:{',' if ',' in places else ''}.{len(found[1]) if found else 0}f}"


ROW, COLUMN = re.compile(rb"<(?:\w+:)?row\s[^>]*>"), re.compile(rb"<(?:\w+:)?col\s[^>]*>")
HIDES = re.compile(rb"""\shidden=["'](?:1|true)["']""")


def hidden_numbers(xml: bytes, tag: re.Pattern[bytes], *names: bytes) -> list[list[int]]:
    """What each hidden row, or stretch of columns, bears under the names. xml: of the sheet. tag: ROW or COLUMN."""
    tags = (found for found in tag.findall(xml) if HIDES.search(found))
    numbers = ([re.search(rb"\s" + name + rb"""=["'](\d+)["']""", found) for name in names] for found in tags)
    return [[int(each[1]) for each in found if each] for found in numbers if all(found)]
