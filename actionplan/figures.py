"""Figures of an item's year: how a number is read and written, and what an edition freezes of a declared figure.

Numbers stay texts of digits, to the letter of their precision: 12.50 is never 12.5, and a missing one is never 0.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import TextChoices


class FigureKind(TextChoices):
    """What a figure measures: a result against a target, or money by where it comes from."""

    INDICATOR = "indicator", "指標"
    MONEY = "money", "事業費"


ACTUAL, BUDGET, SETTLED, TARGET = "実績", "予算", "決算", "目標"
# What is asked for each year.
ASKED = {FigureKind.INDICATOR: (ACTUAL,), FigureKind.MONEY: (BUDGET, SETTLED)}
# Which of them is held against which, and what the rate is called.
RATES = {FigureKind.INDICATOR: (ACTUAL, TARGET, "達成率"), FigureKind.MONEY: (SETTLED, BUDGET, "執行率")}

MINUS = "△▲−‐–—-"
NUMBER = re.compile(rf"([{MINUS}]?)([0-9]+|[0-9]{{1,3}}(?:,[0-9]{{3}})+)(\.[0-9]+)?")
LONGEST, MOST_DECIMALS = 15, 6
EQUALS, BETWEEN = "＝", "　"


class FigureFault(ValueError):
    """Raised for what cannot be read as a number; the message is the sentence for the person."""


def read_number(text: str) -> str:
    """The number as digits: -1234.50 for △１，２３４．５０; empty for blanks. Raises FigureFault."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    if not plain:
        return ""
    found = NUMBER.fullmatch(plain)
    if found is None:
        raise FigureFault(f"「{_short(text)}」は数として読めません。数字だけを書いてください（例：1,200、0.5、△30）。")
    sign, digits, decimals = found[1], found[2].replace(",", "").lstrip("0") or "0", found[3] or ""
    if len(digits) > LONGEST or len(decimals) > MOST_DECIMALS + 1:
        raise FigureFault(f"「{_short(text)}」は桁が多すぎます。整数{LONGEST}桁・小数{MOST_DECIMALS}桁までです。")
    number = digits + decimals
    return f"-{number}" if sign and number.strip("0.") else number


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 20 else f"{words[:20]}…"


def written_number(number: str) -> str:
    """The digits as people read them: −1,234.50."""
    whole, point, decimals = number.removeprefix("-").partition(".")
    return f"{'−' if number.startswith('-') else ''}{int(whole):,}{point}{decimals}"


@dataclass(frozen=True)
class Declared:
    """A figure that an item declares. targets: digits by fiscal year."""

    kind: str
    name: str
    unit: str
    baseline: str = ""
    targets: Mapping[int, str] = field(default_factory=dict)

    @property
    def asked(self) -> tuple[str, ...]:
        """The columns that are asked for each year."""
        return ASKED[FigureKind(self.kind)]

    def key(self, column: str) -> str:
        """What the value is called among all of the item: 参加者数　実績."""
        return f"{self.name}{BETWEEN}{column}"


def keys_of(declared: Iterable[Declared]) -> list[str]:
    """What is asked for, in order."""
    return [figure.key(column) for figure in declared for column in figure.asked]


def raw_values(text: str) -> dict[str, str]:
    """What stands behind each key of a text of lines, as it was written."""
    pairs = (line.partition(EQUALS) for line in text.split("\n") if EQUALS in line)
    return {key.strip(): value.strip() for key, _, value in pairs}


def read_values(text: str, declared: Sequence[Declared]) -> dict[str, str]:
    """The digits by key; what is not said is absent. Raises FigureFault with a sentence for every fault.

    text: lines of key＝value, as write_values() and a workbook write them; what stands in （ ） behind a name, such as
    its unit and last year's value, is not read. A number alone will do where one alone is asked for.
    """
    keys, faults, found = keys_of(declared), [], {}
    for line in filter(str.strip, text.split("\n")):
        key, value = _split(line, keys)
        if key not in keys and EQUALS in line and not value.strip():
            continue  # an empty line of a workbook that was sent before the figure went
        try:
            if key not in keys:
                raise FigureFault(f"「{_short(line)}」は、この項目で聞いている数ではありません。")
            if key in found:
                raise FigureFault(f"「{key}」の行が2つあります。1つにしてください。")
            found[key] = read_number(value)
        except FigureFault as fault:
            faults.append(f"{key}：{fault}" if key in keys and key not in str(fault) else str(fault))
    if faults:
        raise FigureFault("".join(faults))
    return {key: found[key] for key in keys if found.get(key)}


def _split(line: str, keys: Sequence[str]) -> tuple[str, str]:
    if EQUALS not in line and len(keys) == 1:
        return keys[0], line
    # Typed by hand, the sign may be a narrow one.
    sign = EQUALS if EQUALS in line else "="
    left, _, value = line.partition(sign)
    named = [key for key in keys if _is_named(left, key)]
    return max(named, key=lambda key: (key == left.strip(), len(key)), default=left.strip()), value


def _is_named(left: str, key: str) -> bool:
    name, _, column = key.rpartition(BETWEEN)
    words = left.strip()
    return words == key or (words.startswith(f"{name}（") and words.endswith(f"）{BETWEEN}{column}"))


