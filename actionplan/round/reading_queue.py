"""確定を待っている回答: read one department after the other, confirmed or returned; and several departments at once."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from actionplan import permissions
from actionplan.admin.site import own_page
from actionplan.answers.saving import StepRefused, confirm
from actionplan.answers.sheet import SheetRow, sheet_rows, statuses
from actionplan.cells import BY_NAME, CHOICE, TEXT
from actionplan.checks.questions import Check
from actionplan.checks.reading import check_answers
from actionplan.models import OPEN_STATES, AnnualReport, Department, Person, State, place_of
from actionplan.round.department_page import Refusal, read_rows, sent_texts, take_step
from actionplan.round.pages import waiting_seal
from actionplan.round.responses import TITLE, Response, report_of, response_of, tallies, waiting_revisions
from actionplan.round.rows import ReadRow
from actionplan.seen import Moved
from actionplan.wording import Wording, wording_changes

HEADING = "提出された回答を読む"
# Answers of a department on one page; what is left comes when these are done.
PER_PAGE = 50
# How long to look for the fine difference of one text.
SECONDS = 0.02


@dataclass(frozen=True)
class ComparedCell:
    """A cell with last year's words beside this year's; wording: the difference of two texts that both say something.

    moved: whether another category is chosen than last year.
    """

    label: str
    last: str
    words: str
    wording: Wording | None
    moved: bool

    @property
    def same(self) -> bool:
        """Whether a text was left as it was last year."""
        return self.wording is not None and not self.wording.changed

    @property
    def marked(self) -> bool:
        """Whether the difference helps: the text changed and was not written anew."""
        return self.wording is not None and self.wording.changed and not self.wording.rewritten


def read_cells(row: SheetRow) -> Iterator[ComparedCell]:
    """The cells that say something this year or said something last year, and those that must."""
    for cell in BY_NAME.values():
        last, words = row.last_of(cell.name), row.status.words_of(cell)
        if cell.needed or last.strip() or words.strip():
            both = cell.kind == TEXT and last.strip() and words.strip()
            wording = wording_changes(last, words, SECONDS) if both else None
            moved = cell.kind == CHOICE and bool(last) and last != words
            yield ComparedCell(cell.label, last, words, wording, moved)


@dataclass(frozen=True)
class ReadAnswer:
    """An answer in the queue: as on the department's page, with its cells beside last year's."""

    row: ReadRow
    cells: tuple[ComparedCell, ...]


def read_answers(
    sheet: Iterable[SheetRow],
    check: Check,
    *,
    boxes: bool = False,
    ticks: frozenset[int] | None = None,
    changed: Mapping[int, str] | None = None,
) -> list[ReadAnswer]:
    """The answers beside last year's, with what the check asks of them; boxes, ticks: as read_row(). changed: words by
    primary key of the answer.
    """
    read = read_rows(sheet, check, boxes=boxes, ticks=ticks, changed=changed or {})
    return [ReadAnswer(row, tuple(read_cells(row.sheet))) for row in read]


def waiting_in(report: AnnualReport) -> list[Response]:
    """The departments whose answers wait for confirmation, in their own order, which stays while one reads."""
    return sorted((each for each in tallies(report) if each.waiting), key=_place)


def _place(response: Response) -> tuple:
    return place_of(response.department)


def queue_page(request: HttpRequest, key: str) -> HttpResponse:
    """The answers that a department handed in, ?department= or the first; a post takes a step and leads on."""
    permissions.require(permissions.may_coordinate(request.user))
    report, here, refusal = report_of(key), _asked(request), None
    if request.method == "POST" and here:
        refusal = take_step(request, report, here)
        if refusal is None:
            return HttpResponseRedirect(_address(report, here))
    waiting = waiting_in(report)
    shown = here if refusal else next((each for each in waiting if here is None or _place(each) >= _place(here)), None)
    facts = {"report": report, "waiting": waiting, "left": sum(each.waiting for each in waiting), "refusal": refusal}
    if not waiting:
        facts |= _what_is_left(report)
    if shown:
        facts |= _facts(report, shown, waiting, refusal, request.GET.get("tick") == "none")
    crumbs = [(f"{TITLE}　{report}", reverse("admin:round", args=[key]))]
    title = f"{HEADING}　{shown.name}" if shown else HEADING
    return own_page(request, "admin/round/queue.html", title=title, crumbs=crumbs, **facts)


def _what_is_left(report: AnnualReport) -> dict:
    """What keeps the year from being published once nothing waits to be read: what came back, and what never came."""
    rows = statuses(report)
    returned = list(rows.filter(state=State.RETURNED))
    unsent = rows.filter(state__in=OPEN_STATES).count() - len(returned)
    return {"returned": returned, "unsent": unsent, "finished": rows.exists() and not (returned or unsent)}


# Read by rescue.py when the post itself is refused.
vars(queue_page)["sent_texts"] = sent_texts


def _asked(request: HttpRequest) -> Response | None:
    pk = request.GET.get("department", "")
    try:
        return response_of(int(pk) or None) if pk.isascii() and pk.isdecimal() and len(pk) < 16 else None
    except Department.DoesNotExist:
        return None


def _address(report: AnnualReport, response: Response) -> str:
    return f"{reverse('admin:round_queue', args=[report.key])}?department={response.key}"


def _facts(
    report: AnnualReport, shown: Response, waiting: list[Response], refusal: Refusal | None, unticked: bool
) -> dict:
    """What the page shows of a department: its first answers that wait, and who comes after it."""
    rows = list(statuses(report, shown.forms).filter(state=State.SUBMITTED)[:PER_PAGE])
    ticks = refusal.ticks if refusal else frozenset() if unticked else None
    changed = refusal.changed if refusal else {}
    check = check_answers(report, rows)
    later = [each for each in waiting if _place(each) > _place(shown)]
    return {
        "response": next((each for each in waiting if each.key == shown.key), shown),
        "answers": read_answers(sheet_rows(report, rows), check, boxes=True, ticks=ticks, changed=changed),
        "asked": check.asked_of_answers,
        "place_of_page": f"?department={shown.key}",
        "unticked": unticked,
        "place": len(waiting) - len(later),
        "next": later[0] if later else None,
    }


def confirm_page(request: HttpRequest, key: str) -> HttpResponse:
    """Confirms what the ticked departments handed in, tells of each that could not be, and leads back."""
    permissions.require(permissions.may_coordinate(request.user))
    report = report_of(key)
    if request.method == "POST":
        pairs = (value.partition("-") for value in request.POST.getlist("department"))
        seen = {int(pk): seal for pk, _, seal in pairs if pk.isascii() and pk.isdecimal() and len(pk) < 16}
        for level, sentence in confirm_several(report, seen, by=request.user):
            messages.add_message(request, level, sentence)
    return HttpResponseRedirect(reverse("admin:round", args=[key]))


NONE_TICKED = "課が一つも選ばれていません。左の四角に印を付けてから、もう一度押してください。"
NONE_WAITS = "{}には、確定を待っている回答がもうありません。"
CHANGED = "画面を開いたあとに、提出された回答が変わりました。もう一度確かめてください"


def confirm_several(report: AnnualReport, seen: Mapping[int, str], *, by: Person) -> Iterator[tuple[int, str]]:
    """Level and sentence of what became of each: a department's waiting answers are confirmed together, or none.

    seen: by Response.key, the seal of what waited when the person looked. Raises PermissionDenied.
    """
    done, chosen = [], [each for each in tallies(report) if each.key in seen]
    if not chosen:
        yield messages.ERROR, NONE_TICKED
    rows = waiting_revisions(report, chosen)
    for response in chosen:
        if not rows[response.key]:  # as after a button that was pressed twice
            yield messages.WARNING, NONE_WAITS.format(response.name)
            continue
        try:
            if seen[response.key] != waiting_seal(rows[response.key]):
                raise Moved(CHANGED)
            confirm(dict(rows[response.key]), by=by)
            done.append(response)
        except (StepRefused, Moved) as refusal:
            yield messages.ERROR, f"{response.name}は確定していません。{str(refusal).rstrip('。')}。"
    if done:
        yield messages.SUCCESS, f"{len(done)}課の{sum(each.waiting for each in done)}件を確定しました。"
    if still := [f"{each.name}（{each.open}件）" for each in done if each.open]:
        yield messages.WARNING, f"まだ提出されていない項目は、確定していません：{'、'.join(still)}。"


def urls(guarded: Callable) -> list[URLPattern]:
    """The pages' addresses."""
    return [
        path("round/<slug:key>/queue/", guarded(queue_page), name="round_queue"),
        path("round/<slug:key>/confirm/", guarded(confirm_page), name="round_confirm"),
    ]
