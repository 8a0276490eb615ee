"""The front matter of an edition: everything around the rows, as plain data that JSON can hold."""

from django.db.models import F, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.forms.models import model_to_dict

from actionplan.cells import DEFINITIONS, Progress
from actionplan.fiscal_year import era_label, newsletter_label
from actionplan.models import ActorType, AnnualReport, Department, Plan

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
        "plan": model_to_dict(plan, PLAN_FIELDS),
        "contact": contact_facts(plan.office) if plan.office else {},
        "actors": legend(),
        "story_steps": [{"mark": mark, "keyword": words} for mark, words in parts["step"]],
        "story_remarks": [words for _, words in parts["remark"]],
        "aims": [{"mark": mark, "text": words} for mark, words in parts["aim"]],
        "stages": list(plan.stages.values("label", "period", "start_year", "end_year")),
        "progress": [progress_facts(progress) for progress in Progress],
    }


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


def _parts(kind: str, rows: QuerySet, mark: F | Value, words: str) -> QuerySet:
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


def progress_facts(progress: Progress) -> dict:
    """A category: code, label, definition."""
    return {"code": progress.value, "label": progress.label, "definition": DEFINITIONS[progress]}


def with_missing_actors(published: dict) -> dict:
    """The published front matter, its legend extended by marks that have come since."""
    known = {actor["symbol"] for actor in published["actors"]}
    added = [actor for actor in legend() if actor["symbol"] not in known]
    return {**published, "actors": [*published["actors"], *added]} if added else published
