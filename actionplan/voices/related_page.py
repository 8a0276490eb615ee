"""関係課として書く文: what a department writes on items that another one leads, a box an item."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from actionplan.admin.rescue import Text
from actionplan.admin.site import FrontLink, found_or_404, own_page, standing_in, succession_in, tell_reading
from actionplan.models import AnnualReport, Partner, Person, State, Succession, Voice, YearlyStatus
from actionplan.permissions import Standing, may_coordinate, require, standing_of
from actionplan.voices import saving
from actionplan.voices.asked import of_departments, voices_of
from actionplan.voices.beside import related_tallies
from actionplan.voices.saving import Refused, Sent, Written, box_name, read_sent

TITLE, HEADING = "関係課として書く文", "関係課と相手方"
SAVED_HERE, IN_PLACE = "関係課の文の画面で保存", "課に代わって提出"
NOT_YOURS = "この課の文を見る権限がありません。自分の課の画面を開いてください。"
MAY_NOT_WRITE = "この課の文を書く権限がないため、保存していません。事務局に確認してください。"
MAY_NOT_SUBMIT = "提出できるのは課長です。下書きは保存してあります。"
NOTHING_CHANGED = "変わったところはありません。"
NOTHING_WRITTEN = "提出する文がありません。書いていない項目は、空欄のままでかまいません。"
NOTHING_TO_TAKE_BACK = (
    "提出を取り消せる文がありませんでした。すでに取り消されたか、事務局が確定または差戻しをしています。"
)


@dataclass(frozen=True)
class RelatedSheet:
    """The texts of one department, or of one partner, on others' items of a year, as one person meets them.

    name: of the department of today, or of the partner. chosen: which rows. department: its key; None for a partner,
    whose words the office writes down that came by paper or telephone.
    """

    user: Person
    report: AnnualReport
    name: str
    address: str
    chosen: Q
    department: int | None
    standing: Standing

    @property
    def rows(self) -> QuerySet[Voice]:
        """Its rows."""
        return voices_of(self.report).filter(self.chosen)

    @property
    def may_write(self) -> bool:
        """Whether the person may write here while the texts are open."""
        return self.standing.may_answer_for(self.department)

    @property
    def may_submit(self) -> bool:
        """Whether the person may hand in, and take back."""
        return self.standing.may_submit_for(self.department)

    @property
    def may_take_back(self) -> bool:
        """Whether the person may take back what was handed in."""
        return self.standing.may_take_back_for(self.department)

    @property
    def stands_in(self) -> bool:
        """Whether the person would hand in in place of the department."""
        return self.standing.stands_in(self.department)

    @property
    def reasons(self) -> tuple[str, str]:
        """What the record says of writing and of handing in here."""
        if self.department is None:
            return f"相手方に代わって記入（{self.name}）", f"相手方に代わって提出（{self.name}）"
        return SAVED_HERE, IN_PLACE if self.stands_in else "提出"

    @property
    def crumb(self) -> tuple[str, str]:
        """The page above it."""
        if self.department is None:
            return HEADING, reverse("admin:voices", args=[self.report.key])
        place = reverse("admin:answer_sheet", args=[self.report.key, self.department])
        return f"{self.report}　{self.name}の回答", place


def find_related(user: Person, key: str, pk: int) -> RelatedSheet:
    """The sheet of the report and of the department that stands for this one today. Raises Http404."""
    day, succession = timezone.localdate(), Succession()
    report = found_or_404(AnnualReport.objects.select_related("plan"), key=key)
    if pk not in succession.by_pk:
        raise Http404("この担当課はありません。")
    current = succession.current(pk, day)
    chosen = of_departments(succession.standing_for([current], day))
    address = reverse("admin:related_texts", args=[key, current])
    standing = standing_of(user, day, succession)
    return RelatedSheet(user, report, str(succession.by_pk[current]), address, chosen, current, standing)


def find_partners(user: Person, key: str, pk: int) -> RelatedSheet:
    """The sheet of the report and the partner. Raises Http404."""
    report = found_or_404(AnnualReport.objects.select_related("plan"), key=key)
    partner = found_or_404(Partner.objects.all(), pk=pk)
    address = reverse("admin:partner_texts", args=[key, pk])
    return RelatedSheet(user, report, str(partner), address, Q(partner=partner), None, standing_of(user))


@dataclass(frozen=True)
class RelatedItem:
    """An item of the page. lead: the department that leads it. words: what stands in its box."""

    voice: Voice
    lead: str
    words: str
    writable: bool
    refused: Refused | None = None

    @property
    def name(self) -> str:
        """The name of its box."""
        return box_name(self.voice)

    @property
    def trouble(self) -> str:
        """Why the words were not stored: clash, closed or faulty; empty when they were."""
        return self.refused.why if self.refused else ""


def related_page(request: HttpRequest, key: str, department: int) -> HttpResponse:
    """The department's boxes; a post saves them first, whatever else it asks for."""
    sheet = find_related(request.user, key, department)
    require(sheet.standing.may_read(sheet.department), NOT_YOURS)
    return _page(request, sheet, moved=department != sheet.department)


def partner_texts_page(request: HttpRequest, key: str, partner: int) -> HttpResponse:
    """The same for a partner, in whose place the office writes."""
    require(may_coordinate(request.user))
    return _page(request, find_partners(request.user, key, partner))


def _page(request: HttpRequest, sheet: RelatedSheet, *, moved: bool = False) -> HttpResponse:
    if request.method == "POST":
        require(sheet.may_write or sheet.may_submit, MAY_NOT_WRITE)
        return _posted(request, sheet)
    return HttpResponseRedirect(sheet.address) if moved else _shown(request, sheet)


