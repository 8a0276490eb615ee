"""Declared figures of items (指標・事業費) as one list, and as a table to bring in and take out: a row a figure.

A row names its item by its public id, or by its number and, where several plans have that number, the plan.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, cast

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from import_export.fields import Field
from import_export.results import Result
from import_export.widgets import Widget
from tablib import Dataset

from actionplan.admin.base import PortalAdmin
from actionplan.admin.finding import OfPlans
from actionplan.figures import EQUALS, FigureKind, read_number, written_number
from actionplan.fiscal_year import era_label, fiscal_year_of, parse_fiscal_year
from actionplan.models import ActionItem, Figure, Plan, read_targets
from actionplan.plan.importing import ImportsFiles
from actionplan.plan.table_cells import CellError, Key, Stock, TextCell
from actionplan.plan.tables import TableError, TreeResource, number_column, text_column
from actionplan.trail.object_history import ReadableHistory

CODE = re.compile(r"([0-9]{1,4})[-‐‑–—−ー－]([0-9]{1,4})[-‐‑–—−ー－]([0-9]{1,4})")
# 目標（令和7年度）, and what people make of it: 令和7年度目標, R7目標値.
ABOUT_TARGET = re.compile(r"目標値?|[()\s]")
ITEM, NAME, KIND, ORDER, LAST = "項目の番号", "指標の名前・財源", "種類", "並び順", "最後に聞く年度"
NOT_FOR_MONEY = "事業費（財源）に目標は書けません。空にするか、種類を「指標」にしてください。"


class FigureCell(Widget):
    """A number as its digits, read as people write it."""

    def clean(self, value: str | None, row: dict | None = None, **kwargs) -> str:
        """The digits. Raises FigureFault."""
        return read_number(value or "")

    def render(self, value: object, obj: object = None, **kwargs) -> str:
        """The digits."""
        return str(value or "")


class KindCell(Widget):
    """指標 or 事業費."""

    def clean(self, value: str | None, row: dict | None = None, **kwargs) -> str:
        """The kind. Raises ValueError."""
        kinds = {kind.label: kind.value for kind in FigureKind}
        if (word := (value or "").strip()) not in kinds:
            raise ValueError(f"種類「{word}」は使えません。「{'」か「'.join(kinds)}」を書いてください。")
        return kinds[word]

    def render(self, value: str | None, obj: object = None, **kwargs) -> str:
        """The word."""
        return FigureKind(value).label if value else ""


class FiscalYearCell(Widget):
    """A fiscal year, or nothing."""

    def clean(self, value: str | None, row: dict | None = None, **kwargs) -> int | None:
        """The year. Raises ValueError."""
        return parse_fiscal_year(value) if value and value.strip() else None

    def render(self, value: int | None, obj: object = None, **kwargs) -> str:
        """令和7年度."""
        return era_label(value) if value else ""


class TargetColumn(Field):
    """The target of one fiscal year; a column that is not in the file leaves its year as it is."""

    def __init__(self, year: int, column: str = "") -> None:
        super().__init__("targets", column or f"目標（{era_label(year)}）", FigureCell())
        self.year = year

    def get_value(self, instance: Any) -> str:
        """The digits of the year's target, or nothing."""
        return read_targets(instance.targets).get(self.year, "")

    def save(self, instance: Any, row: dict, *args, **kwargs) -> None:
        """Puts the target among the others. Raises FigureFault."""
        targets = read_targets(instance.targets)
        wanted = self.clean(row)
        if wanted != targets.get(self.year, ""):
            lines = sorted((targets | {self.year: wanted}).items())
            instance.targets = "\n".join(
                f"{era_label(year)}{EQUALS}{written_number(number)}" for year, number in lines if number
            )


