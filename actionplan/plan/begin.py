"""A new plan: empty, as a copy of the one before it, or from one table of its items; and the lineage of its items."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms.models import model_to_dict
from django.utils import timezone

from actionplan import permissions
from actionplan.models import (
    CITY_SETTINGS,
    ActionItem,
    Department,
    Figure,
    Measure,
    Partner,
    Person,
    Plan,
    Policy,
    Succession,
    items_by_number,
    note_source,
    one_change,
)
from actionplan.plan.table_cells import NO_LEGEND, CellError, DepartmentCell, MarksCell, whole_number
from actionplan.seen import fingerprint, refuse_moved
from actionplan.uploads import Table, UploadError, check_columns, column_letters, read_csv, read_xlsx
from actionplan.waiting_files import not_a_table

REASON = "新しい計画を始める"
DRAWN = "項目の引き継ぎを決める"
NUMBERS = ("施策番号", "取組番号", "項目番号")
TITLES = ("施策名", "取組名", "項目名")
CONTENT, MARKS, DEPARTMENT, ORIGINS = "アクションプランの内容", "主体", "担当課", "前の計画の項目"
PRINTED = ("施策番号の表記", "取組番号の表記", "項目番号の表記")
REQUIRED = (*NUMBERS, *TITLES)
KNOWN = (*REQUIRED, CONTENT, *PRINTED, MARKS, DEPARTMENT, ORIGINS)
MOVED = "表示したあとに、項目か引き継ぎが変わりました。いまの内容を確かめて、もう一度保存してください。"
CODES = r"[1-9][0-9]{0,3}-[1-9][0-9]{0,3}-[1-9][0-9]{0,3}"


class BeginningRefused(ValueError):
    """Raised when the plan cannot begin like that; sentences say why, place by place."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True)
class NewItem:
    """An item of the table: its three numbers and titles, its content, and what the table may say besides.

    printed: how the three numbers are printed, each empty where they are shown as they are.
    """

    numbers: tuple[int, ...]
    titles: tuple[str, ...]
    content: str
    actors: Sequence
    department: Department | None
    origins: Sequence[ActionItem]
    related: Sequence[Department] = ()
    partners: Sequence[Partner] = ()
    copied: ActionItem | None = None
    printed: tuple[str, ...] = ("", "", "")


@transaction.atomic
def begin_plan(
    plan: Plan, *, copy: bool = False, table: Table | None = None, by: Person | None, file: str = ""
) -> Plan:
    """The plan, stored with its tree; all of it or nothing.

    plan: not yet stored; settings of the city that it lacks are those of the plan before it, else of the newest one.
    copy: takes over the scale and the tree of the plan before it, ended items apart, each item drawn as continued.
    table: the items, one a row, see REQUIRED and KNOWN; file: its name. by: None when the machine does it.
    Raises PermissionDenied, BeginningRefused, ValidationError.
    """
    permissions.require(by is None or (permissions.may_add(by, Plan) and permissions.may_add(by, ActionItem)))
    before = plan.predecessor
    settled = before or Plan.objects.order_by("-pk").first()
    for name in CITY_SETTINGS:
        if settled and not getattr(plan, name):
            setattr(plan, name, getattr(settled, name))
    if copy and before is None:
        raise BeginningRefused(["前の計画から写すときは、前の計画を選んでください。"])
    plan.full_clean()
    with one_change(reason=REASON, source_file=file):
        plan.save()
        if copy and before:
            plan.take_scale(before.scale)
        plan.take_default_scale()
    items = list(_of_table(table, before)) if table else list(_of_plan(before)) if copy and before else []
    _plant(plan, items, file)
    return plan


def read_table(name: str, data: bytes) -> Table:
    """The table that the file holds. name: as the person called it. Raises UploadError."""
    kind = PurePath(name).suffix.lower()
    if kind not in (".csv", ".xlsx", ".ods"):
        raise UploadError(not_a_table(name))
    return read_csv(data) if kind == ".csv" else read_xlsx(data)


def _of_plan(before: Plan) -> Iterator[NewItem]:
    """The items that go on, each the heir of its own."""
    succession, day = Succession(), timezone.localdate()
    items = ActionItem.objects.filter(measure__policy__plan=before, ended=False)
    brought = ("actors", "related_departments", "partners", "areas", "tags", "figures")
    for item in items.select_related("measure__policy").prefetch_related(*brought):
        measure, policy = item.measure, item.measure.policy
        lead = succession.by_pk.get(succession.current(item.lead_department_id, day))
        titles = (policy.title, measure.title, item.name)
        numbers = (policy.number, measure.number, item.number)
        current = {succession.current(each.pk, day) for each in item.related_departments.all()}
        related = [succession.by_pk[pk] for pk in sorted(current)]
        yield NewItem(
            numbers,
            titles,
            item.content,
            item.actors.all(),
            lead,
            [item],
            related,
            item.partners.filter(active=True),
            item,
            (policy.printed_number, measure.printed_number, item.printed_number),
        )


