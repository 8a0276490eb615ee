"""Rules about numbers: sums that do not add up, amounts that are tenfold what they were, dates outside the year, and
what may say who somebody is.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple
from unicodedata import normalize

from actionplan.checks.subject import Finding, Subject
from actionplan.figures import ACTUAL, Declared, raw_values, written_number
from actionplan.fiscal_year import ERAS, era_label, fiscal_year_of

UNITS = (
    "人|名|回|件|団体|校区|校|地区|世帯|か所|カ所|ヶ所|ケ所|箇所|千円|百万円|万円|円|冊|台|本|枚|組|戸"
    "|社|店|時間|部|頭|匹"
)
# What stands before the first digit is looked at behind it: a search that begins with a digit finds it much sooner.
AMOUNT = re.compile(
    rf"(?P<number>\d(?<![\d.．,，〜～\-第約]\d)(?:\d{{0,2}}(?:[,，]\d{{3}})+|\d*))(?P<unit>{UNITS})(?!目)"
)
TOTAL = re.compile(
    r"(?:(?<![統設会家時累])計|合計|総計|総数|合わせて|併せて|あわせて|全体で|全部で)[でのは：:、\s]{0,2}$"
)
TOTAL_ENDS = frozenset("計数てでのは：:、")
SENTENCE = re.compile(r"[^。\n]+")
ALIKE = {"名": "人", "カ所": "か所", "ヶ所": "か所", "ケ所": "か所", "箇所": "か所"}
BRACKETS = re.compile(r"[（(]([^（()）]*)[）)]")
NOT_THEM_ALL = re.compile(r"^(?:うち|内[、 ]|前年|昨年|目標|予定|延べ)|など|ほか|他|等|前年|昨年|増|減")


class Amount(NamedTuple):
    """A number with its unit, whether it is called a total, and where it stands."""

    number: int
    unit: str
    is_total: bool
    start: int
    end: int


@lru_cache(maxsize=16)
def _amounts(text: str) -> list[Amount]:
    """Each amount of the text."""
    found = []
    for each in AMOUNT.finditer(text):
        digits, unit = each.groups()
        start, end = each.span()
        before = text[max(0, start - 6) : start]
        total = TOTAL.search(before) if before and (before[-1] in TOTAL_ENDS or before[-1].isspace()) else None
        start -= len(total[0]) if total else 0
        found.append(Amount(_number(digits), ALIKE.get(unit, unit), bool(total), start, end))
    return found


def _number(digits: str) -> int:
    return int(digits.replace(",", "").replace("，", ""))


WRONG_SUM = "内訳を足すと{}{}ですが、{}{}とあります。"


def sums(subject: Subject) -> Iterator[Finding]:
    """Parts and their total, named in one sentence, that do not add up: 男性12人、女性8人、計21人."""
    amounts = _amounts(subject.words)
    for sentence in SENTENCE.finditer(subject.words) if len(amounts) > 1 else ():
        own = [each for each in amounts if sentence.start() <= each.start < sentence.end()]
        if len(own) > 1:
            yield from _sums(own, {each.start(): each for each in BRACKETS.finditer(subject.words, *sentence.span())})


def _sums(amounts: Sequence[Amount], brackets: Mapping[int, re.Match]) -> Iterator[Finding]:
    parts: dict[str, list[int]] = {}
    told_in: list[tuple[str, int, int]] = []
    for each in amounts:
        number, unit = each.number, each.unit
        if any(unit == its and start < each.start < end for its, start, end in told_in):
            continue
        own = brackets.get(each.end)
        added = _details(own[1], unit) if own else 0
        if own:
            told_in.append((unit, *own.span()))
        earlier = parts.get(unit, []) if each.is_total else []
        if added and added != number:
            yield _wrong(added, each)
        elif not added and len(earlier) > 1 and not _adds_up(earlier, number):
            yield _wrong(sum(earlier), each)
        parts[unit] = [] if each.is_total else [*parts.get(unit, ()), number]


def _details(text: str, unit: str) -> int:
    """What the details of an amount make, 男性12人、女性8人; 0 where they are none, or not all of them."""
    found = [each.number for each in _amounts(text) if each.unit == unit and not each.is_total]
    return sum(found) if len(found) > 1 and not NOT_THEM_ALL.search(text) else 0


def _adds_up(parts: Sequence[int], total: int) -> bool:
    """Whether the parts just before the total, two at least, make it."""
    return any(sum(parts[start:]) == total for start in range(len(parts) - 1))


def _wrong(added: int, amount: Amount) -> Finding:
    sentence = WRONG_SUM.format(f"{added:,}", amount.unit, f"{amount.number:,}", amount.unit)
    return Finding(sentence, amount.start, amount.end)


# What an amount in a text is called, so that it is found again in last year's: 参加者は1,200人.
NAME = re.compile(r"([一-龥々ァ-ヶー]{2,12}?)(?:の数|数)?[はがを：:（(、 　]{0,2}$")


def _named(text: str) -> Iterator[tuple[tuple[str, str], Amount]]:
    """Each amount with what it is of, and its unit."""
    for each in _amounts(text):
        if name := NAME.search(text[max(0, each.start - 16) : each.start]):
            yield (name[1], each.unit), each


def tenfold(subject: Subject) -> Iterator[Finding]:
    """Amounts of the text that are ten times, or a tenth of, what last year's text said of the same."""
    if not _may_jump(_amounts(subject.words), [each for words in subject.last for each in _amounts(words)]):
        return
    before = {what: each.number for words in subject.last for what, each in _named(words)}
    for what, each in _named(subject.words):
        last = before.get(what)
        if last is not None and _jumps(Decimal(last), Decimal(each.number)):
            yield Finding(f"前回は{last:,}{each.unit}でした。けたを確かめてください。", each.start, each.end)


