"""Live tables → an edition not yet saved: the same function feeds preview, publish and the differences."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from django.db.models import Exists, F, Manager, OuterRef, Prefetch, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.forms.models import model_to_dict

from actionplan.cells import CELLS, CHOICES
from actionplan.figures import as_published, with_figure_slots
from actionplan.fiscal_year import era_label, newsletter_label
from actionplan.models import (
    CONTENT,
    DEPARTMENT,
    PRINTED,
    WHERE_TOLD,
    WORDING,
    YEAR_WHERE_TOLD,
    ActionItem,
    ActorType,
    AnnualReport,
    Cells,
    Department,
    Edition,
    EditionRow,
    Measure,
    Plan,
    Voice,
    YearlyStatus,
    content_sha256,
)
from actionplan.publishing.beside import (
    bring_voices,
    evidence_texts,
    left_out,
    told_voices,
    voice_facts,
    with_departments,
    with_named,
)
from actionplan.publishing.one_wording import TwoWordings, clashes, settle, two_wordings, with_printed
from actionplan.scale import Scale, read_scale
from actionplan.shadow import SEPARATOR, as_number, shadow, whole_words
from actionplan.words import plain_day, shown_number

# Of these, lists of names, files and texts, told by their own words.
LISTED = ("areas", "tags", "evidence", "voices")
# What a past report may word otherwise than the plan does now.
OTHERWISE = (*WORDING, *PRINTED, "origins", "areas", "tags")
# What a row is known and kept by, besides its content.
KEYS = ("item_id", "public_id", "department_id")
FIELDS = KEYS + CONTENT + WHERE_TOLD + YEAR_WHERE_TOLD


def answers_of(report: AnnualReport) -> list[YearlyStatus]:
    """The year's answers with everything that their rows say; eight queries. Items bear their `marks` and `merged`.

    Those of a plan that follows another bear their `sources` there too, and where related departments or partners have
    rows of their own, each answer bears them as `beside`; by one query more each.
    """
    # Prefetched, not joined: all rows share one policy, one measure, one department, instead of bearing copies.
    measures = Prefetch("item__measure", Measure.objects.select_related("policy"))
    marks = Prefetch("item__actors", to_attr="marks")
    others = ActionItem.objects.select_related("measure__policy")
    merged = Prefetch("item__predecessors", others, to_attr="merged")
    sources = [Prefetch("item__origins", others, to_attr="sources")] if report.plan.predecessor_id else []
    voiced = Exists(Voice.objects.filter(report=OuterRef("report"), item=OuterRef("item")))
    found = report.statuses.order_by().select_related("item").annotate(voiced=voiced)
    with_facts = ("department", "item__figures", "evidence", measures, marks, merged, "item__areas", "item__tags")
    answers: list[Any] = list(found.prefetch_related(*with_facts, *sources))
    if any(answer.voiced for answer in answers):
        bring_voices(report.voices.all(), answers)
    return answers


def live_cells(answer: YearlyStatus, scale: Scale) -> Cells:
    """One row as the live tables word it now. scale: whose words its categories have."""
    item: Any = answer.item  # bears its marks, merged and sources, see answers_of()
    department = answer.department
    return {
        **heading_cells(item.measure),
        "item_id": item.pk,
        "public_id": item.public_id,
        "item_number": item.number,
        "item_printed": item.printed_number,
        "item_name": item.name,
        "content": item.content,
        "actor_symbols": "".join(each.symbol for each in sorted(item.marks, key=lambda each: each.order)),
        "merged_from": [old.as_source for old in item.merged],
        "origins": [old.as_source for old in getattr(item, "sources", ())],
        "figures": answer.published_figures,
        "areas": [area.name for area in item.areas.all()],
        "tags": [tag.name for tag in item.tags.all()],
        "evidence": [each.as_published() for each in answer.evidence.all()],
        "voices": [voice_facts(each) for each in told_voices(answer)],
        "department_id": answer.department_id,
        "department_name": str(department or ""),
        "department_contact": contact_facts(department) if department else {},
        **{field: words for cell in CELLS for field, words in cell.as_published(answer.says(cell), scale).items()},
        # A past report keeps the numbers and the words that it had.
        **{field: answer.printed[field] for field in OTHERWISE if field in answer.printed},
    }


def heading_cells(measure: Measure) -> Cells:
    """What a row says of its measure and policy."""
    return {
        "policy_number": measure.policy.number,
        "policy_printed": measure.policy.printed_number,
        "policy_title": measure.policy.title,
        "measure_number": measure.number,
        "measure_printed": measure.printed_number,
        "measure_title": measure.title,
        "measure_relisted": measure.relisted,
        "status_heading": measure.status_heading,
    }


def printed_cells(edition: Edition) -> dict[int, Cells]:
    """The edition's rows by item, in page order."""
    return {cells["item_id"]: cells for cells in edition.rows.order_by("position").values(*FIELDS)}


