"""Importing and exporting a level of the plan's tree: one record a row, found by ID or by its numbers."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from import_export.fields import Field
from import_export.resources import Diff, ModelResource
from import_export.results import Result
from import_export.widgets import ManyToManyWidget
from tablib import Dataset

from actionplan.exports.tabular import became_question_marks
from actionplan.models import ActionItem, Department, Measure, Partner, Policy, label_of, note_source
from actionplan.plan.named_cells import AreasCell, PublicId, TagsCell
from actionplan.plan.table_cells import (
    Above,
    CellError,
    DepartmentCell,
    Key,
    MarksCell,
    NamesCell,
    NumberCell,
    Stock,
    TextCell,
    YesNoCell,
    doubled,
    numbers_of,
    tell_places,
    whole_number,
)
from actionplan.seen import fingerprint, refuse_moved
from actionplan.uploads import check_columns

PRINTED = label_of(ActionItem, "printed_number")
NAMELESS = "名前のないファイル"
# The relations whose names stand in one cell of an item.
NAMED = ("actors", "areas", "tags", "related_departments", "partners")


class TableError(ValueError):
    """A file that cannot be laid over the plan as a whole; sentences say why, row by row."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


def number_column(column: str, attribute: str, readonly: bool = False) -> Field:
    """A column of whole numbers."""
    return Field(attribute, column, NumberCell(column), readonly=readonly)


def text_column(column: str, attribute: str, readonly: bool = False) -> Field:
    """A column of text."""
    return Field(attribute, column, TextCell(), readonly=readonly)


