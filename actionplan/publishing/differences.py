"""What changes between two editions, or between an edition and a draft: row by row and cell by cell."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import itemgetter, or_
from typing import Any, Literal

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Subquery, TextField
from django.utils import timezone

from actionplan.cells import CELLS, CHOICE, FIGURES
from actionplan.exports.tabular import misfit_advice
from actionplan.figures import as_published, read_frozen
from actionplan.models import (
    CONTENT,
    DEPARTMENT,
    PRINTED,
    ActionItem,
    AnnualReport,
    Cells,
    Edition,
    EditionRow,
    Evidence,
    EvidenceKind,
    Figure,
    State,
    Voice,
    YearlyStatus,
    label_of,
)
from actionplan.publishing.beside import bring_voices, told_voices, voice_facts
from actionplan.publishing.compose import (
    LISTED,
    Draft,
    Wording,
    compose,
    contact_facts,
    printed_cells,
)
from actionplan.publishing.unconfirmed import OpenAnswer, unconfirmed_among
from actionplan.scale import Meaning, Pattern, read_scale
from actionplan.text import as_words
from actionplan.words import day_words, shown_number

# A category is compared by its label, which is what people read.
CODES = {cell.published for cell in CELLS if cell.kind == CHOICE}
COMPARED = (*(field for field in CONTENT if field not in CODES), *PRINTED, FIGURES.published, *LISTED)
COMPARE = itemgetter(*COMPARED)
FRONT_MATTER_LABELS = {
    "label": "年度の表記",
    "title": "表題",
    "plan": "計画と指針の文",
    "contact": "問い合わせ先",
    "actors": "凡例",
    "story_steps": "ストーリー",
    "story_remarks": "ストーリーの注記",
    "aims": "ねらい",
    "stages": "段階",
    "progress": "進捗区分の定義",
    "areas": "地域",
    "tags": "タグ",
}


@dataclass(frozen=True)
class CellDifference:
    """One cell's text before and after."""

    label: str
    before: str
    after: str


Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True)
class RowDifference:
    """One item that is added, removed or changed. item: its primary key."""

    kind: Kind
    code: str
    name: str
    cells: tuple[CellDifference, ...]
    item: int

    @property
    def kind_label(self) -> str:
        """追加, 削除 or 変更."""
        return {"added": "追加", "removed": "削除", "changed": "変更"}[self.kind]


def row_differences(before: Mapping[int, Cells], after: Iterable[Cells]) -> list[RowDifference]:
    """The rows that differ, in the order of `after`, removed rows last.

    before: the rows of an edition by item, as printed_cells() gives them: items are matched by identity.
    """
    new = {cells["item_id"]: cells for cells in after}
    pairs: list[tuple[Cells | None, Cells | None]] = [(before.get(key), cells) for key, cells in new.items()]
    pairs += [(cells, None) for key, cells in before.items() if key not in new]
    found = [_compare(old, now) for old, now in pairs if old is None or now is None or COMPARE(old) != COMPARE(now)]
    return [difference for difference in found if difference.cells]


def _compare(before: Cells | None, after: Cells | None) -> RowDifference:
    kind: Kind = "changed" if before and after else "added" if after else "removed"
    cells = after or before or {}
    code = shown_number(cells["item_printed"], *(cells[f"{level}_number"] for level in ("policy", "measure", "item")))
    return RowDifference(kind, code, cells["item_name"], tuple(_cells(before or {}, after or {})), cells["item_id"])


def _cells(before: Cells, after: Cells) -> Iterator[CellDifference]:
    for field in COMPARED:
        old, new = _told(before.get(field, "")), _told(after.get(field, ""))
        if old != new:
            as_text = _figures if field == FIGURES.published else _as_text
            yield CellDifference(_label(field), as_text(old), as_text(new))


def _told(value: Any) -> Any:
    """The value without the keys of the database, by which editions of before named the items that a row comes from."""
    if isinstance(value, list) and any(isinstance(each, dict) and "code" in each for each in value):
        return [{name: each[name] for name in ("code", "name")} for each in value]
    return value


def _label(field: str) -> str:
    return label_of(EditionRow, field)


def _figures(facts: Any) -> str:
    return "\n".join(f"{each.name}：{each.words}" for each in read_frozen(facts or ()))


def _as_text(value) -> str:
    if isinstance(value, dict):
        return " ".join(str(part) for part in value.values() if part)
    if isinstance(value, list):
        return "、".join(_one_of_list(each) for each in value).replace("\n、", "\n").strip("\n")
    return as_words(value)


def _one_of_list(each) -> str:
    if isinstance(each, str):
        return each
    if "text" in each:  # a related department's or a partner's, on lines of its own
        return f"【{each['name']}】{each['text']}\n"
    if "kind" in each:
        return evidence_words(each)
    return f"{each['code']} {each['name']}"


def evidence_words(each: dict) -> str:
    """写真・図「説明会」（代わりの文：…、識別 3a7b12cd）: another one as soon as anything of it is another."""
    facts = [f"代わりの文：{each['alt']}" if each.get("alt") else "", each.get("url", "")]
    facts.append(f"識別 {each['sha256'][:8]}" if "sha256" in each else "")
    return f"{EvidenceKind(each['kind']).label}「{each['caption']}」（{'、'.join(filter(None, facts))}）"


