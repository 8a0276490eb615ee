"""Bringing past years in, the last pages: everything that would come in, cell by cell; then all of it or nothing."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date

from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_http_methods

from actionplan.admin.site import found_or_404
from actionplan.fiscal_year import web_label
from actionplan.models import AnnualReport, Plan, items_by_number
from actionplan.models.base import too_long
from actionplan.past.choices import PastLine, PastReading, names_of_departments, words_of_categories
from actionplan.past.matching import NEW, Placed, Proposal
from actionplan.past.own_columns import evidence_left, origins_said, tells_its_origin, writers_named
from actionplan.past.pages import choices_of, remember
from actionplan.past.records import read_records
from actionplan.past.source import Source
from actionplan.past.take import Origin, TakeRefused, sources_missing, take_past_years, undo_past_year, undoing_of
from actionplan.past.waiting import CANCELLED, DISCARDED, EXPIRED, WaitingPast, all_waiting, come_in, drop, page, step
from actionplan.seen import Moved
from actionplan.uploads import UploadError
from actionplan.words import person_name

MOST_LINES, LONGEST_SOURCE = 1_500, 200
TOO_MANY = "行が多すぎて、1つの画面で確かめられません（{lines}行）。{most}行までに分けて取り込んでください。"


@step
def check_page(request: HttpRequest, waiting: WaitingPast, source: Source) -> HttpResponse:
    """Everything that would come in, cell by cell; and taking it."""
    said = waiting.said
    if not said.get("done"):
        return HttpResponseRedirect(reverse("admin:past_columns", args=[waiting.name]))
    plan = found_or_404(Plan.objects.all(), pk=waiting.plan_id)
    reading = read_records(source, choices_of(said))
    if len(reading.lines) > MOST_LINES:
        raise UploadError(TOO_MANY.format(lines=len(reading.lines), most=MOST_LINES))
    sent = {name: words for name, words in request.POST.items() if isinstance(words, str)}
    sent = sent or origins_of(reading) | boxes_of(reading, said.get("check", {}))
    proposal = Proposal(plan, reading, with_codes(plan, sent, "all-new" in sent, reading))
    if request.method == "POST":
        waiting.say(check=to_keep(proposal, sent))
    if "back" in request.POST:
        return HttpResponseRedirect(reverse("admin:past_columns", args=[waiting.name]))
    if "stop" in request.POST:
        return HttpResponseRedirect(reverse("admin:past_discard", args=[waiting.owner, waiting.name]))
    if "take" not in request.POST:
        return _check(request, waiting, proposal, sent)
    return _take(request, waiting, proposal, sent)


# Boxes that are named by what they are about, whatever the columns are said to be.
LASTING = ("published-", "source-", "marks")


def to_keep(proposal: Proposal, sent: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What was chosen on the page, by what it was chosen for, so that it holds where a table is read otherwise.

    Titles count where they are not the table's own: the table may be read to have another one.
    """
    found = {title.key: title.title for title in proposal.titles}
    return {
        "lines": {_line_key(each.line): each.choice for each in proposal.placed if each.choice},
        "departments": {asked.word: asked.choice for asked in proposal.departments if asked.choice},
        "words": {asked.word: asked.choice for asked in proposal.words if asked.choice},
        "writers": {asked.word: asked.choice for asked in proposal.writers if asked.choice},
        "boxes": {
            name: words
            for name, words in sent.items()
            if name.startswith(LASTING) or (name.startswith("title-") and words.strip() != found.get(name))
        },
    }


