"""A JSON file → tables: records as this portal's open data and other cities write them, and the form of load_report."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from actionplan.cells import CELLS, CHOICE, Cell
from actionplan.json_reader import JsonObject, read_json
from actionplan.past.source import MOST_ROWS, SourceCell, SourceRow, SourceTable
from actionplan.uploads import MOST_COLUMNS, UploadError, plain_text

NO_TABLE = (
    "JSONの中に表が見つかりません。記録（{ }）の一覧（[ ]）が入ったファイルを選んでください。"
    "このポータルから書き出したJSONは、そのまま選べます。"
)
NOT_A_RECORD = "{place}が、記録（{{ }}で囲んだもの）ではありません。ほかの記録と同じ形に直してください。"
TWICE = "{place}：「{name}」が2つあります。どちらかを削除してください。"
BROKEN = "{place}の「{name}」に、文字として読めないもの（サロゲートの片方）が入っています。取り除いてください。"
TOO_DEEP = "{place}の「{name}」は、入れ子が深すぎて読めません。表の形に直してください。"
TOO_MANY_NAMES = "{place}までに、名前の種類が{most}を超えました。同じ名前を使った記録の一覧にしてください。"
TOO_MANY_RECORDS = "記録が多すぎます（{rows}件）。{most}件までに分けてください。"
NO_ANSWERS = "{place}まで読みましたが、実施状況（yearlystatus）がありません。報告の入ったファイルを選んでください。"
LOST = "{place}：「{name}」の指すもの（{key}）が、ファイルの中にありません。"
ODD_FIXTURE = "{place}を、報告のファイル（load_reportの形）として読めません。"
WITHOUT_ANSWER = "{place}：項目「{name}」は、どの年度の実施状況もないため、取り込みません。"
REST = "計画の前文・凡例・担当課の連絡先など（{count}件）は、この画面では取り込みません。計画の画面で直します。"
SURROGATE = re.compile("[\ud800-\udfff]")


def read_json_tables(data: bytes, label: Callable[[str], str]) -> tuple[list[SourceTable], list[str]]:
    """The tables of a JSON file, and what there is to tell. Raises UploadError.

    label: what people read for the code of a category that the file itself does not name.
    """
    content = read_json(data, as_written=True)
    if isinstance(content, list) and content and all(_is_fixture(row) for row in content):
        return Fixture(content, label).tables()
    if isinstance(content, list):
        return [_table("JSONの表", content)], []
    lists = {name: rows for name, rows in content.items() if _has_records(rows)} if isinstance(content, dict) else {}
    if not lists:
        raise UploadError(NO_TABLE)
    rest = [(name, value) for name, value in content.items() if name not in lists]
    above = [_line(name, _text(value, "はじめ", name)) for name, value in rest if value not in (None, "", [], {})]
    tables = [
        _table(f"「{name}」の表", rows, f"「{name}」の" if len(lists) > 1 else "") for name, rows in lists.items()
    ]
    return [SourceTable(tables[0].name, [*above, *tables[0].rows]), *tables[1:]], []


def _is_fixture(row: Any) -> bool:
    return isinstance(row, dict) and isinstance(row.get("fields"), dict) and isinstance(row.get("model"), str)


def _has_records(rows: Any) -> bool:
    return isinstance(rows, list) and any(isinstance(row, dict) for row in rows)


def _line(name: str, text: str) -> SourceRow:
    place = f"「{name}」"
    return SourceRow([SourceCell(f"{name}：{text}", place)], place, is_line=True)


def _table(name: str, records: Sequence[Any], within: str = "") -> SourceTable:
    """The records as rows under the names that they use, each name once, in the order in which they come."""
    if not any(isinstance(record, dict) for record in records):
        raise UploadError(NO_TABLE)
    if len(records) > MOST_ROWS:
        raise UploadError(TOO_MANY_RECORDS.format(rows=len(records), most=MOST_ROWS))
    names: dict[str, None] = {}
    for number, record in enumerate(records, 1):
        _refuse_odd(record, f"{within}{number}件目")
        names |= dict.fromkeys(record)
        if len(names) > MOST_COLUMNS:
            raise UploadError(TOO_MANY_NAMES.format(place=f"{within}{number}件目", most=MOST_COLUMNS))
    head = SourceRow([SourceCell(_text(each, "名前", each), f"「{each}」") for each in names], f"{within}名前")
    return SourceTable(name, [head, *_rows(records, [*names], within)])


def _refuse_odd(record: Any, place: str) -> None:
    if not isinstance(record, dict):
        raise UploadError(NOT_A_RECORD.format(place=place))
    if isinstance(record, JsonObject) and record.twice:
        raise UploadError(TWICE.format(place=place, name=record.twice))


def _rows(records: Sequence[Mapping[str, Any]], names: Sequence[str], within: str) -> Iterator[SourceRow]:
    for number, record in enumerate(records, 1):
        place = f"{within}{number}件目"
        cells = [SourceCell(_text(record.get(name), place, name), f"{place}の「{name}」") for name in names]
        yield SourceRow(cells, place)


def _text(value: Any, place: str, name: str) -> str:
    """What stands in a cell: words as they are, a list of words with 、 between them, anything else as JSON."""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        text = "、".join(value)
    elif isinstance(value, list | dict):
        try:
            text = json.dumps(value, ensure_ascii=False)
        except RecursionError as error:
            raise UploadError(TOO_DEEP.format(place=place, name=name)) from error
    else:
        text = plain_text(value)
    if SURROGATE.search(text):
        raise UploadError(BROKEN.format(place=place, name=SURROGATE.sub("？", name)))
    return text


Key = tuple[str, ...]


class Fixture:
    """The rows of a report in the form that load_report reads, which point to one another by what names them."""

    def __init__(self, rows: Sequence[Mapping[str, Any]], label: Callable[[str], str]) -> None:
        self.label = label
        self.rows: dict[str, dict[Key, tuple[str, Mapping[str, Any]]]] = {}
        self.answers: list[tuple[str, Mapping[str, Any]]] = []
        self.rest, self.last = 0, f"{len(rows)}件目"
        for number, row in enumerate(rows, 1):
            self._sort(f"{number}件目", row["model"].rpartition(".")[2].lower(), row["fields"])

    def _sort(self, place: str, model: str, fields: Mapping[str, Any]) -> None:
        _refuse_odd(fields, place)
        if model == "yearlystatus":
            self.answers.append((place, fields))
        elif model in NAMED_BY:
            self.rows.setdefault(model, {})[_key(fields, NAMED_BY[model], place)] = (place, fields)
        else:
            self.rest += 1

    def tables(self) -> tuple[list[SourceTable], list[str]]:
        """A table for each plan, and what is not in them. Raises UploadError."""
        if not self.answers:
            raise UploadError(NO_ANSWERS.format(place=self.last))
        by_plan: dict[str, list[SourceRow]] = {}
        told: set[Key] = set()
        for place, fields in self.answers:
            key = _key(fields, ("item",), place)
            told.add(key)
            by_plan.setdefault(key[0], []).append(self._row(place, fields, key))
        silent = [pair for key, pair in self.rows.get("actionitem", {}).items() if key not in told]
        notes = [WITHOUT_ANSWER.format(place=place, name=fields.get("name", "")) for place, fields in silent]
        head = SourceRow([SourceCell(name, f"「{name}」") for name in HEADINGS], "名前")
        tables = [SourceTable(f"計画「{plan}」の報告", [head, *rows]) for plan, rows in by_plan.items()]
        return tables, [*notes, *([REST.format(count=self.rest)] if self.rest else [])]

    def _row(self, place: str, answer: Mapping[str, Any], key: Key) -> SourceRow:
        if len(key) != 4:
            raise UploadError(ODD_FIXTURE.format(place=place))
        item, measure = self._find("actionitem", key, place), self._find("measure", key[:3], place)
        policy, year = self._find("policy", key[:2], place), _key(answer, ("report",), place)
        heading = measure.get("status_heading", "")
        told = {
            "ID": item.get("public_id", ""),
            "年度_西暦": year[0].partition("-")[0],
            "施策番号": key[1],
            "施策名": policy.get("title", ""),
            "取組番号": key[2],
            "取組名": measure.get("title", ""),
            "項目番号": key[3],
            "項目名": item.get("name", ""),
            "主体_記号": "".join(str(mark[0]) for mark in item.get("actors", ()) if isinstance(mark, list) and mark),
            "アクションプランの内容": item.get("content", ""),
            **{cell.label: self._said(answer, key[0], cell) for cell in CELLS},
            "担当課": " ".join(_key(answer, ("department",), place)) if answer.get("department") else "",
            "備考": f"原本の欄名は「{heading}」" if heading and heading != "実施状況" else "",
        }
        return SourceRow(
            [SourceCell(_text(told[each], place, each), f"{place}の「{each}」") for each in HEADINGS], place
        )

    def _said(self, answer: Mapping[str, Any], plan: str, cell: Cell) -> Any:
        """What the answer says in the cell, a category by the name that the file gives it."""
        if cell.kind != CHOICE:
            return answer.get(cell.name, "")
        code = str(answer.get(cell.name) or "")
        known = self.rows.get("plancategory", {}).get((plan, code), ("", {}))[1]
        return known.get("label") or self.label(code)

    def _find(self, model: str, key: Key, place: str) -> Mapping[str, Any]:
        found = self.rows.get(model, {}).get(key)
        if found is None:
            raise UploadError(LOST.format(place=place, name=MODELS[model], key="-".join(key)))
        return found[1]


# By what a row of each kind is named: its fields, those that name another row by that one's own key.
NAMED_BY = {
    "policy": ("plan", "number"),
    "measure": ("policy", "number"),
    "actionitem": ("measure", "number"),
    "plancategory": ("plan", "code"),
}
MODELS = {"policy": "施策", "measure": "取組", "actionitem": "項目"}
HEADINGS = (
    "ID",
    "年度_西暦",
    "施策番号",
    "施策名",
    "取組番号",
    "取組名",
    "項目番号",
    "項目名",
    "主体_記号",
    "アクションプランの内容",
    *(cell.label for cell in CELLS),
    "担当課",
    "備考",
)


def _key(fields: Mapping[str, Any], names: Sequence[str], place: str) -> Key:
    """What names a row, flat. Raises UploadError."""
    parts: list[str] = []
    for name in names:
        value = fields.get(name)
        parts += map(str, value) if isinstance(value, list) else [] if value is None else [str(value)]
    if not parts or any(isinstance(fields.get(name), dict) for name in names):
        raise UploadError(ODD_FIXTURE.format(place=place))
    return tuple(parts)