def keep_published_wording(cells: Cells, published: Cells) -> None:
    """Words the row as it was published; the department too, unless another one has taken the item over."""
    kept = (
        (*WORDING, *WHERE_TOLD, *DEPARTMENT)
        if cells["department_id"] == published["department_id"]
        else (*WORDING, *WHERE_TOLD)
    )
    figures = list(as_published(cells["figures"], published["figures"]))
    cells.update((field, published[field]) for field in kept)
    cells["figures"] = figures


def page_place(cells: Cells) -> tuple[int, ...]:
    """Where the row stands among the others."""
    return (cells["policy_number"], cells["measure_number"], cells["item_number"], cells["item_id"])


def search_text(row: EditionRow) -> str:
    """The shadow of everything a citizen would search the row by: its names, and after a separator its texts."""
    titles = (row.policy_title, row.measure_title, row.item_name)
    names = shadow((row.policy_printed, row.measure_printed, row.item_printed, *titles))
    words = "\n".join(whole_words(title) for title in titles)
    return f"{names}\n{as_number(row.plain_code)}\n{words}{SEPARATOR}{shadow(_texts(row))}"


def _texts(row: EditionRow) -> tuple[str, ...]:
    return (
        row.content,
        *(getattr(row, cell.published_words) for cell in CELLS),
        row.department_name,
        *(each["name"] for each in row.figures),
        *row.areas,
        *row.tags,
        *evidence_texts(row.evidence),
        *(words for voice in row.voices for words in (voice["name"], voice["text"])),
    )


Wording = Literal["published", "current"]


@dataclass(frozen=True)
class Draft:
    """An edition not yet saved: its front matter, its rows as cells in page order, and the answers they are made of.

    left_out: texts beside the answers that were handed in and that nobody has confirmed, in words.
    unmarked: items that lack the marks which others of the report bear, in words.
    differing: policies and measures with two wordings. settled: whether it was decided which of them hold.
    clashes: sentences that say why it cannot be published at all.
    """

    front_matter: dict
    cells: Sequence[Cells]
    answers: Sequence[YearlyStatus]
    differing: Sequence[TwoWordings] = ()
    settled: bool = True
    clashes: Sequence[str] = ()
    left_out: Sequence[str] = ()
    unmarked: Sequence[str] = ()

    @cached_property
    def rows(self) -> list[EditionRow]:
        """The rows as models not yet saved, numbered in their order."""
        return [EditionRow(position=position, **cells) for position, cells in enumerate(self.cells, 1)]

    @cached_property
    def content_sha256(self) -> str:
        """The hash of the public content."""
        return content_sha256(self.front_matter, self.cells)


def last_edition(report: AnnualReport) -> Edition | None:
    """The highest-numbered edition of the report that has not been withdrawn, scheduled ones included."""
    return report.editions.standing().order_by("-number").first()


def shown_edition(report: AnnualReport) -> Edition | None:
    """The edition of the report that citizens see at this moment."""
    return report.editions.public().order_by("-number").first()


