"""Bringing past years in, the first pages: the file, its tables, which column is what."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods

from actionplan import permissions
from actionplan.admin.site import FrontLink
from actionplan.fiscal_year import parse_fiscal_year, web_label
from actionplan.models import AnnualReport, Person, Plan, TableMapping, note_source
from actionplan.past.choices import Choices, chosen_columns, groups_of, refuse_choices, year_of, years_of_tables
from actionplan.past.files import SUFFIXES
from actionplan.past.headings import (
    Heading,
    TableColumn,
    find_heading,
    lines_of_their_own,
    suggest_lines,
    suggest_roles,
    suggest_years,
)
from actionplan.past.source import Source
from actionplan.past.take import brought_in, undoing_of
from actionplan.past.vocabulary import ALL_YEARS, ROLES, YEARLY, cleaned, without_year
from actionplan.past.waiting import TITLE, WaitingPast, all_waiting, come_in, keep, page, step
from actionplan.uploads import LARGEST_FILE, MEGABYTE, UploadError
from actionplan.words import person_name

NONE_CHOSEN = "ファイルが選ばれていません。過去の報告のファイルを選んでから、もう一度押してください。"
NO_PLAN = "どの計画の報告か、選んでください。"
TOO_LARGE = (
    "ファイルが大きすぎます（{size:.1f}MB）。{most}MBまでです。表のあるところだけを別のファイルに分けてください。"
)
NO_TABLES = "取り込む表に、印を付けてください。"
ODD_HEADING = "見出しの行の番号を、表の中の行の番号で書いてください。"
EVERY_YEAR = "（どの年度にも）"
SHOWN_ROWS, MOST_HEADS = 15, 5


@require_http_methods(["GET", "HEAD", "POST"])
def upload_page(request: HttpRequest) -> HttpResponse:
    """Takes the file, and lists what waits and what has come in."""
    come_in(request)
    plans, refusal = list(Plan.objects.all()), ""
    if request.method == "POST":
        try:
            kept = _receive(request, plans)
            return HttpResponseRedirect(reverse("admin:past_table", args=[kept.name]))
        except UploadError as error:
            refusal = str(error)
    told = Q(past_published_on__isnull=False) | ~Q(past_source="") | Q(pk__in=brought_in())
    reports = AnnualReport.objects.select_related("plan").filter(told)
    return page(
        request,
        "upload",
        TITLE,
        plans=plans,
        chosen=request.POST.get("plan", ""),
        refusal=refusal,
        suffixes=",".join(SUFFIXES),
        waiting=[WaitingLine(each, owner, owner == request.user) for each, owner in all_waiting()],
        past=[(report, undoing_of(report)) for report in reports],
        status=422 if refusal else 200,
    )


@dataclass(frozen=True)
class WaitingLine:
    """A waiting file in the list. is_own: whether the person who looks has sent it; only they can go on with it."""

    file: WaitingPast
    owner: User
    is_own: bool

    @property
    def who(self) -> str:
        """Who sent it."""
        return person_name(self.owner)

    @property
    def address(self) -> str:
        """Where it goes on."""
        return reverse(f"admin:{self.file.page_to_come}", args=[self.file.name])


def _receive(request: HttpRequest, plans: Sequence[Plan]) -> WaitingPast:
    """What came, once it could be read. Raises UploadError."""
    upload = request.FILES.get("file")
    plan = next((each for each in plans if str(each.pk) == request.POST.get("plan")), None)
    if plan is None:
        raise UploadError(NO_PLAN)
    if upload is None:
        raise UploadError(NONE_CHOSEN)
    size = upload.size or 0
    if size > LARGEST_FILE:  # asked first: what is too large is never read into memory
        raise UploadError(TOO_LARGE.format(size=size / MEGABYTE, most=LARGEST_FILE // MEGABYTE))
    waiting = keep(request.user, plan, upload.name or "", upload.read())
    read = False
    try:
        read = bool(waiting.source)
    finally:
        # Whatever ends the reading: what was not read to its end does not wait to be read again.
        if not read:
            waiting.remove()
    return waiting


def _heading(said: Mapping[str, Any], source: Source, tables: Sequence[int]) -> Heading:
    """Where the headings of the first table stand: as was said, else as it seems."""
    if "first" in said and said.get("tables", [None])[:1] == list(tables[:1]):
        return Heading(said["first"], said["count"])
    return find_heading(source.tables[tables[0]])


@dataclass(frozen=True)
class TableChoice:
    """A table that may be ticked."""

    number: int
    name: str
    rows: int
    headings: str
    ticked: bool
    hidden: bool


@step
def table_page(request: HttpRequest, waiting: WaitingPast, source: Source) -> HttpResponse:
    """Which tables, and where their headings stand."""
    groups, said, refusal = groups_of(source), waiting.said, ""
    tables = said.get("tables") or groups[0]
    heading = _heading(said, source, tables)
    if request.method == "POST":
        ticked = [number for number in range(len(source.tables)) if f"table-{number}" in request.POST]
        same_first = ticked[:1] == tables[:1]
        refusal, found = _told_tables(request, source, ticked, same_first)
        if found:
            changed = {"tables": ticked, "first": found.first, "count": found.count}
            waiting.say(**changed, **({} if changed.items() <= said.items() else {"roles": None}))
            goes_on = "next" in request.POST and (same_first or len(source.tables) == 1)
            return HttpResponseRedirect(reverse(f"admin:past_{'columns' if goes_on else 'table'}", args=[waiting.name]))
    return _shown_tables(request, waiting, source, tables, heading, refusal)


def _told_tables(
    request: HttpRequest, source: Source, ticked: Sequence[int], same_first: bool
) -> tuple[str, Heading | None]:
    """Why the tables cannot be read like that, or where the heading of the first one stands."""
    asked = _asked_heading(request, source, ticked)
    if not ticked:
        return NO_TABLES, None
    if same_first and asked is None:
        return ODD_HEADING, None
    return "", asked if same_first and asked else find_heading(source.tables[ticked[0]])


def _shown_tables(
    request: HttpRequest, waiting: WaitingPast, source: Source, tables: Sequence[int], heading: Heading, refusal: str
) -> HttpResponse:
    main = source.tables[tables[0]]
    start = max(0, heading.first - 4)
    shown = [(number + 1, row) for number, row in enumerate(main.rows)][start : heading.first + SHOWN_ROWS]
    return page(
        request,
        "table",
        f"表を選ぶ　{waiting.title}",
        file=waiting,
        source=source,
        tables=[_table_choice(source, number, tables) for number in range(len(source.tables))],
        main=main,
        rows=shown,
        first=heading.first + 1,
        last=heading.first + heading.count,
        count=heading.count,
        counts=range(1, MOST_HEADS + 1),
        refusal=refusal,
        status=422 if refusal else 200,
    )


def _asked_heading(request: HttpRequest, source: Source, ticked: Sequence[int]) -> Heading | None:
    first, count = request.POST.get("first", ""), request.POST.get("count", "")
    if not ticked or not (first.isdecimal() and count.isdecimal()) or len(first) > 6 or len(count) > 2:
        return None
    rows = len(source.tables[ticked[0]].rows)
    found = Heading(int(first) - 1, int(count))
    inside = found.first >= 0 and 1 <= found.count <= MOST_HEADS and found.first + found.count <= rows
    return found if inside else None


def _table_choice(source: Source, number: int, ticked: Sequence[int]) -> TableChoice:
    table = source.tables[number]
    heading = find_heading(table)
    words = "・".join(cleaned(cell.text) for cell in table.rows[heading.first].words[:8])
    return TableChoice(number, table.name, len(table.rows), words[:80], number in ticked, table.hidden)


@dataclass(frozen=True)
class ColumnChoice:
    """A column with what was chosen, or is offered. years: values and labels; chosen: the year's value."""

    column: TableColumn
    role: str
    year: str
    years: Sequence[tuple[str, str]]


