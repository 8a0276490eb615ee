"""manage.py load_report: everything or nothing, with history."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from actionplan.models import ActionItem, AnnualReport, EditionRow, Plan, Policy, YearlyStatus
from tests import factories, record, source

pytestmark = pytest.mark.django_db
REASON, FILE = "原本の報告から取り込み", "fixtures/h21.json"
PLAN = {"title": "試験計画", "municipality": "対馬市", "municipality_code": "422096"}


def load(*arguments: str | Path) -> str:
    out = StringIO()
    call_command("load_report", *map(str, arguments), stdout=out)
    return out.getvalue()


def refusal(path: Path) -> str:
    """The sentence of the refusal; nothing may be stored after it."""
    with pytest.raises(CommandError) as refused:
        load(path)
    assert not Plan.objects.exists()
    assert not Plan.history.exists()
    return str(refused.value)


def row(model: str, **fields) -> dict:
    return {"model": f"actionplan.{model}", "fields": fields}


@pytest.fixture
def file(tmp_path: Path):
    """A function that writes rows (or a text, or bytes) to a file and returns its path."""

    def write(content: list | str | bytes) -> Path:
        text = content if isinstance(content, str | bytes) else json.dumps(content)
        path = tmp_path / "broken.json"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_an_empty_database_gets_the_whole_report_and_the_command_says_how_much():
    assert load() == "fixtures/h21.json から、施策5件、取組24件、項目38件を読み込みました。\n"
    assert [Policy.objects.count(), ActionItem.objects.count(), YearlyStatus.objects.count()] == [5, 38, 38]


def test_what_is_loaded_is_the_source_to_the_letter():
    load()
    printed = [item for policy in source.policies() for measure in policy.measures for item in measure.items]
    stored = [record.stored_item(status) for status in YearlyStatus.objects.all()]
    assert record.differences(printed, stored) == []


def test_every_loaded_row_has_one_record_that_names_the_file():
    load()
    plan = Plan.objects.get()
    live = [plan, *plan.storysteps.all(), *plan.storyremarks.all(), *plan.aims.all(), *plan.stages.all()]
    live += [*Policy.objects.all(), *ActionItem.objects.all(), *AnnualReport.objects.all(), *YearlyStatus.objects.all()]
    for each in live:
        record = each.history.get()
        assert (record.history_type, record.history_change_reason, record.source_file) == ("+", REASON, FILE)


def test_the_history_of_an_item_holds_its_marks():
    load()
    item = ActionItem.objects.get(name="市民活動コミュニティ組織立ち上げの支援")
    assert {past.actortype.symbol for past in item.history.latest().actors.all()} == {"★", "●"}


def test_a_second_run_says_so_and_changes_nothing():
    load()
    Policy.objects.filter(number=1).update(title="職員が直した題")
    before = Plan.history.count()
    assert load() == "計画はすでに登録されています。何も変えていません。\n"
    assert Policy.objects.get(number=1).title == "職員が直した題"
    assert Plan.history.count() == before


def test_a_plan_of_the_staff_is_left_alone_even_when_the_file_is_broken(file):
    factories.make_plan(title="職員の計画")
    assert "何も変えていません" in load(file("{"))
    assert [plan.title for plan in Plan.objects.all()] == ["職員の計画"]


def test_another_file_may_be_named_and_stands_in_the_history(file):
    path = file([row("plan", **PLAN)])
    assert load(path) == f"{path} から、施策0件、取組0件、項目0件を読み込みました。\n"
    assert Plan.history.get().source_file == str(path)


def test_a_path_into_the_project_is_named_from_its_root():
    assert load(settings.BASE_DIR / "tests" / ".." / "fixtures" / "h21.json").startswith("fixtures/h21.json から、")


def test_loading_publishes_nothing():
    load()
    assert not EditionRow.objects.exists()


def test_a_missing_file_is_named(tmp_path):
    path = tmp_path / "nowhere.json"
    assert refusal(path) == f"{path} を開けません。ファイルの場所と名前を確かめてください。"


def test_a_folder_is_not_a_file(tmp_path):
    assert "開けません" in refusal(tmp_path)


def test_a_file_that_is_not_json_is_refused_with_its_line(file):
    assert "3行目が、JSONとして読めません" in refusal(file('[\n{"model": "actionplan.plan"},\n'))


def test_a_file_in_another_encoding_is_refused(file):
    assert "UTF-8ではありません" in refusal(file("対馬市".encode("cp932")))


def test_json_that_is_not_a_list_is_refused(file):
    assert "行の一覧" in refusal(file('{"model": "actionplan.plan"}'))


@pytest.mark.parametrize("second", ["text", {"fields": {}}, {"model": "actionplan.plan"}, row("nothing")])
def test_a_row_that_is_no_row_is_refused_and_the_row_before_it_is_not_kept(file, second):
    assert "の2件目を読めません" in refusal(file([row("plan", **PLAN), second]))


def test_a_row_that_points_nowhere_is_refused(file):
    assert "の2件目を読めません" in refusal(
        file([row("plan", **PLAN), row("policy", plan=["ない計画"], number=1, title="題")])
    )


def test_an_unknown_field_is_refused(file):
    assert "の1件目を読めません" in refusal(file([row("plan", **PLAN, colour="青")]))


def test_a_value_that_the_field_refuses_is_named_in_japanese(file):
    sentence = refusal(file([row("plan", **{**PLAN, "municipality_code": "42"})]))
    assert sentence.endswith("の1件目：「全国地方公共団体コード」6桁の数字で入力してください。何も保存していません。")


def test_two_rows_with_one_number_are_refused(file):
    policy = row("policy", plan=["試験計画"], number=1, title="題")
    assert "の3件目：" in refusal(file([row("plan", **PLAN), policy, policy]))


def test_a_file_without_a_plan_is_refused(file):
    assert "計画が入っていません" in refusal(file([]))
