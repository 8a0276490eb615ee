"""The front matter of an edition: everything around the rows, as plain data that JSON can hold."""

from django.forms.models import model_to_dict

from actionplan.fiscal_year import era_label, newsletter_label
from actionplan.models import DEFINITIONS, ActorType, AnnualReport, Department, Progress

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
        "story_steps": list(plan.storysteps.values("mark", "keyword")),
        "story_remarks": list(plan.storyremarks.values_list("text", flat=True)),
        "aims": list(plan.aims.values("mark", "text")),
        "stages": list(plan.stages.values("label", "period", "start_year", "end_year")),
        "progress": [progress_facts(progress) for progress in Progress],
    }


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
