"""The database's side of the comparison: the stored report in the shape of the source's."""

from actionplan.models import ActionItem, ActorType, AnnualReport, YearlyStatus
from tests import source


def stored_item(status: YearlyStatus) -> source.Item:
    """An item of the database in the shape of the source reader's."""
    item = status.item
    return source.Item(item.code, marks_of(item), item.name, item.content, status.text)


def marks_of(item: ActionItem) -> str:
    """The marks of an item in the order of the legend."""
    return "".join(actor.symbol for actor in item.actors.order_by("order"))


def differences(printed: list[source.Item], stored: list[source.Item]) -> list[str]:
    """Where the two differ, cell by cell; a missing or extra item counts too."""
    found = [] if len(printed) == len(stored) else [f"{len(printed)} items printed, {len(stored)} stored"]
    for left, right in zip(printed, stored, strict=False):
        for cell in ("code", "marks", "name", "content", "status"):
            if getattr(left, cell) != getattr(right, cell):
                found.append(f"{left.code} {cell}: {getattr(left, cell)!r} is stored as {getattr(right, cell)!r}")
    return found


def front_of(report: AnnualReport) -> list[str]:
    """The front matter of the database, in the order in which the source prints it."""
    plan = report.plan
    start, sympathy, turn, end = plan.storysteps.all()
    return [
        *(report.title, plan.purpose_heading, plan.purpose),
        *(plan.story_heading, plan.narrative_heading, plan.process_heading),
        *(start.mark, start.keyword, sympathy.mark, sympathy.keyword, turn.mark, end.mark, end.keyword),
        *(remark.text for remark in plan.storyremarks.all()),
        *turn.keyword.partition("∥"),
        *(plan.vision, plan.aims_heading, plan.aims_title, plan.aims_lead),
        *(aim.mark + aim.text for aim in plan.aims.all()),
        *(plan.stages_heading, plan.stages_text),
    ]


def legend() -> str:
    """The legend as it stands under each policy."""
    return "".join(f"{actor.symbol}{actor.label}" for actor in ActorType.objects.all())


def printed_anew(report: AnnualReport) -> str:
    """The whole report written from the database alone, in the order of the source."""
    parts = front_of(report)
    for policy in report.plan.policies.all():
        parts += [f"施策{'０１２３４５６７８９'[policy.number]}", policy.title, legend()]
        for measure in policy.measures.all():
            parts += ["■", measure.title, "項目アクションプランの内容", measure.status_heading]
            for item in measure.items.all():
                parts += [marks_of(item), item.name, item.content, item.statuses.get(report=report).text]
    return source.squeeze("".join(parts))