def boxes_of(reading: PastReading, kept: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """What was chosen before, in the boxes of the page as the table is read now; what no longer applies is left."""
    lines, boxes = kept.get("lines", {}), dict(kept.get("boxes", {}))
    for index, line in enumerate(reading.lines):
        boxes[f"item-{index}"] = lines.get(_line_key(line), "")
    asked = {
        "department": names_of_departments(reading.lines),
        "word": words_of_categories(reading.lines),
        "writer": writers_named(reading.lines),
    }
    for kind, words in asked.items():
        for index, word in enumerate(words):
            boxes[f"{kind}-{index}"] = kept.get(f"{kind}s", {}).get(word, "")
    return {name: words for name, words in boxes.items() if words}


def origins_of(reading: PastReading) -> dict[str, str]:
    """What the file itself says of the original, in the boxes that ask for it."""
    told = origins_said(reading).items()
    return {f"published-{year}": day for year, (day, _) in told} | {
        f"source-{year}": words for year, (_, words) in told
    }


def _line_key(line: PastLine) -> str:
    return f"{line.place}\n{line.name}"


def with_codes(plan: Plan, sent: Mapping[str, str], all_new: bool, reading: PastReading) -> dict[str, str]:
    """What was sent, where an item was named by its number instead of being chosen from the list."""
    said = {name: words for name, words in sent.items() if words or not name.startswith("item-")}
    codes = {name: words.strip() for name, words in sent.items() if name.startswith("code-") and words.strip()}
    if codes:
        known = items_by_number(Proposal(plan, PastReading(), {}).live.items.values())
        for name, code in codes.items():
            said[name.replace("code-", "item-")] = str(known[code].pk) if code in known else ""
    for index in range(len(reading.lines)) if all_new else ():
        said[f"item-{index}"] = said.get(f"item-{index}") or NEW
    return said


def _origins(years: Sequence[int], sent: Mapping[str, str]) -> tuple[dict[int, Origin], list[str]]:
    found, refusals = {}, []
    for year in years:
        words = sent.get(f"published-{year}", "").strip()
        day: date | None = None
        if words:
            with suppress(ValueError):
                day = parse_date(words)
            if day is None or day > timezone.localdate():
                refusals.append(f"{web_label(year)}の「原本の公表日」を、今日までの日付で書いてください。")
        source = sent.get(f"source-{year}", "").strip()
        if len(source) > LONGEST_SOURCE:
            refusals.append(f"{web_label(year)}の「原本の出典」は、{too_long(source, LONGEST_SOURCE)}")
        found[year] = Origin(day, source)
    return found, refusals


def _take(request: HttpRequest, waiting: WaitingPast, proposal: Proposal, sent: Mapping[str, str]) -> HttpResponse:
    origins, refusals = _origins(proposal.years, sent)
    if refusals:
        return _check(request, waiting, proposal, sent, refusals)
    try:
        with transaction.atomic():
            taken = take_past_years(
                proposal.live.plan,
                proposal.reading,
                proposal.said,
                origins=origins,
                name=waiting.title,
                by=request.user,
                seen=sent.get("seen", ""),
            )
            remember(waiting, request.user)
    except TakeRefused as refusal:
        return _check(request, waiting, proposal, sent, refusal.sentences)
    except Moved as refusal:
        return _check(request, waiting, proposal, sent, [str(refusal)], status=409)
    waiting.remove()
    ways = format_html_join(
        "、",
        '<a href="{}">{}の公表の画面</a>',
        ((reverse("admin:publish", args=[each.pk]), each) for each in taken.reports),
    )
    sentence = "「{}」から、{}年度・{}件の回答を下書きとして取り込みました（新しい項目は{}件）。次は公表します：{}"
    years = len(taken.reports)
    messages.success(request, format_html(sentence, waiting.title, years, taken.answers, taken.items, ways))
    return HttpResponseRedirect(reverse("admin:past"))


def _check(
    request: HttpRequest,
    waiting: WaitingPast,
    proposal: Proposal,
    sent: Mapping[str, str],
    refusals: Sequence[str] = (),
    status: int = 422,
) -> HttpResponse:
    origins = [
        (year, label, items, sent.get(f"published-{year}", ""), sent.get(f"source-{year}", ""))
        for year, label, items in proposal.year_labels
    ]
    left = evidence_left(each.line for each in proposal.taken)
    return page(
        request,
        "check",
        f"取り込む内容を確かめる　{waiting.title}",
        file=waiting,
        proposal=proposal,
        open=[*proposal.troubles, *sources_missing(proposal, {year: source for year, _, _, _, source in origins})],
        notes=[*waiting.source.notes, *proposal.reading.notes, *left, *proposal.retitled],
        origins=origins,
        is_own=any(tells_its_origin(proposal.reading, year) for year in proposal.years),
        lines=[(each, _by_label(proposal, each)) for each in proposal.placed],
        marks=[("", "決めない"), *((mark.symbol, str(mark)) for mark in proposal.live.marks)],
        chosen_mark=sent.get("marks", ""),
        lacks_marks=any(not each.line.marks.strip() and each.item is None for each in proposal.taken),
        refusals=refusals,
        status=status if refusals else 200,
    )


def _by_label(proposal: Proposal, each: Placed) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """What proposal.shown() tells, under the years as people write them."""
    labels = {year: label for year, label, _ in proposal.year_labels}
    return [(labels.get(year, f"{year}年度"), cells) for year, cells in proposal.shown(each)]


@require_http_methods(["GET", "HEAD", "POST"])
def discard_page(request: HttpRequest, owner: int, name: str) -> HttpResponse:
    """Asks, then drops a file that waits: one's own, or one that a colleague left."""
    come_in(request)
    found = next((each for each, _ in all_waiting() if (each.owner, each.name) == (owner, name)), None)
    if found is None:
        messages.info(request, EXPIRED)
        return HttpResponseRedirect(reverse("admin:past"))
    if request.method != "POST":
        sender = User.objects.get(pk=owner)
        facts = {"file": found, "who": person_name(sender), "is_own": sender == request.user}
        address = reverse(f"admin:{found.page_to_come}", args=[name])
        return page(request, "discard", f"途中のファイルを取りやめる　{found.title}", address=address, **facts)
    drop(found, by=request.user, reason=DISCARDED)
    messages.success(request, CANCELLED.format(title=found.title))
    return HttpResponseRedirect(reverse("admin:past"))


@require_http_methods(["GET", "HEAD", "POST"])
def undo_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks, then takes a past year back that was never published."""
    come_in(request)
    report = found_or_404(AnnualReport.objects.select_related("plan"), pk=pk)
    if request.method != "POST":
        return page(request, "undo", f"取り込みを取り消す　{report}", undoing=undoing_of(report))
    try:
        answers = undo_past_year(report, by=request.user, seen=request.POST.get("seen", ""))
        messages.success(request, f"{report}の取り込みを取り消しました（回答{answers}件）。計画の項目は残っています。")
    except (TakeRefused, Moved) as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("admin:past"))


def urls(guarded: Callable) -> list[URLPattern]:
    """The addresses, below those of the first pages."""
    return [
        path("past/<int:pk>/undo/", guarded(undo_page), name="past_undo"),
        path("past/<int:owner>/<str:name>/discard/", guarded(discard_page), name="past_discard"),
        path("past/<str:name>/check/", guarded(check_page), name="past_check"),
    ]