@step
def columns_page(request: HttpRequest, waiting: WaitingPast, source: Source) -> HttpResponse:
    """Which column is what, and of which year."""
    said = waiting.said
    if not said.get("tables"):
        return HttpResponseRedirect(reverse("admin:past_table", args=[waiting.name]))
    bare = Choices(said["tables"], Heading(said["first"], said["count"]))
    table_years = years_of_tables(source, said["tables"])
    columns = chosen_columns(source, bare)
    kinds = lines_of_their_own(source.tables[number] for number in said["tables"])
    refusals: list[str] = []
    if request.method == "POST":
        chosen = _sent(request, columns, kinds)
        chosen["table_years"] = {str(number): year for number, year in table_years.items()}
        refusals = [*chosen.pop("refusals"), *refuse_choices(columns, choices_of(said | chosen))]
        waiting.say(**chosen, done=not refusals)
        said = waiting.said
        if not refusals:
            return HttpResponseRedirect(reverse("admin:past_check", args=[waiting.name]))
    remembered = _remembered(columns)
    if not said.get("roles"):
        said = said | _offered(source, columns, kinds, bare, remembered)
    facts = _column_facts(source, columns, kinds, said, table_years)
    return page(
        request,
        "columns",
        f"列の対応を決める　{waiting.title}",
        file=waiting,
        remembered=remembered if request.method != "POST" else None,
        refusals=refusals,
        status=422 if refusals else 200,
        **facts,
    )