class Items:
    """The items of every plan, as rows of a table name them."""

    def __init__(self) -> None:
        self.by_id: dict[str, ActionItem] = {}
        self.by_code: defaultdict[str, list[ActionItem]] = defaultdict(list)
        for item in ActionItem.objects.select_related("measure__policy__plan"):
            self.by_id[item.public_id] = item
            for name in {_plain(item.code), item.plain_code}:
                self.by_code[name].append(item)
        self.plans = {name for plan in Plan.objects.all() for name in (plan.title, plan.name)}

    def find(self, row: dict) -> ActionItem:
        """The item that the row names. Raises CellError with the column that leads nowhere."""
        public_id, plan = row.get("公開ID", "").strip(), row.get("計画", "").strip()
        if plan and plan not in self.plans:
            raise CellError("計画", f"計画「{plan}」はありません。計画の一覧にある名前を書いてください。")
        code = _plain(row.get(ITEM, ""))
        if not public_id and not code:
            raise CellError(ITEM, "どの項目のものか、番号（1-1-1など）を書いてください。")
        return self._by_id(public_id, plan, code) if public_id else self._by_code(code, plan)

    def _by_id(self, public_id: str, plan: str, code: str) -> ActionItem:
        item = self.by_id.get(public_id)
        if item is None:
            raise CellError("公開ID", f"公開ID「{public_id}」の項目はありません。")
        if code and code not in (_plain(item.code), item.plain_code):
            raise CellError(
                ITEM, f"公開ID「{public_id}」の項目の番号は、{item.code}です。公開IDか番号のどちらかを直してください。"
            )
        if plan and plan not in _names_of(item):
            raise CellError(
                "計画", f"公開ID「{public_id}」の項目は、計画「{item.measure.policy.plan.title}」のものです。"
            )
        return item

    def _by_code(self, code: str, plan: str) -> ActionItem:
        found = [item for item in self.by_code.get(code, ()) if not plan or plan in _names_of(item)]
        # What an item is shown with goes before what another one's numbers are.
        found = [item for item in found if _plain(item.code) == code] or found
        if not found:
            raise CellError(ITEM, f"{f'計画「{plan}」に、' if plan else ''}{code}の項目はありません。")
        if len(found) > 1:
            plans = "」「".join(item.measure.policy.plan.title for item in found)
            raise CellError(
                "計画",
                f"{code}の項目は、計画「{plans}」に、2つ以上あります。「計画」か「公開ID」の列で、どれかを示してください。",
            )
        return found[0]


def _names_of(item: ActionItem) -> tuple[str, str]:
    plan = item.measure.policy.plan
    return plan.title, plan.name


def _plain(text: str) -> str:
    """A number as it is compared: 1-1-1 for whatever widths and dashes, a printed one without widths and blanks."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    found = CODE.fullmatch(plain)
    return "-".join(str(int(part)) for part in found.groups()) if found else plain


class FigureResource(TreeResource):
    """指標・事業費."""

    keys = {ITEM: "item", NAME: "name"}
    parent = "item"
    twice = "同じ項目に、同じ名前の行がほかにもあります。名前を別のものにするか、1行にまとめてください。"
    optional = frozenset({"ID", "公開ID", "計画", ITEM, "項目", ORDER, "基準値", LAST})

    pk = number_column("ID", "pk", readonly=True)
    public_id = text_column("公開ID", "item__public_id", readonly=True)
    plan_title = text_column("計画", "item__measure__policy__plan__title", readonly=True)
    code = text_column(ITEM, "item__code", readonly=True)
    item_name = text_column("項目", "item__name", readonly=True)
    order = number_column(ORDER, "order")
    kind = Field("kind", KIND, KindCell())
    name = Field("name", NAME, TextCell())
    unit = Field("unit", "単位", TextCell())
    baseline = Field("baseline", "基準値", FigureCell())
    last_year = Field("last_year", LAST, FiscalYearCell())

    class Meta:
        model = Figure
        fields = (
            *("pk", "public_id", "plan_title", "code", "item_name"),
            *("order", "kind", "name", "unit", "baseline", "last_year"),
        )

    def get_queryset(self) -> QuerySet:
        """Figures with what names them."""
        return super().get_queryset().select_related("item__measure__policy__plan")

    def filter_export(self, queryset: QuerySet, **kwargs) -> QuerySet:
        """The rows of the list with everything that their cells show."""
        return queryset.select_related("item__measure__policy__plan")

    def before_export(self, queryset: QuerySet, **kwargs) -> None:
        """Makes a column for each year of the plans, and for each other year that has a target."""
        years = {*_years_of_plans(), *_years_of_targets(queryset)} or {fiscal_year_of(timezone.localdate())}
        for year in sorted(years):
            self.fields[f"target_{year}"] = TargetColumn(year)

    def check_headers(self, headers: Sequence[str]) -> None:
        """Takes the columns of targets for what they are; raises UploadError, TableError."""
        known = {field.column_name for field in self.fields.values()}
        for header in headers:
            if header not in known and (year := _year_of_target(header)):
                if f"target_{year}" in self.fields:
                    raise TableError([f"1行目：{era_label(year)}の目標の列が2つあります。1つにしてください。"])
                self.fields[f"target_{year}"] = TargetColumn(year, header)
        if "公開ID" not in headers and ITEM not in headers:
            raise TableError([f"1行目に「{ITEM}」か「公開ID」の列がありません。どの項目の指標かを書く列が要ります。"])
        super().check_headers(headers)

    def before_import(self, dataset: Dataset, **kwargs) -> None:
        """Reads the items once a file."""
        self.items = Items()
        super().before_import(dataset, **kwargs)

    def line(self, row: dict) -> tuple[str, Key]:
        """The ID of the line; its item and the figure's name, to the letter."""
        try:
            item = str(self.items.find(row).pk)
        except CellError:
            item = "/".join(row.get(column, "") for column in ("公開ID", "計画", ITEM))
        return row.get("ID", "").strip(), (item, row[NAME])

    def make_ready(self, lines: list[tuple[str, Key]]) -> None:
        """Reads the stored figures; one that the file names by its ID is found by nothing else."""
        self.stock = FigureStock(self.get_queryset().select_for_update(of=("self",)), lines)

    def find_parent(self, row: dict, instance: Model) -> Model:
        """The item. Raises CellError, also where a stored figure would go to another one."""
        figure, item = cast(Figure, instance), self.items.find(row)
        if figure.pk and figure.item_id != item.pk:
            raise CellError(ITEM, f"この指標は{figure.item.code}の項目のものです。ほかの項目には移せません。")
        return item

    def import_instance(self, instance: Any, row: dict, **kwargs) -> None:
        """Puts the cells into the figure. Raises ValidationError by column."""
        if not row.get(ORDER, "").strip():
            row = {column: text for column, text in row.items() if column != ORDER}
        super().import_instance(instance, row, **kwargs)

    def more_faults(self, instance: Any, row: dict) -> dict[str, str]:
        """That money has no targets, at each column that says one."""
        columns = [field.column_name for field in self.fields.values() if isinstance(field, TargetColumn)]
        money = instance.kind == FigureKind.MONEY
        return {column: NOT_FOR_MONEY for column in columns if money and row.get(column, "").strip()}

    def skip_row(
        self, instance: Model, original: Model, row: dict, import_validation_errors: dict | None = None
    ) -> bool:
        """Whether the row is as it was; an empty box of the order says nothing."""
        told = {column: text for column, text in row.items() if column != ORDER or text.strip()}
        return super().skip_row(instance, original, told, import_validation_errors)

    def after_import(self, dataset: Dataset, result: Result, **kwargs) -> None:
        """Names the columns of the preview, which the file's own targets are among."""
        result.diff_headers = self.get_diff_headers()
        super().after_import(dataset, result, **kwargs)


