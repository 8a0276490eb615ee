"""A comparison as its page shows it: three texts to a cell, gravest items first."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_safe

from actionplan.admin.site import own_page
from actionplan.cells import BY_NAME, CHOICE
from actionplan.exports.tabular import XLSX
from actionplan.inquiry import read_workbook as inquiry_files
from actionplan.inquiry.annotate import annotated
from actionplan.inquiry.apply_answers import KEEP, OTHER, TAKE, Decision, Taken, Undecided, apply_answers, undecided
from actionplan.inquiry.compare import CHANGED, CONFLICT, DOUBT, EMPTIED, CellChange, Comparison, ItemChange, compare
from actionplan.inquiry.current_answers import CurrentAnswers, read_current_answers
from actionplan.inquiry.layout import InquiryFile
from actionplan.inquiry.pages import (
    answers_address,
    asked_department,
    asked_partner,
    attachment,
    come_in,
    crumbs_of,
    preview_address,
    upload_address,
)
from actionplan.inquiry.read_workbook import WaitingInquiry
from actionplan.models import AnnualReport, Partner
from actionplan.permissions import Standing
from actionplan.scale import UNSET, Scale
from actionplan.seen import Moved, fingerprint
from actionplan.uploads import UploadError
from actionplan.wording import REWRITTEN_BELOW, Run, wording_changes

BLANK = format_html('<span class="quiet">{}</span>', "（空欄）")
NO_RECORD = format_html('<span class="quiet">{}</span>', "記録なし")
# What a run of text becomes; the words around it are for those who do not see the line through or under it.
MARKS = {
    "same": "{}",
    "added": '<ins><span class="visually-hidden">（追加：</span>{}<span class="visually-hidden">）</span></ins>',
    "removed": '<del><span class="visually-hidden">（削除：</span>{}<span class="visually-hidden">）</span></del>',
}
# A longer text is folded; so much of it stays visible, from a little before its first change.
LONGEST_OPEN, EXCERPT, BEFORE_THE_CHANGE = 1_000, 200, 60
FOLDED = '<details><summary><span class="start">{}</span><b>全文を開く（{}字）</b></summary>{}</details>'


def marked_pair(before: str, after: str, *, fine: bool = True) -> tuple[SafeString, SafeString]:
    """The older text with what goes struck, the newer with what comes underlined.

    fine: word by word; otherwise all between the first and the last difference is one change, which is quick.
    """
    runs = wording_changes(before, after).runs if fine else _coarse(before, after)
    older = [run for run in runs if run.kind != "added"]
    return _shown(older), _shown([run for run in runs if run.kind != "removed"])


def plain(text: str) -> SafeString:
    """The text without marks."""
    return _shown([Run("same", text)])


def marked_word(word: str, kind: str) -> SafeString:
    """One word that wholly stayed, came or went."""
    return format_html(MARKS[kind], word)


def _coarse(before: str, after: str) -> list[Run]:
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    if start + end < REWRITTEN_BELOW * max(len(before), len(after)):
        start = end = 0
    runs = [
        Run("same", before[:start]),
        Run("removed", before[start : len(before) - end]),
        Run("added", after[start : len(after) - end]),
        Run("same", after[len(after) - end :]),
    ]
    return [run for run in runs if run.text]


def _common(one: Iterable[str], other: Iterable[str]) -> int:
    """How many signs both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _shown(runs: Sequence[Run]) -> SafeString:
    if not any(run.text.strip() for run in runs):
        return BLANK
    whole, length = _joined(runs), sum(len(run.text) for run in runs)
    if length <= LONGEST_OPEN:
        return whole
    return format_html(FOLDED, _excerpt(runs), f"{length:,}", format_html("<div>{}</div>", whole))


def _excerpt(runs: Sequence[Run]) -> SafeString:
    unchanged = sum(len(run.text) for run in takewhile(lambda run: run.kind == "same", runs))
    changed = any(run.kind != "same" for run in runs)
    first = max(0, unchanged - BEFORE_THE_CHANGE) if changed else 0
    return format_html("{}{}…", "…" if first else "", _joined(_cut(runs, first, first + EXCERPT)))


