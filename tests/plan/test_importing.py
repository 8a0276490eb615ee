"""Bringing the plan in from files: the export, the preview, and what is saved."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actionplan.models import ActionItem, Measure, Policy
from tests import factories
from tests.plan.files import FORMATS, ITEMS, confirm, edited, export, page, table, upload, written

pytestmark = pytest.mark.django_db


def test_the_export_has_japanese_columns_and_whole_marks(clerk, items):
    lines = table(export(clerk))
    assert lines[0][:5] == ["ID", "計画", "施策番号", "取組番号", "項目番号"]
    assert [line[lines[0].index("主体")] for line in lines[1:]] == ["★◎", "●"]
    assert export(clerk, "xlsx").startswith(b"PK")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("level", ["policy", "measure", "actionitem"])
def test_importing_an_export_back_changes_nothing_at_all(real_report, clerk, level, ending):
    address = f"/admin/actionplan/{level}/"
    history = [model.history.count() for model in (Policy, Measure, ActionItem)]
    preview = upload(clerk, export(clerk, ending, address), f"計画.{ending}", address)
    assert "変わるところはありません。" in page(preview)
    assert preview.context["result"].totals["skip"] == {"policy": 5, "measure": 24, "actionitem": 38}[level]
    assert "変更0件" in page(confirm(clerk, preview, address))
    assert [model.history.count() for model in (Policy, Measure, ActionItem)] == history


def test_a_preview_shows_the_change_and_saves_nothing(clerk, items):
    preview = page(upload(clerk, written(edited(clerk, 項目名="新しい名前"))))
    assert "まだ保存していません" in preview
    assert "2行目" in preview
    assert "追加0件、変更1件。変わらない1件" in preview
    assert '<span class="nowrap"><span class="words">★◎</span></span>' in preview
    assert ActionItem.objects.get(pk=items[0].pk).name == "項目★◎"


def test_a_confirmed_change_is_saved_with_its_writer_and_its_file(clerk, items):
    answer = confirm(clerk, upload(clerk, written(edited(clerk, 項目名="新しい名前", 主体="●★"))))
    assert "項目を取り込みました（追加0件、変更1件、変更なし1件）。" in page(answer)
    item = ActionItem.objects.get(pk=items[0].pk)
    assert (item.name, {actor.symbol for actor in item.actors.all()}) == ("新しい名前", {"★", "●"})
    record = item.history.first()
    assert (record.history_user.username, record.history_change_reason) == (
        "torikomi",
        "ファイルから取り込み：計画.csv",
    )
    assert {mark.actortype.symbol for mark in record.actors.all()} == {"★", "●"}


def test_a_row_without_an_id_is_found_by_its_numbers_or_added(clerk, items):
    lines = edited(clerk, ID="", 項目名="番号で見つけた")
    lines.append(["", "試験計画", "3", "1", "3", "三つ目", "内容", "◎", "", "いいえ"])
    preview = upload(clerk, written(lines))
    assert preview.context["result"].rows[1].diff[0] == '<span class="nowrap"><span class="words"></span></span>'
    assert "追加1件、変更1件" in page(confirm(clerk, preview))
    assert [item.name for item in ActionItem.objects.all()] == ["番号で見つけた", "項目●", "三つ目"]
    assert ActionItem.objects.get(number=3).history.filter(history_type="+").exists()


def test_items_that_change_places_keep_their_identity(clerk, items):
    lines = table(export(clerk))
    number = lines[0].index("項目番号")
    lines[1][number], lines[2][number] = "2", "1"
    preview = upload(clerk, written(lines))
    assert "20001" not in page(preview)
    confirm(clerk, preview)
    assert [ActionItem.objects.get(pk=item.pk).number for item in items] == [2, 1]
    assert items[0].history.first().number == 2


def test_a_new_item_can_take_the_number_of_one_that_moves_in_the_same_file(clerk, items):
    lines = edited(clerk, 項目番号="5")
    lines.append(["", "試験計画", "３", "１", "１", "新しい一つ目", "内容", "◎", "", ""])
    confirm(clerk, upload(clerk, written(lines)))
    assert [(item.number, item.name) for item in ActionItem.objects.all()] == [
        (1, "新しい一つ目"),
        (2, "項目●"),
        (5, "項目★◎"),
    ]


def test_a_cell_with_line_breaks_and_a_formula_comes_back_as_it_was(clerk, items):
    items[0].content = "=1+1\n二行目"
    items[0].save()
    for ending in FORMATS:
        assert "変わるところはありません。" in page(upload(clerk, export(clerk, ending), f"x.{ending}"))


def test_departments_are_named_and_one_of_two_with_the_same_name_stays(clerk, items):
    old = factories.make_department("総務課", in_force_from="2000-04-01", in_force_until="2010-03-31")
    new = factories.make_department("総務課", in_force_from="2010-04-01")
    items[0].lead_department = old
    items[0].save()
    assert "変わるところはありません。" in page(upload(clerk, export(clerk)))
    lines = table(export(clerk))
    lines[2][lines[0].index("担当課")] = "総務課"
    confirm(clerk, upload(clerk, written(lines)))
    assert [ActionItem.objects.get(pk=item.pk).lead_department for item in items] == [old, new]


def test_the_export_follows_the_filter_of_the_list(clerk, items):
    star = items[0].actors.get(symbol="★")
    response = clerk.post(f"{ITEMS}export/?actors__id__exact={star.pk}", {"format": "0", "resource": "0"})
    assert len(table(response.content)) == 2


def test_a_file_of_many_rows_is_read_and_written_with_few_questions(clerk):
    factories.make_tree(factories.make_report(), 200)
    with CaptureQueriesContext(connection) as asked:
        data = export(clerk)
        assert "変わるところはありません。" in page(upload(clerk, data))
    questions = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
    assert len(questions) <= 41  # four of them keep the export as an event of security, one counts the plans
