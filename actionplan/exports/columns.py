"""The columns of the open data, declared once: for the public files, the admin's export and whatever describes them.

Source: conventions of the field, section 7. Which 主体 columns there are is data: the legend of the edition.
"""

from collections.abc import Callable, Collection, Iterator
from decimal import Decimal
from typing import Protocol

from django.utils import timezone
from import_export import fields, resources, widgets

from actionplan.cells import CELLS, CHOICE
from actionplan.figures import DATA_PARTS, FigureKind, Part
from actionplan.models import STATUS_HEADING, EditionRow, label_of
from actionplan.scale import read_scale

# Raise it when the same edition gives other files than before: addresses of files carry it in their ETag.
COLUMNS_VERSION = 6


class EditionFacts(Protocol):
    """What the columns ask of an edition; an Edition or a Draft that is not yet saved."""

    @property
    def front_matter(self) -> dict:
        """What stands above the rows, as frozen."""


class AsIs(widgets.Widget):
    """Gives a number as a number and a text as a text."""

    def render(self, value: object, obj: object = None, **kwargs) -> object:
        """The value; an empty text in place of None."""
        return "" if value is None else value


def column(name: str, attribute: str | None = None) -> fields.Field:
    """A column; its value is the row's attribute, or what dehydrate_<field> of the resource gives."""
    return fields.Field(attribute=attribute, column_name=name, widget=AsIs(), readonly=True)


class ReportResource(resources.Resource):
    """The rows of one edition, saved or not, as open data in long format: one record per fiscal year and item.

    ReportResource(edition).export(rows) gives a tablib Dataset and asks the database nothing that rows does not.
    """

    municipality_code = column("全国地方公共団体コード")
    record_id = column("ID")
    municipality = column("地方公共団体名")
    fiscal_year = column("年度_西暦")
    era_label = column("年度_和暦")
    policy_number = column("施策番号", "policy_number")
    policy_title = column("施策名", "policy_title")
    measure_number = column("取組番号", "measure_number")
    measure_title = column("取組名", "measure_title")
    item_number = column("項目番号", "item_number")
    item_name = column("項目名", "item_name")
    actor_symbols = column("主体_記号", "actor_symbols")
    content = column("アクションプランの内容", "content")
    department_name = column("担当課", "department_name")
    updated_on = column("更新日")
    remarks = column("備考")

    def __init__(self, edition: EditionFacts, told: Collection[str] = (), **kwargs) -> None:
        """told: those of BESIDE that the edition's rows say something of (see told_beside)."""
        super().__init__(**kwargs)
        self.front = edition.front_matter
        self.told = told
        self.public_from = getattr(edition, "public_from", None)
        self.fields = dict(self._all_columns())

    @classmethod
    def get_display_name(cls) -> str:
        """The name in the admin's lists."""
        return "年次報告（オープンデータの列）"

    def get_export_order(self) -> tuple[str, ...]:
        """Every column in the order of the declaration."""
        return tuple(self.fields)

    def _all_columns(self) -> Iterator[tuple[str, fields.Field]]:
        """The columns above, the legend's before the marks, those of an answer's cells after the content.

        Areas, tags and evidence have theirs after the department, where the edition bears any: a file of before stays
        as it was.
        """
        for name, field in self.fields.items():
            if name == "actor_symbols":
                yield from ((f"actor_{actor['symbol']}", actor_column(actor)) for actor in self.front["actors"])
            if name == "fiscal_year" and self.front.get("names_plan"):
                yield "plan_title", column("計画")
            yield name, field
            if (printed := PRINTED.get(name, "")) in self.front.get("printed", ()):
                yield printed, column(label_of(EditionRow, printed), printed)
            if name == "content":
                yield from cell_columns()
            if name == "department_name" and "voices" in self.told:
                yield "voices", column(label_of(EditionRow, "voices"))
            if name == "department_name":
                yield from ((named, source_column(named)) for named in SOURCES if named in self.told)
                yield from ((named, listed_column(named)) for named in LISTED if self.front.get(named))
        # Last, and only where the year has any: files of years without stay as they were.
        slots = self.front.get("figures", {})
        for kind in FigureKind:  # in this order: PostgreSQL keeps the keys of an object in one of its own
            for place in range(slots.get(kind, 0)):
                yield from figure_columns(kind, place)

    def dehydrate_municipality_code(self, row: EditionRow) -> str:
        """422096: a text, since a code may begin with 0."""
        return self.front["plan"]["municipality_code"]

    def dehydrate_record_id(self, row: EditionRow) -> str:
        """422096-2009-k4w7xz2m: code, fiscal year, public id; the same in every installation, whatever the numbers."""
        return f"{self.front['plan']['municipality_code']}-{self.front['fiscal_year']}-{row.public_id}"

    def dehydrate_municipality(self, row: EditionRow) -> str:
        """対馬市."""
        return self.front["plan"]["municipality"]

    def dehydrate_plan_title(self, row: EditionRow) -> str:
        """The plan's title; a column only where records of several plans stand together."""
        return self.front["plan"]["title"]

    def dehydrate_fiscal_year(self, row: EditionRow) -> int:
        """2009."""
        return self.front["fiscal_year"]

    def dehydrate_era_label(self, row: EditionRow) -> str:
        """平成21年度."""
        return self.front["era_label"]

    def dehydrate_voices(self, row: EditionRow) -> str:
        """Each text under the name of its writer, one after the other: 【自治会】掃除をしました。"""
        return "\n".join(f"【{voice['name']}】{voice['text']}" for voice in row.voices)

    def dehydrate_updated_on(self, row: EditionRow) -> str:
        """The day in Japan on which the edition became public, as 2026-04-01; empty for a draft."""
        if self.public_from is None:
            return ""
        return timezone.localdate(self.public_from, timezone.get_default_timezone()).isoformat()

    def dehydrate_remarks(self, row: EditionRow) -> str:
        """What a reader of this record alone must know: 見本データ, 過去の報告, the printed heading, the correction."""
        heading = row.status_heading
        notes = [
            SAMPLE if is_sample(self.front) else "",
            self.front.get("past", {}).get("words", ""),
            f"原本の欄名は「{heading}」" if heading != STATUS_HEADING else "",
            row.correction_note,
        ]
        return "；".join(note for note in notes if note)


