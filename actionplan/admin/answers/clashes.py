"""Who wrote the words that stand where somebody else wanted to write, and when."""

from collections import defaultdict
from collections.abc import Iterable

from actionplan.admin.answers.facts import Step
from actionplan.admin.answers.saving import CLASH, Refused
from actionplan.cycle.names import person_name
from actionplan.models import YearlyStatus


def authors(refused: Iterable[Refused]) -> dict[int, Step]:
    """By primary key of the answer, who last changed the cells that clash; one query, none without a clash."""
    clashing = {each.row.pk: each for each in refused if each.why == CLASH}
    records = defaultdict(list)
    if clashing:
        found = YearlyStatus.history.filter(id__in=clashing).select_related("history_user")
        for record in found.order_by("-revision", "-history_id"):
            records[record.id].append(record)
    return {pk: step for pk, each in clashing.items() if (step := _author(each, records[pk]))}


def _author(refused: Refused, newest_first: Iterable[YearlyStatus]) -> Step | None:
    """The step that brought the words that stand now; what changed other cells since does not count."""
    author = None
    for record in newest_first:
        if any(getattr(record, name) != getattr(refused.row, name) for name in refused.clashes):
            break
        author = record
    return author and Step("保存", person_name(author.history_user), author.history_date)