class TreeResource(ModelResource):
    """A level of the tree. An empty ID with numbers that exist is that row; with new numbers, a new row."""

    # The columns that name a row, with the attributes behind them; the last one is the row's own number.
    keys: dict[str, str] = {}
    parent = ""
    # What two lines of one file that name the same row are told.
    twice = "同じ番号の行がほかにもあります。どちらかを直してください。"
    # Columns that files of before lack.
    optional = frozenset({PRINTED})

    class Meta:
        skip_unchanged = True
        report_skipped = False
        clean_model_instances = True

    def before_import(self, dataset: Dataset, **kwargs) -> None:
        """Checks the head and makes the stored rows ready; without a head that can be read no row is looked at."""
        try:
            self.check_headers(dataset.headers)
            lines = [self.line(row) for row in dataset.dict]
        except ValueError:
            dataset.wipe()
            raise
        self.file_name, self.numbers = kwargs.get("file_name") or NAMELESS, numbers_of(dataset)
        self.pks, self.doubled_keys = doubled(pk for pk, _ in lines), doubled(key for _, key in lines)
        self.make_ready(lines)

    def make_ready(self, lines: list[tuple[str, Key]]) -> None:
        """Reads what the lines (ID, key) of the file are laid over."""
        self.above = Above(len(self.keys) - 1)
        self.stock = Stock(self.get_queryset().select_for_update(of=("self",)), tuple(self.keys.values()))
        self.stock.lay(lines)

    def find_parent(self, row: dict, instance: Model) -> Model:
        """The row above the line's own. Raises CellError."""
        return self.above.find(self.line(row)[1][:-1])

    def check_headers(self, headers: Sequence[str]) -> None:
        """Raises UploadError, TableError for columns that are missing or not known."""
        columns = [field.column_name for field in self.get_import_fields()]
        check_columns(headers, [column for column in columns if column not in self.optional])
        if unknown := [header for header in headers if header not in columns]:
            raise TableError([f"見出しの「{each}」は、知らない列です。列ごと削除してください。" for each in unknown])

    def line(self, row: dict) -> tuple[str, Key]:
        """The ID of the line, and its key."""
        return row["ID"].strip(), tuple(self._number_or_text(row[column], column) for column in self.keys)

    def _number_or_text(self, text: str, column: str) -> str:
        try:
            return str(whole_number(text, column))
        except CellError:
            return text

    def _doubles(self, row: dict) -> dict[str, str]:
        """By column, that another line of the file names the same row."""
        pk, key = self.line(row)
        found = {"ID": f"{pk}が、このファイルの中で重なっています。1行だけにしてください。"} if pk in self.pks else {}
        return found | ({"」「".join(self.keys): self.twice} if key in self.doubled_keys else {})

    def more_faults(self, instance: Any, row: dict) -> dict[str, str]:
        """By column, what else is wrong with the line once its cells are in the instance."""
        return {}

    def get_instance(self, instance_loader: object, row: dict) -> Model | None:
        """The stored row that the line means, or None for a new one. Raises ValidationError for an unknown ID."""
        pk, key = self.line(row)
        if not pk:
            return self.stock.by_key.get(key)
        if pk not in self.stock.by_pk:
            name = self._meta.model._meta.verbose_name
            sentence = f"ID {pk} の{name}はありません。新しく加える行では、IDを空にしてください。"
            raise ValidationError(self._doubles(row) | {"ID": sentence})
        return self.stock.by_pk[pk]

    @classmethod
    def get_diff_class(cls) -> type[Diff]:
        """The comparison that remembers."""
        return RememberedDiff

    def after_init_instance(self, instance: Model, new: bool, row: dict, **kwargs) -> None:
        """Remembers the cells as they are, before the library copies the row and loses what was fetched with it."""
        vars(instance)["cells_before"] = [field.export(instance) for field in self.get_import_fields()]

    def skip_row(
        self, instance: Model, original: Model, row: dict, import_validation_errors: dict | None = None
    ) -> bool:
        """Whether the row is as it was: then nothing is written, no history either."""
        if import_validation_errors or instance._state.adding:
            return False
        return all(self._same(field, instance, original, row) for field in self.get_import_fields())

    def _same(self, field: Field, instance: Model, original: Model, row: dict) -> bool:
        if field.column_name not in row:
            return True
        if isinstance(field.widget, ManyToManyWidget):
            return set(field.clean(row)) == set(field.get_value(instance).all())
        return field.get_value(instance) == field.get_value(original)

    def import_instance(self, instance: Model, row: dict, **kwargs) -> None:
        """Puts the cells into the instance. Raises ValidationError by column for every cell that cannot be taken."""
        errors = self._doubles(row)
        try:
            setattr(instance, self.parent, self.find_parent(row, instance))
        except CellError as error:
            errors[error.column] = str(error)
        for field in self.get_import_fields():
            try:
                self._take(field, instance, row)
            except ValueError as error:
                errors[field.column_name] = str(error)
        if errors := self.more_faults(instance, row) | errors:
            raise ValidationError(errors)

    def _take(self, field: Field, instance: Model, row: dict) -> None:
        if field.column_name not in row:
            return
        if isinstance(field.widget, ManyToManyWidget):
            field.clean(row)
        # A cell that reads as what is stored is untouched: two departments of one name are not mixed up.
        elif not field.readonly and (instance._state.adding or field.export(instance) != row[field.column_name]):
            field.save(instance, row)

    def validate_instance(
        self, instance: Model, import_validation_errors: dict | None = None, validate_unique: bool = True
    ) -> None:
        """Raises ValidationError by column; what could not be read is named together with what may not stand."""
        faults = dict(import_validation_errors or {})
        unread = {str(field.attribute).split("__")[0] for field in self.fields.values() if field.column_name in faults}
        whole = validate_unique and not faults
        try:
            instance.full_clean({self.parent, *unread} if faults else (), whole, not faults)
        except ValidationError as error:
            columns = {field.attribute: field.column_name for field in self.fields.values()}
            faults = {columns.get(name, NON_FIELD_ERRORS): texts for name, texts in error.message_dict.items()} | faults
        if faults:
            raise ValidationError(faults)

    def before_save_instance(self, instance: Any, row: dict, **kwargs) -> None:
        """Writes the file into the history."""
        note_source(instance, **told_of(self.file_name))

    def after_import_row(self, row: dict, row_result: Any, row_number: int = 0, **kwargs) -> None:
        """Notes the row as a spreadsheet counts, for the preview."""
        row_result.number = self.numbers[row_number - 1]

    def after_import(self, dataset: Dataset, result: Result, **kwargs) -> None:
        """Raises Moved, still inside the transaction, when the preview that was confirmed showed otherwise."""
        tell_places(result, dataset)
        if not (result.has_errors() or result.has_validation_errors()):
            refuse_moved(kwargs.get("seen", seal(result)), seal(result))


