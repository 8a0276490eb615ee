"""変更の記録: who changed what and when, by item, department, person and year; and the same as a file."""

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import chain
from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from actionplan import permissions
from actionplan.admin import pickers
from actionplan.admin.pickers import ItemByNumber, no_such_item
from actionplan.admin.site import FrontLink, own_page, standing_in
from actionplan.exports.tabular import csv_lines
from actionplan.models import ActionItem, AnnualReport, Department, YearlyStatus, place_of
from actionplan.trail.kinds import ACTIONS, ANSWERS, Key, Reach, reach_of
from actionplan.trail.names import GONE, Names
from actionplan.trail.records import NO_EARLIER, Record, records
from actionplan.trail.wanted import Wanted, chunks, key_rows, keys_of
from actionplan.trail.words import CellRecord
from actionplan.words import NO_DEPARTMENT

LABEL = "項目"


class ItemCode(ItemByNumber):
    """The key of an item, as text; of one that the person may see."""

    def __init__(self, own: Collection[int] | None) -> None:
        super().__init__(label=f"{LABEL}の番号（例：3-2-1）", required=False)
        self.own = own

    def clean(self, value: str | None) -> str:  # type: ignore[override]  # the key, as the other boxes give it
        """The key. Raises ValidationError when the person may see no such item."""
        item = super().clean(value)
        if item and self.own is not None and item.pk not in self.own:
            raise no_such_item(value or "")
        return str(item.pk) if item else ""


def own_items(departments: Collection[int] | None) -> set[int] | None:
    """The items that the departments have answered for; None when every item may be seen."""
    if departments is None:
        return None
    own = YearlyStatus.objects.filter(department__in=departments).values_list("item", flat=True)
    return set(own.distinct().order_by())


def item_choices(names: Names, own: Collection[int] | None) -> list[tuple[str, list]] | None:
    """The items under their policies, in the plan's order, deleted ones too; None when there are too many to read."""
    if (len(own) if own is not None else ActionItem.objects.count()) > pickers.MOST:
        return None
    names.learn_items(own)
    rows = [item for item in names.rows[ActionItem].values() if own is None or item.pk in own]
    groups: dict[str, list] = {}
    several = len({item.measure.policy.plan_id for item in rows}) > 1
    for item in sorted(rows, key=_place):
        policy = item.measure.policy
        gone = "" if (ActionItem, item.pk) in names.live else GONE
        head = f"{policy.plan}　{policy}" if several else str(policy)
        groups.setdefault(head, []).append((str(item.pk), f"{item}{gone}"))
    return list(groups.items())


def _place(item: ActionItem) -> tuple[int, ...]:
    policy = item.measure.policy
    return (policy.plan_id or 0, policy.number, policy.pk or 0, item.measure.number, item.number, item.pk)


EVERYTHING = ("", "すべて")
OF_NO_DEPARTMENT = ("0", f"（{NO_DEPARTMENT}）")
NOT_YOURS = "選んだ条件の記録は、ご覧になれません。一覧から選び直してください。"
BAD_DAY = "日付は、2026-04-01 の形で書いてください。"
BACKWARDS = "終わりの日が、始まりの日より前になっています。"


