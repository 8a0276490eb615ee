"""One wording a number: a correction must not bring two titles of one policy or measure into one edition.

The rows that an edition has printed keep its words, items that have come since are worded as the plan has it now. Where
both meet under one number and say different things, the publisher decides; where two policies or measures would share a
number, nothing is published.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from actionplan.models import PRINTED, Cells, EditionRow, Measure, Policy, label_of
from actionplan.text import as_words

# What a number stands for, the fields that make it, and the fields of its words; the title first.
LEVELS = (
    ("施策", ("policy_number",), ("policy_title", "policy_printed")),
    (
        "取組",
        ("policy_number", "measure_number"),
        ("measure_title", "measure_printed", "measure_relisted", "status_heading"),
    ),
)
ADVICE = "計画の番号を直すか、計画の文を「いまの計画の文に替える」にしてください。"


@dataclass(frozen=True)
class TwoWordings:
    """A policy or a measure that edition and plan word differently.

    name: 施策3 or 取組3-2. number: (3,) or (3, 2). published, current: the words by field.
    is_the_same: whether it is one and the same, renamed; otherwise two that bear the same number.
    """

    name: str
    number: tuple[int, ...]
    published: Mapping[str, Any]
    current: Mapping[str, Any]
    is_the_same: bool

    def words(self, wording: Mapping[str, Any]) -> str:
        """The title in brackets, and behind it whatever else is different."""
        title, *others = wording
        told = [name for name in others if self.published[name] != self.current[name]]
        more = "".join(f"（{label_of(EditionRow, name)}：{as_words(wording[name])}）" for name in told)
        return f"「{wording[title]}」{more}"

    @property
    def before(self) -> str:
        """The published words."""
        return self.words(self.published)

    @property
    def now(self) -> str:
        """The plan's words."""
        return self.words(self.current)


@dataclass(frozen=True)
class _Group:
    """The rows under one number, each with the measure of its item in the plan: printed before, or come since."""

    printed: list[tuple[Cells, Measure]]
    come: list[tuple[Cells, Measure]]

    @property
    def all(self) -> list[tuple[Cells, Measure]]:
        return self.printed + self.come


def _groups(
    rows: Sequence[Cells], measures: Sequence[Measure], printed: Mapping[int, Cells], key: Sequence[str]
) -> dict:
    groups: dict[tuple[int, ...], _Group] = {}
    for cells, measure in zip(rows, measures, strict=True):
        group = groups.setdefault(tuple(cells[name] for name in key), _Group([], []))
        (group.printed if cells["item_id"] in printed else group.come).append((cells, measure))
    return groups


def _bearer(key: Sequence[str], measure: Measure) -> int:
    """What bears the number in the plan: the policy, or the measure."""
    return measure.policy_id if len(key) == 1 else measure.pk


def two_wordings(rows: Sequence[Cells], measures: Sequence[Measure], printed: Mapping[int, Cells]) -> list[TwoWordings]:
    """Every policy and measure of which the rows say different things, policies first, in the order of their numbers.

    rows: as they would be published. measures: where the item of each stands in the plan now. printed: the rows of the
    edition whose words are kept, by item.
    """
    found = []
    for name, key, words in LEVELS:
        for number, group in sorted(_groups(rows, measures, printed, key).items()):
            if len({tuple(cells[each] for each in words) for cells, _ in group.all}) > 1:
                bearers = [{_bearer(key, measure) for _, measure in part} for part in (group.come, group.printed)]
                first = min(group.all[: len(group.printed)] or group.all, key=lambda pair: pair[0]["item_number"])[0]
                before, now = ({each: cells[each] for each in words} for cells in (first, _now(group, words)))
                found.append(TwoWordings(f"{name}{_dashed(number)}", number, before, now, bearers[0] <= bearers[1]))
    return found


def _now(group: _Group, words: Sequence[str]) -> Cells:
    measure = (group.come or group.printed)[0][1]
    live: Cells = {"policy_title": measure.policy.title, "measure_title": measure.title}
    live |= {"policy_printed": measure.policy.printed_number, "measure_printed": measure.printed_number}
    live |= {"measure_relisted": measure.relisted, "status_heading": measure.status_heading}
    return {name: live[name] for name in words}


def _dashed(number: Sequence[int]) -> str:
    return "-".join(map(str, number))


def settle(rows: Sequence[Cells], differing: Sequence[TwoWordings], headings: str | None) -> None:
    """Words the rows of each such number in the way that was decided; leaves them while nothing is decided."""
    for each in differing if headings else ():
        chosen = each.published if headings == "published" else each.current
        key = LEVELS[len(each.number) - 1][1]
        for cells in rows:
            if tuple(cells[name] for name in key) == each.number:
                cells.update(chosen)


