"""One published answer corrected in one act: found, rewritten for a reason, confirmed, and handed to the publisher."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from actionplan import permissions
from actionplan.admin.site import FrontLink, found_or_404, own_page
from actionplan.answers.admin import StatusForm
from actionplan.answers.saving import (
    Answer,
    AnswersRefused,
    StepRefused,
    confirm,
    lock_seen,
    missing_parts,
    reopen,
    rows_of,
    save_answers,
)
from actionplan.cells import BY_NAME, FIGURES, NAMES, OPEN_STATES
from actionplan.folding import fold
from actionplan.models import EditionRow, Person, State, YearlyStatus
from actionplan.publishing.approval import tell_publishers
from actionplan.publishing.approval_pages import address, reason_box
from actionplan.publishing.compose import shown_edition
from actionplan.publishing.differences import CORRECTION
from actionplan.seen import Moved
from actionplan.selectors.editions import public_editions
from actionplan.selectors.facets import words_match
from actionplan.selectors.search import read_words

TITLE = "公表した回答を訂正する"
MAY_NOT = "回答を訂正できるのは、事務局です。訂正したいところを、事務局に知らせてください。"
NO_CHANGE = "変えたところがないため、何も変えていません。"
STILL_OPEN = "{}は、まだ確定していません。ここで書き直せます。"
MOST_FOUND = 50


@transaction.atomic
def correct(answer: Answer, *, by: Person, reason: str) -> None:
    """Opens the confirmed answer, writes what it is to say and confirms it again, each with its record; or nothing.

    answer: with the revision of the row as the person saw it; one that is handed in only is confirmed as well.
    Raises StepRefused (also where nothing changes), Moved, AnswersRefused, PermissionDenied.
    """
    row = lock_seen({answer.pk: answer.revision})[0]
    # Reports of before went without categories: one word of theirs is corrected without anybody having to choose one.
    lacked = missing_parts(row) if row.state == State.CONFIRMED else ()
    if row.state == State.CONFIRMED:
        reopen({answer.pk: answer.revision}, by=by, reason=reason)
        answer = replace(answer, revision=answer.revision + 1)
    if not save_answers([answer], by=by, reason=f"{CORRECTION}{reason.strip()}"):
        raise StepRefused(NO_CHANGE)
    confirm({answer.pk: answer.revision + 1}, by=by, lacked=lacked)


class CorrectionForm(StatusForm):
    """The cells of an answer."""

    class Meta(StatusForm.Meta):
        fields = NAMES

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.declared:
            del self.fields[FIGURES.name]
            self.cells.remove(FIGURES.name)

    @property
    def answer(self) -> Answer:
        """What it says, once it is valid."""
        row = self.instance
        return Answer(row.pk, row.revision, {name: getattr(row, name) for name in NAMES if name in self.changed_data})


class ReasonForm(forms.Form):
    """Why the answer is corrected."""

    reason = reason_box(
        "訂正の理由",
        help_text="公表するときの「訂正の説明」の下書きになり、市民の皆さんに表示されます。公表の前に書き直せます。",
        error_messages={"required": "訂正の理由を書いてください。"},
    )


@dataclass(frozen=True)
class Published:
    """A cell of the public edition that the answer does not say any more: its name and its words."""

    label: str
    words: str


def correction_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The answer with the box for the reason; a post corrects it and leads to the page on which it is published."""
    permissions.require(permissions.may_coordinate(request.user), MAY_NOT)
    status = found_or_404(rows_of([pk]))
    if status.state in OPEN_STATES:
        messages.info(request, STILL_OPEN.format(status.item.code))
        place = reverse("admin:answer_sheet", args=[status.report.key, status.department_id or 0])
        return HttpResponseRedirect(f"{place}#item-{status.pk}")
    published = list(_published(status))
    form, why = CorrectionForm(request.POST or None, instance=status), ReasonForm(request.POST or None)
    # Both are asked, so that one page says all that is missing.
    if request.method == "POST" and all([form.is_valid(), why.is_valid()]) and _corrects(request, form, why):
        return _hand_on(request, status)
    crumbs = [(TITLE, reverse("admin:correct"))]
    facts = {"row": status, "form": form, "why": why, "published": published, "public": shown_edition(status.report)}
    facts["other_years"] = _other_years(status)
    title = f"{status.report.short_label}の{status.item.code}を訂正する"
    return own_page(request, "admin/answers/correction.html", title=title, crumbs=crumbs, **facts)


def _other_years(status: YearlyStatus) -> Iterable[EditionRow]:
    """What the public editions of other years say of the item, latest year first."""
    public = [each.pk for each in public_editions() if each.report_id != status.report_id]
    rows = EditionRow.objects.filter(edition__in=public, item=status.item_id).select_related("edition__report")
    return rows.defer("edition__front_matter", "search_text").order_by("-edition__report__fiscal_year")


