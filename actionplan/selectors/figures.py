"""An item's figures through its years: a table a figure, each year's numbers with their bars."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from actionplan.figures import ACTUAL, BUDGET, SETTLED, TARGET, FigureKind, Frozen, written_number
from actionplan.selectors.item_history import ItemYear

NOTHING = Decimal(0)
# What stands ahead and what came of it, of each kind.
AHEAD = {FigureKind.INDICATOR: TARGET, FigureKind.MONEY: BUDGET}
RESULT = {FigureKind.INDICATOR: ACTUAL, FigureKind.MONEY: SETTLED}


@dataclass(frozen=True)
class Bar:
    """A number and its bar from zero, as percentages of the drawing; no width where the number is missing."""

    words: str
    x: str = "0%"
    width: str = ""


@dataclass(frozen=True)
class FigureYear:
    """A year's row."""

    label: str
    key: str
    ahead: Bar
    result: Bar
    rate: str


@dataclass(frozen=True)
class FigureTable:
    """A figure through the years, the oldest first. zero: where the axis stands; baseline: with its unit, or empty."""

    name: str
    unit: str
    ahead: str
    result: str
    rate: str
    baseline: str
    zero: str
    years: Sequence[FigureYear]


def figure_tables(years: Sequence[ItemYear]) -> list[FigureTable]:
    """A table for each figure of the years (latest first), by kind, name and unit: other units are other figures."""
    found: dict[tuple[str, str, str], list[tuple[ItemYear, Frozen]]] = {}
    for year in years:
        for figure in year.figures:
            found.setdefault((figure.kind, figure.name, figure.unit), []).insert(0, (year, figure))
    return [_table(pairs) for pairs in found.values()]


def _table(pairs: Sequence[tuple[ItemYear, Frozen]]) -> FigureTable:
    figure = pairs[-1][1]
    kind = FigureKind(figure.kind)
    drawn = [Decimal(digits) for _, each in pairs for digits in _digits(each) if digits]
    low, high = min(drawn, default=NOTHING), max(drawn, default=NOTHING)
    low, high = min(low, NOTHING), max(high, NOTHING)
    baseline = f"{written_number(figure.baseline)}{figure.unit}" if figure.baseline else ""
    return FigureTable(
        name=figure.name,
        unit=figure.unit,
        ahead=AHEAD[kind],
        result=RESULT[kind],
        rate="達成率" if kind == FigureKind.INDICATOR else "執行率",
        baseline=baseline,
        zero=_share(-low, high - low),
        years=[_year(year, each, low, high - low) for year, each in pairs],
    )


def _digits(figure: Frozen) -> tuple[str, str]:
    kind = FigureKind(figure.kind)
    ahead = figure.target if kind == FigureKind.INDICATOR else figure.values.get(BUDGET, "")
    return ahead, figure.values.get(RESULT[kind], "")


def _year(year: ItemYear, figure: Frozen, low: Decimal, span: Decimal) -> FigureYear:
    ahead, result = (_bar(digits, low, span) for digits in _digits(figure))
    rate = figure.rate.removeprefix("達成率").removeprefix("執行率")
    return FigureYear(year.label, year.key, ahead, result, rate)


def _bar(digits: str, low: Decimal, span: Decimal) -> Bar:
    if not digits:
        return Bar("")
    number = Decimal(digits)
    return Bar(written_number(digits), _share(min(number, NOTHING) - low, span), _share(abs(number), span))


def _share(part: Decimal, span: Decimal) -> str:
    """As a percentage of the drawing; nothing to draw is nothing wide."""
    return f"{round(100 * part / span, 3):f}%" if span else "0%"