def told_of(file_name: str) -> dict[str, str]:
    """What a record says of the file that a row came from."""
    return {"reason": f"ファイルから取り込み：{file_name}", "source_file": file_name}


LOST = """<del class="words">{}</del> <ins class="words">{}</ins> <strong>「{}」が「?」に変わっています。</strong>"""
PREVIEW_CHANGED = """<del class="words">{}</del> <span aria-hidden="true">→</span> <ins class="words">{}</ins>"""


class RememberedDiff(Diff):
    """Compares with the cells that were remembered, so that no row is asked for its marks a second time."""

    def __init__(self, resource: ModelResource, instance: Model, new: bool) -> None:
        self.left: list[str] = vars(instance)["cells_before"]
        self.right: list[str] = []
        self.new = new
        self.columns = resource.get_import_fields()

    def as_html(self) -> list[SafeString]:
        """The cells of the preview: ★◎ and numbers in one piece, and no ID for a row that has none yet."""
        if self.new:
            self.right[0] = ""
        cells = zip(self.columns, self.left, self.right, strict=True)
        return [self._cell(field, str(old), str(new)) for field, old, new in cells]

    def _cell(self, field: Field, old: str, new: str) -> SafeString:
        if lost := became_question_marks(old, new):
            html = format_html(LOST, old, new, "」「".join(lost))
        elif old == new or self.new:
            html = format_html('<span class="words">{}</span>', new)
        else:
            html = format_html(PREVIEW_CHANGED, old or "（空欄）", new or "（空欄）")
        return format_html('<span class="nowrap">{}</span>', html) if _is_short(field) else html


def _is_short(field: Field) -> bool:
    return isinstance(field.widget, NumberCell | YesNoCell | MarksCell)


def seal(result: Result) -> str:
    """The fingerprint of all that the preview shows: another one when a stored row that the file changes is another."""
    return fingerprint(*((row.number, row.import_type, [str(cell) for cell in row.diff or ()]) for row in result.rows))


class PolicyResource(TreeResource):
    """施策."""

    keys = {"計画": "plan__title", "施策番号": "number"}
    parent = "plan"

    pk = number_column("ID", "pk", readonly=True)
    plan_title = text_column("計画", "plan__title", readonly=True)
    number = number_column("施策番号", "number")
    title = text_column("施策名", "title")
    printed_number = text_column(PRINTED, "printed_number")

    class Meta:
        model = Policy
        fields = ("pk", "plan_title", "number", "title", "printed_number")

    def get_queryset(self) -> QuerySet:
        """Policies with what names them."""
        return super().get_queryset().select_related("plan")


class MeasureResource(TreeResource):
    """取組（■）."""

    keys = {"計画": "policy__plan__title", "施策番号": "policy__number", "取組番号": "number"}
    parent = "policy"

    pk = number_column("ID", "pk", readonly=True)
    plan_title = text_column("計画", "policy__plan__title", readonly=True)
    policy_number = number_column("施策番号", "policy__number", readonly=True)
    number = number_column("取組番号", "number")
    title = text_column("取組名", "title")
    status_heading = text_column("実施状況の欄の見出し", "status_heading")
    relisted = Field("relisted", "再掲の取組", YesNoCell())
    printed_number = text_column(PRINTED, "printed_number")

    class Meta:
        model = Measure
        fields = (
            "pk",
            "plan_title",
            "policy_number",
            "number",
            "title",
            "status_heading",
            "relisted",
            "printed_number",
        )

    def get_queryset(self) -> QuerySet:
        """Measures with what names them."""
        return super().get_queryset().select_related("policy__plan")


