"""自課の回答: all of a department's answers of a year on one page, written, saved and handed in there."""

import re
from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from actionplan.admin import rescue
from actionplan.admin.answers import words as words
from actionplan.admin.answers.page import TITLE, show
from actionplan.admin.answers.place import Place, find_place
from actionplan.admin.answers.saving import Outcome, save, save_and_submit, take_back
from actionplan.admin.answers.sent import read_revisions, read_sent, sent_texts
from actionplan.admin.answers.tally import due_words, front_words, own_tallies, written_words
from actionplan.admin.own_page import own_page
from actionplan.admin.site import FrontLink
from actionplan.admin.standing import standing_in, succession_in
from actionplan.permissions import require

# What the buttons ask for: handing in, and handing in although what came back was not written anew.
SUBMIT, ANYWAY = "submit", "anyway"


def answers_page(request: HttpRequest) -> HttpResponse:
    """The person's departments and years; straight to the one that is under way when it is the only one."""
    standing, day = standing_in(request), timezone.localdate()
    require(standing.answers or standing.submits or standing.coordinates)
    tallies = own_tallies(standing, day, succession_in(request))
    current = [tally for tally in tallies if tally.is_current]
    if len(current) == 1 and "all" not in request.GET:
        return HttpResponseRedirect(current[0].address)
    rows = [(tally, written_words(tally), due_words(tally.report, day) if tally.open else "") for tally in tallies]
    facts = {
        "waiting": [row for row in rows if row[0].waits],
        "finished": [row for row in rows if not row[0].waits],
        "nobody": not (standing.departments or standing.coordinates),
    }
    return own_page(request, "admin/answers/list.html", title=TITLE, **facts)


def sheet_page(request: HttpRequest, year: int, department: int) -> HttpResponse:
    """A department's answers of a year; a post saves them first, whatever else it asks for."""
    try:
        place = find_place(request.user, year, department)
        require(place.standing.may_read(place.department and place.department.pk), words.NOT_YOURS)
        return _posted(request, place) if request.method == "POST" else _looked_at(request, place, department)
    except (Http404, PermissionDenied) as refusal:
        if request.method == "POST":
            return rescue.refused(request, str(refusal))
        raise


# What rescue.py gives back when a post does not come as far as this page.
sheet_page.sent_texts = sent_texts


def _looked_at(request: HttpRequest, place: Place, department: int) -> HttpResponse:
    return show(request, place) if department == place.key else HttpResponseRedirect(place.address)


def _posted(request: HttpRequest, place: Place) -> HttpResponse:
    require(place.may_act, words.MAY_NOT_WRITE)
    action, _, number = request.POST.get("do", "save").partition("-")
    sent, known = read_sent(request.POST).values(), read_revisions(request.POST)
    submitting = action in (SUBMIT, ANYWAY) and place.may_submit
    outcome = save_and_submit(place, sent, known, anyway=action == ANYWAY) if submitting else save(place, sent)
    _tell(request, place, outcome, action)
    if outcome.refused:
        return show(request, place, outcome)
    return HttpResponseRedirect(_onwards(request, place, action, number, outcome))


def _tell(request: HttpRequest, place: Place, outcome: Outcome, action: str) -> None:
    if outcome.submitted:
        messages.success(request, words.submitted_words(outcome))
    elif outcome.saved or (action == "save" and not outcome.refused):
        messages.success(request, words.saved_words(outcome, *place.gaps()))
    if outcome.saved and any("\t" in value for value in request.POST.values()):
        messages.info(request, words.TABS)
    if sentence := words.merged_words(outcome.merged):
        messages.info(request, sentence)
    if outcome.unseen and not outcome.refused:
        messages.warning(request, words.unseen_words(outcome.unseen))


def _onwards(request: HttpRequest, place: Place, action: str, number: str, outcome: Outcome) -> str:
    """Where to go after everything was saved; with the step that the button asks for besides."""
    page = request.GET.get("page", "")
    query, place_on_page = {"page": page} if page.isdecimal() else {}, ""
    if action in (SUBMIT, ANYWAY):
        query |= _after_submit(request, place, outcome)
    elif action == "back":
        _take_back(request, place, number)
        place_on_page = f"#item-{number}" if number.isdecimal() else ""
    elif action == "copy" and re.fullmatch(r"[0-9]{1,15}", number):
        query, place_on_page = query | {"copy": number}, f"#item-{number}"
    elif action == "page":
        query = {"page": number}
    return place.address + (f"?{urlencode(query)}" if query else "") + place_on_page


def _after_submit(request: HttpRequest, place: Place, outcome: Outcome) -> dict[str, str]:
    if not place.may_submit:
        messages.warning(request, words.MAY_NOT_SUBMIT)
    elif outcome.lacking and not outcome.unseen:
        return {"check": "1"}
    elif outcome.untouched and not outcome.unseen:
        return {"untouched": "1"}
    elif not (outcome.submitted or outcome.unseen):
        messages.info(request, words.NOTHING_TO_SUBMIT)
    return {}


def _take_back(request: HttpRequest, place: Place, number: str) -> None:
    require(place.may_take_back)
    count = take_back(place, int(number) if re.fullmatch(r"[0-9]{1,15}", number) else None)
    if count:
        messages.success(request, f"{count}項目の提出を取り消しました。直してから、もう一度提出してください。")
    else:
        messages.warning(request, words.NOTHING_TO_TAKE_BACK)


def front_links(request: HttpRequest) -> list[FrontLink]:
    """One for each department and year under way; what came back stands first, then what is due soonest."""
    standing, day = standing_in(request), timezone.localdate()
    if (standing.answers or standing.submits) and not (standing.departments or standing.coordinates):
        return [FrontLink(TITLE, reverse("admin:answers"), words.NO_DEPARTMENT_YET)]
    found = [tally for tally in own_tallies(standing, day, succession_in(request)) if tally.is_current]
    found.sort(key=lambda tally: tally.urgency)
    return [FrontLink(tally.label, tally.address, front_words(tally, standing.submits, day)) for tally in found]


def urls(door: Callable) -> list[URLPattern]:
    """The addresses. The sheet says itself how long a browser may keep it."""
    sheet = door(sheet_page, cacheable=True)
    return [
        path("answers/", door(answers_page), name="answers"),
        path("answers/<int:year>/<int:department>/", sheet, name="answer_sheet"),
    ]
