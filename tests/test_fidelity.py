"""The record to the letter: every cell of the source text against what the fixture put in the database."""

import hashlib
import json
from collections import Counter
from dataclasses import replace

import pytest
from django.conf import settings

from actionplan.models import AnnualReport, Department, Measure, Policy
from actionplan.scale import Progress
from tests import record, source

FIXTURE = settings.BASE_DIR / "fixtures" / "h21.json"
SOURCE_SHA256 = "3f4a5b4c6f8d12c046d8819ef268e277be9415dd6d03bcff0ca70695b60bb29b"
BULLETS = "・地域づくり団体等の意見交換会を実施\n・対馬市民ボランティア連絡協議会の活動支援"
STATED = {
    "掲載済み": Progress.DONE,
    "策定済み": Progress.DONE,
    "未実施": Progress.NOT_DONE,
    "未公表": Progress.NOT_DONE,
}


@pytest.fixture
def stored(real_report: AnnualReport) -> list[source.Item]:
    """The items of the database in the shape of the source reader's."""
    return [record.stored_item(status) for status in real_report.statuses.all()]


def printed_items() -> list[source.Item]:
    return [item for measure in printed_measures() for item in measure.items]


def printed_measures() -> list[source.Measure]:
    return [measure for policy in source.policies() for measure in policy.measures]


def whole_source() -> str:
    lines = source.SOURCE.read_text(encoding="utf-8").split("\n")
    return source.squeeze("".join(line for line in lines if line.strip() not in source.page_numbers()))


def test_the_copy_of_the_source_is_untouched():
    assert hashlib.sha256(source.SOURCE.read_bytes()).hexdigest() == SOURCE_SHA256


def test_every_cell_of_every_item_is_stored_to_the_letter(stored):
    assert record.differences(printed_items(), stored) == []


def test_every_line_of_the_front_matter_is_stored_to_the_letter(real_report):
    assert record.front_of(real_report) == source.front_matter()


def test_every_policy_and_legend_is_stored_to_the_letter(real_report):
    for printed, policy in zip(source.policies(), Policy.objects.all(), strict=True):
        assert source.squeeze(printed.number) == "０１２３４５"[policy.number]
        assert (printed.title, printed.legend) == (policy.title, record.legend())


def test_every_measure_and_its_last_heading_is_stored_to_the_letter(real_report):
    printed = [(measure.title, measure.status_heading) for measure in printed_measures()]
    assert printed == list(Measure.objects.values_list("title", "status_heading"))


def test_nothing_of_the_source_is_left_over(real_report):
    assert record.printed_anew(real_report) == whole_source()


def test_only_the_page_numbers_of_the_source_are_not_stored():
    assert source.page_numbers() == ["- 3 -", "- 4 -", "- 6 -"]


def test_the_source_has_five_policies_24_measures_and_38_items():
    counts = [sum(len(measure.items) for measure in policy.measures) for policy in source.policies()]
    assert (counts, len(printed_measures())) == ([11, 6, 14, 4, 3], 24)


def test_the_marks_of_the_source_are_counted_as_sets(stored):
    assert Counter(item.marks for item in stored) == {"◎": 16, "●": 13, "★◎": 8, "★●": 1}


def test_one_table_heads_its_last_column_with_the_departments_and_one_measure_is_relisted(real_report):
    assert [measure.items.get().name for measure in Measure.objects.exclude(status_heading="実施状況")] == [
        "地域マネージャー制度の検討、実施"
    ]
    assert Measure.objects.get(status_heading="関係部署").title.endswith("取り組みを行います。")
    assert Measure.objects.get(relisted=True).title.endswith("マニュアルの作成（再揚）")


def test_each_stage_stands_in_the_sentence_that_names_it(real_report):
    stages = list(real_report.plan.stages.all())
    assert "、".join(f"{stage.label}（{stage.period}）" for stage in stages) in real_report.plan.stages_text
    assert [(stage.start_year, stage.end_year) for stage in stages] == [(2008, None), (2009, None), (2010, None)]


def test_only_the_eight_statuses_that_state_a_category_have_one(real_report):
    for status in real_report.statuses.all():
        assert status.progress == STATED.get(status.text, Progress.UNSET)
    assert Counter(real_report.statuses.values_list("progress", flat=True)) == {"unset": 30, "not_done": 5, "done": 3}


def test_no_department_and_no_licence_is_invented(real_report):
    plan = real_report.plan
    assert not Department.objects.exists()
    assert not real_report.statuses.filter(department__isnull=False).exists()
    assert (plan.licence_name, plan.licence_url) == ("", "")


def test_the_misprints_of_the_record_stay(stored):
    text = "".join(f"{item.name}{item.content}{item.status}" for item in stored)
    for misprint in (
        "バブリットコメント",
        "取り組んむ",
        "行います・（随時）",
        "掲載します。（平成２０年５月号",
        "公表をしながら",
    ):
        assert misprint in text


def test_the_only_white_space_of_the_record_is_the_break_between_two_bullets(stored):
    cells = [cell for item in stored for cell in (item.name, item.content, item.status)]
    assert [cell for cell in cells if cell != source.squeeze(cell)] == [BULLETS]


def test_every_content_ends_where_a_sentence_ends(stored):
    ends = Counter(item.content[-1] for item in stored)
    assert set(ends) == {"。", "）", ")", "す"}
    assert [item.code for item in stored if item.content.endswith("す")] == ["2-4-1"]


def test_no_name_is_a_sentence_and_no_status_is_empty(stored):
    assert not [item.name for item in stored if "。" in item.name or "ます" in item.name]
    assert all(item.status for item in stored)


@pytest.mark.parametrize("cell", ["marks", "name", "content", "status"])
def test_one_changed_character_in_any_cell_is_noticed(stored, cell):
    for place, item in enumerate(stored):
        changed = [*stored]
        changed[place] = replace(item, **{cell: "＊" + getattr(item, cell)[1:]})
        [difference] = record.differences(printed_items(), changed)
        assert difference.startswith(f"{item.code} {cell}: ")


@pytest.mark.parametrize(("left", "right"), [("name", "content"), ("content", "status")])
def test_one_character_on_the_wrong_side_of_a_cell_border_is_noticed(stored, left, right):
    for place, item in enumerate(stored):
        text, after = getattr(item, left), getattr(item, right)
        changed = [*stored]
        changed[place] = replace(item, **{left: text[:-1], right: text[-1] + after})
        assert len(record.differences(printed_items(), changed)) == 2


def test_a_missing_item_and_two_swapped_items_are_noticed(stored):
    assert record.differences(printed_items(), stored[:-1]) == ["38 items printed, 37 stored"]
    assert record.differences(printed_items(), [stored[1], stored[0], *stored[2:]])


def test_one_changed_character_of_the_front_matter_is_noticed(real_report):
    real_report.plan.vision = real_report.plan.vision.replace("共に", "供に").replace("合い言葉", "合言葉")
    assert record.front_of(real_report) != source.front_matter()
    assert record.printed_anew(real_report) != whole_source()


def test_the_fixture_names_rows_by_natural_keys_only():
    rows = json.loads(FIXTURE.read_text(encoding="utf-8"))
    assert not [row for row in rows if set(row) != {"model", "fields"}]
    assert Counter(row["model"].removeprefix("actionplan.") for row in rows) == {
        **{"plan": 1, "annualreport": 1, "actortype": 3, "storystep": 4, "storyremark": 2, "aim": 3, "stage": 3},
        **{"policy": 5, "measure": 24, "actionitem": 38, "yearlystatus": 38},
    }
