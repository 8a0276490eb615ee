"""The page of a department's answers, put together: items, counts, what is missing, what came back."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from actionplan.admin.answers.clashes import authors
from actionplan.admin.answers.facts import Item, make_item, names_of
from actionplan.admin.answers.place import Place, submitters
from actionplan.admin.answers.saving import CLASH, FAULTY, GONE, Outcome
from actionplan.admin.answers.sent import others_of, texts_of
from actionplan.admin.answers.tally import due_words, is_untouched, tally_of, written_words
from actionplan.admin.answers.words import INCOMPLETE, UNSAVED, guide, refused_words
from actionplan.admin.own_page import own_page
from actionplan.cycle.sheet import SheetRow, sheet_rows, statuses
from actionplan.cycle.steps import missing_parts
from actionplan.models import DEFINITIONS, State, YearlyStatus
from actionplan.permissions import OPEN_STATES, may_audit

TITLE = "自課の回答"
PER_PAGE = 100
MOST_POINTERS = 30
TEXT = "実施状況"


@dataclass(frozen=True)
class Pointer:
    """A link to an item or to one of its boxes, and what is to be said about it."""

    code: str
    address: str
    words: str


def show(request: HttpRequest, place: Place, outcome: Outcome | None = None) -> HttpResponse:
    """The page; after a refusal (outcome) with the words that were sent."""
    answers = list(statuses(place.report, place.forms))
    page = Paginator(answers, PER_PAGE).get_page(request.GET.get("page"))
    elsewhere = [*answers[: page.start_index() - 1], *answers[page.end_index() :]] if answers else []
    tally = tally_of(place.report, place.department, answers)
    heads = submitters(place) if place.may_write and not place.may_submit else ()
    items = _items(request, place, sheet_rows(place.report, page.object_list), outcome)
    facts = {
        "place": place,
        "tally": tally,
        "page": page,
        "items": items,
        "writable": any(item.writable for item in items),
        "may_look_back": place.standing.answers or place.standing.submits or may_audit(place.user),
        "others": others_of(elsewhere),
        "summary": written_words(tally),
        "due": due_words(place.report, place.day) if tally.open else "",
        "guide": UNSAVED if _may_mend(outcome) else guide(place, tally, heads),
        "definitions": [(each.label, words) for each, words in DEFINITIONS.items()],
        "missing": _missing(request, place, answers, page),
        "returned": _returned(answers, page),
        "mended": [row.item.code for row in answers if row.state == State.RETURNED and not is_untouched(row)],
        "asks_anyway": place.may_submit and "untouched" in request.GET,
        **_refusals(request, outcome),
    }
    crumbs = [(TITLE, f"{reverse('admin:answers')}?all=1")]
    response = own_page(request, "admin/answers/sheet.html", title=place.title, crumbs=crumbs, **facts)
    # Not no-store: whoever follows a link and comes back finds what they had typed.
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _may_mend(outcome: Outcome | None) -> bool:
    """Whether one of the refused items can be saved after all, when it is written otherwise."""
    return outcome is not None and any(each.why in (CLASH, FAULTY) for each in outcome.refused.values())


def _items(request: HttpRequest, place: Place, rows: list[SheetRow], outcome: Outcome | None) -> list[Item]:
    refused = outcome.refused if outcome else {}
    names, writers = names_of(rows), authors(refused.values())
    items = [
        make_item(
            row,
            names,
            writable=place.standing.may_answer(row.status),
            refused=refused.get(row.status.pk),
            copied=request.method == "GET" and request.GET.get("copy") == str(row.status.pk),
        )
        for row in rows
    ]
    return [replace(item, clash=writers.get(item.status.pk)) for item in items]


def _missing(request: HttpRequest, place: Place, answers: list[YearlyStatus], page: Page) -> dict:
    """The open items that lack a part: after a try to hand them in, or when the others are written."""
    lacking = [
        (index, row, parts)
        for index, row in enumerate(answers)
        if row.state in OPEN_STATES and (parts := missing_parts(row))
    ]
    tried = bool(lacking) and "check" in request.GET
    if not place.may_act or not (tried or len(lacking) < len(answers)):
        return {}
    found = [
        Pointer(row.item.code, _address(page, index, row, "text" if TEXT in parts else "progress"), "・".join(parts))
        for index, row, parts in lacking[:MOST_POINTERS]
    ]
    return {"pointers": found, "more": len(lacking) - len(found), "sentence": INCOMPLETE if tried else ""}


def _returned(answers: list[YearlyStatus], page: Page) -> list[Pointer]:
    """What came back and nobody has written anew."""
    rows = [(place, row) for place, row in enumerate(answers) if is_untouched(row)]
    return [Pointer(row.item.code, _address(page, place, row, "item"), row.return_reason) for place, row in rows]


def _address(page: Page, place: int, row: YearlyStatus, part: str) -> str:
    """Where the row's part is; place: of the row among all rows, from 0."""
    number = place // PER_PAGE + 1
    query = "" if number == page.number else f"?{urlencode({'page': number})}"
    return f"{query}#{part}-{row.pk}"


def _refusals(request: HttpRequest, outcome: Outcome | None) -> dict:
    if outcome is None or not outcome.refused:
        return {}
    gone = [each.sent for each in outcome.refused.values() if each.why == GONE]
    return {
        "refused": refused_words(len(outcome.refused), request.POST.get("do") == "submit"),
        "gone": list(texts_of(gone)),
    }
