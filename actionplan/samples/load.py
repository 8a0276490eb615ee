"""Two fictitious years after the last real one, made from the plan's own items and published.

The plan's own rows stay as they are: what is renumbered, merged or reworded is a sample item of a sample measure, and
an item that ends has no status in the sample year. Everything made here is found again by its history: its first entry
carries REASON.
"""

from collections.abc import Sequence

from django.db import models, transaction

from actionplan.models import ActionItem, ActorType, AnnualReport, Edition, Measure, YearlyStatus
from actionplan.models.one_record import one_change
from actionplan.publishing.publish import publish
from actionplan.samples.tales import (
    CAST,
    CORRECTION_NOTE,
    LEFT_OUT,
    MEASURE_TITLE,
    PREFIX,
    REASON,
    TAKEN_IN,
    TAKES_IN,
    TALES,
    Chapter,
)

YEARS = (0, 1)


class NoRealReport(ValueError):
    """Raised when there is no real report to make samples from; the message is the Japanese sentence."""

    def __init__(self) -> None:
        super().__init__("見本のもとになる年次報告がありません。先に load_report で報告を読み込んでください。")


def sample_reports() -> models.QuerySet[AnnualReport]:
    """The sample years that are loaded."""
    return AnnualReport.objects.filter(sample=True)


@transaction.atomic
def load_sample_years() -> list[Edition]:
    """The editions of the sample years, published now; raises NoRealReport."""
    base = AnnualReport.objects.filter(sample=False).order_by("-fiscal_year").first()
    if base is None:
        raise NoRealReport
    own_items = list(ActionItem.objects.filter(statuses__report=base))
    measure = _sample_measure(base)
    cast: dict[str, ActionItem] = {}
    editions = []
    for year in YEARS:
        report = AnnualReport(plan=base.plan, fiscal_year=base.fiscal_year + 1 + year, sample=True)
        _save(report)
        _write(report, _staying(own_items, year) + _on_stage(measure, cast, year), year)
        editions.append(publish(report, by=None))
    return [*editions, _correct(editions[-1].report)]


def _save(row: models.Model) -> None:
    row._change_reason = REASON
    row.save()


def _sample_measure(base: AnnualReport) -> Measure:
    policy = base.plan.policies.first()
    highest = policy.measures.aggregate(highest=models.Max("number"))["highest"] or 0
    measure = Measure(policy=policy, number=highest + 1, title=MEASURE_TITLE)
    _save(measure)
    return measure


def _staying(items: Sequence[ActionItem], year: int) -> list[ActionItem]:
    gone = LEFT_OUT[: year + 1]
    return [item for place, item in enumerate(items, 1) if place not in gone]


def _on_stage(measure: Measure, cast: dict[str, ActionItem], year: int) -> list[ActionItem]:
    """The sample items of the year, made or reworded; the one that is taken in names its successor."""
    if year and TAKEN_IN in cast:
        cast[TAKEN_IN].number = 1 + max(number for character in CAST for number in character.numbers)
        cast[TAKEN_IN].successor = cast[TAKES_IN]
        _save(cast[TAKEN_IN])
    present = [character for character in CAST if character.numbers[year]]
    for character in present:
        item = cast.setdefault(character.name, ActionItem(measure=measure, name=character.name))
        item.number, item.content = character.numbers[year], character.contents[year]
        is_new = item.pk is None
        with one_change(reason=REASON):
            item.save()
            if is_new:
                item.actors.set(ActorType.objects.all()[:2])
    return [cast[character.name] for character in present]


def _write(report: AnnualReport, items: Sequence[ActionItem], year: int) -> None:
    for item in items:
        chapter = _chapter(item, year)
        _save(YearlyStatus(report=report, item=item, text=PREFIX + chapter.text, progress=chapter.progress))


def _chapter(item: ActionItem, year: int) -> Chapter:
    return TALES[item.pk % len(TALES)][year]


def _correct(report: AnnualReport) -> Edition:
    """A correction of the report: one number of one text is another."""
    status = report.statuses.filter(text__contains="3回").first() or report.statuses.first()
    status.text = status.text.replace("3回", "4回") if "3回" in status.text else status.text + "（訂正）"
    _save(status)
    return publish(report, by=None, note=CORRECTION_NOTE)