def _may_jump(amounts: Sequence[Amount], before: Sequence[Amount]) -> bool:
    """Whether any of the amounts is tenfold one of the same unit, whatever they are of."""
    return any(
        number >= 10 * last or last >= 10 * number
        for number, unit, *_ in amounts
        for last, its, *_ in before
        if unit == its
    )


def _jumps(last: Decimal, now: Decimal) -> bool:
    low, high = sorted((abs(last), abs(now)))
    return low > 0 and high >= 10 and high >= low * 10


TOTAL_NAME = re.compile(r"(?:合計|総計|総額|総数|全体|計)$")


def figure_jumps(declared: Sequence[Declared], text: str, last: Mapping[str, str], year: int) -> Iterator[Finding]:
    """Figures that are ten times, or a tenth of, last year's or the target. last: digits by key."""
    values = _read(raw_values(text))
    before = _read(last)
    for figure in declared:
        for column in figure.asked:
            key = figure.key(column)
            if (now := values.get(key)) is None:
                continue
            if key in before and _jumps(before[key], now):
                yield Finding(f"「{key}」は{_told(now, figure)}、前回は{_told(before[key], figure)}です。{CHECK}")
            target = _read({"": figure.targets.get(year, "")}).get("") if column == ACTUAL else None
            if target is not None and _jumps(target, now):
                yield Finding(f"「{key}」は{_told(now, figure)}、目標は{_told(target, figure)}です。{CHECK}")


CHECK = "けたを確かめてください。"


def figure_sums(declared: Sequence[Declared], text: str) -> Iterator[Finding]:
    """Figures called 合計 beside others of the same kind and unit that make another sum."""
    values = _read(raw_values(text))
    for total in declared:
        if not TOTAL_NAME.search(normalize("NFKC", total.name)):
            continue
        others = [each for each in declared if each is not total and (each.kind, each.unit) == (total.kind, total.unit)]
        for column in total.asked:
            parts = [values.get(each.key(column)) for each in others]
            said = values.get(total.key(column))
            if said is None or len(parts) < 2 or None in parts:
                continue
            if (added := sum((part for part in parts if part is not None), Decimal())) != said:
                yield Finding(f"「{total.key(column)}」は{_told(said, total)}ですが、足すと{_told(added, total)}です。")


def _told(number: Decimal, figure: Declared) -> str:
    return f"{written_number(format(number, 'f'))}{figure.unit}"


def _read(values: Mapping[str, str]) -> dict[str, Decimal]:
    """The numbers that can be read; what cannot is told elsewhere."""
    plain = {key: normalize("NFKC", digits).replace(",", "") for key, digits in values.items()}
    return {key: Decimal(each) for key, each in plain.items() if re.fullmatch(r"-?\d+(\.\d+)?", each)}


# ---- days, and what says who somebody is ----------------------------------------------------------------------------

ERA_STARTS = {"明治": 1868, "大正": 1912, "M": 1868, "T": 1912}
ERA_STARTS |= {each.name: each.first for each in ERAS} | {each.letter: each.first for each in ERAS}
NARROW = str.maketrans("ＭＴＳＨＲｍｔｓｈｒmtshr", "MTSHRMTSHRMTSHR")
POINT = r"\s*[.．/／・]\s*"
DAY = re.compile(
    r"(?:(?P<era>明治|大正|昭和|平成|令和)\s*|(?<![A-Za-zＡ-Ｚａ-ｚ])(?P<letter>[MTSHRＭＴＳＨＲmtshr]))(?P<count>元|\d{1,2})"
    rf"(?:\s*年\s*(?P<month>\d{{1,2}})\s*月(?:\s*(?P<day>\d{{1,2}})\s*日)?|{POINT}(?P<month2>\d{{1,2}}){POINT}(?P<day2>\d{{1,2}})(?!\d))"
    r"|(?<!\d)(?P<year>(?:18|19|20|１８|１９|２０)\d{2})"
    r"(?:\s*年\s*(?P<month3>\d{1,2})\s*月(?:\s*(?P<day3>\d{1,2})\s*日)?"
    r"|\s*[.．/／\-－]\s*(?P<month4>\d{1,2})\s*[.．/／\-－]\s*(?P<day4>\d{1,2})(?!\d))"
)
BORN = re.compile(r"\s*(?:日)?\s*(?:生まれ|生(?![活産涯徒物態き]))")
BIRTH = re.compile(r"(?:生年月日|誕生日|生年)[：:は（(\s]{0,3}$")
# Somebody whose birth a report might tell is rarely younger.
YOUNGEST = 15