def compose(
    report: AnnualReport,
    wording: Wording = "published",
    headings: Wording | None = None,
    standing: Sequence[Edition] | None = None,
) -> Draft:
    """The draft of the report's next edition.

    wording: "published" keeps the plan's text as the last edition printed it, so that later edits of the plan do not
    leak into an old year; "current" takes the plan as it stands now. Items new to the year are worded as now.
    headings: which title a policy or measure has of which edition and plan have different ones; None while nobody has
    decided that.
    standing: the report's editions that are not withdrawn, newest first, where they have been read.
    """
    last = last_edition(report) if standing is None else next(iter(standing), None)
    base = last if wording == "published" else None
    published = printed_cells(base) if base else {}
    answers = sorted(answers_of(report), key=_live_order)
    front_matter = _front_matter(report, base, {answer.says(cell) for answer in answers for cell in CHOICES})
    rows = _rows(answers, read_scale(front_matter["progress"]), published)
    measures = [answer.item.measure for answer in answers]
    differing = two_wordings(rows, measures, published)
    faults = clashes(rows, measures, published, differing)
    settle(rows, differing, headings)
    front_matter = with_figure_slots(front_matter, rows)
    named = with_named(front_matter, rows, answers, legend=bool(base and base.front_matter["actors"]))
    front_matter = with_departments(with_printed(named, rows), rows, answers, last)
    settled = headings is not None or not differing
    ordered = sorted(rows, key=page_place)
    asked = [] if report.is_past else [cells for cells in ordered if cells["item_id"] not in published]
    unmarked = _unmarked(ordered, asked)
    return Draft(front_matter, ordered, answers, differing, settled, faults, left_out(answers), unmarked)


def _rows(answers: Sequence[YearlyStatus], scale: Scale, published: Mapping[int, Cells]) -> list[Cells]:
    """The cells of each answer, in the words of its published row where there is one."""
    rows = [live_cells(answer, scale) for answer in answers]
    for cells in rows:
        if cells["item_id"] in published:
            keep_published_wording(cells, published[cells["item_id"]])
    return rows


def _unmarked(rows: Sequence[Cells], asked: Sequence[Cells]) -> list[str]:
    """Those of the asked rows that bear no mark, where a row bears any: a report without any has no marks.

    What an edition printed without stays so; other plans, and older ones, had no such marks.
    """
    if not any(cells["actor_symbols"] for cells in rows):
        return []
    return [f"{_code(cells)} {cells['item_name']}" for cells in asked if not cells["actor_symbols"]]


def _code(cells: Cells) -> str:
    numbers = (cells[f"{level}_number"] for level in ("policy", "measure", "item"))
    return shown_number(cells["item_printed"], *numbers)


def _front_matter(report: AnnualReport, base: Edition | None, used: Collection[str]) -> dict:
    """The front matter of the draft: as published, with what has come since, or as the live tables have it.

    used: the codes of the year's categories.
    """
    front_matter = with_missing_actors(base.front_matter) if base else live_front_matter(report)
    return with_missing_categories(front_matter, used, report)


def _live_order(answer: YearlyStatus) -> tuple[int, ...]:
    measure = answer.item.measure
    return measure.policy.number, measure.number, answer.item.number, answer.item_id


PLAN_FIELDS = (
    "title",
    "municipality",
    "municipality_code",
    "newsletter",
    "licence_name",
    "licence_url",
    "purpose_heading",
    "purpose",
    "story_heading",
    "narrative_heading",
    "process_heading",
    "vision",
    "aims_heading",
    "aims_title",
    "aims_lead",
    "stages_heading",
    "stages_text",
)
CONTACT_FIELDS = ("name", "unit", "postal_code", "address", "phone", "fax", "email")


