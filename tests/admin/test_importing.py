"""Bringing the plan in from files: the preview, what is saved, and every refusal by row and column."""

import csv
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actionplan.models import ActionItem, Measure, Policy
from tests import factories
from tests.admin.pages import signed_in, viewer, with_rights

pytestmark = pytest.mark.django_db
ITEMS = "/admin/actionplan/actionitem/"
FORMATS = {"csv": "0", "xlsx": "1"}


@pytest.fixture
def client():
    return signed_in(username="torikomi")


@pytest.fixture
def items():
    measure = factories.make_measure(policy_number=3)
    return [factories.make_item(measure, marks, name=f"項目{marks}") for marks in ("★◎", "●")]


def export(client, ending="csv", address=ITEMS):
    response = client.post(f"{address}export/", {"format": FORMATS[ending], "resource": "0"})
    assert response.status_code == 200
    return response.content


def table(data):
    return list(csv.reader(StringIO(data.decode("utf-8-sig"), newline="")))


def written(lines):
    stream = StringIO(newline="")
    csv.writer(stream).writerows(lines)
    return stream.getvalue().encode()


def upload(client, data, name="計画.csv", address=ITEMS):
    file = SimpleUploadedFile(name, data)
    return client.post(f"{address}import/", {"import_file": file, "resource": "0"})


def confirm(client, preview, address=ITEMS):
    form = preview.context["confirm_form"].initial
    return client.post(f"{address}process_import/", form, follow=True)


def edited(client, **cells):
    """The exported table with cells of the first record changed, and its columns by name."""
    lines = table(export(client))
    for column, value in cells.items():
        lines[1][lines[0].index(column)] = value
    return lines


def page(response):
    return response.content.decode()


def test_the_export_has_japanese_columns_and_whole_marks(client, items):
    lines = table(export(client))
    assert lines[0][:5] == ["ID", "計画", "施策番号", "取組番号", "項目番号"]
    assert [line[lines[0].index("主体")] for line in lines[1:]] == ["★◎", "●"]
    assert export(client, "xlsx").startswith(b"PK")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("level", ["policy", "measure", "actionitem"])
def test_importing_an_export_back_changes_nothing_at_all(real_report, client, level, ending):
    address = f"/admin/actionplan/{level}/"
    history = [model.history.count() for model in (Policy, Measure, ActionItem)]
    preview = upload(client, export(client, ending, address), f"計画.{ending}", address)
    assert "変わるところはありません。" in page(preview)
    assert preview.context["result"].totals["skip"] == {"policy": 5, "measure": 24, "actionitem": 38}[level]
    assert "変更0件" in page(confirm(client, preview, address))
    assert [model.history.count() for model in (Policy, Measure, ActionItem)] == history


def test_a_preview_shows_the_change_and_saves_nothing(client, items):
    preview = page(upload(client, written(edited(client, 項目名="新しい名前"))))
    assert "まだ保存していません" in preview
    assert "2行目" in preview
    assert "追加0件、変更1件。変わらない1件" in preview
    assert ActionItem.objects.get(pk=items[0].pk).name == "項目★◎"


def test_a_confirmed_change_is_saved_with_its_writer_and_its_file(client, items):
    answer = confirm(client, upload(client, written(edited(client, 項目名="新しい名前", 主体="●★"))))
    assert "項目を取り込みました（追加0件、変更1件、変更なし1件）。" in page(answer)
    item = ActionItem.objects.get(pk=items[0].pk)
    assert (item.name, {actor.symbol for actor in item.actors.all()}) == ("新しい名前", {"★", "●"})
    record = item.history.first()
    assert (record.history_user.username, record.history_change_reason) == (
        "torikomi",
        "ファイルから取り込み：計画.csv",
    )
    assert {mark.actortype.symbol for mark in record.actors.all()} == {"★", "●"}


def test_a_row_without_an_id_is_found_by_its_numbers_or_added(client, items):
    lines = edited(client, ID="", 項目名="番号で見つけた")
    lines.append(["", "試験計画", "3", "1", "3", "三つ目", "内容", "◎", "", "いいえ"])
    assert "追加1件、変更1件" in page(confirm(client, upload(client, written(lines))))
    assert [item.name for item in ActionItem.objects.all()] == ["番号で見つけた", "項目●", "三つ目"]
    assert ActionItem.objects.get(number=3).history.filter(history_type="+").exists()


def test_items_that_change_places_keep_their_identity(client, items):
    lines = table(export(client))
    number = lines[0].index("項目番号")
    lines[1][number], lines[2][number] = "2", "1"
    preview = upload(client, written(lines))
    assert "20001" not in page(preview)
    confirm(client, preview)
    assert [ActionItem.objects.get(pk=item.pk).number for item in items] == [2, 1]
    assert items[0].history.first().number == 2