def _column_facts(
    source: Source,
    columns: Sequence[TableColumn],
    kinds: Mapping[str, Any],
    said: Mapping[str, Any],
    table_years: Mapping[int, int],
) -> dict[str, Any]:
    """What the page of the columns shows of each, and of the lines and the years."""
    return {
        "columns": [_column_choice(column, said, columns) for column in columns],
        "lines": [(kind, words[:3], len(words), said["lines"].get(kind, "skip")) for kind, words in kinds.items()],
        "roles": ROLES.items(),
        "yearly": YEARLY,
        "line_roles": [(role, ROLES[role]) for role in ("policy", "measure", "skip")],
        "year": said.get("year_words") or (web_label(said["year"]) if said.get("year") else ""),
        "table_years": [(source.tables[number].name, web_label(year)) for number, year in table_years.items()],
    }


def _sent(request: HttpRequest, columns: Sequence[TableColumn], kinds: Mapping[str, Any]) -> dict[str, Any]:
    """What the form of the columns says, as it is kept; refusals: what cannot be read."""
    sent, refusals = request.POST, []
    words, year = sent.get("year", "").strip()[:40], None
    if words:
        try:
            year = parse_fiscal_year(words.partition("（")[0])
        except ValueError as error:
            refusals.append(f"この表の年度：{error}")
    roles = {str(column.index): sent.get(f"role-{column.index}", "") for column in columns}
    years = {str(column.index): sent.get(f"year-{column.index}", "") for column in columns}
    lines = {kind: sent.get(f"line-{index}", "skip") for index, kind in enumerate(kinds)}
    return {
        "year": year,
        "year_words": words,
        "roles": {index: role for index, role in roles.items() if role in ROLES},
        "years": {index: int(text) for index, text in years.items() if text.isdecimal() and len(text) < 5},
        "lines": {kind: role for kind, role in lines.items() if role in ("policy", "measure", "skip")},
        "refusals": refusals,
    }


def _offered(
    source: Source, columns: Sequence[TableColumn], kinds: Mapping[str, Any], bare: Choices, known: TableMapping | None
) -> dict[str, Any]:
    year = year_of(source, bare.tables)
    roles = {int(index): role for index, role in known.roles.items()} if known else suggest_roles(columns)
    said_by_heading = {column.index for column in columns if column.year}
    named = {column.year for column in columns if column.year}
    own = None if named or years_of_tables(source, bare.tables) else year
    years = suggest_years(columns, roles, own)
    if known:
        years |= {int(index): ALL_YEARS for index in known.years}
    lines = suggest_lines(kinds, roles.values()) | (known.lines if known else {})
    by_row = "year" in roles.values() or years_of_tables(source, bare.tables)
    # Columns of several years: one that names none shows its year beside it, and the table has none of its own.
    whole = max(named) if len(named) == 1 else None if named or by_row else year
    return {
        "roles": {str(index): role for index, role in roles.items()},
        "years": {str(index): each for index, each in years.items() if each != whole or index in said_by_heading},
        "lines": lines,
        "year": whole,
    }