def sent_texts(post: Mapping[str, str]) -> Iterator[Text]:
    """Every text that was written or changed, to be given back (see rescue.py)."""
    for number, each in enumerate((one for one in read_sent(post) if one.is_touched), 1):
        if each.words.strip():
            yield Text(f"関係課の文（{number}）", each.words)


vars(related_page)["sent_texts"] = vars(partner_texts_page)["sent_texts"] = sent_texts


@transaction.atomic
def save_related(sheet: RelatedSheet, sent: Sequence[Sent], do: str) -> tuple[Written, list[Voice]]:
    """What became of the boxes, and the rows that were handed in or taken back as the button asks.

    Raises PermissionDenied. Nothing is handed in while a box was refused.
    """
    rows = saving.lock(Voice.objects.filter(sheet.chosen, report=sheet.report))
    writing, handing_in = sheet.reasons
    outcome = saving.write(rows, sent, sheet.standing.may_answer, by=sheet.user, reason=writing)
    if do == "back":
        require(sheet.may_take_back)
        return outcome, saving.take_back(rows, by=sheet.user)
    if do != "submit" or not sheet.may_submit or outcome.refused:
        return outcome, []
    return outcome, saving.hand_in(rows, by=sheet.user, reason=handing_in)


def _posted(request: HttpRequest, sheet: RelatedSheet) -> HttpResponse:
    do = request.POST.get("do", "save")
    outcome, moved = save_related(sheet, read_sent(request.POST), do)
    for level, sentence in _told(sheet, do, outcome, len(moved)):
        messages.add_message(request, level, sentence)
    if outcome.saved:
        tell_reading(request, ((f"{row.item.code}の文", row.text) for row in outcome.saved))
    return _shown(request, sheet, outcome) if outcome.refused else HttpResponseRedirect(sheet.address)


def _told(sheet: RelatedSheet, do: str, outcome: Written, moved: int) -> Iterator[tuple[int, str]]:
    if outcome.saved or (do == "save" and not outcome.refused):
        yield (
            messages.SUCCESS,
            f"{len(outcome.saved)}項目を保存しました。" if outcome.saved else "変わったところはありません。",
        )
    if outcome.refused:
        then = "提出もしていません。" if do == "submit" else ""
        yield (
            messages.ERROR,
            f"{len(outcome.refused)}項目は保存していません。{then}書いた文は、この画面に残っています。",
        )
    elif do == "submit" and not sheet.may_submit:
        yield messages.WARNING, MAY_NOT_SUBMIT
    elif do == "submit":
        yield (messages.SUCCESS, f"{moved}項目の文を提出しました。") if moved else (messages.INFO, NOTHING_WRITTEN)
    elif do == "back" and moved:
        yield messages.SUCCESS, f"{moved}項目の提出を取り消しました。直してから、もう一度提出してください。"
    elif do == "back":
        yield messages.WARNING, NOTHING_TO_TAKE_BACK


def _shown(request: HttpRequest, sheet: RelatedSheet, outcome: Written | None = None) -> HttpResponse:
    refused = outcome.refused if outcome else {}
    voices = list(sheet.rows)
    here = {voice.pk for voice in voices}
    states = {voice.state for voice in voices}
    facts: dict[str, Any] = {
        "place": sheet,
        "items": _items(sheet, voices, refused),
        "lost": [each.sent.words for pk, each in refused.items() if pk not in here],
        "open": any(sheet.standing.may_answer(voice) for voice in voices),
        "submitted": State.SUBMITTED in states and sheet.may_take_back,
    }
    title = f"{TITLE}　{sheet.name}" if sheet.department else f"{sheet.name}に代わって書く文"
    response = own_page(request, "admin/voices/related.html", title=title, crumbs=[sheet.crumb], **facts)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _items(sheet: RelatedSheet, voices: Sequence[Voice], refused: Mapping[int, Refused]) -> list[RelatedItem]:
    items = [voice.item_id for voice in voices]
    rows = YearlyStatus.objects.filter(report=sheet.report, item__in=items).select_related("department")
    leads = {row.item_id: str(row.department or "") for row in rows.only("item", "department")}
    return [_item(sheet, voice, leads.get(voice.item_id, ""), refused.get(voice.pk)) for voice in voices]


def _item(sheet: RelatedSheet, voice: Voice, lead: str, refused: Refused | None) -> RelatedItem:
    words = refused.sent.words if refused else voice.text
    return RelatedItem(voice, lead, words, sheet.standing.may_answer(voice), refused)


def front_links(request: HttpRequest) -> list[FrontLink]:
    """What the person's departments write as related ones, a link a year and department."""
    standing, succession, day = standing_in(request), succession_in(request), timezone.localdate()
    if not (standing.answers or standing.submits):
        return []
    return [
        FrontLink(f"{tally.report.short_label}の{TITLE}（{tally.department}）", tally.address, tally.words)
        for tally in related_tallies(standing.departments, succession, day)
    ]


def urls(guarded: Callable) -> Iterable[URLPattern]:
    """The pages' addresses. They say themselves how long a browser may keep it."""
    place = "answers/<slug:key>/<int:department>/related/"
    partners = "round/<slug:key>/voices/<int:partner>/texts/"
    return [
        path(place, guarded(related_page, cacheable=True), name="related_texts"),
        path(partners, guarded(partner_texts_page, cacheable=True), name="partner_texts"),
    ]