def _cut(runs: Sequence[Run], first: int, last: int) -> list[Run]:
    pieces, place = [], 0
    for run in runs:
        piece = run.text[max(0, first - place) : max(0, last - place)]
        place += len(run.text)
        if piece:
            pieces.append(Run(run.kind, piece))
    return pieces


def _joined(runs: Sequence[Run]) -> SafeString:
    return format_html_join("", "{}", ((format_html(MARKS[run.kind], run.text),) for run in runs))


EXPIRED = (
    "確認の途中の照会票がありません（取り込みが済んだか、新しいファイルに替わったか、1日たって消えました）。"
    "必要なら、もう一度選んでください。"
)
CANCELLED = "「{title}」の取り込みをやめました。いまの回答は変えていません。"
CLOSED = "「{title}」を閉じました。いまの回答は変えていません。"
NOTHING_TICKED = "「{title}」：印が付いていなかったため、何も変えていません。"
ALL_KEPT = "「{title}」：いまの回答を残すことが選ばれたため、何も変えていません。"
BESIDE = "このファイルには、ほかに次のものがありました。"
MOVED = "確認していただいたあとに回答が変わったため、まだ何も保存していません。"
# Django takes 5,000 fields of a form at most.
MOST_CHOICES = 4_500
TOO_MANY = "選ぶ欄が{most}を超えているため、確かめられません。照会票をダウンロードし直し、答えを書き写してください。"
NO_CHOICE = Decision("")
TO_HAND_IN = (
    "まだ公表される文ではありません。この画面で提出し、"
    "「関係課と相手方」の画面で確かめて確定すると、公表できるようになります。"
)


class Page:
    """One request about one waiting workbook."""

    def __init__(self, request: HttpRequest, report: AnnualReport, standing: Standing, file: WaitingInquiry) -> None:
        self.request, self.report, self.standing, self.file = request, report, standing, file

    def show(self, comparison: Comparison | None = None, decision: Decision = NO_CHOICE, **facts) -> HttpResponse:
        """The page, over a comparison of now unless one was made already."""
        answers = read_current_answers(self.report, [self.file.read()], self.request.user)
        comparison = comparison or compare(self.file.read(), answers)
        asked = sum(map(comparison.count, (CONFLICT, DOUBT, EMPTIED)))
        if asked > MOST_CHOICES:
            raise UploadError(TOO_MANY.format(most=MOST_CHOICES))
        moved = facts.pop("moved", ())
        return own_page(
            self.request,
            "admin/inquiry/preview.html",
            title=f"照会票の確認　{answers.title(comparison.file)}",
            crumbs=[*crumbs_of(self.report, self.standing), ("照会票", upload_address(self.report))],
            report=self.report,
            file=self.file,
            department=answers.title(comparison.file),
            stranger=self._stranger(comparison, answers),
            comparison=comparison,
            conflicts=comparison.count(CONFLICT),
            doubts=comparison.count(DOUBT),
            emptied=comparison.count(EMPTIED),
            changed_heading="ほかに変わる項目" if asked else "変わる項目",
            shown=shown(comparison, decision, moved, scale=self.report.scale, full="full" in self.request.GET),
            **facts,
        )

    def _stranger(self, comparison: Comparison, answers: CurrentAnswers) -> str:
        """The name of the department or partner from whose page the person came, when the workbook is another's."""
        if partner := asked_partner(self.request):
            found = Partner.objects.filter(pk=partner).first()
            return str(found) if found and partner != comparison.file.partner_id else ""
        asked = asked_department(self.request)
        inside = comparison.file.partner_id is None
        own = asked is None or (inside and answers.current(asked or None) in answers.homes(comparison.file))
        return "" if own else answers.name(asked or None)

    def take(self) -> HttpResponse:
        """Stores what was decided and leads on; or the page again, with the reason and everything that was chosen."""
        sent = self.request.POST
        choices = {name.removeprefix("choice-"): sent[name] for name in sent if name.startswith("choice-")}
        decision = Decision(fingerprint(sent.get("seen", "")), choices, sent.get("scope") == "good")
        inquiry = self.file.read()
        try:
            outcome = apply_answers(inquiry, decision, report=self.report, name=self.file.title, by=self.request.user)
        except Moved as refusal:
            moved = refusal.now.moved_since(sent.get("seen", ""))
            return self.show(refusal.now, decision, moved=moved, refusal=MOVED, status=409)
        except Undecided as refusal:
            lacking = undecided(refusal.comparison, decision)
            return self.show(refusal.comparison, decision, lacking=lacking, refused=True, status=422)
        self._tell(outcome, decision)
        if outcome.beside:
            lines = format_html_join("", "<br>・{}", ((each,) for each in outcome.beside))
            messages.info(self.request, format_html("{}{}", BESIDE, lines))
        if inquiry.partner_id and outcome.saved:
            messages.info(self.request, TO_HAND_IN)
        return HttpResponseRedirect(self._on(inquiry, outcome))

    def _tell(self, outcome: Taken, decision: Decision) -> None:
        if outcome.saved:
            messages.success(self.request, _sentence(self.file.title, outcome))
        else:
            sentence = ALL_KEPT if decision.keeps_any else NOTHING_TICKED
            messages.info(self.request, sentence.format(title=self.file.title))

    def _on(self, inquiry: InquiryFile, outcome: Taken) -> str:
        """Where the person goes from here: back to what is to be mended, to the next that waits, or to the answers."""
        if outcome.left_out:
            return preview_address(self.report, self.file.name, self.request)
        self.file.remove()
        if inquiry_files.waiting(self.request.user, self.report):
            return upload_address(self.report)
        if inquiry.partner_id:
            return reverse("admin:partner_texts", args=[self.report.key, inquiry.partner_id])
        own = read_current_answers(self.report, (), self.request.user).own_homes(inquiry)
        return answers_address(self.report, own[0] if own else inquiry.department_id)