def clashes(
    rows: Sequence[Cells], measures: Sequence[Measure], printed: Mapping[int, Cells], differing: Sequence[TwoWordings]
) -> list[str]:
    """Why the rows cannot stand in one edition, in sentences; none when they can."""
    shared = [f"{each.name}が2つになります：{each.before}と{each.now}" for each in differing if not each.is_the_same]
    return [*shared, *_twice_numbered(rows, measures, printed), *_twice_coded(rows)]


def _twice_numbered(rows: Sequence[Cells], measures: Sequence[Measure], printed: Mapping[int, Cells]) -> Iterator[str]:
    """Policies and measures under two numbers: printed with one, and with another for items that have come since.

    A number is known by who bears it under its title; where that is another one now, by whom all of its items are in,
    unless they were moved there and what bore the number still stands.
    """
    for name, key, (title, *_) in LEVELS:
        groups = _groups(rows, measures, printed, key)
        before = {
            (_bearer(key, measure), cells[title]): number
            for number, group in groups.items()
            for cells, measure in group.printed
        }
        alone = _alone(groups, key)
        for number, group in sorted(groups.items()):
            bearers = {(_bearer(key, measure), cells[title]) for cells, measure in group.come}
            known = {before.get(each) or _renumbered(alone.get(each[0], {}), number, title) for each in bearers}
            for old in sorted(known - {number}):
                words = group.come[0][0][title]
                yield f"{name}「{words}」は、公表した版では{_dashed(old)}、いまの計画では{_dashed(number)}です"


def _alone(groups: Mapping[tuple[int, ...], _Group], key: Sequence[str]) -> dict[int, dict[tuple[int, ...], _Group]]:
    """By bearer, the printed numbers of which every item is its own."""
    found: dict[int, dict[tuple[int, ...], _Group]] = {}
    for number, group in groups.items():
        bearers = {_bearer(key, measure) for _, measure in group.printed}
        if len(bearers) == 1:
            found.setdefault(bearers.pop(), {})[number] = group
    return found


def _renumbered(alone: Mapping[tuple[int, ...], _Group], number: tuple[int, ...], title: str) -> tuple[int, ...]:
    """The number that a bearer was printed under, where nothing of that number and title is left; else its own."""
    if number not in alone:
        for old, group in alone.items():
            cells, measure = group.printed[0]
            if not _stands(old, cells[title], measure):
                return old
    return number


def _stands(number: tuple[int, ...], title: str, measure: Measure) -> bool:
    """Whether the measure's plan still has the policy, or the measure, of this number and title."""
    policies = Policy.objects.filter(plan=measure.policy.plan_id, number=number[0])
    if len(number) == 1:
        return policies.filter(title=title).exists()
    return Measure.objects.filter(policy__in=policies, number=number[1], title=title).exists()


def _twice_coded(rows: Sequence[Cells]) -> Iterator[str]:
    codes: dict[tuple[int, ...], list[str]] = {}
    for cells in rows:
        code: tuple[int, ...] = (cells["policy_number"], cells["measure_number"], cells["item_number"])
        codes.setdefault(code, []).append(cells["item_name"])
    for code, names in sorted(codes.items()):
        if len(names) > 1:
            yield f"項目{_dashed(code)}が2つになります：{'と'.join(f'「{name}」' for name in names)}"


def with_printed(front_matter: dict, rows: Sequence[Cells]) -> dict:
    """The front matter with the levels of which a number is printed otherwise than in figures: data files and pages
    have a column for it. A year without any says nothing of them.
    """
    levels = [level for level in PRINTED if any(cells[level] for cells in rows)]
    rest = {key: value for key, value in front_matter.items() if key != "printed"}
    return {**rest, "printed": levels} if levels else rest


def printed_twice(rows: Sequence[EditionRow]) -> list[str]:
    """Sentences about numbers that several items are shown with; their addresses and public ids tell them apart."""
    shown: dict[tuple, list[EditionRow]] = {}
    for row in rows:
        # ① below （１） is the number of one level: what is printed above it tells it from another ①.
        one_level = bool(row.measure_printed or row.policy_printed) and len(row.code.strip("（）()")) == 1
        below = (row.policy_number, row.measure_number) if one_level else ()
        shown.setdefault((row.code, *below), []).append(row)
    return [
        f"番号「{number}」：{'、'.join(row.item_name for row in several)}"
        for (number, *_), several in shown.items()
        if len(several) > 1 and any(row.item_printed for row in several)
    ]
