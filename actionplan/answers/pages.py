"""自課の回答: all of a department's answers of a year on one page, written, saved and handed in there."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from actionplan.admin import rescue
from actionplan.admin.site import AT, leading_to, own_page, succession_in, tell_reading
from actionplan.answers.copying import copy_last_year
from actionplan.answers.facts import Item, authors, lacking, make_item, names_of, pointers
from actionplan.answers.saving import CLASH, FAULTY, GONE
from actionplan.answers.sheet import (
    Returned,
    Sheet,
    SheetRow,
    find_sheet,
    others_of,
    read_revisions,
    read_sent,
    save,
    save_and_submit,
    sent_texts,
    sheet_rows,
    statuses,
    take_back,
    texts_of,
)
from actionplan.answers.tally import Tally, broken_words, due_words, head_mails, heads_of, tally_of, written_words
from actionplan.answers.waiting import TITLE
from actionplan.answers.wordings import (
    HANDED_IN,
    INCOMPLETE,
    MAY_NOT_SUBMIT,
    MAY_NOT_WRITE,
    NOT_YOURS,
    NOTHING_SAVED,
    NOTHING_TO_COPY,
    NOTHING_TO_SUBMIT,
    NOTHING_TO_TAKE_BACK,
    TAKE_BACK,
    TO_BE_READ,
    UNSAVED,
    guide,
)
from actionplan.cells import CELLS
from actionplan.checks.questions import Check
from actionplan.checks.reading import check_answers
from actionplan.fiscal_year import LAST_YEAR
from actionplan.models import Evidence, State, YearlyStatus
from actionplan.permissions import head_links, may_audit, require
from actionplan.voices.beside import NONE, SheetVoices, sheet_voices
from actionplan.words import person_name

# What the buttons ask for: handing in, and handing in although what came back was not written anew.
SUBMIT, ANYWAY = "submit", "anyway"
# For an item: putting last year's text, or the texts of related departments, into its box.
COPY, JOIN = "copy", "join"
SAVE, COPY_ALL = "save", "copyall"
# How the items are shown besides one by one: as a table, for writing by the keyboard.
TABLE = "table"


def sheet_page(request: HttpRequest, key: str, department: int) -> HttpResponse:
    """A department's answers of a year; a post saves them first, whatever else it asks for."""
    try:
        sheet = find_sheet(request.user, key, department)
        require(sheet.standing.may_read(sheet.pk), NOT_YOURS)
        return _posted(request, sheet) if request.method == "POST" else _looked_at(request, sheet, department)
    except (Http404, PermissionDenied) as refusal:
        if request.method == "POST":
            return rescue.refused(request, str(refusal))
        raise


# What rescue.py gives back when a post does not come as far as this page.
vars(sheet_page)["sent_texts"] = sent_texts


def _looked_at(request: HttpRequest, sheet: Sheet, department: int) -> HttpResponse:
    return show(request, sheet) if department == sheet.key else HttpResponseRedirect(sheet.address)


