"""What a reorganisation is (rename, merge or split of departments on a day), and the sentences that refuse nonsense."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import timezone

from actionplan.models import Department
from actionplan.words import plain_day

FURTHEST = timedelta(days=3 * 366)
# A change may be registered late, by a few years; further back it is 2016 or 1026 written for 2026.
LONGEST_AGO = timedelta(days=5 * 366)
REASON = "組織改正："
CONTACT = ("postal_code", "address", "phone", "fax", "email")


@dataclass(frozen=True)
class Part:
    """One department after the day.

    existing: the primary key of a department that is there already; None for a new one, which facts describe.
    items: primary keys of the items that go to it, when a department is split.
    """

    existing: int | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    items: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Reorganisation:
    """Departments that end, and what stands in their place from the day on; the first part takes what is left over."""

    olds: tuple[int, ...]
    parts: tuple[Part, ...]
    day: date

    @property
    def splits(self) -> bool:
        """Whether one department becomes several."""
        return len(self.parts) > 1

    @property
    def last_day(self) -> date:
        """The last day of the departments that end."""
        return self.day - timedelta(days=1)

    @property
    def due(self) -> bool:
        """Whether the day has come."""
        return self.day <= timezone.localdate()

    def part_of(self, item: int | None) -> int:
        """The place of the part that takes the item; the main part's for every other."""
        return next((place for place, part in enumerate(self.parts) if item in part.items), 0)


def in_words(olds: Iterable[Department], parts: Iterable[Department], day: date) -> str:
    """○○課→△△課（2026年4月1日から）."""
    return f"{'・'.join(map(str, olds))}→{'・'.join(map(str, parts))}（{plain_day(day)}から）"


def faults(change: Reorganisation, known: Mapping[int, Department], items: set[int]) -> list[str]:
    """The sentences that say why the change cannot be; empty when it can.

    known: every department by primary key. items: those that the ending departments lead now.
    """
    if not change.olds or not change.parts or any(old not in known for old in change.olds):
        return ["担当課が見つかりません。担当課の一覧から、もう一度選んでください。"]
    found = [*_old_faults(change, known), *_day_faults(change)]
    for part in change.parts:
        found += _existing_faults(change, known, part.existing) if part.existing else _new_faults(change, known, part)
    return [*found, *(_split_faults(change, items) if change.splits else ())]


def _day_faults(change: Reorganisation) -> Iterator[str]:
    if change.day > timezone.localdate() + FURTHEST:
        yield f"施行日（{plain_day(change.day)}）が3年より先です。年を確かめてください。"
    if change.day < timezone.localdate() - LONGEST_AGO:
        yield f"施行日（{plain_day(change.day)}）が5年より前です。年を確かめてください。"


def _old_faults(change: Reorganisation, known: Mapping[int, Department]) -> Iterator[str]:
    for old in (known[pk] for pk in change.olds):
        if old.in_force_until:
            follower = f"（引き継いだ課：{old.successor}）" if old.successor_id else ""
            yield (
                f"{old}は、{plain_day(old.in_force_until)}で廃止と登録されています{follower}。二度行うことはできません。"
            )
        elif old.in_force_from and change.day <= old.in_force_from:
            yield f"{old}の設置日は{plain_day(old.in_force_from)}です。施行日は、それより後の日にしてください。"


def _existing_faults(change: Reorganisation, known: Mapping[int, Department], existing: int) -> Iterator[str]:
    target = known.get(existing)
    if target is None:
        yield "統合先の課が見つかりません。選び直してください。"
    elif target.pk in change.olds or _leads_back(target, change, known):
        yield f"{target}は、この組織改正でなくなる課か、その課に引き継がれる課です。残る課を選んでください。"
    elif target.in_force_until and target.in_force_until < change.day:
        yield f"{target}は、施行日より前の{plain_day(target.in_force_until)}に廃止されます。ほかの課を選んでください。"
    elif target.in_force_from and target.in_force_from > change.day:
        yield f"{target}の設置日（{plain_day(target.in_force_from)}）が、施行日より後です。ほかの課を選んでください。"


def _leads_back(target: Department, change: Reorganisation, known: Mapping[int, Department]) -> bool:
    seen: set[int] = set()
    while target.successor_id and target.pk not in seen:
        seen.add(target.pk)
        target = known[target.successor_id]
        if target.pk in change.olds:
            return True
    return False


def _new_faults(change: Reorganisation, known: Mapping[int, Department], part: Part) -> Iterator[str]:
    name, unit = _named(part.facts)
    shown = f"{name} {unit}".strip()
    if not name:
        yield "新しい課の課名を書いてください。"
        return
    if (
        len(change.olds) == 1
        and not change.splits
        and (known[change.olds[0]].name, known[change.olds[0]].unit)
        == (
            name,
            unit,
        )
    ):
        yield f"「{shown}」のままで、名前が変わっていません。新しい課名か係名を書いてください。"
    if sum(_named(other.facts) == (name, unit) for other in change.parts if not other.existing) > 1:
        yield f"「{shown}」が2つあります。課名か係名を変えてください。"
    for other in known.values():
        if other.pk not in change.olds and (other.name, other.unit) == (name, unit) and _stands(other, change.day):
            yield f"「{shown}」は、施行日に別の課としてあります。その課に移すときは「統合する」を選んでください。"


def _named(facts: Mapping[str, str]) -> tuple[str, str]:
    return facts.get("name", "").strip(), facts.get("unit", "").strip()


def _stands(department: Department, day: date) -> bool:
    return department.in_force_until is None or department.in_force_until >= day


def _split_faults(change: Reorganisation, items: set[int]) -> Iterator[str]:
    if len(change.olds) > 1 or any(part.existing for part in change.parts):
        yield "分けるときは、1つの課を新しい課に分けます。"
    chosen = [item for part in change.parts for item in part.items]
    if set(chosen) - items or len(chosen) != len(set(chosen)):
        yield "選ばれた項目が、この課の項目と合いません。画面を開き直して、選び直してください。"
    for place, part in enumerate(change.parts, 1):
        if place > 1 and items and not part.items:
            yield (
                f"{place}つ目の課（{_named(part.facts)[0]}）に移す項目がありません。"
                "項目を選ぶか、この課を外してください（項目のない課は、担当課の一覧から追加できます）。"
            )
    if items and not items - {item for part in change.parts[1:] for item in part.items}:
        yield "1つ目の課に残る項目がありません。1つ以上の項目を1つ目の課に選んでください。"
