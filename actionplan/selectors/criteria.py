"""How far the citizens' pages meet JIS X 8341-3:2016, criterion by criterion: data, which a person keeps.

criteria.tsv holds number, level, name, result and how it was found. Who changes a result changes TESTED_ON.
"""

import csv
import io
from collections import Counter
from dataclasses import astuple, dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

TESTED_ON = date(2026, 12, 1)
TESTER = "システムの開発者（機械による検査と操作の試験）"
HEADINGS = ("達成基準", "レベル", "名前", "結果", "確かめ方", "試験日", "試験した人")


@dataclass(frozen=True)
class Criterion:
    """A success criterion; result: 適合, 適用なし or 未試験."""

    number: str
    level: str
    name: str
    result: str
    how: str


@lru_cache(maxsize=1)
def criteria() -> list[Criterion]:
    """Those of the levels A and AA, in the standard's order."""
    lines = Path(__file__).with_suffix(".tsv").read_text(encoding="utf-8").splitlines()
    return [Criterion(*line.split("\t")) for line in lines]


def results() -> dict[str, int]:
    """How many criteria have each result."""
    return dict(Counter(each.result for each in criteria()))


def criteria_csv() -> str:
    """The results as CSV with date and tester in each record, CRLF ends."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    writer.writerows((*astuple(each), TESTED_ON.isoformat(), TESTER) for each in criteria())
    return text.getvalue()