# What any of them has.
MAYBE_DAY = re.compile(r"[年.．/／・\-－]\s*\d")


@lru_cache(maxsize=8)
def _days(text: str) -> list[re.Match]:
    """Each date with a month."""
    return list(DAY.finditer(text)) if MAYBE_DAY.search(text) else []


def _year_of(found: re.Match) -> int:
    if found["year"]:
        return int(found["year"])
    name = found["era"] or found["letter"].translate(NARROW)
    return ERA_STARTS[name] + (1 if found["count"] == "元" else int(found["count"])) - 1


def _part(found: re.Match, name: str) -> int | None:
    said = next((found[name + number] for number in ("", "2", "3", "4") if found[name + number]), None)
    return int(said) if said else None


def _is_birth(text: str, found: re.Match, year: int) -> bool:
    """Whether a date looks like somebody's birth: it says so, or it is a day of long ago."""
    if BORN.match(text, found.end()) or BIRTH.search(text, 0, found.start()):
        return True
    return _part(found, "day") is not None and _year_of(found) <= year - YOUNGEST


def dates(subject: Subject) -> Iterator[Finding]:
    """Dates with a month that are outside the year, in era or western writing, and days that there are not."""
    for found in _days(subject.words):
        if _is_birth(subject.words, found, subject.year):
            continue
        try:
            day = date(_year_of(found), _part(found, "month") or 1, _part(found, "day") or 1)
        except ValueError:
            yield Finding(f"「{found[0]}」という日はありません。", *found.span())
            continue
        year = fiscal_year_of(day)
        if year != subject.year and not (subject.ahead and year > subject.year):
            said = f"{era_label(year)}（{year}年度）" if year >= ERAS[-1].first else f"{year}年度"
            yield Finding(f"「{found[0]}」は{said}の日付です。{era_label(subject.year)}のことですか。", *found.span())


DASH = "[-‐‑‒–—―−ー－]"
PHONE = re.compile(
    rf"(?<![\d\-－])[0０]\d{{1,4}}(?:{DASH}|[)）(（]\s?| )\d{{1,4}}(?:{DASH}|[)）]\s?| )\d{{3,4}}(?!\d)"
    r"|(?<!\d)[0０][5789５７８９][0０]\d{8}(?!\d)"
    rf"|(?:電話|携帯|ＴＥＬ|TEL|Tel|tel|℡|☎|内線)(?:番号)?[：:は（(.．\s]{{0,3}}\d[\d\-－ー()（）]{{2,}}"
)
NUMBER = re.compile(
    rf"(?<!\d)\d{{4}}(?:{DASH}| )\d{{4}}(?:{DASH}| )\d{{4}}(?!\d)|(?:個人|マイナンバー)(?:番号)?[：:は\s]*\d{{12}}"
)
CALLED = ("電話", "携帯", "ＴＥＬ", "TEL", "Tel", "tel", "℡", "☎", "内線")
MAYBE_PHONE = re.compile(rf"[0０](?:\d{{1,4}}(?:{DASH}|[)）(（ ])|[5789５７８９][0０]\d{{8}})")
MAYBE_NUMBER = re.compile(rf"\d{{4}}(?:{DASH}| )\d{{4}}(?:{DASH}| )\d{{4}}")
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)


def personal(subject: Subject) -> Iterator[Finding]:
    """What looks like a telephone number, a birth date or an individual's number. An office's own is right."""
    text = subject.words
    for found in PHONE.finditer(text) if MAYBE_PHONE.search(text) or any(map(text.count, CALLED)) else ():
        yield Finding(f"「{found[0]}」は電話番号に見えます。公表してよい番号ですか。", *found.span())
    for found in MAIL.finditer(text) if "@" in text else ():
        yield Finding(f"「{found[0]}」はメールアドレスです。公表してよいアドレスですか。", *found.span())
    for found in NUMBER.finditer(text) if MAYBE_NUMBER.search(text) or "個人" in text or "マイ" in text else ():
        yield Finding(f"「{found[0]}」は個人の番号に見えます。公表してよい番号ですか。", *found.span())
    for found in _days(text):
        if _is_birth(text, found, subject.year):
            yield Finding(f"「{found[0]}」は生年月日に見えます。公表してよい日付ですか。", *found.span())