def _sentence(title: str, outcome: Taken) -> str:
    sentence = f"「{title}」から{outcome.saved}項目の回答を保存しました。"
    if outcome.kept:
        sentence += f"いまの内容を残した欄が{outcome.kept}か所あります。"
    if outcome.left_out:
        sentence += f"直すところのある行は取り込んでいません（{outcome.left_out}か所）。"
    return f"{sentence}{outcome.receipt}。"


@require_http_methods(["GET", "HEAD", "POST"])
def preview_page(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """The page; a workbook that is no longer there, or no longer may be taken, leads back to the beginning."""
    report, standing = come_in(request.user, key)
    file = inquiry_files.find(request.user, report, name)
    if file is None:
        return _back(request, report, EXPIRED)
    if "cancel" in request.POST:
        file.remove()
        sentence = CLOSED if request.POST["cancel"] == "close" else CANCELLED
        messages.info(request, sentence.format(title=file.title))
        return HttpResponseRedirect(upload_address(report, request))
    page = Page(request, report, standing, file)
    try:
        return page.take() if request.method == "POST" else page.show()
    except UploadError as refusal:
        return _back(request, report, f"「{file.title}」：{refusal}")
    except FileNotFoundError:
        return _back(request, report, EXPIRED)


def _back(request: HttpRequest, report: AnnualReport, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    return HttpResponseRedirect(upload_address(report, request))


def urls(guarded: Callable) -> list[URLPattern]:
    """The addresses, below that of the page which takes workbooks."""
    waiting = "inquiry/<slug:key>/upload/<str:name>/"
    return [
        path(waiting, guarded(preview_page), name="inquiry_preview"),
        path(f"{waiting}marked.xlsx", guarded(marked_workbook), name="inquiry_marked"),
    ]


@require_safe
def marked_workbook(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """The same workbook, its cells at fault coloured and commented."""
    report, _ = come_in(request.user, key)
    file = inquiry_files.find(request.user, report, name)
    if file is None:
        raise Http404(EXPIRED)
    try:
        inquiry = file.read()
        comparison = compare(inquiry, read_current_answers(report, [inquiry], request.user))
    except UploadError as refusal:
        return _back(request, report, f"「{file.title}」：{refusal}")
    return attachment(
        annotated(file.data(), comparison.troubles), f"{Path(file.title).stem}{inquiry_files.MARKED}.xlsx", XLSX
    )


# So many bytes are shown in full and marked; a page of more would be slow to make, to load and to read.
FULL_TEXT = 1_200_000
FRAME_OF_A_CELL = 500


@dataclass(frozen=True)
class ShownCell:
    """A cell with its three texts in HTML. same: whether nobody changed it since the workbook was issued.

    other, other_words: the choice of the other reading and what it says; empty where there is none.
    """

    change: CellChange
    issued: SafeString
    now: SafeString
    file: SafeString
    same: bool
    keep: str
    take: str
    chosen: str
    other: str = ""
    other_words: SafeString = BLANK


@dataclass(frozen=True)
class ShownItem:
    """An item with its cells; moved: whether it has changed since the person last looked."""

    item: ItemChange
    cells: Sequence[ShownCell]
    moved: bool


@dataclass(frozen=True)
class ShownComparison:
    """The items by what they ask of the person; brief: plain changes past what one page shows in full."""

    conflicts: Sequence[ShownItem]
    doubts: Sequence[ShownItem]
    emptied: Sequence[ShownItem]
    changed: Sequence[ShownItem]
    brief: Sequence[ItemChange]


def shown(
    comparison: Comparison,
    decision: Decision,
    moved: Iterable[ItemChange] = (),
    *,
    scale: Scale,
    full: bool = False,
) -> ShownComparison:
    """The comparison for its page.

    decision: what the person chose so far; scale: the plan's; full: everything, however much.
    """
    changed_since = {item.status.pk for item in moved}
    groups: dict[str, list[ShownItem]] = {CONFLICT: [], DOUBT: [], EMPTIED: [], CHANGED: []}
    brief: list[ItemChange] = []
    left = FULL_TEXT
    for item in sorted(comparison.items, key=lambda item: item.kind == CHANGED):
        left -= sum(FRAME_OF_A_CELL + 3 * len(cell.now + cell.file) for cell in item.cells)
        if left < 0 and item.kind == CHANGED and not full:
            brief.append(item)
            continue
        cells = [_cell(cell, decision, scale, marked=left >= 0) for cell in item.cells]
        groups[item.kind].append(ShownItem(item, cells, item.status.pk in changed_since))
    return ShownComparison(groups[CONFLICT], groups[DOUBT], groups[EMPTIED], groups[CHANGED], brief)


def _cell(cell: CellChange, decision: Decision, scale: Scale, *, marked: bool) -> ShownCell:
    is_choice = BY_NAME[cell.field].kind == CHOICE
    issued, now, file = _categories(cell, scale) if is_choice else _texts(cell, fine=marked)
    return ShownCell(
        cell,
        NO_RECORD if cell.issued is None else issued,
        now,
        file,
        cell.now == cell.issued,
        f"{KEEP}:{cell.digest}",
        f"{TAKE}:{cell.digest}",
        decision.about(cell),
        "" if cell.other is None else f"{OTHER}:{cell.digest}",
        plain(scale.label(cell.other or UNSET) if is_choice else cell.other or ""),
    )


def _categories(cell: CellChange, scale: Scale) -> tuple[SafeString, SafeString, SafeString]:
    base, against = _base(cell), cell.kind == CONFLICT
    return (
        _category(base, "same" if against else "removed", scale),
        _category(cell.now, "same" if cell.now == base else "added", scale),
        _category(cell.file, "same" if cell.file == base else "added", scale),
    )


def _category(value: str, kind: str, scale: Scale) -> SafeString:
    return marked_word(scale.label(value), "same" if value == UNSET else kind)


def _texts(cell: CellChange, *, fine: bool) -> tuple[SafeString, SafeString, SafeString]:
    base = _base(cell)
    before, file = marked_pair(base, cell.file, fine=fine)
    now = marked_pair(base, cell.now, fine=fine)[1]
    return plain(base) if cell.kind == CONFLICT else before, now, file


def _base(cell: CellChange) -> str:
    """What the others are held against: the words as issued, or as they stand where there is no record of those."""
    return cell.now if cell.issued is None else cell.issued