# What each column holds, by the name of its field; an answer's cells say it themselves (cells.py).
ABOUT = {
    "municipality_code": "総務省の全国地方公共団体コードです。0で始まることがあるので、文字で入れています。",
    "record_id": "この記録の番号です。団体コード、年度、項目の番号（8文字。年度が変わっても同じ）をつないでいます。",
    "municipality": "報告を公表した団体の名前です。",
    "plan_title": "計画の名前です。",
    "fiscal_year": "年度の始まる年（西暦）です。",
    "era_label": "年度の和暦です。",
    "policy_number": "施策の番号です。",
    "policy_title": "施策の名前です。",
    "measure_number": "施策の中での、取組の番号です。",
    "measure_title": "取組の名前です。",
    "item_number": "取組の中での、項目の番号です。",
    "item_name": "項目の名前です。",
    "actor_symbols": "項目に付いている主体の記号です。意味は下の「主体の記号」のとおりです。",
    "content": "計画に書かれている、項目の内容です。",
    "department_name": "公表したときの担当課の名前です。",
    "voices": "担当課のほかに、関係課や協力団体が書いた文です。【　】の中は、書いた課や団体の名前です。",
    "merged_from": "この項目に統合した項目です。",
    "origins": "前の計画の、もとになった項目です。",
    "areas": "項目に関わる地域です。",
    "tags": "項目に付けたタグです。",
    "evidence": "写真・資料・リンクのアドレスです。/で始まるものは、このサイトのファイルです。",
    "updated_on": "この版を公表した日です。",
    "remarks": "この記録だけを見る人に伝えることです（見本データ、過去の報告、原本の欄名、訂正）。",
}
BY_FIELD = {field: cell for cell in CELLS for field in cell.published_fields}


def explanation(resource: ReportResource) -> Iterator[tuple[str, str, str]]:
    """The lines that explain the columns of a file, then what codes and marks in it mean."""
    for name, field in resource.fields.items():
        yield field.column_name, _about(name), ""
    front = resource.front
    yield from (("", "", ""), ("進捗区分のコード", "進捗区分", "意味"))
    yield from ((each.code, each.label, each.definition) for each in read_scale(front.get("progress", ())).categories)
    if front["actors"]:
        yield from (("", "", ""), ("主体の記号", "意味", "列の名前での呼び方"))
        yield from ((each["symbol"], each["label"], each["short_name"]) for each in front["actors"])