def front_matter_differences(before: dict, after: dict) -> list[CellDifference]:
    """The parts of the front matter that differ, each leaf with its text before and after."""
    found = []
    for key, label in FRONT_MATTER_LABELS.items():
        old, new = (dict(leaves(_worded(key, front.get(key)))) for front in (before, after))
        for path in [*new, *(path for path in old if path not in new)]:
            if old.get(path, "") != new.get(path, ""):
                found.append(CellDifference(label, old.get(path, ""), new.get(path, "")))
    return found


def _worded(key: str, value: Any) -> Any:
    """The part as people read it: of a category not what its meaning and pattern are called within."""
    if key != "progress" or not value:
        return value
    return [
        {
            "code": each.code,
            "label": each.label,
            "definition": each.definition,
            "meaning": Meaning(each.meaning).label,
            "pattern": Pattern(each.pattern).label,
        }
        for each in read_scale(value).categories
    ]


def leaves(value: Any, path: tuple = ()) -> Iterator[tuple[tuple, str]]:
    """Each text of what is kept as JSON, with the way to it."""
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in pairs:
            yield from leaves(part, (*path, key))
    elif value not in (None, ""):
        yield path, str(value)


@dataclass(frozen=True)
class NextEdition:
    """The draft of the next edition, how it differs from the one that it is held against, and what is not confirmed."""

    draft: Draft
    unconfirmed: Sequence[OpenAnswer]
    rows: Sequence[RowDifference]
    front: Sequence[CellDifference]


def next_edition(
    report: AnnualReport,
    base: Edition | None,
    wording: Wording = "published",
    headings: Wording | None = None,
    standing: Sequence[Edition] | None = None,
) -> NextEdition:
    """What publishing would change.

    base: the edition to compare with, None for the first. wording, headings, standing: as for compose().
    """
    draft = compose(report, wording, headings, standing)
    rows = row_differences(printed_cells(base), draft.cells) if base else []
    front = front_matter_differences(base.front_matter, draft.front_matter) if base else []
    return NextEdition(draft, unconfirmed_among(draft.answers), rows, front)


# What the record of an answer's change says before the reason, where it was corrected.
CORRECTION = "訂正："


def prepared_note(report: AnnualReport, shown: Edition, rows: Sequence[RowDifference]) -> str:
    """What citizens could be told of the corrections since the edition: the reasons given, by item where several.

    rows: what changes. One query where anything does.
    """
    codes = {row.item: row.code for row in rows}
    records = YearlyStatus.history.filter(report=report.pk, item__in=codes, history_date__gt=shown.published_at)
    told = records.filter(history_change_reason__startswith=CORRECTION).order_by("history_id") if codes else []
    found: dict[tuple[int, str], None] = {}
    for record in told:
        found[record.item_id, record.history_change_reason.removeprefix(CORRECTION)] = None
    several = len({item for item, _ in found}) > 1
    return "\n".join(f"{codes[item]}：{reason}" if several else reason for item, reason in found)


@dataclass(frozen=True)
class Last:
    """The newest edition of a year that has not been withdrawn."""

    pk: int
    number: int
    public_from: datetime
    made: datetime
    plan: int


def last_editions() -> dict[int, Last]:
    """By report, the newest year first; one query."""
    editions = Edition.objects.standing().filter(report__sample=False).order_by("-report__fiscal_year", "number")
    facts = editions.values_list("report", "pk", "number", "public_from", "published_at", "report__plan")
    return {report: Last(*rest) for report, *rest in facts}


def corrected_answers(last: Mapping[int, Last]) -> Counter[int]:
    """By report, how many confirmed answers its newest edition does not have as they are now: whatever of them an
    edition tells, texts of others beside them and evidence too. Seven queries at most, however many years there are.
    """
    answers = _touched(last) if last else []
    if not answers:
        return Counter()
    items = {answer.item_id for answer in answers}
    bring_voices(Voice.objects.filter(report__in=last, item__in=items), answers)
    rows = EditionRow.objects.filter(edition__in=[each.pk for each in last.values()], item__in=items)
    facts = rows.values("edition__report", "item_id", "figures", "evidence", "voices", *DEPARTMENT, "department_id")
    printed = {(cells["edition__report"], cells["item_id"]): cells for cells in facts}
    return Counter(
        answer.report_id for answer in answers if _is_corrected(answer, printed.get((answer.report_id, answer.item_id)))
    )


