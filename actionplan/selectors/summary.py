"""Counts of a year: per policy and per category, always with their denominators."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from actionplan.models import EditionRow, Progress


@dataclass(frozen=True)
class CategoryCount:
    """How many of `total` items stand in a category."""

    code: str
    label: str
    definition: str
    count: int
    total: int


@dataclass(frozen=True)
class PolicyCount:
    """A policy's items by category, in the order of Summary.categories and 未設定 last."""

    number: int
    title: str
    total: int
    categories: Sequence[CategoryCount]


@dataclass(frozen=True)
class Summary:
    """A year's counts: `categories` are those that people have set, `unset` stands apart."""

    total: int
    categories: Sequence[CategoryCount]
    unset: CategoryCount
    policies: Sequence[PolicyCount]

    @property
    def set_count(self) -> int:
        """How many items have a category."""
        return self.total - self.unset.count


def year_summary(front_matter: dict, rows: Iterable[EditionRow]) -> Summary:
    """The counts of an edition's rows; no query of its own."""
    rows = list(rows)
    counts = _category_counts(front_matter, rows)
    *categories, unset = sorted(counts, key=lambda count: count.code == Progress.UNSET)
    by_policy: dict[tuple[int, str], list[EditionRow]] = {}
    for row in rows:
        by_policy.setdefault((row.policy_number, row.policy_title), []).append(row)
    policies = [
        PolicyCount(number, title, len(group), _category_counts(front_matter, group))
        for (number, title), group in by_policy.items()
    ]
    return Summary(len(rows), categories, unset, policies)


def _category_counts(front_matter: dict, rows: list[EditionRow]) -> list[CategoryCount]:
    counted = Counter(row.progress for row in rows)
    return [
        CategoryCount(facts["code"], facts["label"], facts["definition"], counted[facts["code"]], len(rows))
        for facts in front_matter["progress"]
    ]