class FigureStock(Stock):
    """The stored figures: by ID, and by item and name."""

    def __init__(self, rows: QuerySet, lines: list[tuple[str, Key]]) -> None:
        super().__init__(rows, ("item_id", "name"))
        named = {pk for pk, _ in lines}
        self.by_key = {key: self.by_pk[pk] for pk, key in self.keys.items() if pk not in named}


def _year_of_target(header: str) -> int | None:
    plain = unicodedata.normalize("NFKC", header)
    if "目標" not in plain:
        return None
    try:
        return parse_fiscal_year(ABOUT_TARGET.sub("", plain))
    except ValueError:
        return None


def _years_of_plans() -> Iterator[int]:
    for first, last in (
        Plan.objects.exclude(start_year=None).exclude(end_year=None).values_list("start_year", "end_year")
    ):
        yield from range(first, last + 1)


def _years_of_targets(figures: QuerySet) -> Iterator[int]:
    for targets in figures.exclude(targets="").values_list("targets", flat=True):
        yield from read_targets(targets)


@admin.register(Figure)
class FigureAdmin(OfPlans, ImportsFiles, ReadableHistory, PortalAdmin):
    """Every declared figure of every item; on an item's own page it has its own beside it."""

    resource_classes = [FigureResource]
    file_stem = "figures"
    fields = ["item", "order", "kind", "name", "unit", "baseline", "targets", "last_year"]
    list_display = ["code", "name", "unit", "kind", "baseline", "item_name"]
    list_display_links = ["name"]
    list_select_related = ["item__measure__policy__plan"]
    list_filter = ["kind"]
    search_fields = [
        *("name", "item__name", "item__printed_number", "item__public_id"),
        *("item__lead_department__name", "item__lead_department__unit"),
        *("item__measure__policy__plan__title", "item__measure__policy__plan__short_name"),
    ]
    numbers = ("item__measure__policy__number", "item__measure__number", "item__number")
    plan_path = "item__measure__policy__plan"
    search_help_text = "指標の名前・財源と、項目の番号（3-2-1）・名前、担当課、計画名で探します。"
    sortable_by = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Figure | None = None) -> list[str]:
        """The item stays: what answers say of the figure stands with it."""
        return ["item"] if obj else []

    @admin.display(description="番号")
    def code(self, figure: Figure) -> str:
        """3-2-1."""
        return figure.item.code

    @admin.display(description="項目")
    def item_name(self, figure: Figure) -> str:
        """What the item is called."""
        return figure.item.name
