"""The page that tells the truth about one workbook: nothing is written before its button is pressed."""

from pathlib import Path

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_safe

from actionplan.admin.inquiry import files as inquiry_files
from actionplan.admin.inquiry.files import WaitingInquiry
from actionplan.admin.inquiry.shown import shown
from actionplan.admin.inquiry.upload import (
    answers_address,
    attachment,
    come_in,
    crumbs_of,
    door_of,
    preview_address,
    upload_address,
)
from actionplan.admin.own_page import own_page
from actionplan.exports.uploads import UploadError
from actionplan.inquiry.annotate import annotated
from actionplan.inquiry.apply_answers import Decision, Moved, Outcome, Undecided, apply_answers, undecided
from actionplan.inquiry.changes import CONFLICT, EMPTIED, Comparison, seal_of
from actionplan.inquiry.compare import compare
from actionplan.inquiry.ground import Ground, read_ground
from actionplan.inquiry.layout import InquiryFile
from actionplan.models import AnnualReport
from actionplan.permissions import Standing

EXPIRED = (
    "確認の途中の照会票がありません（取り込みが済んだか、新しいファイルに替わったか、1日たって消えました）。"
    "必要なら、もう一度選んでください。"
)
CANCELLED = "「{title}」の取り込みをやめました。いまの回答は変えていません。"
CLOSED = "「{title}」を閉じました。いまの回答は変えていません。"
NOTHING_TICKED = "「{title}」：印が付いていなかったため、何も変えていません。"
ALL_KEPT = "「{title}」：いまの回答を残すことが選ばれたため、何も変えていません。"
MOVED = "確認していただいたあとに回答が変わったため、まだ何も保存していません。"
# Django takes 5,000 fields of a form at most.
MOST_CHOICES = 4_500
TOO_MANY = "選ぶ欄が{most}を超えているため、確かめられません。照会票をダウンロードし直し、答えを書き写してください。"
NO_CHOICE = Decision("")


class Page:
    """One request about one waiting workbook."""

    def __init__(self, request: HttpRequest, report: AnnualReport, standing: Standing, file: WaitingInquiry) -> None:
        self.request, self.report, self.standing, self.file = request, report, standing, file

    def show(self, comparison: Comparison | None = None, decision: Decision = NO_CHOICE, **facts) -> HttpResponse:
        """The page, over a comparison of now unless one was made already."""
        ground = read_ground(self.report, [self.file.read()], self.request.user)
        comparison = comparison or compare(self.file.read(), ground)
        asked = comparison.count(CONFLICT) + comparison.count(EMPTIED)
        if asked > MOST_CHOICES:
            raise UploadError(TOO_MANY.format(most=MOST_CHOICES))
        moved = facts.pop("moved", ())
        return own_page(
            self.request,
            "admin/inquiry/preview.html",
            title=f"照会票の確認　{ground.title(comparison.file)}",
            crumbs=[*crumbs_of(self.report, self.standing), ("照会票", upload_address(self.report))],
            report=self.report,
            file=self.file,
            department=ground.title(comparison.file),
            stranger=self._stranger(comparison, ground),
            comparison=comparison,
            conflicts=comparison.count(CONFLICT),
            emptied=comparison.count(EMPTIED),
            changed_heading="ほかに変わる項目" if asked else "変わる項目",
            shown=shown(comparison, decision, moved, full="full" in self.request.GET),
            **facts,
        )

    def _stranger(self, comparison: Comparison, ground: Ground) -> str:
        """The name of the department whose door the person came by, when the workbook is another's."""
        door = door_of(self.request)
        own = door is None or ground.current(door or None) in ground.homes(comparison.file)
        return "" if own else ground.name(door or None)

    def take(self) -> HttpResponse:
        """Stores what was decided and leads on; or the page again, with the reason and everything that was chosen."""
        sent = self.request.POST
        choices = {name.removeprefix("choice-"): sent[name] for name in sent if name.startswith("choice-")}
        decision = Decision(seal_of(sent.get("seen", "")), choices, sent.get("scope") == "good")
        inquiry = self.file.read()
        try:
            outcome = apply_answers(inquiry, decision, report=self.report, name=self.file.title, by=self.request.user)
        except Moved as refusal:
            moved = refusal.comparison.moved_since(sent.get("seen", ""))
            return self.show(refusal.comparison, decision, moved=moved, refusal=MOVED, status=409)
        except Undecided as refusal:
            lacking = undecided(refusal.comparison, decision)
            return self.show(refusal.comparison, decision, lacking=lacking, refused=True, status=422)
        self._tell(outcome, decision)
        return HttpResponseRedirect(self._on(inquiry, outcome))

    def _tell(self, outcome: Outcome, decision: Decision) -> None:
        if outcome.saved:
            messages.success(self.request, _sentence(self.file.title, outcome))
        else:
            sentence = ALL_KEPT if decision.keeps_any else NOTHING_TICKED
            messages.info(self.request, sentence.format(title=self.file.title))

    def _on(self, inquiry: InquiryFile, outcome: Outcome) -> str:
        """Where the person goes from here: back to what is to be mended, to the next that waits, or to the answers."""
        if outcome.left_out:
            return preview_address(self.report, self.file.name, self.request)
        self.file.remove()
        if inquiry_files.waiting(self.request.user, self.report):
            return upload_address(self.report)
        own = read_ground(self.report, (), self.request.user).own_homes(inquiry)
        return answers_address(self.report, own[0] if own else inquiry.department_id)


def _sentence(title: str, outcome: Outcome) -> str:
    sentence = f"「{title}」から{outcome.saved}項目の回答を保存しました。"
    if outcome.kept:
        sentence += f"いまの内容を残した欄が{outcome.kept}つあります。"
    if outcome.left_out:
        sentence += f"直すところのある行は取り込んでいません（{outcome.left_out}か所）。"
    return sentence


@require_http_methods(["GET", "HEAD", "POST"])
def preview_page(request: HttpRequest, year: int, name: str) -> HttpResponse:
    """The page; a workbook that is no longer there, or no longer may be taken, leads back to the beginning."""
    report, standing = come_in(request.user, year)
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


@require_safe
def marked_workbook(request: HttpRequest, year: int, name: str) -> HttpResponse:
    """The same workbook, its cells at fault coloured and commented."""
    report, _ = come_in(request.user, year)
    file = inquiry_files.find(request.user, report, name)
    if file is None:
        raise Http404(EXPIRED)
    try:
        inquiry = file.read()
        comparison = compare(inquiry, read_ground(report, [inquiry], request.user))
    except UploadError as refusal:
        return _back(request, report, f"「{file.title}」：{refusal}")
    return attachment(
        annotated(file.data(), comparison.troubles), f"{Path(file.title).stem}{inquiry_files.MARKED}.xlsx"
    )