def _published(status: YearlyStatus) -> Sequence[Published]:
    row = EditionRow.objects.filter(edition=shown_edition(status.report), item=status.item_id).first()
    if row is None:
        return ()
    texts = ((cell, getattr(row, cell.published_words)) for cell in BY_NAME.values() if cell != FIGURES)
    return [Published(cell.label, words) for cell, words in texts if words != status.words_of(cell)]


def _corrects(request: HttpRequest, form: CorrectionForm, why: ReasonForm) -> bool:
    try:
        correct(form.answer, by=request.user, reason=why.cleaned_data["reason"])
    except AnswersRefused as refusal:
        for name, sentences in refusal.errors[form.instance.pk].items():
            form.add_error(name if name in form.fields else None, sentences)
    except (StepRefused, Moved) as refusal:
        form.add_error(None, str(refusal))
    return not form.errors


def _hand_on(request: HttpRequest, status: YearlyStatus) -> HttpResponse:
    """To where it is published, or was: who may not publish is told who does, and those are told by e-mail."""
    report, done = status.report, f"{status.item.code}を訂正して、確定しました。"
    if not report.editions.exists():
        messages.success(request, done)
        return HttpResponseRedirect(reverse("admin:round", args=[report.key]))
    messages.success(request, done + _next_step(request.user))
    if not (permissions.may_publish(request.user) or permissions.four_eyes()):
        page = request.build_absolute_uri(address("publish", report.pk))
        if failure := tell_publishers(f"{report}の{status.item.code}を訂正して確定しました。", report, page):
            messages.warning(request, failure)
    return HttpResponseRedirect(address("publish", report.pk))


def _next_step(user: Person) -> str:
    if permissions.four_eyes():
        return "下で変わるところを確かめて、公表を起案してください。"
    if permissions.may_publish(user):
        return "下で変わるところを確かめて、公表してください。"
    return "公表権者が「いまの仕事」から公表します。"


# ---- finding it ------------------------------------------------------------------------------------------------------


def correct_page(request: HttpRequest) -> HttpResponse:
    """The published answers that the words find, latest year first; where they find one item alone, its latest answer
    is opened at once, which leads to the other years.
    """
    permissions.require(permissions.may_coordinate(request.user), MAY_NOT)
    typed = request.GET.get("q", "").strip()[:100]
    rows = _found(typed) if typed else []
    pairs = {(row.edition.report_id, row.item_id): row for row in rows[:MOST_FOUND]}
    found = _answers(pairs)
    if found and len({row.item_id for row in rows}) == 1:
        return HttpResponseRedirect(reverse("admin:correction", args=[found[0].pk]))
    facts: dict[str, Any] = {"typed": typed, "found": found, "more": max(0, len(rows) - MOST_FOUND)}
    return own_page(request, "admin/answers/correct.html", title=TITLE, **facts)


def correct_published(request: HttpRequest, row: int) -> HttpResponse:
    """To the answer of which the row of an edition was made."""
    permissions.require(permissions.may_coordinate(request.user), MAY_NOT)
    printed = found_or_404(EditionRow.objects.select_related("edition"), pk=row)
    answer = found_or_404(YearlyStatus.objects.all(), report=printed.edition.report_id, item=printed.item_id)
    return HttpResponseRedirect(reverse("admin:correction", args=[answer.pk]))


def _found(typed: str) -> list[EditionRow]:
    """Rows of the public editions: those of which it is the number, or else those that a search finds."""
    words = read_words(typed.split())
    if not words:
        return []
    rows = EditionRow.objects.filter(words_match(words), edition__in=[each.pk for each in public_editions()])
    order = ("-edition__report__fiscal_year", "edition__report__plan", "position")
    found = list(rows.select_related("edition__report").defer("edition__front_matter", "search_text").order_by(*order))
    code = fold(typed)
    return [row for row in found if code in (fold(row.code), fold(row.plain_code), row.public_id)] or found


def _answers(pairs: dict) -> list[YearlyStatus]:
    """The answers of the report and item, in the order of the pairs."""
    reports, items = {report for report, _ in pairs}, {item for _, item in pairs}
    rows = YearlyStatus.objects.filter(report__in=reports, item__in=items)
    by_pair = {
        (row.report_id, row.item_id): row
        for row in rows.select_related("report__plan", "department", "item__measure__policy")
    }
    return [by_pair[pair] for pair in pairs if pair in by_pair]


def front_links(request: HttpRequest) -> list[FrontLink]:
    """For the office: the box in which the item is named; the front page leaves it out until anything is public."""
    if not permissions.may_coordinate(request.user):
        return []
    return [FrontLink(TITLE, reverse("admin:correct"), box="項目の番号か名前（例：3-2-1）")]


def urls(guarded: Callable) -> list[URLPattern]:
    """The addresses."""
    return [
        path("correct/", guarded(correct_page), name="correct"),
        path("correct/published/<int:row>/", guarded(correct_published), name="correct_published"),
        path("correct/<int:pk>/", guarded(correction_page), name="correction"),
    ]