def _of_table(table: Table, before: Plan | None) -> Iterator[NewItem]:
    check_columns(table.headers, REQUIRED)
    if unknown := [header for header in table.headers if header not in KNOWN]:
        raise BeginningRefused([f"見出しの「{name}」は、知らない列です。列ごと削除してください。" for name in unknown])
    rows, reader, faults = [], _ItemReader(table, before), []
    if MARKS in table.headers and not reader.marks.actors and any(row[MARKS].strip() for row in _dicts(table)):
        raise BeginningRefused([f"「{MARKS}」の列：{NO_LEGEND}"])
    for number, row in zip((number for number, _ in table.lines), _dicts(table), strict=True):
        found, wrong = reader.item(number, row)
        faults += wrong
        rows += [(number, found)] if found else []
    if faults := [*faults, *_clashes(rows)]:
        raise BeginningRefused(faults)
    yield from (item for _, item in rows)


def _dicts(table: Table) -> Iterator[dict[str, str]]:
    return (dict(zip(table.headers, row, strict=True)) for _, row in table.lines)


class _ItemReader:
    """Reads the rows of a table, knowing the legend, the departments and the items of the plan before."""

    def __init__(self, table: Table, before: Plan | None) -> None:
        self.headers = list(table.headers)
        self.marks, self.departments = MarksCell(), DepartmentCell()
        self.marks.load()
        self.departments.load(Department.objects.all(), timezone.localdate())
        self.before = _items_of(before)

    def item(self, number: int, row: Mapping[str, str]) -> tuple[NewItem | None, list[str]]:
        """The item of the row, or a sentence for each cell that cannot be taken."""
        self.faults: list[str] = []
        read = {column: self._take(column, row, number) for column in self.headers}
        for column in TITLES:
            if not row[column].strip():
                self._note(column, number, "空です。書き入れてください。")
        if self.faults:
            return None, self.faults
        numbers, titles = tuple(read[name] for name in NUMBERS), tuple(row[name] for name in TITLES)
        marks, origins = read.get(MARKS) or (), read.get(ORIGINS) or ()
        printed = tuple(read.get(name) or "" for name in PRINTED)
        content, lead = row.get(CONTENT, ""), read.get(DEPARTMENT)
        return NewItem(numbers, titles, content, marks, lead, origins, printed=printed), []

    def _take(self, column: str, row: Mapping[str, str], number: int) -> Any:
        text = row[column]
        try:
            if column in NUMBERS:
                return whole_number(text, column)
            if column == MARKS:
                return self.marks.clean(text) if text.strip() else ()
            if column == DEPARTMENT:
                return self.departments.clean(text)
            if column in PRINTED:
                return ActionItem._meta.get_field("printed_number").clean(text.strip(), None)
            return self.before.read(text) if column == ORIGINS else text
        except ValidationError as error:
            self._note(column, number, "".join(error.messages))
            return None
        except (CellError, ValueError) as error:
            self._note(column, number, str(error))
            return None

    def _note(self, column: str, number: int, sentence: str) -> None:
        letter = column_letters(self.headers.index(column))
        self.faults.append(f"{letter}{number}「{column}」：{sentence}")


def _clashes(rows: Sequence[tuple[int, NewItem]]) -> Iterator[str]:
    """Two rows of one code, and a policy or measure that two rows name or number differently."""
    first: dict[tuple, tuple[int, str, str]] = {}
    for number, item in rows:
        for depth in (1, 2, 3):
            key, title, printed = item.numbers[:depth], item.titles[depth - 1], item.printed[depth - 1]
            line, known, above = first.setdefault(key, (number, title, printed))
            code = "-".join(map(str, key))
            if depth == 3 and line != number:
                yield f"{number}行目：項目番号{code}は、{line}行目にもあります。どちらかを直してください。"
            elif known != title:
                kind = TITLES[depth - 1]
                yield f"{number}行目「{kind}」：{line}行目では「{known}」です。{code}の{kind}をそろえてください。"
            elif above != printed:
                kind = PRINTED[depth - 1]
                yield f"{number}行目「{kind}」：{line}行目では「{above}」です。{code}の{kind}をそろえてください。"


def _plant(plan: Plan, items: Iterable[NewItem], file: str) -> None:
    policies: dict[int, Policy] = {}
    measures: dict[tuple[int, ...], Measure] = {}
    for each in items:
        policy_number, measure_number, number = each.numbers
        policy_title, measure_title, name = each.titles
        if policy_number not in policies:
            made = Policy(plan=plan, number=policy_number, title=policy_title, printed_number=each.printed[0])
            policies[policy_number] = _kept(made, file)
        if (policy_number, measure_number) not in measures:
            above = policies[policy_number]
            new = Measure(policy=above, number=measure_number, title=measure_title, printed_number=each.printed[1])
            measures[policy_number, measure_number] = _kept(new, file)
        above_item = measures[policy_number, measure_number]
        with one_change(reason=REASON, source_file=file):
            item = ActionItem(measure=above_item, number=number, name=name, content=each.content)
            item.lead_department, item.printed_number = each.department, each.printed[2]
            _kept(item, file)
            item.actors.set(each.actors)
            item.origins.set(each.origins)
            item.related_departments.set(each.related)
            item.partners.set(each.partners)
            if each.copied:
                _copy_the_rest(each.copied, item, file)


