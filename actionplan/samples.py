"""Two fictitious years after the last real one, made from the plan's own items, published, and taken out again.

Fictitious on the face of it, since every text begins with 見本. The plan's own rows stay as they are: what is
renumbered, merged or reworded is a sample item of a sample measure, and an item that ends has no status in the sample
year. Everything made here is found again by its history: its first entry carries REASON.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.db.models import ProtectedError

from actionplan.exports import pdf
from actionplan.models import (
    ActionItem,
    ActorType,
    AnnualReport,
    Approval,
    Area,
    Department,
    Edition,
    Evidence,
    Figure,
    Measure,
    Partner,
    PartnerLink,
    Plan,
    PlanCategory,
    Policy,
    Tag,
    Voice,
    YearlyStatus,
    note_source,
    one_change,
    unsealed,
)
from actionplan.publishing.publish import delete_sample_editions, publish
from actionplan.scale import Progress

PREFIX = "見本："
REASON = "見本データの読み込み"
MEASURE_TITLE = "見本：架空の取組"
CORRECTION_NOTE = "見本：説明会の回数に誤りがあったため、架空の訂正をしました。"


@dataclass(frozen=True)
class Chapter:
    """What became of an item in one year."""

    text: str
    progress: Progress


@dataclass(frozen=True)
class Character:
    """A sample-only item: its number and content in the first and in the second year; 0 where it is not there."""

    name: str
    numbers: tuple[int, int]
    contents: tuple[str, str]


# Two years each; the items of the plan take them in turn.
TALES: tuple[tuple[Chapter, Chapter], ...] = (
    (
        Chapter("説明会を2回開き、14人の参加がありました。進め方は次の年度に話し合います。", Progress.IN_PROGRESS),
        Chapter("説明会を3回開き、21人の参加がありました。進め方をまとめ、ホームページに載せました。", Progress.DONE),
    ),
    (
        Chapter("担当者を決め、ほかの地域の例を調べました。", Progress.UNDER_CONSIDERATION),
        Chapter("担当者を決め、ほかの地域の例を参考に、一つの地区で試しに始めました。", Progress.PARTLY_DONE),
    ),
    (
        Chapter("準備が整わず、実施しませんでした。", Progress.NOT_DONE),
        Chapter("準備が整い、秋から始めました。", Progress.IN_PROGRESS),
    ),
    (
        Chapter("年に4回、広報紙でお知らせしました。", Progress.DONE),
        Chapter("年に4回、広報紙でお知らせしました。", Progress.DONE),
    ),
    (
        Chapter("市民の皆さんと月に1回集まり、課題を出し合いました。", Progress.UNSET),
        Chapter("市民の皆さんと月に1回集まり、課題への取組を三つ決めました。", Progress.UNSET),
    ),
    (
        Chapter("一つの学校区で始めました。ほかの学校区にも広げる予定です。", Progress.PARTLY_DONE),
        Chapter("一つの学校区で続けました。ほかの学校区では、場所が見つからず実施しませんでした。", Progress.NOT_DONE),
    ),
    (
        Chapter("やり方を三つ考え、費用を比べました。", Progress.UNDER_CONSIDERATION),
        Chapter("やり方を二つに絞り、費用と手間を比べました。", Progress.UNDER_CONSIDERATION),
    ),
)

# New in the first year: one that goes on, one that it takes in, one that gets another number. One more in the second.
CAST = (
    Character(
        "見本の集い",
        (1, 1),
        ("見本：架空の集いを年に1回開きます。", "見本：架空の集いと交流会を、あわせて年に2回開きます。"),
    ),
    Character("見本の交流会", (2, 0), ("見本：架空の交流会を年に1回開きます。", "")),
    Character(
        "見本の便り",
        (3, 2),
        ("見本：架空の便りを年に4回出します。", "見本：架空の便りを年に4回出します。"),
    ),
    Character("見本の案内板", (0, 3), ("", "見本：架空の案内板を三つの場所に立てます。")),
)
TAKEN_IN, TAKES_IN = "見本の交流会", "見本の集い"
# Which of the real items, counted in page order, are left out: from the first year on, and from the second.
LEFT_OUT = (5, 20)


YEARS = (0, 1)


class NoRealReport(ValueError):
    """Raised when there is no real report to make samples from; the message is the Japanese sentence."""

    def __init__(self) -> None:
        super().__init__("見本のもとになる年次報告がありません。先に load_report で報告を読み込んでください。")


def sample_reports() -> models.QuerySet[AnnualReport]:
    """The sample years that are loaded."""
    return AnnualReport.objects.filter(sample=True)


def holds_real_reports() -> bool:
    """Whether the database holds any report that is none of the samples."""
    return AnnualReport.objects.filter(sample=False).exists()


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
    note_source(row, reason=REASON).save()


def _sample_measure(base: AnnualReport) -> Measure:
    policy = base.plan.policies.all()[0]
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
        _save(
            YearlyStatus(
                report=report, item=item, text=PREFIX + chapter.text, progress=report.scale.like(chapter.progress)
            )
        )


def _chapter(item: ActionItem, year: int) -> Chapter:
    return TALES[item.pk % len(TALES)][year]


def _correct(report: AnnualReport) -> Edition:
    """A correction of the report: one number of one text is another."""
    status = report.statuses.filter(text__contains="3回").first() or report.statuses.all()[0]
    status.text = status.text.replace("3回", "4回") if "3回" in status.text else status.text + "（訂正）"
    _save(status)
    return publish(report, by=None, note=CORRECTION_NOTE)


class SamplesInUse(ValueError):
    """Raised when something real rests on a sample row; the message is the Japanese sentence."""


def remove_sample_years() -> int:
    """How many sample years were removed, with all that load_sample_years made and staff wrote in them since.

    Raises SamplesInUse, and removes nothing, when a real report or item rests on a sample row.
    """
    if not sample_reports().exists():
        return 0
    with unsealed("見本データを取り除く"):
        return _remove_sample_years()


def _remove_sample_years() -> int:
    reports = list(sample_reports())
    _remove(Approval.objects.filter(report__in=reports))
    for report in reports:
        delete_sample_editions(report)
    try:
        _remove(Evidence.objects.filter(status__report__in=reports))
        _remove(Voice.objects.filter(report__in=reports))
        _remove(PartnerLink.objects.filter(report__in=reports))
        _remove(YearlyStatus.objects.filter(report__in=reports))
        _remove(_made(Figure))
        made = _made(ActionItem)
        # An item that was taken in goes before its successor, which is protected until then.
        _remove(made.filter(successor__isnull=False))
        _remove(_made(ActionItem))
        _remove(_made(Measure))
        _remove(sample_reports())
        for model in (Policy, PlanCategory, Plan, Area, Tag, Partner, Department):
            _remove(_made(model))
    except ProtectedError as error:
        raise SamplesInUse(_sentence(error.protected_objects)) from error
    transaction.on_commit(pdf.clear)
    return len(reports)


def _made(model: Any) -> models.QuerySet:
    """The rows whose history begins with the sample's reason."""
    first = model.history.filter(history_type="+", history_change_reason=REASON)
    return model.objects.filter(pk__in=list(first.values_list("id", flat=True)))


def _remove(rows: models.QuerySet) -> None:
    """Deletes the rows and then their history, the entry of the deletion included."""
    keys = list(rows.values_list("pk", flat=True))
    rows.delete()
    history = rows.model.history.filter(id__in=keys)
    for relation in history.model._meta.related_objects:
        relation.related_model.objects.filter(**{f"{relation.field.name}__in": history}).delete()
    history.delete()


def _sentence(rows: Iterable[models.Model]) -> str:
    names = "、".join(str(row) for row in list(rows)[:5])
    return (
        f"見本の行を、ほかの行が使っているため、見本データを削除できません：{names}。"
        "管理画面でこの結び付きを外してから、もう一度実行してください。"
    )