def _touched(last: Mapping[int, Last]) -> list[Any]:
    """The confirmed answers whose cells differ from the edition, `same` says so, and those that a record of change
    newer than it is about: only these need to be read whole.
    """
    editions = [each.pk for each in last.values()]
    made = Edition.objects.filter(pk__in=editions, report=OuterRef("report")).values("published_at")[:1]
    same = {cell.published: OuterRef(cell.name) for cell in CELLS}
    printed = EditionRow.objects.filter(edition__in=editions, edition__report=OuterRef("report"), item=OuterRef("item"))
    answers: Any = YearlyStatus.objects.filter(state=State.CONFIRMED, report__in=last).order_by()
    answers = answers.annotate(made=Subquery(made), same=Exists(printed.filter(**same)))
    # The records of answers are by far the most: asked for once, by year, not for each answer.
    own = _newer(last, "report", YearlyStatus.history.all()).values("id")
    evidence = _newer(last, "status__report", Evidence.history.all()).values("status")
    voices = Voice.history.filter(report=OuterRef("report"), item=OuterRef("item"), history_date__gt=OuterRef("made"))
    figures = Figure.history.filter(item=OuterRef("item"), history_date__gt=OuterRef("made"))
    told = Q(pk__in=own) | Q(pk__in=evidence) | Q(Exists(voices)) | Q(Exists(figures))
    found = answers.filter(Q(same=False) | told)
    return list(found.select_related("report", "department").prefetch_related("evidence", "item__figures"))


def _newer(last: Mapping[int, Last], report: str, records: QuerySet) -> QuerySet:
    """Those of the records that are newer than the edition of their year. report: what they call that."""
    of_year = (Q((report, pk), history_date__gt=each.made) for pk, each in last.items())
    return records.filter(reduce(or_, of_year)).order_by()


def _is_corrected(answer: Any, printed: Cells | None) -> bool:
    """Whether a correction would word the answer otherwise. printed: its row, None where the edition has none."""
    if printed is None or not answer.same:
        return True
    department = answer.department
    now = {
        "department_name": str(department or ""),
        "department_contact": contact_facts(department) if department else {},
    }
    moved = answer.department_id != printed["department_id"] and any(printed[name] != now[name] for name in DEPARTMENT)
    figures = as_published(answer.published_figures, printed["figures"])
    return (
        moved
        or list(figures) != printed["figures"]
        or [each.as_published() for each in answer.evidence.all()] != printed["evidence"]
        or [voice_facts(each) for each in told_voices(answer)] != printed["voices"]
    )


def renamed_items(last: Mapping[int, Last]) -> Counter[int]:
    """By report, how many items of each plan's newest edition have other areas or tags now. These belong to the plan: a
    correction takes them only when its wording of now is asked for. Three queries.
    """
    newest: dict[int, int] = {}
    for report, each in last.items():
        newest.setdefault(each.plan, report)
    editions = {last[report].pk: report for report in newest.values()}
    live = [_names_of(relation, newest) for relation in (ActionItem.areas, ActionItem.tags)] if editions else []
    rows = EditionRow.objects.filter(edition__in=editions).values_list("edition", "item", "areas", "tags")
    return Counter(
        editions[edition]
        for edition, item, *printed in rows
        if [sorted(names) for names in printed] != [sorted(names[item]) for names in live]
    )


def _names_of(relation: Any, plans: Iterable[int]) -> dict[int, list[str]]:
    """By item of the plans, the names of its areas, or of its tags."""
    named = relation.field.m2m_reverse_field_name()
    found: defaultdict[int, list[str]] = defaultdict(list)
    borne = relation.through.objects.filter(actionitem__measure__policy__plan__in=plans)
    for pk, name in borne.values_list("actionitem", f"{named}__name"):
        found[pk].append(name)
    return found


MISFITS_NAMED = 20


def old_csv_misfits(rows: Sequence[EditionRow]) -> list[str]:
    """Sentences about the texts for which citizens would get no CSV for old systems, with what could stand there."""
    texts = [field for field in EditionRow._meta.fields if isinstance(field, TextField | CharField)]
    found = [
        f"{row.code}の{field.verbose_name}：{advice}にすると、古いシステム用のCSVにも入ります。"
        for row in rows
        for field in texts
        if (advice := misfit_advice(str(getattr(row, field.attname))))
    ]
    more = len(found) - MISFITS_NAMED
    return [*found[:MISFITS_NAMED], f"ほかに{more}か所あります。"] if more > 0 else found


def waiting_words(year: Any, last: Last | None, corrected: int, renamed: int) -> str:
    """What there is to do or to know of the year, in a sentence; empty for nothing.

    year: the report, with how many items it has (asked) and how many are confirmed (ready).
    """
    if last is None:
        return f"{year.asked}項目のうち{year.ready}項目が確定しています。"
    if last.public_from > timezone.now():
        moment = timezone.localtime(last.public_from)
        when = f"{day_words(moment)}{moment.hour}時{moment.minute:02}分"
        changed = f"予約のあとに変わった項目が{corrected}件あります。" if corrected else ""
        return f"第{last.number}版が{when}に公表されます（予約）。{changed}"
    if corrected:
        return f"公表したあとに直して確定した項目が{corrected}件あります。訂正版を公表できます。"
    if left := year.asked - year.ready:
        return f"公表済みですが、確定していない項目が{left}件あります。"
    return RENAMED.format(count=renamed) if renamed else ""


RENAMED = (
    "公表したあとに地域かタグを変えた項目が{count}件あります。"
    "「いまの計画の文に替える」を選ぶと、訂正版に載せられます。"
)
