"""JSON comes in like any table: others' records, the form of load_report; what is none is refused by its place."""

import json

import pytest

from actionplan.models import YearlyStatus
from actionplan.past.files import read_source
from actionplan.uploads import UploadError
from tests.past.tables import city, reading_of
from tests.past.walking import said, take, to_check, upload

pytestmark = pytest.mark.django_db
RECORD = {"番号": "1-1-1", "項目": "学習会", "実績": "3回"}


def written(content) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()


def row(model: str, **fields) -> dict:
    return {"model": f"actionplan.{model}", "fields": fields}


TREE = [
    row("plan", title="計画"),
    row("policy", plan=["計画"], number=1, title="施策"),
    row("measure", policy=["計画", 1], number=1, title="取組"),
    row("actionitem", measure=["計画", 1, 1], number=1, name="学習会", content="開く", actors=[["◎"]]),
    row("actionitem", measure=["計画", 1, 1], number=2, name="広報", content="配る", actors=[]),
]
ANSWER = row("yearlystatus", report=[2015], item=["計画", 1, 1, 1], text="開いた", progress="done")


def test_another_citys_records_come_in_like_a_table(office, plan):
    head, *rows = city("c")
    data = written([dict(zip(head, each, strict=True)) for each in rows])
    assert take(office, to_check(office, plan, data, "c.json", year="H27")).status_code == 302
    assert YearlyStatus.objects.count() == 2


def test_places_name_the_record_and_what_it_is_called():
    source = read_source(written([RECORD, RECORD | {"実績": "4回"}]), "a.json")
    assert source.tables[0].rows[2].cells[2].place == "2件目の「実績」"


def test_a_record_may_lack_what_others_have_and_numbers_stay_as_they_were_written():
    data = b'{"title": "H27", "records": [{"a": 1.50, "b": null}, {"a": -3, "c": ["x", "y"]}]}'
    table = read_source(data, "a.json").tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows[1:]] == [
        ["a", "b", "c"],
        ["1.50", "", ""],
        ["-3", "", "x、y"],
    ]


def test_the_form_of_load_report_says_what_it_leaves():
    reading = reading_of(written([*TREE, ANSWER]), "a.json")
    [line] = reading.lines
    assert (line.name, line.content, line.marks, line.years) == ("学習会", "開く", "◎", [2015])
    assert line.answers[2015]["progress"].text == "実施済"
    notes = read_source(written([*TREE, ANSWER]), "a.json").notes
    assert any("5件目：項目「広報」は、どの年度の実施状況もない" in note for note in notes)


DEEP = b"[" * 5_000 + b"]" * 5_000


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b'[{"a": 1},\n{"a": }]', "2行目が、JSONとして読めません（7文字目の付近）"),
        (b"", "ファイルが空です"),
        (b"null", "JSONの中に表が見つかりません"),
        (b"{}", "JSONの中に表が見つかりません"),
        (b"[]", "JSONの中に表が見つかりません"),
        (b'"text"', "JSONの中に表が見つかりません"),
        (b'{"a": {"b": 1}}', "JSONの中に表が見つかりません"),
        (b"[1, 2]", "JSONの中に表が見つかりません"),
        (b'[{"a": 1, "b": 2}, 3]', "2件目が、記録（{ }で囲んだもの）ではありません"),
        (b'[{"a": 1, "b": 2, "a": 3}]', "1件目：「a」が2つあります"),
        (b'[{"a": 1, "b": "\\ud800"}]', "1件目の「b」に、文字として読めないもの"),
        ('[{"あ": 1}]'.encode("cp932"), "文字コードがUTF-8ではありません"),
        ('[{"あ": 1}]'.encode("utf-16"), "文字コードがUTF-8ではありません"),
        (b"\n" + DEEP, "2行目で、[ ]や{ }の入れ子が深すぎます"),
        (b'[{"a": 1, "b": ' + DEEP + b"}]", "1行目で、[ ]や{ }の入れ子が深すぎます"),
        (b"[" + b"{}," * 250_000 + b"{}]", "中身が多すぎます"),
        (b"[" + b'{"a":1,"b":2},' * 6_000 + b'{"a":1}]', "記録が多すぎます（6001件）"),
        (b"[" + b" " * 11_000_000 + b"]", "ファイルが大きすぎます"),
        (written([{f"n{number}": 1 for number in range(501)}]), "1件目までに、名前の種類が500を超えました"),
        (b"PK\x03\x04", "Excelブック（.xlsx）として読めません"),
        (b"%PDF-1.7", "中身は.pdfのファイルのようです"),
        (written(TREE), "5件目まで読みましたが、実施状況（yearlystatus）がありません"),
        (written([ANSWER]), "1件目：「項目」の指すもの（計画-1-1-1）が、ファイルの中にありません"),
        (written([*TREE[1:], ANSWER | {"fields": {"item": 7}}]), "5件目を、報告のファイル"),
        (written([*TREE, ANSWER | {"fields": {"item": ["計画", 1, 1, 1]}}]), "6件目を、報告のファイル"),
        (written([row("policy", number={"a": 1}), ANSWER]), "1件目を、報告のファイル"),
    ],
)
def test_what_is_no_table_is_refused_with_its_place(data, sentence):
    with pytest.raises(UploadError) as refused:
        read_source(data, "a.json")
    assert sentence in str(refused.value)


def test_a_refused_file_does_not_wait(office, plan):
    response = upload(office, plan, b"{", "a.json")
    assert response.status_code == 422
    assert "1行目が、JSONとして読めません" in said(response)
    assert "取り込みの途中のファイル" not in said(response)