def test_a_new_item_can_take_the_number_of_one_that_moves_in_the_same_file(client, items):
    lines = edited(client, 項目番号="5")
    lines.append(["", "試験計画", "３", "１", "１", "新しい一つ目", "内容", "◎", "", ""])
    confirm(client, upload(client, written(lines)))
    assert [(item.number, item.name) for item in ActionItem.objects.all()] == [
        (1, "新しい一つ目"),
        (2, "項目●"),
        (5, "項目★◎"),
    ]


def test_a_cell_with_line_breaks_and_a_formula_comes_back_as_it_was(client, items):
    items[0].content = "=1+1\n二行目"
    items[0].save()
    for ending in FORMATS:
        assert "変わるところはありません。" in page(upload(client, export(client, ending), f"x.{ending}"))


def test_departments_are_named_and_one_of_two_with_the_same_name_stays(client, items):
    old = factories.make_department("総務課", in_force_from="2000-04-01", in_force_until="2010-03-31")
    new = factories.make_department("総務課", in_force_from="2010-04-01")
    items[0].lead_department = old
    items[0].save()
    assert "変わるところはありません。" in page(upload(client, export(client)))
    lines = table(export(client))
    lines[2][lines[0].index("担当課")] = "総務課"
    confirm(client, upload(client, written(lines)))
    assert [ActionItem.objects.get(pk=item.pk).lead_department for item in items] == [old, new]


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"施策番号": "7"}, "2行目「施策番号」：施策7はありません。番号を直すか、先に追加してください。"),
        ({"取組番号": "9"}, "2行目「取組番号」：取組3-9はありません。番号を直すか、先に追加してください。"),
        ({"計画": "別の計画"}, "2行目「計画」：計画「別の計画」はありません。"),
        ({"項目番号": "一"}, "2行目「項目番号」：「一」は番号として読めません。"),
        ({"主体": "★▲"}, "2行目「主体」：主体「▲」は使えません。★●◎から選んでください。"),
        ({"主体": ""}, "2行目「主体」：主体が空です。★●◎から1つ以上書いてください。"),
        ({"担当課": "無い課"}, "2行目「担当課」：担当課「無い課」はありません。"),
        (
            {"終了した項目": "たぶん"},
            "2行目「終了した項目」：「たぶん」は使えません。「はい」か「いいえ」を",
        ),
        ({"ID": "999999"}, "2行目「ID」：ID 999999 の項目はありません。"),
        ({"ID": "x"}, "2行目「ID」：ID x の項目はありません。"),
        ({"項目名": ""}, "2行目「項目名」：このフィールドは空ではいけません。"),
        ({"項目名": "制御\x07文字"}, "2行目「項目名」：目に見えない制御文字（U+0007）が入っています。"),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column_and_nothing_is_saved(client, items, cells, sentence):
    lines = edited(client, **cells)
    lines[2][lines[0].index("項目名")] = "正しい変更"
    response = upload(client, written(lines))
    assert sentence in page(response)
    assert "confirm_form" not in response.context
    assert not ActionItem.objects.filter(name="正しい変更").exists()


def test_all_wrong_rows_are_named_at_once(client, items):
    lines = edited(client, 主体="▲")
    lines[2][lines[0].index("施策番号")] = "8"
    shown = page(upload(client, written(lines)))
    assert "2行目「主体」" in shown
    assert "3行目「施策番号」" in shown


def test_the_same_row_twice_in_a_file_is_refused_by_both_rows(client, items):
    lines = table(export(client))
    lines.append(list(lines[1]))
    shown = page(upload(client, written(lines)))
    for number in (2, 4):
        assert f"{number}行目「ID」：{items[0].pk}が、このファイルの中で重なっています。" in shown
        assert f"{number}行目「計画」「施策番号」「取組番号」「項目番号」：同じ番号の行がほかにもあります。" in shown


