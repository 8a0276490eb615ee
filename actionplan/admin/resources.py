"""The three levels of the plan's tree as tables, their columns in Japanese."""

from django.db.models import QuerySet
from django.utils import timezone
from import_export.fields import Field
from tablib import Dataset

from actionplan.admin.cells import DepartmentCell, MarksCell, YesNoCell
from actionplan.admin.tables import TreeResource, number_column, text_column
from actionplan.models import ActionItem, Department, Measure, Policy


class PolicyResource(TreeResource):
    """施策."""

    keys = {"計画": "plan__title", "施策番号": "number"}
    parent = "plan"

    pk = number_column("ID", "pk", readonly=True)
    plan_title = text_column("計画", "plan__title", readonly=True)
    number = number_column("施策番号", "number")
    title = text_column("施策名", "title")

    class Meta:
        model = Policy
        fields = ("pk", "plan_title", "number", "title")

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

    class Meta:
        model = Measure
        fields = ("pk", "plan_title", "policy_number", "number", "title", "status_heading", "relisted")

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
        )

    def get_queryset(self) -> QuerySet:
        """Items with everything that their cells show."""
        items = super().get_queryset().select_related("measure__policy__plan", "lead_department")
        return items.prefetch_related("actors")

    def before_import(self, dataset: Dataset, **kwargs) -> None:
        """Reads the legend and the departments once a file."""
        self.fields["actors"].widget.load()
        self.fields["lead_department"].widget.load(Department.objects.all(), timezone.localdate())
        super().before_import(dataset, **kwargs)

    def filter_export(self, queryset: QuerySet, **kwargs) -> QuerySet:
        """The rows of the list with everything that their cells show."""
        return queryset.select_related("measure__policy__plan", "lead_department").prefetch_related("actors")
