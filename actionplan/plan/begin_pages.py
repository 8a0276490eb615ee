"""新しい計画を始める, and 項目の引き継ぎ: how a plan begins, and which items come from which of the plan before."""

from collections.abc import Callable
from typing import cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from actionplan import permissions
from actionplan.admin.site import found_or_404, own_page
from actionplan.exports.tabular import XLSX, write_xlsx
from actionplan.models import ActionItem, ActorType, Plan
from actionplan.plan.begin import (
    KNOWN,
    MARKS,
    ORIGINS,
    REQUIRED,
    BeginningRefused,
    begin_plan,
    draw_lineage,
    lineage_of,
    read_table,
)
from actionplan.plan.first_year import tell_next_step
from actionplan.seen import Moved
from actionplan.uploads import LARGEST_FILE, Table, UploadError

EMPTY, COPY, FILE = "empty", "copy", "file"
WAYS = (
    (COPY, "前の計画の施策・取組・項目を写して始める（終了した項目は写しません）"),
    (FILE, "項目の一覧のファイル（CSV・Excel）から始める"),
    (EMPTY, "空の計画から始める"),
)
# What every later plan takes over from the first one.
CITY = ("municipality", "municipality_code")
BEGUN = "計画「{}」を始めました（{}項目）。内容を確かめ、「この計画の年度を開く」で最初の年度を開いてください。"
TITLE, LINEAGE = "新しい計画を始める", "項目の引き継ぎ"


class BeginForm(forms.ModelForm):
    """The plan's names and period, and what its tree begins with."""

    way = forms.ChoiceField(label="はじめの内容", choices=WAYS, widget=forms.RadioSelect, initial=COPY)
    table = forms.FileField(label="項目の一覧のファイル", required=False)

    class Meta:
        model = Plan
        fields = ("title", *CITY, "short_name", "slug", "start_year", "end_year", "predecessor")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.is_first = not Plan.objects.exists()
        for name in ("predecessor",) if self.is_first else CITY:
            del self.fields[name]
        if self.is_first:
            cast(forms.ChoiceField, self.fields["way"]).choices = [way for way in WAYS if way[0] != COPY]
            self.initial["way"] = FILE
        else:
            cast(forms.ModelChoiceField, self.fields["predecessor"]).empty_label = "（なし）"

    def _post_clean(self) -> None:
        """Left to begin_plan(), which knows the settings that the plan takes over."""
        for name in self.Meta.fields:
            if name in self.cleaned_data:
                setattr(self.instance, name, self.cleaned_data[name])

    def clean(self) -> dict:
        """The cleaned data; the file is asked for where the plan begins with one."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("way") == FILE and not cleaned.get("table"):
            self.add_error("table", "項目の一覧のファイルを選んでください。")
        return cleaned

    def read(self) -> Table | None:
        """The table of the file, where the plan begins with one. Raises UploadError."""
        file = self.cleaned_data["table"]
        if self.cleaned_data["way"] != FILE:
            return None
        if file.size > LARGEST_FILE:
            raise UploadError("ファイルが大きすぎます。10MB以下に分けてください。")
        return read_table(file.name, file.read())


def begin_page(request: HttpRequest) -> HttpResponse:
    """The form; a post begins the plan and leads to its tree."""
    permissions.require(permissions.may_add(request.user, Plan))
    form = BeginForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and (plan := _begin(request, form)):
        count = ActionItem.objects.filter(measure__policy__plan=plan).count()
        messages.success(request, BEGUN.format(plan, count))
        tell_next_step(request)
        return HttpResponseRedirect(reverse("admin:plan-tree", args=[plan.pk]))
    facts: dict = {"form": form, "required": REQUIRED, "others": _others(form)}
    facts["lacks_marks"] = MARKS not in facts["others"] and permissions.may_add(request.user, ActorType)
    return own_page(request, "admin/plan/begin.html", title=TITLE, **facts)


def _others(form: BeginForm) -> list[str]:
    """The columns that the table may have besides; a first plan has none before it to come from, and no marks
    stand before the legend does.
    """
    lacking = {*((ORIGINS,) if form.is_first else ()), *(() if ActorType.objects.exists() else (MARKS,))}
    return [name for name in KNOWN if name not in (*REQUIRED, *lacking)]


def template_file(request: HttpRequest) -> HttpResponse:
    """A workbook with the headings of the items' table alone."""
    permissions.require(permissions.may_add(request.user, Plan))
    columns = [*REQUIRED, *_others(BeginForm())]
    headers = {"Content-Disposition": 'attachment; filename="items.xlsx"'}
    return HttpResponse(write_xlsx(columns, []), content_type=XLSX, headers=headers)


def _begin(request: HttpRequest, form: BeginForm) -> Plan | None:
    file = form.cleaned_data["table"]
    try:
        table = form.read()
        plan = begin_plan(
            form.instance,
            copy=form.cleaned_data["way"] == COPY,
            table=table,
            by=request.user,
            file=file.name if file else "",
        )
        for sentence in table.passed_over if table else ():
            messages.info(request, sentence)
        return plan
    except (UploadError, BeginningRefused) as refusal:
        for sentence in str(refusal).splitlines():
            form.add_error("way" if form.cleaned_data["way"] == COPY else "table", sentence)
    except ValidationError as error:
        for name, sentences in error.message_dict.items():
            form.add_error(name if name in form.fields else None, sentences)
    form.instance = Plan()
    return None


def lineage_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Each item with the codes that it comes from; a post draws them."""
    permissions.require(permissions.may_change(request.user, ActionItem))
    plan = found_or_404(Plan.objects.select_related("predecessor"), pk=pk)
    sent: dict[int, str] = {}
    faults: list[str] = []
    if request.method == "POST":
        sent = {int(name[6:]): str(text) for name, text in request.POST.items() if _names_an_item(name)}
        try:
            drawn = draw_lineage(plan, sent, seen=request.POST.get("seen", ""), by=request.user)
        except (BeginningRefused, Moved) as refusal:
            faults = str(refusal).splitlines()
        else:
            messages.success(
                request, f"引き継ぎを{drawn}項目で決め直しました。" if drawn else "変わったところはありません。"
            )
            return HttpResponseRedirect(request.path)
    lineage = lineage_of(plan)
    now = ((item, map(lineage.before.number_of, item.origins.all())) for item in lineage.items)
    rows = [(item, sent.get(item.pk, "、".join(numbers))) for item, numbers in now]
    crumbs = [(str(plan), reverse("admin:actionplan_plan_change", args=[pk]))]
    facts = {"plan": plan, "rows": rows, "lineage": lineage, "faults": faults}
    return own_page(request, "admin/plan/lineage.html", title=LINEAGE, crumbs=crumbs, **facts)


def _names_an_item(name: str) -> bool:
    number = name.removeprefix("codes-")
    return number != name and number.isascii() and number.isdecimal() and len(number) < 16


def urls(guarded: Callable) -> list[URLPattern]:
    """The pages' addresses."""
    return [
        path("plan/begin/", guarded(begin_page), name="begin_plan"),
        path("plan/begin/items.xlsx", guarded(template_file), name="begin_template"),
        path("plan/<int:pk>/lineage/", guarded(lineage_page), name="plan_lineage"),
    ]
