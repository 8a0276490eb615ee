"""An edition of before keeps the scale that the code had, and a file may bring one of its own."""

import json

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from actionplan.models import Edition, Plan, PlanCategory
from actionplan.publishing.publish import publish
from actionplan.scale import DEFAULT, Scale
from actionplan.selectors.charts import year_summary
from tests.scales.plans import SCALES, give_scale


@pytest.mark.django_db
def test_an_edition_of_before_is_read_with_the_meanings_and_patterns_of_the_default(real_report):
    edition = publish(real_report, by=None)
    assert all(set(facts) == {"code", "label", "definition"} for facts in edition.front_matter["progress"])
    assert edition.scale == DEFAULT
    assert year_summary(edition.front_matter, edition.rows.all()).meanings == []


@pytest.fixture
def file(tmp_path):
    """A function that writes the real report with other rows for its plan's categories."""

    def write(rows, **codes):
        content = json.loads((settings.BASE_DIR / "fixtures" / "h21.json").read_text(encoding="utf-8"))
        place = next(index for index, row in enumerate(content) if row["model"] == "actionplan.plan") + 1
        title = content[place - 1]["fields"]["title"]
        found = [{"model": "actionplan.plancategory", "fields": {"plan": [title], **row}} for row in rows]
        for row in content:
            if "progress" in row["fields"]:
                row["fields"]["progress"] = codes.get(row["fields"]["progress"], row["fields"]["progress"])
        path = tmp_path / "own.json"
        path.write_text(json.dumps([*content[:place], *found, *content[place:]]), encoding="utf-8")
        return path

    return write


PATTERNS = ("solid", "lines", "dots", "blank")
ROWS = [
    {"order": order, "code": code, "label": label, "meaning": str(meaning), "pattern": PATTERNS[order]}
    for order, (code, label, meaning) in enumerate(SCALES["a-d"])
]


@pytest.mark.django_db
def test_a_file_may_bring_a_scale_of_its_own(file):
    call_command("load_report", str(file(ROWS, done="A", not_done="D")))
    plan = Plan.objects.get()
    assert [each.label for each in plan.scale.categories] == ["A", "B", "C", "D", "未設定"]
    assert plan.reports.get().statuses.filter(progress="D").count() == 5


@pytest.mark.django_db
def test_a_file_that_brings_none_gets_the_usual_one():
    call_command("load_report")
    assert PlanCategory.objects.count() == 6
    assert PlanCategory.history.filter(history_change_reason="原本の報告から取り込み").count() == 6


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rows", "codes", "sentence"),
    [
        (ROWS, {}, "進捗区分「done」は使えません。A・B・C・Dから選んでください。"),
        ([*ROWS, {**ROWS[0], "code": "E"}], {"done": "A", "not_done": "D"}, "同じ名前の進捗区分があります"),
        ([{**ROWS[0], "code": "あ"}], {}, "記号は、半角の英数字と下線"),
        ([{**ROWS[0], "meaning": "half"}], {}, "「何にあたるか」"),
    ],
)
def test_a_file_whose_scale_does_not_serve_is_refused_and_nothing_is_kept(file, rows, codes, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("load_report", str(file(rows, **codes)))
    assert not Plan.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["a-d", "seven", "three words"])
def test_made_up_years_go_by_the_plans_own_scale(real_report, name, settings):
    settings.DEBUG = True
    real_report.statuses.update(progress="unset")
    plan = real_report.plan
    plan.categories.all().delete()
    give_scale(plan, name)
    publish(real_report, by=None)
    call_command("load_sample_years")
    labels = set(Edition.objects.last().rows.values_list("progress_label", flat=True))
    labels |= set(Edition.objects.get(report__fiscal_year=2010).rows.values_list("progress_label", flat=True))
    assert labels <= {*(label for _, label, _ in SCALES[name]), "未設定"}
    assert len(labels) > 2


def test_a_scale_is_a_value():
    assert hash(DEFAULT) == hash(Scale(DEFAULT.categories))