class ActionItemResource(TreeResource):
    """項目."""

    keys = {
        "計画": "measure__policy__plan__title",
        "施策番号": "measure__policy__number",
        "取組番号": "measure__number",
        "項目番号": "number",
    }
    parent = "measure"
    optional = TreeResource.optional | frozenset({"公開ID", "地域", "タグ", "関係課", "相手方"})

    pk = number_column("ID", "pk", readonly=True)
    plan_title = text_column("計画", "measure__policy__plan__title", readonly=True)
    policy_number = number_column("施策番号", "measure__policy__number", readonly=True)
    measure_number = number_column("取組番号", "measure__number", readonly=True)
    number = number_column("項目番号", "number")
    name = text_column("項目名", "name")
    content = text_column("アクションプランの内容", "content")
    actors = Field("actors", "主体", MarksCell())
    lead_department = Field("lead_department", "担当課", DepartmentCell())
    ended = Field("ended", "終了した項目", YesNoCell())
    public_id = PublicId("public_id", "公開ID", TextCell())
    printed_number = text_column(PRINTED, "printed_number")
    areas = Field("areas", "地域", AreasCell())
    tags = Field("tags", "タグ", TagsCell())
    related_departments = Field("related_departments", "関係課", NamesCell(Department, "関係課"))
    partners = Field("partners", "相手方", NamesCell(Partner, "相手方"))

    class Meta:
        model = ActionItem
        fields = (
            "pk",
            "plan_title",
            "policy_number",
            "measure_number",
            "number",
            "name",
            "content",
            "actors",
            "lead_department",
            "ended",
            "public_id",
            "printed_number",
            "areas",
            "tags",
            "related_departments",
            "partners",
        )

    def get_queryset(self) -> QuerySet:
        """Items with everything that their cells show."""
        items = super().get_queryset().select_related("measure__policy__plan", "lead_department")
        return items.prefetch_related(*NAMED)

    def before_import(self, dataset: Dataset, **kwargs) -> None:
        """Reads the legend, the departments, areas and tags once a file."""
        self.fields["actors"].widget.load()
        self.fields["areas"].widget.load()
        self.fields["tags"].widget.load(**told_of(kwargs.get("file_name") or NAMELESS))
        day, departments = timezone.localdate(), list(Department.objects.all())
        self.fields["lead_department"].widget.load(departments, day)
        # Of two departments of one name the one in force is meant.
        self.fields["related_departments"].widget.load(sorted(departments, key=lambda each: each.exists_on(day)))
        self.fields["partners"].widget.load(Partner.objects.all())
        super().before_import(dataset, **kwargs)
        marked = ActionItem.actors.through.objects.values_list("actionitem", "actionitem__measure__policy__plan__title")
        self.marked = {*marked, *((None, row["計画"]) for row in dataset.dict if row["主体"].strip())}

    def import_instance(self, instance: Any, row: dict, **kwargs) -> None:
        """Puts the cells into the item, and notes whether it lacks the marks that its plan's other items bear."""
        others = (plan for pk, plan in self.marked if pk is None or pk != instance.pk)
        vars(instance)["lacks_marks"] = not row["主体"].strip() and row["計画"] in others
        super().import_instance(instance, row, **kwargs)

    def validate_instance(
        self, instance: Any, import_validation_errors: dict | None = None, validate_unique: bool = True
    ) -> None:
        """Raises ValidationError by column; a row that the file leaves as it is, is not asked for its marks."""
        lacking = {"主体": f"主体が空です。{self.fields['actors'].widget.known}から1つ以上書いてください。"}
        faults = (import_validation_errors or {}) | (lacking if instance.lacks_marks else {})
        super().validate_instance(instance, faults, validate_unique)

    def filter_export(self, queryset: QuerySet, **kwargs) -> QuerySet:
        """The rows of the list with everything that their cells show."""
        return queryset.select_related("measure__policy__plan", "lead_department").prefetch_related(*NAMED)