def test_a_number_that_a_row_outside_the_file_holds_is_refused(client, items):
    lines = edited(client, 項目番号="2")[:2]
    assert "2行目：この番号は、同じ親の中ですでに使われています。" in page(upload(client, written(lines)))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda lines: [line[:-1] for line in lines], "1行目に「終了した項目」の列がありません。"),
        (lambda lines: [[*line, "メモ"] for line in lines], "1行目の「メモ」は、知らない列です。"),
        (lambda lines: [[*line, line[0]] for line in lines], "見出し「ID」が重なっています。"),
        (lambda lines: lines[:1], "データの行がありません。"),
    ],
)
def test_a_table_of_another_shape_is_refused_with_the_column(client, items, change, sentence):
    response = upload(client, written(change(table(export(client)))))
    assert sentence in page(response)
    assert "confirm_form" not in response.context


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("計画.csv", b"", "入力されたファイルは空です。"),
        ("計画.csv", b"PK\x03\x04rest", "CSVではなく、Excelのファイルのようです。"),
        ("計画.xlsx", b"ID,a\r\n1,2\r\n", "Excelブック（.xlsx）として読めません。"),
        ("計画.xlsx", b"PK\x03\x04broken", "Excelブック（.xlsx）として読めません。"),
        ("計画.pdf", b"%PDF-1.7", "CSV（.csv）かExcel（.xlsx）のファイルを選んでください。"),
        ("計画.csv", b"\xff\xfe\x00\x01\x02", "CSVファイルとして読めません。"),
        ("計画.csv", b"x" * (10 * 1024 * 1024 + 1), "ファイルが大きすぎます"),
    ],
)
def test_a_file_that_is_not_what_it_claims_is_refused_in_words(client, items, name, data, sentence):
    response = upload(client, data, name)
    assert response.status_code == 200
    assert sentence in page(response)
    assert ActionItem.objects.count() == 2


def test_no_english_is_left_on_the_pages_of_files(client, items):
    shown = page(client.get(f"{ITEMS}import/")) + page(client.get(f"{ITEMS}export/"))
    shown += page(upload(client, written(edited(client, 項目名="新")))) + page(upload(client, b"x", "x.csv"))
    for english in ("Resource", "Format", "This importer", "This exporter", "Select all", "Submit", "valid", "Preview"):
        assert f">{english}" not in shown


def test_a_change_between_preview_and_confirmation_saves_nothing(client, items):
    lines = edited(client, 項目名="変更")
    lines.append(["", "試験計画", "3", "1", "3", "三つ目", "内容", "◎", "", ""])
    preview = upload(client, written(lines))
    ActionItem.objects.get(pk=items[1].pk).delete()
    assert "何も保存していません。" in page(confirm(client, preview))
    assert [item.name for item in ActionItem.objects.all()] == ["項目★◎"]


def test_confirming_twice_or_with_a_made_up_name_leads_back_to_the_beginning(client, items):
    preview = upload(client, written(edited(client, 項目名="変更")))
    confirm(client, preview)
    assert "もう一度ファイルを選んでください" in page(confirm(client, preview))
    form = {**preview.context["confirm_form"].initial, "import_file_name": "../portal.sqlite3"}
    response = client.post(f"{ITEMS}process_import/", form, follow=True)
    assert "もう一度ファイルを選んでください" in page(response)
    response = client.post(f"{ITEMS}process_import/", {**form, "format": "99"}, follow=True)
    assert "もう一度ファイルを選んでください" in page(response)


def test_a_file_waits_where_nobody_else_reads_it_and_old_ones_go(client, items, settings):
    import os

    upload(client, written(edited(client, 項目名="変更")))
    folder = settings.VAR_DIR / "uploads"
    (waiting,) = [file for file in folder.iterdir() if file.stat().st_mtime > 1]
    assert (waiting.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    os.utime(waiting, (0, 0))
    upload(client, written(edited(client, 項目名="変更")))
    assert not waiting.exists()


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def test_without_the_right_to_change_nothing_can_be_brought_in(client, items):
    preview = upload(client, written(edited(client, 項目名="変更")))
    for forger in (viewer(), with_rights("view_", "change_actionitem")):
        assert forger.get(f"{ITEMS}import/").status_code == 403
        assert upload(forger, b"x").status_code == 403
        assert confirm(forger, preview).status_code == 403
    assert "ファイルから取り込む" not in page(viewer().get(ITEMS))
    assert ActionItem.objects.get(pk=items[0].pk).name == "項目★◎"


def test_without_the_right_to_read_nothing_can_be_taken_out(items):
    stranger = signed_in(superuser=False)
    assert stranger.post(f"{ITEMS}export/", {"format": "0", "resource": "0"}).status_code == 403


def test_the_export_follows_the_filter_of_the_list(client, items):
    star = items[0].actors.get(symbol="★")
    response = client.post(f"{ITEMS}export/?actors__id__exact={star.pk}", {"format": "0", "resource": "0"})
    assert len(table(response.content)) == 2


def test_a_file_of_many_rows_is_read_and_written_with_few_questions(client):
    factories.make_tree(factories.make_report(), 200)
    with CaptureQueriesContext(connection) as asked:
        data = export(client)
        assert "変わるところはありません。" in page(upload(client, data))
    questions = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
    assert len(questions) <= 30
