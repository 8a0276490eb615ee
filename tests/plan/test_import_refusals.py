"""Every refusal of a file, by row and column; nothing is saved."""

import pytest

from actionplan.models import ActionItem
from tests import factories
from tests.plan.files import ITEMS, edited, export, page, table, upload, written

pytestmark = pytest.mark.django_db


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
def test_a_wrong_cell_is_named_by_row_and_column_and_nothing_is_saved(clerk, items, cells, sentence):
    lines = edited(clerk, **cells)
    lines[2][lines[0].index("項目名")] = "正しい変更"
    response = upload(clerk, written(lines))
    assert sentence in page(response)
    assert "confirm_form" not in response.context
    assert not ActionItem.objects.filter(name="正しい変更").exists()


def test_a_department_that_has_ended_takes_no_item_but_may_keep_its_own(clerk, items):
    old = factories.make_department("旧課", in_force_until="2010-03-31")
    lines = edited(clerk, 担当課="旧課")
    sentence = "2行目「担当課」：担当課「旧課」は廃止されています。引き継いだ課の名前を書いてください。"
    assert sentence in page(upload(clerk, written(lines)))
    ActionItem.objects.filter(pk=items[0].pk).update(lead_department=old)
    assert "廃止されています" not in page(upload(clerk, written(edited(clerk, 項目名="新しい名前"))))


def test_all_wrong_rows_are_named_at_once(clerk, items):
    lines = edited(clerk, 主体="▲")
    lines[2][lines[0].index("施策番号")] = "8"
    shown = page(upload(clerk, written(lines)))
    assert "2行目「主体」" in shown
    assert "3行目「施策番号」" in shown


def test_the_same_row_twice_in_a_file_is_refused_by_both_rows(clerk, items):
    lines = table(export(clerk))
    lines.append(list(lines[1]))
    shown = page(upload(clerk, written(lines)))
    for number in (2, 4):
        assert f"{number}行目「ID」：{items[0].pk}が、このファイルの中で重なっています。" in shown
        assert f"{number}行目「計画」「施策番号」「取組番号」「項目番号」：同じ番号の行がほかにもあります。" in shown


def test_a_number_that_a_row_outside_the_file_holds_is_refused(clerk, items):
    lines = edited(clerk, 項目番号="2")[:2]
    assert "2行目：この番号は、同じ親の中ですでに使われています。" in page(upload(clerk, written(lines)))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda lines: [line[: lines[0].index("終了した項目")] for line in lines],
            "見出しの行に「終了した項目」の列がありません。",
        ),
        (lambda lines: [[*line, "メモ"] for line in lines], "見出しの「メモ」は、知らない列です。"),
        (lambda lines: [[*line, line[0]] for line in lines], "見出し「ID」が重なっています。"),
        (lambda lines: lines[:1], "データの行がありません。"),
    ],
)
def test_a_table_of_another_shape_is_refused_with_the_column(clerk, items, change, sentence):
    response = upload(clerk, written(change(table(export(clerk)))))
    assert sentence in page(response)
    assert "confirm_form" not in response.context


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("計画.csv", b"", "入力されたファイルは空です。"),
        ("計画.csv", b"PK\x03\x04rest", "CSVではなく、Excelのファイルのようです。"),
        ("計画.xlsx", b"ID,a\r\n1,2\r\n", "Excelブック（.xlsx）として読めません。"),
        ("計画.xlsx", b"PK\x03\x04broken", "Excelブック（.xlsx）として読めません。"),
        ("計画.pdf", b"%PDF-1.7", "CSV（.csv）、Excel（.xlsx）、LibreOffice（.ods）の表を選んでください。"),
        ("計画.csv", b"\xff\xfe\x00\x01\x02", "CSVファイルとして読めません。"),
        ("計画.csv", b"x" * (10 * 1024 * 1024 + 1), "ファイルが大きすぎます"),
    ],
)
def test_a_file_that_is_not_what_it_claims_is_refused_in_words(clerk, items, name, data, sentence):
    response = upload(clerk, data, name)
    assert response.status_code == 200
    assert sentence in page(response)
    assert ActionItem.objects.count() == 2


def test_no_english_is_left_on_the_pages_of_files(clerk, items):
    shown = page(clerk.get(f"{ITEMS}import/")) + page(clerk.get(f"{ITEMS}export/"))
    shown += page(upload(clerk, written(edited(clerk, 項目名="新")))) + page(upload(clerk, b"x", "x.csv"))
    for english in ("Resource", "Format", "This importer", "This exporter", "Select all", "Submit", "valid", "Preview"):
        assert f">{english}" not in shown


def test_a_title_and_empty_rows_are_passed_over_told_and_counted(clerk, items):
    lines = edited(clerk, **{"項目名": "新しい名前"})
    response = upload(clerk, written([["項目の一覧"], [], lines[0], [], *lines[1:]]))
    assert "1行目の「項目の一覧」は、見出しより上にあるため、読んでいません。" in page(response)
    assert "空の行は読み飛ばしました：4行目。" in page(response)
    assert "5行目</th>" in page(response)
    lines[1][lines[0].index("担当課")] = "ない課"
    assert "5行目「担当課」" in page(upload(clerk, written([["項目の一覧"], [], lines[0], [], *lines[1:]])))
