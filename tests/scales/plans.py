"""Plans with scales of their own, as other cities have them; the words are invented."""

from actionplan.models import AnnualReport, Plan, PlanCategory
from actionplan.scale import DEFAULT, Meaning, Pattern
from tests import factories

DONE, UNDER_WAY, NOT_DONE = Meaning.DONE, Meaning.UNDER_WAY, Meaning.NOT_DONE
PATTERNS = [pattern for pattern in Pattern if pattern != Pattern.FAINT]
# Code, label and meaning of each category that may be chosen.
SCALES = {
    "default": [(each.code, each.label, each.meaning) for each in DEFAULT.chosen],
    "a-d": [("A", "A", DONE), ("B", "B", UNDER_WAY), ("C", "C", UNDER_WAY), ("D", "D", NOT_DONE)],
    "fsabc": [(each, each, DONE if each in "FS" else UNDER_WAY if each != "C" else NOT_DONE) for each in "FSABC"],
    "seven": [
        (each, f"{each}評価", DONE if each < "C" else UNDER_WAY if each < "G" else NOT_DONE) for each in "ABCDEFG"
    ],
    "three words": [("over", "計画以上", DONE), ("on_plan", "計画どおり", UNDER_WAY), ("late", "やや遅れ", NOT_DONE)],
}


def give_scale(plan: Plan, name: str) -> Plan:
    """The plan, with the categories of that scale and 未設定."""
    for order, (code, label, meaning) in enumerate(SCALES[name], 1):
        facts = {"code": code, "label": label, "meaning": meaning, "pattern": PATTERNS[order - 1]}
        PlanCategory.objects.create(plan=plan, order=order, definition=f"{label}の意味です。", **facts)
    plan.add_unset()
    plan.forget_scale()
    return plan


def retire(plan: Plan) -> None:
    """What the plan goes by is no longer to be chosen: another scale may follow."""
    for row in plan.categories.all():
        if not row.is_unset:
            row.retired = True
            row.save()


def make_year(name: str, year: int = 2009, plan: Plan | None = None) -> AnnualReport:
    """A year of a plan with that scale, an item for each category in their order and one that is not set."""
    plan = plan or give_scale(factories.make_plan(), name)
    report = AnnualReport.objects.create(plan=plan, fiscal_year=year)
    measure = (plan.policies.first() and plan.policies.first().measures.first()) or factories.make_measure(plan)
    items = list(measure.items.order_by("number"))
    for number, code in enumerate([*(code for code, _, _ in SCALES[name]), "unset"]):
        item = items[number] if number < len(items) else factories.make_item(measure, name=f"項目{number}")
        factories.make_status(report, item, progress=code, text=f"{year}年の文{number}。")
    return report
