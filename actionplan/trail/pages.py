"""変更の記録: who changed what and when, by item, department, person and year; and the same as a file."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from actionplan import permissions
from actionplan.admin.site import FrontLink, own_page, standing_in
from actionplan.exports.tabular import csv_lines
from actionplan.models import YearlyStatus
from actionplan.trail.forms import TrailForm
from actionplan.trail.kinds import reach_of
from actionplan.trail.names import Names
from actionplan.trail.records import NO_EARLIER, SYSTEM, Record, records
from actionplan.trail.wanted import Key, chunks, key_rows, keys_of
from actionplan.trail.words import CellRecord

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
    facts = {
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


def trail_csv(request: HttpRequest) -> HttpResponse:
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
    who = (record.username or SYSTEM, record.full_name)
    where = (record.action, record.kind, record.target, record.year, record.code, record.department)
    for change in record.changes or (UNKNOWN if record.remark == NO_EARLIER else WHOLE,):
        cell = (change.label, change.before, change.after)
        yield (when, *who, *where, *cell, record.reason, record.source, record.number)
