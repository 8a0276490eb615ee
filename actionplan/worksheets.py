"""What a worksheet says beside its values: how a number stands on the screen, and which rows and columns are hidden."""

import re
from datetime import date, datetime

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


DAY = re.compile(
    r'"([^"]*)"|\\(.)|(\[[^\]]*\]|_.|\*.)|(g+|e+|y+|m+|d+|a+|h+|s+|AM/PM)|(.)',
    re.IGNORECASE,
)
# The eras by their first days, with what ggg, gg and g show of them.
ERAS = (
    (date(2019, 5, 1), "令和", "R"),
    (date(1989, 1, 8), "平成", "H"),
    (date(1926, 12, 25), "昭和", "S"),
    (date(1912, 7, 30), "大正", "T"),
    (date(1868, 1, 25), "明治", "M"),
)


def day_as_shown(value: date, number_format: str) -> str | None:
    """The day as it stood on the screen: 平成22年4月1日, H22.4.1, 2010年4月; None where the format says more."""
    era = next((each for each in ERAS if datetime(*value.timetuple()[:3]).date() >= each[0]), None)
    words = []
    for quoted, escaped, nothing, token, sign in DAY.findall(number_format.split(";")[0]):
        shown = _part_of_day(value, token.lower(), era) if token else quoted or escaped or sign
        if shown is None:
            return None
        words.append("" if nothing else shown)
    return "".join(words)


def _part_of_day(value: date, token: str, era: tuple[date, str, str] | None) -> str | None:
    year = value.year - era[0].year + 1 if era else 0
    parts = {
        "yyyy": f"{value.year}",
        "yy": f"{value.year % 100:02}",
        "m": f"{value.month}",
        "mm": f"{value.month:02}",
        "d": f"{value.day}",
        "dd": f"{value.day:02}",
        "aaa": "月火水木金土日"[value.weekday()],
        "aaaa": f"{'月火水木金土日'[value.weekday()]}曜日",
    }
    if era:
        parts |= {"ggg": era[1], "gg": era[1][:1], "g": era[2], "e": f"{year}", "ee": f"{year:02}"}
    return parts.get(token)


ROW, COLUMN = re.compile(rb"<(?:\w+:)?row\s[^>]*>"), re.compile(rb"<(?:\w+:)?col\s[^>]*>")
# By its mark, by a height below three points or a width below one character.
HIDES = re.compile(
    rb"""\s(?:hidden=["'](?:1|true)|ht=["'][0-2](?:\.\d+)?|width=["']0(?:\.\d+)?)["']""",
)


def hidden_numbers(xml: bytes, tag: re.Pattern[bytes], *names: bytes) -> list[list[int]]:
    """What each hidden row, or stretch of columns, bears under the names. xml: of the sheet. tag: ROW or COLUMN."""
    tags = (found for found in tag.findall(xml) if HIDES.search(found))
    numbers = ([re.search(rb"\s" + name + rb"""=["'](\d+)["']""", found) for name in names] for found in tags)
    return [[int(each[1]) for each in found if each] for found in numbers if all(found)]