def write_values(values: Mapping[str, str], declared: Sequence[Declared]) -> str:
    """The one way to write them: a line each, in order; nothing for what is missing."""
    return "\n".join(f"{key}{EQUALS}{values[key]}" for key in keys_of(declared) if values.get(key))


def blank_lines(text: str, last: Mapping[str, str], declared: Sequence[Declared], when: str = "昨年度") -> str:
    """Every line to be filled in, with unit and last year's value: 参加者数（人、昨年度1,180）　実績＝.

    when: what last year is called.
    """
    values, lines = raw_values(text), []
    for figure in declared:
        for column in figure.asked:
            key = figure.key(column)
            before = f"、{when}{written_number(last[key])}" if last.get(key) else ""
            lines.append(f"{figure.name}（{figure.unit}{before}）{BETWEEN}{column}{EQUALS}{values.get(key, '')}")
    return "\n".join(lines)


def frozen(declared: Sequence[Declared], text: str, year: int) -> list[dict]:
    """What an edition keeps of each figure: kind, name, unit, baseline, target and values by column."""
    values = raw_values(text)
    return [
        {
            "kind": str(figure.kind),
            "name": figure.name,
            "unit": figure.unit,
            "baseline": figure.baseline,
            "target": figure.targets.get(year, ""),
            "values": {column: values[figure.key(column)] for column in figure.asked if values.get(figure.key(column))},
        }
        for figure in declared
    ]


def as_published(live: Iterable[dict], published: Sequence[dict]) -> Iterator[dict]:
    """The live figures worded as an edition printed them; one that it did not have only where it says something."""
    known = {each["name"]: each for each in published}
    for each in live:
        if before := known.get(each["name"]):
            yield {**before, "values": each["values"]}
        elif each["values"]:
            yield each


@dataclass(frozen=True)
class Frozen:
    """A figure of a published row."""

    kind: str
    name: str
    unit: str
    baseline: str
    target: str
    values: Mapping[str, str]

    @property
    def parts(self) -> list[tuple[str, str]]:
        """Name and digits of everything that belongs to it, in reading order; digits may be missing."""
        ahead = [("基準値", self.baseline)] if self.baseline else []
        if self.kind == FigureKind.INDICATOR and self.target:
            ahead.append((TARGET, self.target))
        return [*ahead, *((column, self.values.get(column, "")) for column in ASKED[FigureKind(self.kind)])]

    @property
    def rate(self) -> str:
        """達成率102.8%; empty where a part is missing or there is nothing to divide by."""
        part, whole, name = RATES[FigureKind(self.kind)]
        digits = {**self.values, TARGET: self.target}
        found = percentage(digits.get(part, ""), digits.get(whole, ""))
        return f"{name}{found}" if found else ""

    @property
    def missed(self) -> bool:
        """Whether the year's result fell short of its target; where the target lies below the baseline, stood above."""
        digits = self.values.get(ACTUAL, "")
        if self.kind != FigureKind.INDICATOR or not (self.target and digits):
            return False
        actual, target = Decimal(digits), Decimal(self.target)
        lowers = bool(self.baseline) and target < Decimal(self.baseline)
        return actual > target if lowers else actual < target

    @property
    def words(self) -> str:
        """基準値1,000人　目標1,200人　実績1,234人（達成率102.8%）."""
        said = BETWEEN.join(
            f"{name}{written_number(digits)}{self.unit}" if digits else f"{name}：記載なし"
            for name, digits in self.parts
        )
        return f"{said}（{self.rate}）" if self.rate else said


# What the columns of a figure say, by the end of their names; the numbers among them come after the unit.
Part = Callable[[Frozen], str]
DATA_PARTS: dict[FigureKind, dict[str, Part]] = {
    FigureKind.INDICATOR: {
        "名称": lambda figure: figure.name,
        "単位": lambda figure: figure.unit,
        "基準値": lambda figure: figure.baseline,
        "目標値": lambda figure: figure.target,
        "実績値": lambda figure: figure.values.get(ACTUAL, ""),
    },
    FigureKind.MONEY: {
        "財源": lambda figure: figure.name,
        "単位": lambda figure: figure.unit,
        "予算額": lambda figure: figure.values.get(BUDGET, ""),
        "決算額": lambda figure: figure.values.get(SETTLED, ""),
    },
}


def read_frozen(facts: Iterable[dict]) -> list[Frozen]:
    """The figures that a published row holds."""
    return [Frozen(**each) for each in facts]


def percentage(part: str, whole: str) -> str:
    """102.8%; empty where one of them is missing or the whole is not more than nothing."""
    if not part or not whole or Decimal(whole) <= 0:
        return ""
    rate = (Decimal(part) / Decimal(whole) * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{written_number(str(rate))}%"


def with_figure_slots(front_matter: dict, rows: Iterable[Mapping]) -> dict:
    """The front matter with how many figures of each kind a row has at most: data files have as many columns. A year
    without any says nothing of them.
    """
    counted = [Counter(each["kind"] for each in cells["figures"]) for cells in rows]
    slots = {str(kind): max((count[kind] for count in counted), default=0) for kind in FigureKind}
    rest = {key: value for key, value in front_matter.items() if key != "figures"}
    return {**rest, "figures": slots} if any(slots.values()) else rest