def _column_choice(column: TableColumn, said: Mapping[str, Any], columns: Sequence[TableColumn]) -> ColumnChoice:
    index = str(column.index)
    named = sorted({each.year for each in columns if each.year} | {year for year in said["years"].values() if year})
    years = [("", "この表の年度"), *((str(year), web_label(year)) for year in named), (str(ALL_YEARS), "どの年度にも")]
    return ColumnChoice(column, said["roles"].get(index, ""), str(said["years"].get(index, "")), years)


def choices_of(said: Mapping[str, Any]) -> Choices:
    """What was said, as the reader takes it."""
    roles = {int(index): role for index, role in (said.get("roles") or {}).items()}
    years = {int(index): year for index, year in (said.get("years") or {}).items() if roles.get(int(index)) in YEARLY}
    heading = Heading(said["first"], said["count"])
    of_tables = {int(number): year for number, year in (said.get("table_years") or {}).items()}
    return Choices(said["tables"], heading, roles, years, said.get("lines") or {}, said.get("year"), of_tables)


def _shape(columns: Sequence[TableColumn]) -> str:
    """What the next file of the same headings has in common with this one; the years in them are others then."""
    return sha256("\n".join(cleaned(without_year(column.heading)) for column in columns).encode()).hexdigest()


def _remembered(columns: Sequence[TableColumn]) -> TableMapping | None:
    known = TableMapping.objects.filter(shape=_shape(columns)).first()
    return known if known and {int(index) for index in known.roles} == {column.index for column in columns} else None


def remember(waiting: WaitingPast, by: Person) -> None:
    """Keeps which column was what in a file that was taken in, for the next one that has the same headings."""
    said = waiting.said
    columns = chosen_columns(waiting.source, choices_of(said))
    row = TableMapping.objects.filter(shape=_shape(columns)).first() or TableMapping(shape=_shape(columns))
    years = {index: year for index, year in said["years"].items() if year == ALL_YEARS}
    found = {"roles": said["roles"], "years": years, "lines": said["lines"]}
    if row.pk and all(getattr(row, name) == value for name, value in found.items()):
        return
    row.name, row.headings = waiting.title[:255], [column.heading for column in columns]
    row.told = _in_words(columns, said)
    for name, value in found.items():
        setattr(row, name, value)
    noted = note_source(row, reason="過去の年度の取込みで決めた列の対応", source_file=waiting.title)
    noted._history_user = by
    noted.save()


def _in_words(columns: Sequence[TableColumn], said: Mapping[str, Any]) -> str:
    """What was said of each column and kind of line, for the record: 実績：実施状況."""
    every = {index for index, year in said["years"].items() if year == ALL_YEARS}
    roles = [
        f"{column.title}：{ROLES[said['roles'][str(column.index)]]}{EVERY_YEAR if str(column.index) in every else ''}"
        for column in columns
    ]
    return "\n".join(roles + [f"「{kind}」の行：{ROLES[role]}" for kind, role in said["lines"].items()])


def front_links(request: HttpRequest) -> list[FrontLink]:
    """The way in, for the office."""
    if not permissions.may_bring_past(request.user):
        return []
    words = "Excel・CSV・Word・PDFの過去の報告を、列の対応を決めて取り込みます。"
    return [FrontLink(TITLE, reverse("admin:past"), words)]


def urls(guarded: Callable) -> list[URLPattern]:
    """The addresses, all under past/."""
    return [
        path("past/", guarded(upload_page), name="past"),
        path("past/<str:name>/table/", guarded(table_page), name="past_table"),
        path("past/<str:name>/columns/", guarded(columns_page), name="past_columns"),
    ]