class TrailForm(forms.Form):
    """What to look for; empty boxes narrow nothing."""

    item = forms.ChoiceField(label=LABEL, required=False)
    department = forms.ChoiceField(label="担当課", required=False)
    person = forms.ChoiceField(label="操作した人", required=False)
    year = forms.ChoiceField(label="年度", required=False)
    kind = forms.ChoiceField(label="種類", required=False)
    action = forms.ChoiceField(label="操作", required=False, choices=[EVERYTHING, *ACTIONS.items()])
    first = forms.DateField(label="始まりの日", required=False, error_messages={"invalid": BAD_DAY})
    last = forms.DateField(label="終わりの日", required=False, error_messages={"invalid": BAD_DAY})
    words = forms.CharField(label="理由・ファイル名のことば", required=False, max_length=100)
    object = forms.IntegerField(required=False, min_value=1, max_value=10**15, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, names: Names, reach: Reach) -> None:
        super().__init__(_plain(data, names), label_suffix="")
        self.names, self.reach = names, reach
        own = own_items(reach.departments)
        items = item_choices(names, own)
        if items is None:
            self.fields["item"] = ItemCode(own)
        choices: dict[str, list] = {
            **({} if items is None else {"item": items}),
            "department": self._departments(),
            "person": self._people(),
            "year": _by_name((row.key, str(row)) for row in names.living(AnnualReport))[::-1],
            "kind": [(kind.key, str(kind)) for kind in reach.kinds],
        }
        for name, found in choices.items():
            field = cast(forms.ChoiceField, self.fields[name])
            field.choices = [EVERYTHING, *found]
            field.error_messages["invalid_choice"] = NOT_YOURS
        if len(reach.kinds) == 1:
            self.fields["kind"].widget = forms.HiddenInput()
        for name in ("first", "last"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def _departments(self) -> list[tuple[str, str]]:
        """Those that stand today, and ended ones that nobody follows."""
        succession, day = self.names.succession(), timezone.localdate()
        standing = {succession.current(pk, day) for pk in succession.by_pk}
        if self.reach.departments is not None:
            standing &= self.reach.departments
        rows = sorted((succession.by_pk[pk] for pk in standing), key=place_of)
        found = [(str(row.pk), str(row)) for row in rows]
        return [*found, OF_NO_DEPARTMENT] if self.reach.departments is None else found

    def _people(self) -> list[tuple[str, str]]:
        if self.reach.departments is not None:
            self.fields["person"].widget = forms.HiddenInput()
        return _by_name((user.pk, self.names.of(User, user.pk)) for user in self.names.living(User))

    def clean(self) -> dict:
        """The cleaned data; the last day is not before the first."""
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", BACKWARDS)
        return cleaned

    def wanted(self) -> Wanted:
        """The question in the trail's own terms; only for a form that is valid."""
        told = self.cleaned_data
        keys: dict[str, Any] = {name: int(told[name]) if told[name] else None for name in ("item", "person")}
        plain = {name: told[name] for name in ("year", "kind", "action", "first", "last", "words")}
        return Wanted(**keys, **plain, number=told["object"], departments=self._forms_of(told["department"]))

    def _forms_of(self, department: str) -> frozenset[int | None]:
        """Every form of the department, the ended ones that it follows too."""
        if department in ("", "0"):
            return frozenset({None}) if department else frozenset()
        return self.names.succession().standing_for([int(department)], timezone.localdate())


def _plain(data: QueryDict, names: Names) -> dict[str, str]:
    """The address in the form's own terms: ?status= is an answer by its key, an ended department its successor."""
    plain = {name: str(value) for name, value in data.items() if value}
    if status := plain.pop("status", ""):
        plain |= {"kind": ANSWERS.key, "object": status}
    department = plain.get("department", "")
    if department.isdecimal() and names.find(Department, int(department)):
        succession = names.succession()
        if int(department) in succession.by_pk:
            plain["department"] = str(succession.current(int(department), timezone.localdate()))
    return plain


def _by_name(pairs: Iterable[tuple[Any, str]]) -> list[tuple[str, str]]:
    return sorted(((str(pk), name) for pk, name in pairs), key=lambda pair: pair[1])


TITLE = "変更の記録"
A_PAGE = 50
PAGE = "page"
ALL_WORDS = "だれが、いつ、何を、どのように変えたかを調べて、CSVに書き出せます。"
OWN_WORDS = "自分の課の回答について、だれが、いつ、何を変えたかを調べられます。"


def trail_page(request: HttpRequest) -> HttpResponse:
    """The records that were asked for, newest first, fifty a page."""
    reach, names = reach_of(request.user), Names()
    form = TrailForm(request.GET, names, reach)
    valid = form.is_valid()
    found = key_rows(form.wanted(), reach) if valid else YearlyStatus.objects.none()
    paginator = Paginator(found, A_PAGE)
    page = paginator.get_page(request.GET.get(PAGE))
    shown = records(keys_of(page.object_list), names)
    facts: dict[str, Any] = {
        "form": form,
        "page": page,
        "pages": list(paginator.get_elided_page_range(page.number)),
        "records": shown,
        "query": _query(request),
        "subject": _subject(form, shown) if valid else "",
        "own_only": reach.departments is not None,
    }
    return own_page(request, "admin/trail/trail.html", title=TITLE, **facts)


def _query(request: HttpRequest) -> str:
    """The question as it stands in the address, without the page."""
    query = request.GET.copy()
    query.pop(PAGE, None)
    return query.urlencode()


def _subject(form: TrailForm, shown: list[Record]) -> str:
    """What the page was narrowed to by a link: one object that no chooser offers."""
    if form.wanted().number is None or not shown:
        return ""
    record = shown[0]
    name = " ".join(part for part in (record.year, record.code, record.target) if part)
    return f"{record.kind}「{name}」の記録だけを表示しています。"


def trail_csv(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The same records, all of them, as CSV; a question that cannot be answered leads back to the page."""
    reach, names = reach_of(request.user), Names()
    form = TrailForm(request.GET, names, reach)
    if not form.is_valid():
        return HttpResponseRedirect(f"{reverse('admin:trail')}?{_query(request)}")
    lines = csv_file(chunks(key_rows(form.wanted(), reach)), names)
    name = f"change_records_{timezone.localdate()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def front_links(request: HttpRequest) -> list[FrontLink]:
    """The way here, for an auditor and for who writes answers."""
    if permissions.may_audit(request.user):
        return [FrontLink(TITLE, reverse("admin:trail"), ALL_WORDS)]
    has_own = standing_in(request).departments
    return [FrontLink(TITLE, reverse("admin:trail"), OWN_WORDS)] if has_own else []


def urls(guarded: Callable) -> list[URLPattern]:
    """The page, and the file."""
    return [
        path("trail/", guarded(trail_page), name="trail"),
        path("trail/csv/", guarded(trail_csv), name="trail_csv"),
    ]


BYTE_ORDER_MARK = "\ufeff"
HEADERS = (
    "日時（日本時間）",
    "操作した人（利用者名）",
    "操作した人（氏名）",
    "操作",
    "種類",
    "対象",
    "年度",
    "項目番号",
    "担当課",
    "欄",
    "変更前",
    "変更後",
    "理由",
    "もとのファイル",
    "記録番号",
)
UNKNOWN = CellRecord("（不明）", NO_EARLIER, "")
WHOLE = CellRecord("", "", "")


def csv_file(parts: Iterable[list[Key]], names: Names) -> Iterator[str]:
    """The file, a line at a time, with a byte order mark so that Excel opens it by double-click.

    parts: the keys of the records, some hundreds at a time; no more than that is held at once.
    """
    yield BYTE_ORDER_MARK
    found = (record for part in parts for record in records(part, names))
    yield from csv_lines(chain([HEADERS], chain.from_iterable(map(lines, found))))


def lines(record: Record) -> Iterator[tuple[str, ...]]:
    """One line for each cell; a single one without a cell for a record that changed none."""
    when = timezone.localtime(record.when).strftime("%Y-%m-%d %H:%M:%S")
    who = (record.username or record.nobody, record.full_name)
    where = (record.action, record.kind, record.target, record.year, record.code, record.department)
    for change in record.changes or (UNKNOWN if record.remark == NO_EARLIER else WHOLE,):
        cell = (change.label, change.before, change.after)
        yield (when, *who, *where, *cell, record.reason, record.source, record.number)
