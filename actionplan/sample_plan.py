"""A fictitious plan after the real one, for everybody to try what only a second plan shows: its first year is the last
sample year of the plan before, under another scale, with figures, areas, tags, a related department, a partner and a
picture.

Fictitious on the face of it, since every name and text begins with 見本. The plan before is not touched.
"""

from io import BytesIO
from typing import Any

from django.db import models, transaction
from PIL import Image, ImageDraw

from actionplan.evidence.judging import fit_file
from actionplan.evidence.taking import NewFile, add_files
from actionplan.models import (
    CITY_SETTINGS,
    ActionItem,
    ActorType,
    AnnualReport,
    Area,
    Department,
    Edition,
    Figure,
    Measure,
    Partner,
    Plan,
    Policy,
    State,
    Tag,
    Voice,
    YearlyStatus,
    note_source,
    one_change,
)
from actionplan.publishing.publish import publish
from actionplan.samples import PREFIX, REASON, sample_reports
from actionplan.scale import Category, Meaning, Pattern, Scale

TITLE, SHORT_NAME, SLUG = "見本：次の計画", "見本の計画", "mihon"
YEARS = 2
SCALE = Scale(
    (
        Category("A", "計画以上", "見本：計画より進んだもの。", Meaning.DONE, Pattern.SOLID),
        Category("B", "計画通り", "見本：計画の通りに進んだもの。", Meaning.DONE, Pattern.DIAGONAL),
        Category("C", "やや遅れ", "見本：計画より遅れたもの。", Meaning.UNDER_WAY, Pattern.DOTS),
        Category("D", "未着手", "見本：始められなかったもの。", Meaning.NOT_DONE, Pattern.BLANK),
        Category("unset", "未設定", "見本：担当課がまだ決めていないもの。", Meaning.UNSET, Pattern.FAINT),
    )
)
# By item: its policy, its name, which of the items of the plan before it comes from (counted in page order), and the
# categories of its two years.
ITEMS = (
    (1, "見本の学びの場", (1,), "B", "A"),
    (1, "見本の地区の集まり", (2,), "C", "B"),
    (1, "見本の離れた地区の集まり", (2,), "D", "C"),
    (2, "見本のお知らせ", (3, 4), "B", "B"),
    (2, "見本の相談窓口", (), "unset", "B"),
)
POLICIES = {1: "見本：集まる", 2: "見本：知らせる"}
FIGURE = ("見本の参加者数", "人", "80", ("100", "120"), ("96", "131"))
AREAS = ("見本の東の地域", "見本の西の地域")
TAG, RELATED, PARTNER = "見本のタグ", "見本の支援課", "見本の会"
PICTURE = "見本：丸と四角を描いた架空の絵。写真の代わりです。"


@transaction.atomic
def load_sample_plan() -> list[Edition]:
    """The editions of the sample plan's years, published now; those of the plan before are loaded already."""
    last = sample_reports().order_by("-fiscal_year")[0]
    plan = _plan(last)
    items = _items(plan, last)
    return [_year(plan, last.fiscal_year + year, items, year) for year in range(YEARS)]


def _save(row: models.Model) -> Any:
    note_source(row, reason=REASON).save()
    return row


def _plan(last: AnnualReport) -> Plan:
    settings = {name: getattr(last.plan, name) for name in CITY_SETTINGS}
    plan = Plan(title=TITLE, short_name=SHORT_NAME, slug=SLUG, predecessor=last.plan, **settings)
    plan.start_year, plan.end_year = last.fiscal_year, last.fiscal_year + 4
    with one_change(reason=REASON):
        _save(plan)
        plan.take_scale(SCALE)
    return plan


def _items(plan: Plan, last: AnnualReport) -> list[ActionItem]:
    old = [status.item for status in last.statuses.select_related("item")]
    areas = [_save(Area(name=name, order=900 + place)) for place, name in enumerate(AREAS)]
    tag, made = _save(Tag(name=TAG)), []
    measures = {number: _measure(plan, number) for number in POLICIES}
    for place, (policy, name, sources, *_) in enumerate(ITEMS):
        item = ActionItem(measure=measures[policy], number=place + 1, name=name, content=f"{PREFIX}{name}を開きます。")
        with one_change(reason=REASON):
            item.save()
            item.actors.set(ActorType.objects.all()[:1])
            item.origins.set(old[source - 1] for source in sources if source <= len(old))
            item.areas.set(areas[: 1 + place % 2])
            item.tags.set([tag] if place % 2 else [])
        made.append(item)
    name, unit, baseline, targets, _ = FIGURE
    lines = "\n".join(f"{last.fiscal_year + year}＝{target}" for year, target in enumerate(targets))
    with one_change(reason=REASON):
        made[0].related_departments.set([_save(Department(name=RELATED))])
        made[0].partners.set([_save(Partner(name=PARTNER))])
    _save(Figure(item=made[0], name=name, unit=unit, baseline=baseline, targets=lines))
    return made


def _measure(plan: Plan, number: int) -> Measure:
    policy = _save(Policy(plan=plan, number=number, title=POLICIES[number]))
    return _save(Measure(policy=policy, number=1, title=f"{PREFIX}取組{number}"))


def _year(plan: Plan, fiscal_year: int, items: list[ActionItem], year: int) -> Edition:
    report = _save(AnnualReport(plan=plan, fiscal_year=fiscal_year, sample=True))
    for item, (_, name, _, *categories) in zip(items, ITEMS, strict=True):
        text = f"{PREFIX}{name}を{year + 2}回開きました。"
        _save(YearlyStatus(report=report, item=item, text=text, progress=categories[year]))
    first = report.statuses.get(item=items[0])
    first.figures = f"{FIGURE[0]}　実績＝{FIGURE[4][year]}"
    _save(first)
    add_files(first, [NewFile("見本.png", fit_file("見本.png", _picture(year)), "見本の絵", PICTURE)], by=None)
    _voices(report, items[0])
    return publish(report, by=None)


def _voices(report: AnnualReport, item: ActionItem) -> None:
    """What the related department and the partner wrote, confirmed."""
    for department in item.related_departments.all():
        text = f"{PREFIX}会場を用意しました。"
        _save(Voice(report=report, item=item, department=department, name=RELATED, text=text, state=State.CONFIRMED))
    for partner in item.partners.all():
        text = f"{PREFIX}会の人たちで案内を配りました。"
        _save(Voice(report=report, item=item, partner=partner, name=PARTNER, text=text, state=State.CONFIRMED))


def _picture(year: int) -> bytes:
    """A drawing that nobody takes for a photograph."""
    image, stream = Image.new("RGB", (1200, 800), "#eef3f8"), BytesIO()
    draw = ImageDraw.Draw(image)
    for step in range(4 + year):
        draw.ellipse((80 + 220 * step, 160, 260 + 220 * step, 340), fill="#1f5673")
        draw.rectangle((80 + 220 * step, 440, 260 + 220 * step, 620), fill="#b4541a")
    image.save(stream, "PNG")
    return stream.getvalue()
