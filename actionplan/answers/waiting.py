"""What waits for a person: their departments and years, on the front page with every place, and in the list."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from actionplan.admin.site import FrontLink, FrontPlace, leading_to, own_page, standing_in, succession_in
from actionplan.answers.saving import is_untouched
from actionplan.answers.sheet import PRINTED_ORDER
from actionplan.answers.tally import Tally, due_words, own_answers, own_tallies, written_words
from actionplan.answers.wordings import NO_DEPARTMENT_YET, NOTHING_TO_WRITE, STILL_COPIED, front_words
from actionplan.cells import OPEN_STATES, missing_cells
from actionplan.models import YearlyStatus
from actionplan.permissions import Standing, require
from actionplan.voices.beside import related_tallies

TITLE = "自課の回答"


def answers_page(request: HttpRequest) -> HttpResponse:
    """The person's departments and years; straight to the one that is under way when it is the only one."""
    standing, day = standing_in(request), timezone.localdate()
    require(standing.answers or standing.submits or standing.coordinates)
    tallies = own_tallies(standing, day, succession_in(request))
    current = [tally for tally in tallies if tally.is_current]
    if len(current) == 1 and "all" not in request.GET:
        return HttpResponseRedirect(current[0].address)
    rows = [(tally, written_words(tally), due_words(tally.report, day) if tally.open else "") for tally in tallies]
    facts: dict[str, Any] = {
        "related": related_tallies(standing.departments, succession_in(request), day),
        "waiting": [row for row in rows if row[0].waits],
        "finished": [row for row in rows if not row[0].waits],
        "nobody": not (standing.departments or standing.coordinates),
    }
    return own_page(request, "admin/answers/list.html", title=TITLE, **facts)


def urls(guarded: Callable) -> list[URLPattern]:
    """The address of the list."""
    return [path("answers/", guarded(answers_page), name="answers")]


def front_links(request: HttpRequest) -> list[FrontLink]:
    """One for each department and year under way; what came back stands first, then what is due soonest."""
    standing, day = standing_in(request), timezone.localdate()
    address, writes = reverse("admin:answers"), standing.answers or standing.submits
    if writes and not (standing.departments or standing.coordinates):
        return [FrontLink(TITLE, address, NO_DEPARTMENT_YET)]
    found = [tally for tally in own_tallies(standing, day, succession_in(request)) if _is_on_the_front(tally)]
    if not found and writes and standing.departments:
        return [FrontLink(TITLE, address, NOTHING_TO_WRITE)]
    found.sort(key=lambda tally: tally.urgency)
    places = _open_places(request, [tally for tally in found if tally.department], day)
    return [_front_link(tally, places.get(_key(tally), Places()), standing.submits, day) for tally in found]


def _is_on_the_front(tally: Tally) -> bool:
    """Whether the front page names it: of a year that is published only what came back, of a sample nothing then."""
    return not tally.published or bool(tally.returned and not tally.report.sample)


@dataclass(frozen=True)
class Places:
    """Where a department's open answers wait: those that came back and are not mended, those that lack a part, and
    those that only say what was copied from last year.
    """

    returned: Sequence[FrontPlace] = ()
    lacking: Sequence[FrontPlace] = ()
    copied: Sequence[FrontPlace] = ()


def _key(tally: Tally) -> tuple[int, int | None]:
    return tally.report.pk, tally.department.pk if tally.department else None


def _open_places(request: HttpRequest, tallies: Iterable[Tally], day: date) -> dict[tuple, Places]:
    """The places by report and department of today; one query, none where nothing is open."""
    waiting = {_key(tally): tally for tally in tallies if tally.waits}
    found: dict[tuple, list[YearlyStatus]] = {key: [] for key in waiting}
    for row in _open_rows(standing_in(request), waiting.values()) if waiting else ():
        key = row.report_id, succession_in(request).current(row.department_id, day)
        found.get(key, []).append(row)
    return {key: _places(waiting[key], rows) for key, rows in found.items()}


def _open_rows(standing: Standing, tallies: Iterable[Tally]) -> Iterable[YearlyStatus]:
    years = Q(report__in={tally.report.pk for tally in tallies}, state__in=OPEN_STATES)
    rows = YearlyStatus.objects.filter(years, own_answers(standing)).select_related("item__measure__policy")
    return rows.order_by(*PRINTED_ORDER)


def _places(tally: Tally, rows: Iterable[YearlyStatus]) -> Places:
    returned, lacking, copied = [], [], []
    for row in rows:
        label = f"{row.item.code}　{row.item.name}"
        if is_untouched(row):
            returned.append(FrontPlace(label, leading_to(tally.address, row.pk, "item"), row.return_reason))
        elif cells := missing_cells(row):
            words = "・".join([*(cell.label for cell in cells), *([STILL_COPIED] if row.is_copied else [])])
            lacking.append(FrontPlace(label, leading_to(tally.address, row.pk, cells[0].name), words))
        elif row.is_copied:
            copied.append(FrontPlace(label, leading_to(tally.address, row.pk, "text"), STILL_COPIED))
    return Places(returned, lacking, copied)


def _front_link(tally: Tally, places: Places, submits: bool, day: date) -> FrontLink:
    return FrontLink(
        tally.label,
        tally.address,
        front_words(tally, submits, day),
        returned=places.returned,
        lacking=[*places.lacking, *places.copied],
        done=tally.written if tally.open else tally.total,
        total=tally.total,
        step=_next_step(tally, places, submits),
    )


def unled_items() -> str:
    """The address of the list of items that have no department."""
    return reverse("admin:actionplan_actionitem_changelist") + "?lead_department__isnull=True&ended__exact=0"


def _next_step(tally: Tally, places: Places, submits: bool) -> FrontPlace | None:
    """The button: to where a department is chosen, to the first place that is to be written, then to handing in."""
    if tally.open and tally.department is None:
        return FrontPlace("担当課を決める", unled_items())
    if to_write := (*places.returned, *places.lacking):
        words = "直す" if places.returned else "続きを書く" if tally.written else "書きはじめる"
        return FrontPlace(words, to_write[0].address, to_write[0].label)
    if tally.open and submits:
        return FrontPlace("確かめて提出する", f"{tally.address}#hand-in")
    return None