def _posted(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    require(sheet.may_act, MAY_NOT_WRITE)
    action, _, number = request.POST.get("do", SAVE).partition("-")
    sent, known = read_sent(request.POST).values(), read_revisions(request.POST)
    submitting = action in (SUBMIT, ANYWAY) and sheet.may_submit
    returned = save_and_submit(sheet, sent, known, anyway=action == ANYWAY) if submitting else save(sheet, sent)
    _tell(request, sheet, returned, action)
    if returned.refused:
        return show(request, sheet, returned)
    return HttpResponseRedirect(_onwards(request, sheet, action, number, returned))


def _tell(request: HttpRequest, sheet: Sheet, returned: Returned, action: str) -> None:
    if returned.submitted:
        messages.success(request, submitted_words(returned, TO_BE_READ if sheet.standing.coordinates else HANDED_IN))
    elif returned.saved or (action == SAVE and not returned.refused):
        messages.success(request, saved_words(returned, *sheet.gaps()))
    if returned.saved:
        words = (
            (f"{row.item.code}の{cell.label}", getattr(row, cell.name)) for row in returned.saved for cell in CELLS
        )
        tell_reading(request, words)
        _tell_of_links(request, sheet, returned.saved)
    if sentence := merged_words(returned.merged):
        messages.info(request, sentence)
    if returned.unseen and not returned.refused:
        messages.warning(request, unseen_words(returned.unseen))


def _tell_of_links(request: HttpRequest, sheet: Sheet, saved: Iterable[YearlyStatus]) -> None:
    if head_links() and (sentence := broken_words(sheet.report, sheet.forms, saved)):
        messages.warning(request, sentence)


def _onwards(request: HttpRequest, sheet: Sheet, action: str, number: str, returned: Returned) -> str:
    """Where to go after everything was saved; with the step that the button asks for besides."""
    page = request.GET.get("page", "")
    query, anchor = _view(request) | ({"page": page} if page.isdecimal() else {}), ""
    if action in (SUBMIT, ANYWAY):
        query |= _after_submit(request, sheet, returned)
    elif action == "back":
        _take_back(request, sheet, number)
        anchor = f"#item-{number}" if number.isdecimal() else ""
    elif action == COPY_ALL:
        _copy_all(request, sheet)
    elif action in (COPY, JOIN) and re.fullmatch(r"[0-9]{1,15}", number):
        query, anchor = query | {action: number}, f"#item-{number}"
    elif action == "page":
        query = _view(request) | {"page": number}
    elif action == SAVE and (place := _place(request, number, returned)):
        return leading_to(sheet.address, place, query=query)
    return sheet.address + (f"?{urlencode(query)}" if query else "") + anchor


def _view(request: HttpRequest) -> dict[str, str]:
    """What the address says of how the items are shown."""
    return {"view": TABLE} if request.GET.get("view") == TABLE else {}


def _place(request: HttpRequest, number: str, returned: Returned) -> str:
    """The item that one goes back to after saving: the button's, the one that was written in, or the last one saved."""
    asked = number or request.POST.get("place", "")
    if re.fullmatch(r"[0-9]{1,15}", asked):
        return asked
    return str(returned.saved[-1].pk) if returned.saved else ""


def _after_submit(request: HttpRequest, sheet: Sheet, returned: Returned) -> dict[str, str]:
    if not sheet.may_submit:
        messages.warning(request, MAY_NOT_SUBMIT)
    elif returned.lacking and not returned.unseen:
        return {"check": "1"}
    elif returned.untouched and not returned.unseen:
        return {"untouched": "1"}
    elif not (returned.submitted or returned.unseen):
        messages.info(request, NOTHING_TO_SUBMIT)
    return {}


def _take_back(request: HttpRequest, sheet: Sheet, number: str) -> None:
    require(sheet.may_take_back)
    # A number that is none, or none of ours, means no answer; no number at all means every one.
    pk = int(number) if re.fullmatch(r"[0-9]{1,15}", number) else 0
    count = take_back(sheet, pk if number else None)
    if count:
        messages.success(request, f"{count}項目の提出を取り消しました。直してから、もう一度提出してください。")
    else:
        messages.warning(request, NOTHING_TO_TAKE_BACK)


def _copy_all(request: HttpRequest, sheet: Sheet) -> None:
    require(sheet.may_write, MAY_NOT_WRITE)
    if copied := copy_last_year(sheet):
        messages.success(request, copied_words(len(copied)))
        _tell_of_links(request, sheet, copied)
    else:
        messages.info(request, NOTHING_TO_COPY)


def urls(guarded: Callable) -> list[URLPattern]:
    """The addresses. The sheet says itself how long a browser may keep it."""
    return [
        path("answers/<slug:key>/<int:department>/", guarded(sheet_page, cacheable=True), name="answer_sheet"),
    ]


PER_PAGE, MOST_POINTERS = 100, 30


def show(request: HttpRequest, sheet: Sheet, returned: Returned | None = None) -> HttpResponse:
    """The page; after a refusal (returned) with the words that were sent."""
    answers = list(statuses(sheet.report, sheet.forms))
    page = Paginator(answers, PER_PAGE).get_page(_page_asked_for(request, answers))
    elsewhere = [*answers[: page.start_index() - 1], *answers[page.end_index() :]] if answers else []
    tally = tally_of(sheet.report, sheet.department, answers)
    heads = [person_name(head) for head in heads_of(sheet.forms)] if sheet.may_write and not sheet.may_submit else []
    voices = _voices(request, sheet, page)
    rows = sheet_rows(sheet.report, list(page))
    # What the department writes on others' items is asked about here as on the page of the check: both count the same.
    own = Q(department__in=sheet.forms - {None}) if getattr(sheet.report, "voiced", True) else None
    check = check_answers(sheet.report, answers, voices=own)
    items = _items(request, sheet, rows, returned, voices, check)
    facts = {
        "voices": voices,
        "place": sheet,
        "tally": tally,
        "page": page,
        "items": items,
        "check": check,
        "guide": UNSAVED if _may_mend(returned) else guide(sheet, tally, heads, bool(voices.own)),
        "others": others_of(elsewhere),
        "head_mails": head_mails(sheet.report, sheet.forms, answers) if head_links() and sheet.may_write else (),
        "last_year": next((row.last_year for row in rows if row.last), LAST_YEAR),
        "as_table": bool(_view(request)),
        "query": _query(request, page),
        "missing": _missing(request, sheet, answers, page),
        **pointers(answers, page, _view(request)),
        **_standing(sheet, tally, items),
        **_refusals(request, sheet, returned),
        "asks_anyway": sheet.may_submit and "untouched" in request.GET,
    }
    response = own_page(request, "admin/answers/sheet.html", title=sheet.title, crumbs=[_crumb(sheet)], **facts)
    # Not no-store: whoever follows a link and comes back finds what they had typed.
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _crumb(sheet: Sheet) -> tuple[str, str]:
    """The way back: to the person's own answers, or to the round for who reads the department's."""
    if sheet.standing.is_own(sheet.pk) and (sheet.standing.answers or sheet.standing.submits):
        return TITLE, f"{reverse('admin:answers')}?all=1"
    return f"取りまとめ状況　{sheet.report}", reverse("admin:round", args=[sheet.report.key])


def _standing(sheet: Sheet, tally: Tally, items: Sequence[Item]) -> dict:
    """How far the department is, and what may be done here."""
    return {
        "writable": any(item.writable for item in items),
        "copyable": sum(item.may_copy for item in items),
        "may_look_back": sheet.standing.answers or sheet.standing.submits or may_audit(sheet.user),
        "summary": written_words(tally),
        "due": due_words(sheet.report, sheet.day) if tally.open else "",
        "take_back": TAKE_BACK.format(tally.states.get(State.SUBMITTED, 0)),
        "definitions": [(each.label, each.definition) for each in sheet.report.scale.offered()],
    }


def _missing(request: HttpRequest, sheet: Sheet, answers: list[YearlyStatus], page: Page) -> dict:
    """The open items that lack a part: after a try to hand them in, or when the others are written."""
    found, tried = lacking(answers, page, _view(request)), "check" in request.GET
    if not sheet.may_act or not (tried or len(found) < len(answers)):
        return {}
    more = max(0, len(found) - MOST_POINTERS)
    return {"pointers": found[:MOST_POINTERS], "more": more, "sentence": INCOMPLETE if tried and found else ""}


def _query(request: HttpRequest, page: Page) -> str:
    """What the form's address says besides: how the items are shown, and which page of them."""
    facts = _view(request) | ({"page": str(page.number)} if page.number > 1 else {})
    return f"?{urlencode(facts)}" if facts else ""


def _page_asked_for(request: HttpRequest, answers: Sequence[YearlyStatus]) -> str | int | None:
    """The page's number: the one that holds the answer that `at` names, else what `page` says."""
    at = request.GET.get(AT, "")
    places = [index for index, row in enumerate(answers) if str(row.pk) == at]
    return places[0] // PER_PAGE + 1 if places else request.GET.get("page")


def _may_mend(returned: Returned | None) -> bool:
    """Whether one of the refused items can be saved after all, when it is written otherwise."""
    return returned is not None and any(each.why in (CLASH, FAULTY) for each in returned.refused.values())


def _voices(request: HttpRequest, sheet: Sheet, page: Page) -> SheetVoices:
    """What others write on the page's items, and the department on others'; asked only where somebody is."""
    if not getattr(sheet.report, "voiced", True):
        return NONE
    items = [row.item_id for row in page]
    return sheet_voices(sheet.report, sheet.forms, items, succession_in(request), sheet.day)


def _items(
    request: HttpRequest,
    sheet: Sheet,
    rows: list[SheetRow],
    returned: Returned | None,
    voices: SheetVoices,
    check: Check,
) -> list[Item]:
    refused = returned.refused if returned else {}
    # Which answer a button or a link names, by what it asks for.
    named = {name: request.GET.get(name) for name in (COPY, JOIN, AT)} if request.method == "GET" else {}
    names, writers, counts = names_of(rows), authors(refused.values()), _evidence_counts(rows)
    return [
        replace(
            make_item(
                row,
                names,
                writable=sheet.standing.may_answer(row.status),
                refused=refused.get(key),
                copied=named.get(COPY) == str(key),
                beside=voices.beside(row.status.item_id, row.status.text),
                joined=named.get(JOIN) == str(key),
            ),
            clash=writers.get(key),
            evidence=counts.get(key, 0),
            opened=named.get(AT) == str(key),
            asked=check.by_answer.get(key, ()),
        )
        for row in rows
        for key in [row.status.pk]
    ]


def _evidence_counts(rows: list[SheetRow]) -> dict[int, int]:
    counted = Evidence.objects.filter(status__in=[row.status.pk for row in rows]).order_by().values_list("status")
    return dict(counted.annotate(Count("pk")))


def _refusals(request: HttpRequest, sheet: Sheet, returned: Returned | None) -> dict:
    if returned is None or not returned.refused:
        return {}
    gone = [each.answer for each in returned.refused.values() if each.why == GONE]
    return {
        "refused": refused_words(len(returned.refused), request.POST.get("do") == "submit"),
        "gone": list(texts_of(gone, sheet.report.scale)),
    }


def codes(rows: Iterable[YearlyStatus]) -> str:
    """1-1-1、3-2-1."""
    return "、".join(row.item.code for row in rows)


def saved_words(returned: Returned, gaps: int, open_items: int) -> str:
    """3項目を保存しました。残り2項目が空欄です。 gaps: open answers that miss a part; open_items: all open ones."""
    first = f"{len(returned.saved)}項目を保存しました。" if returned.saved else NOTHING_SAVED
    if returned.refused or not open_items:
        return first
    return first + (f"残り{gaps}項目に空欄があります。" if gaps else "空欄はもうありません。")


def submitted_words(returned: Returned, then: str) -> str:
    """8項目を提出しました; and how many of the texts are last year's. then: what comes next, for who handed them in."""
    copied = f"うち{returned.copied}項目の文は、前の年度から写したままです。" if returned.copied else ""
    return f"{returned.submitted}項目を提出しました。{copied}{then}"


def copied_words(count: int) -> str:
    """What became of the empty boxes."""
    return (
        f"前の年度の文を{count}項目の空欄に写し、下書きとして保存しました。"
        "写したままの項目には印が付いています。今年度に合わせて直してください。"
    )


def merged_words(merged: dict[str, list[str]]) -> str:
    """What somebody else wrote into the same items meanwhile, and that both were kept; empty when nobody did."""
    if not merged:
        return ""
    names = "、".join(f"{code}（{'・'.join(cells)}）" for code, cells in merged.items())
    return f"この画面を開いたあとに、ほかの人が同じ項目の別の欄を書き直していました：{names}。両方を残しました。"


def unseen_words(rows: Sequence[YearlyStatus]) -> str:
    """Why nothing was handed in: the page had not shown what stands there now."""
    return (
        f"この画面を開いたあとに、ほかの人が保存した項目があるため、提出していません：{codes(rows)}。"
        "いまの内容を確かめて、もう一度「提出する」を押してください。"
    )


def refused_words(count: int, submitting: bool) -> str:
    """How many items were not saved; the words are still on the page."""
    then = "提出もしていません。" if submitting else ""
    return f"{count}項目は保存していません。{then}書いた文は、この画面に残っています。"