def _about(name: str) -> str:
    if name.startswith("actor_") and name not in ABOUT:
        return f"項目に{name.removeprefix('actor_')}の記号が付いていれば1、付いていなければ0です。"
    if name in PRINTED.values():
        return "報告に印刷されている番号です。数字と違う書き方のときに使います。"
    if cell := BY_FIELD.get(name):
        code = cell.kind == CHOICE and name == cell.published
        return f"{cell.label}のコードです。意味は下の表のとおりです。" if code else cell.meaning or cell.label
    return ABOUT.get(name, "項目の指標・事業費などの、名前、単位と値です。値がない欄は空です。")


def told_beside(rows: Collection[EditionRow]) -> list[str]:
    """Those of BESIDE that any of the rows says something of: files without have no column.

    The items that a row comes from have none either where an edition of before names them by the database's keys.
    """
    facts = {name: [each for row in rows for each in getattr(row, name)] for name in BESIDE}
    return [name for name, told in facts.items() if told and not any("item" in each for each in told)]


def cell_columns() -> Iterator[tuple[str, fields.Field]]:
    """A column for each field that holds a cell of an answer, named as the field is called in Japanese."""
    for field in EditionRow.cell_fields:
        yield field, column(label_of(EditionRow, field), field)


def figure_columns(kind: FigureKind, place: int) -> Iterator[tuple[str, fields.Field]]:
    """The columns of a row's first, second … figure of the kind: 指標1_名称, 指標1_単位, 指標1_目標値, 指標1_実績値."""
    for index, (name, read) in enumerate(DATA_PARTS[kind].items()):
        method = _figure(kind, place, read, numeric=index > 1)
        heading = f"{kind.label}{place + 1}_{name}"
        yield f"figure_{kind}_{place}_{index}", fields.Field(column_name=heading, dehydrate_method=method)


def _figure(kind: FigureKind, place: int, read: Part, *, numeric: bool) -> Callable:
    def value(row: EditionRow) -> str:
        own = [figure for figure in row.read_figures if figure.kind == kind]
        return read(own[place]) if place < len(own) else ""

    def number(row: EditionRow) -> object:
        return Decimal(found) if (found := value(row)) else ""

    return number if numeric else value


# How a number is printed, where an edition prints one otherwise than in figures; after the column of its figures.
PRINTED = {f"{level}_number": f"{level}_printed" for level in ("policy", "measure", "item")}
# The items that one comes from: of its own plan, and of the plan before.
SOURCES = ("merged_from", "origins")
BESIDE = ("voices", *SOURCES)
# Cells of several things in one, where an edition bears any.
LISTED = ("areas", "tags", "evidence")


def listed_column(field: str) -> fields.Field:
    """地域 and タグ: the names, 、 between them, which no name holds. 資料: the addresses, a blank between them."""

    def words(row: EditionRow) -> str:
        if field == "evidence":
            return " ".join(each.get("url") or f"/evidence/{each['file']}" for each in row.evidence)
        return "、".join(getattr(row, field))

    return fields.Field(column_name=label_of(EditionRow, field), dehydrate_method=words)


def source_column(field: str) -> fields.Field:
    """Each item as k4w7xz2m：1-1-1：its name, ； between them; past/own_columns.py reads it."""

    def words(row: EditionRow) -> str:
        return "；".join(f"{each['public_id']}：{each['code']}：{each['name']}" for each in getattr(row, field))

    return fields.Field(column_name=label_of(EditionRow, field), dehydrate_method=words)


def actor_column(actor: dict) -> fields.Field:
    """主体_市民 and the like: 1 when the actor's mark stands at the item, else 0."""

    def flag(row: EditionRow) -> int:
        return int(actor["symbol"] in row.actor_symbols)

    return fields.Field(column_name=f"主体_{actor['short_name']}", dehydrate_method=flag)


SAMPLE = "見本データ"
SAMPLE_SENTENCE = "見本データ：この年度の内容は、試しに作った架空のものです。実際の報告ではありません。"
SAMPLE_ENDING = "_sample"


def is_sample(front_matter: dict) -> bool:
    """Whether the year is made up."""
    return bool(front_matter.get("sample"))