def _copy_the_rest(old: ActionItem, item: ActionItem, file: str) -> None:
    """Areas, tags and the figures that are still asked for; the targets of the years before are not the new plan's."""
    item.areas.set(old.areas.all())
    item.tags.set(old.tags.all())
    for figure in old.figures.filter(last_year=None):
        facts = model_to_dict(figure, ("order", "kind", "name", "unit", "baseline"))
        _kept(Figure(item=item, **facts), file)


def _kept(row, file: str):
    try:
        row.full_clean()
    except ValidationError as error:
        raise BeginningRefused([f"{row}：{sentence}" for sentence in error.messages]) from error
    note_source(row, reason=REASON, source_file=file).save()
    return row


def _items_of(plan: Plan | None) -> "ItemsBefore":
    items = ActionItem.objects.filter(measure__policy__plan=plan) if plan else ActionItem.objects.none()
    return ItemsBefore(items.select_related("measure__policy"))


class ItemsBefore:
    """The items of the plan before, in order, and the numbers by which people name them."""

    def __init__(self, items: Iterable[ActionItem]) -> None:
        self.items = list(items)
        shown = items_by_number(self.items) | {item.public_id: item for item in self.items}
        self.known = {_plain(number): item for number, item in shown.items()}
        longest_first = sorted((number for number in self.known if number), key=len, reverse=True)
        own = (rf"(?<![\w\-]){re.escape(number)}(?![\w\-])" for number in longest_first)
        self.pattern = re.compile("|".join([*own, CODES]))

    def read(self, text: str) -> list[ActionItem]:
        """The items that the text names: 1-1-1、2-(1)-③. Raises ValueError for a number that is none of theirs."""
        plain = _plain(text)
        codes = list(dict.fromkeys(self.pattern.findall(plain)))
        rest = self.pattern.sub("", plain).strip(" 　、,，／/・\n\r\t")
        unknown = [code for code in codes if code not in self.known] + ([rest] if rest else [])
        if unknown:
            raise ValueError(
                f"「{'、'.join(unknown)}」は、前の計画の項目番号ではありません。1-1-1のように書いてください。"
            )
        return [self.known[code] for code in codes]

    def number_of(self, item: ActionItem) -> str:
        """A number that read() finds the item by; its public id where it shares its number with others."""
        names = (item.code, item.plain_code)
        return next((name for name in names if self.known.get(_plain(name)) == item), item.public_id)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


@dataclass(frozen=True)
class Lineage:
    """Which items of a plan come from which of the plan before. seal: what a page that shows it remembers."""

    plan: Plan
    items: Sequence[ActionItem]
    before: ItemsBefore

    @property
    def seal(self) -> str:
        """The fingerprint of everything shown."""
        drawn = [(item.pk, item.code, sorted(old.pk for old in item.origins.all())) for item in self.items]
        return fingerprint(drawn, [(item.code, item.pk) for item in self.before.items])

    @property
    def ended(self) -> list[ActionItem]:
        """The items of the plan before from which none comes."""
        reached = {old.pk for item in self.items for old in item.origins.all()}
        return [item for item in self.before.items if item.pk not in reached]


def lineage_of(plan: Plan) -> Lineage:
    """The lineage as it is drawn now; three queries."""
    items = ActionItem.objects.filter(measure__policy__plan=plan).select_related("measure__policy")
    return Lineage(plan, list(items.prefetch_related("origins__measure__policy")), _items_of(plan.predecessor))


@transaction.atomic
def draw_lineage(plan: Plan, codes: Mapping[int, str], *, seen: str, by: Person) -> int:
    """How many items were drawn anew. codes: by the item's primary key; an item that is not named stays as it is.

    Raises PermissionDenied, Moved, BeginningRefused with a sentence for each item whose codes cannot be read.
    """
    permissions.require(permissions.may_change(by, ActionItem))
    Plan.objects.select_for_update().get(pk=plan.pk)
    lineage, faults, changed = lineage_of(plan), [], []
    refuse_moved(seen, lineage.seal, MOVED)
    for item in lineage.items:
        try:
            wanted = lineage.before.read(codes.get(item.pk, ""))
        except ValueError as error:
            faults.append(f"{item}：{error}")
            continue
        if item.pk in codes and {old.pk for old in wanted} != {old.pk for old in item.origins.all()}:
            changed.append((item, wanted))
    if faults:
        raise BeginningRefused(faults)
    for item, wanted in changed:
        with one_change(reason=DRAWN):
            note_source(item, reason=DRAWN).origins.set(wanted)
    return len(changed)
