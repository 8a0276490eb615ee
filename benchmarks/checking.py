"""How long the check (点検) of a year takes beside reading the same answers, in one run.

    .venv/bin/python -m benchmarks.checking [answers]

Prints seconds and their ratio: all of a year's answers, last year's beside them, with the one text that handing in
needs, then with every text cell filled. Only what one run prints side by side means anything.
"""

import sys

from django.db.models import F

from benchmarks.exports import seconds
from benchmarks.own_database import own_database

SAID = (
    "市民と市が一緒に説明会を{n}回開き、それぞれの地区で意見を聞いた。参加者は男性{n}人、女性{m}人の計{s}人だった。"
    "広報紙とホームページで、平成２１年６月から毎月お知らせしている。"
)


def fill(answers: int) -> object:
    """The later of two reports of so many answers each, with the text that is needed written."""
    from actionplan.models import ActionItem, AnnualReport, Measure, Plan, Policy, YearlyStatus

    plan = Plan.objects.create(title="計画", municipality="市", municipality_code="000000")
    policy = Policy.objects.create(plan=plan, number=1, title="施策")
    measure = Measure.objects.create(policy=policy, number=1, title="取組")
    items = [
        ActionItem(measure=measure, number=n, name=f"項目{n}", content="説明会を開きます。") for n in range(answers)
    ]
    for item in items:
        item.public_id = f"i{item.number:07}"
    ActionItem.objects.bulk_create(items)
    this, last = (AnnualReport.objects.create(plan=plan, fiscal_year=year) for year in (2009, 2008))
    for year, report in enumerate((this, last)):
        rows = [
            YearlyStatus(report=report, item=item, progress="done", text=said(n + year)) for n, item in enumerate(items)
        ]
        YearlyStatus.objects.bulk_create(rows)
    return this


def fill_all() -> None:
    """Writes the other texts, too."""
    from actionplan.cells import CELLS, TEXT
    from actionplan.models import YearlyStatus

    names = [cell.name for cell in CELLS if cell.kind == TEXT]
    YearlyStatus.objects.update(**{name: F("text") for name in names})


def said(n: int) -> str:
    """A text like no other."""
    return SAID.format(n=n + 2, m=n + 5, s=2 * n + 7)


def main(answers: int) -> None:
    """Prints what the check takes, and what reading the rows takes."""
    from actionplan.checks.reading import check_year

    report = fill(answers)
    check_year(report)  # reads the font, once a process
    for texts, write in (("one text each", lambda: None), ("every text", fill_all)):
        write()
        ours, plain = seconds(lambda: check_year(report)), seconds(lambda: list(report.statuses.select_related("item")))
        print(f"{answers} answers, {texts}: check {ours:.2f} s   reading {plain:.2f} s   ratio {ours / plain:.1f}")


if __name__ == "__main__":
    with own_database():
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