def live_front_matter(report: AnnualReport) -> dict:
    """The front matter as the live tables have it now: labels, the plan's sentences, the legend, the categories."""
    plan = report.plan
    parts = guideline_parts(plan)
    return {
        "fiscal_year": report.fiscal_year,
        "sample": report.sample,
        "label": report.label,
        "era_label": report.label_override or era_label(report.fiscal_year),
        "newsletter_label": newsletter_label(report.fiscal_year, report.label_override),
        "title": report.title,
        "plan": plan_facts(plan),
        "contact": contact_facts(plan.office) if plan.office else {},
        "actors": legend(),
        "story_steps": [{"mark": mark, "keyword": words} for mark, words in parts["step"]],
        "story_remarks": [words for _, words in parts["remark"]],
        "aims": [{"mark": mark, "text": words} for mark, words in parts["aim"]],
        "stages": list(plan.stages.values("label", "period", "start_year", "end_year")),
        "progress": [each.facts() for each in plan.scale.categories],
        **past_facts(report),
    }


def plan_facts(plan: Plan) -> dict:
    """The plan's own sentences and names; its period and the plan before it only where they are told."""
    before = plan.predecessor
    told = {
        "period": plan.period,
        "predecessor": {"slug": before.slug, "title": before.title} if before else None,
    }
    return {**model_to_dict(plan, PLAN_FIELDS), **{name: fact for name, fact in told.items() if fact}}


def past_facts(report: AnnualReport) -> dict:
    """When and where a past report was published first, and in words; nothing for any other, which hashes as ever."""
    if not report.is_past:
        return {}
    day, source = report.past_published_on, report.past_source
    facts = [f"{plain_day(day)}に公表" if day else "", f"出典：{source}" if source else ""]
    words = f"過去の報告（{'、'.join(filter(None, facts))}）"
    return {"past": {"published_on": day.isoformat() if day else "", "source": source, "words": words}}


def guideline_parts(plan: Plan) -> dict[str, list[tuple[str, str]]]:
    """Mark and words of the story's steps and remarks and of the aims, each in its order; one query for the three."""
    of_each = (
        _parts("step", plan.storysteps, F("mark"), "keyword"),
        _parts("remark", plan.storyremarks, Value(""), "text"),
        _parts("aim", plan.aims, F("mark"), "text"),
    )
    found: dict[str, list] = {"step": [], "remark": [], "aim": []}
    for kind, _, _, mark, words in sorted(of_each[0].union(*of_each[1:], all=True)):
        found[kind].append((mark, words))
    return found


def _parts(kind: str, rows: Manager, mark: F | Value, words: str) -> QuerySet:
    named = {"kind": Value(kind), "mark_text": Cast(mark, TextField()), "words": Cast(words, TextField())}
    return rows.order_by().annotate(**named).values_list("kind", "order", "pk", "mark_text", "words")


def contact_facts(department: Department) -> dict:
    """A department's contact block: name, unit, postal_code, address, phone, fax, email."""
    return model_to_dict(department, CONTACT_FIELDS)


def legend() -> list[dict]:
    """The marks as they stand now, in their order."""
    return [actor_facts(actor) for actor in ActorType.objects.all()]


def actor_facts(actor: ActorType) -> dict:
    """A mark of the legend: symbol, label, short_name."""
    return {"symbol": actor.symbol, "label": actor.label, "short_name": actor.short_name}


def with_missing_actors(published: dict) -> dict:
    """The published front matter, its legend extended by marks that have come since."""
    known = {actor["symbol"] for actor in published["actors"]}
    added = [actor for actor in legend() if actor["symbol"] not in known]
    return {**published, "actors": [*published["actors"], *added]} if added else published


def with_missing_categories(front_matter: dict, used: Collection[str], report: AnnualReport) -> dict:
    """The front matter, its categories extended before 未設定 by those of the plan that an answer bears all the same:
    one that came after the year was published, or one that is retired.
    """
    frozen = front_matter["progress"]
    known = {facts["code"] for facts in frozen}
    if not (wanted := set(used) - known):
        return front_matter
    scale = report.scale
    added = [each.facts() for each in (*scale.chosen, *scale.retired) if each.code in wanted]
    place = next((place for place, facts in enumerate(frozen) if facts["code"] == scale.unset.code), len(frozen))
    return {**front_matter, "progress": [*frozen[:place], *added, *frozen[place:]]}
