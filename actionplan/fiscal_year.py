"""Fiscal years (1 April to 31 March), their era labels, reading them from what people type; the key of a year's report.

Source: conventions of the field, section 3. A fiscal year in which an era began carries the later era,
since that is how municipalities label it (2019 is 令和元年度); a report may override its label.
"""

import re
import unicodedata
from datetime import date
from typing import NamedTuple

from django.urls import register_converter


class Era(NamedTuple):
    """An era by its first fiscal year."""

    first: int
    name: str
    letter: str


ERAS = (Era(2019, "令和", "R"), Era(1989, "平成", "H"), Era(1926, "昭和", "S"))
EARLIEST, LATEST = 1926, 2099
TO_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
PATTERN = re.compile(r"(?P<era>令和|平成|昭和|[RHS])?(?P<number>元|\d{1,4})(?:年度?)?")


def fiscal_year_of(day: date) -> int:
    """The fiscal year that a day falls in: 2010-03-31 is in 2009."""
    return day.year if day.month >= 4 else day.year - 1


def _era_of(year: int) -> Era:
    for era in ERAS:
        if year >= era.first:
            return era
    raise ValueError(f"{year}年度は扱えません。{EARLIEST}年度から{LATEST}年度までで指定してください。")


LAST_YEAR = "昨年度"


def last_year_words(year: int, before: int) -> str:
    """昨年度, or which year it was where another one came before this one: 平成21年度."""
    return LAST_YEAR if before == year - 1 else era_label(before)


def era_label(year: int) -> str:
    """平成21年度; the first year of an era is 元, never 1. Raises ValueError before 1926."""
    era = _era_of(year)
    number = year - era.first + 1
    return f"{era.name}{'元' if number == 1 else number}年度"


def web_label(year: int, override: str = "") -> str:
    """平成21年度（2009年度）, the label on web pages; override replaces the era part."""
    return f"{override or era_label(year)}（{year}年度）"


def newsletter_label(year: int, override: str = "") -> str:
    """平成２１年度, with the full-width digits of the printed newsletter."""
    return (override or era_label(year)).translate(TO_FULL_WIDTH)


def parse_fiscal_year(text: str) -> int:
    """The fiscal year that a person meant by 平成21年度, H21, 平成２１, 2009, 2009年度, 令和元年度 or R1.

    Raises ValueError, with a Japanese sentence, for anything else.
    """
    cleaned = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
    match = PATTERN.fullmatch(cleaned)
    if not match:
        raise ValueError(f"「{text}」は年度として読めません。「平成21年度」「H21」「2009」のように書いてください。")
    year = _year_from(match["era"], match["number"], text)
    if not EARLIEST <= year <= LATEST:
        raise ValueError(f"「{text}」は年度の範囲（{EARLIEST}～{LATEST}年度）の外です。")
    return year


def _year_from(era_word: str | None, number: str, text: str) -> int:
    if era_word is None:
        if len(number) != 4:
            raise ValueError(f"「{text}」は元号か西暦4桁を付けて書いてください（例：平成21年度、2009年度）。")
        return int(number)
    count = 1 if number == "元" else int(number)
    index = next(i for i, era in enumerate(ERAS) if era_word in (era.name, era.letter))
    year = ERAS[index].first + count - 1
    # The year an era ended in is named by both eras (平成31年度 and 令和元年度 are both 2019), later ones by none.
    if count < 1 or (index and year > ERAS[index - 1].first):
        raise ValueError(f"「{text}」という年度はありません。")
    return year


# A report is found by its key: "2009" for the first plan, "2015-second" for another one's. Slug and key are given once,
# to last as long as the addresses made of them. The first plan's were there before there were others: no slug.
FIRST_PLAN = "1"
SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
# A report's place among the public pages.
PATH = rf"(?:plans/{SLUG}/)?reports/[12]\d{{3}}"


def report_key(slug: str, year: int) -> str:
    """The key of the plan's report on the year."""
    return str(year) if slug == FIRST_PLAN else f"{year}-{slug}"


def public_path(key: str) -> str:
    """reports/2009 or plans/second/reports/2015: the place as matched by PATH."""
    year, _, slug = key.partition("-")
    return f"plans/{slug}/reports/{year}" if slug else f"reports/{year}"


def key_of(path: str) -> str:
    """The key of the report at the place."""
    *plan, _, year = path.split("/")
    return f"{year}-{plan[1]}" if plan else year


class PlanConverter:
    """A plan by its slug."""

    regex = SLUG

    def to_python(self, value: str) -> str:
        """The slug as it stands."""
        return value

    to_url = to_python


class PathConverter:
    """A report in the addresses of the citizen wing: <report:key> matches reports/2009 and gives its key."""

    regex = PATH

    def to_python(self, value: str) -> str:
        """The key of the report at the place."""
        return key_of(value)

    def to_url(self, value: str) -> str:
        """The place of the report with the key."""
        return public_path(value)


register_converter(PlanConverter, "plan")
register_converter(PathConverter, "report")
