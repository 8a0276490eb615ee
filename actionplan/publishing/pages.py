"""The publishing pages of a year: what will change, preview, publish or correct, or ask somebody else to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from actionplan import permissions
from actionplan.admin.locking import RecordField
from actionplan.admin.site import FrontLink
from actionplan.checks.reading import check_year
from actionplan.fiscal_year import LATEST
from actionplan.models import (
    AnnualReport,
    Approval,
    Edition,
    State,
    refuse_control_characters,
)
from actionplan.publishing.approval import MAY_NOT_ASK, ask, deciders
from actionplan.publishing.approval_pages import (
    TEMPLATES,
    ApprovalPages,
    DecideForm,
    address,
    approvals_of,
    published_words,
    told,
)
from actionplan.publishing.compose import Wording, compose
from actionplan.publishing.differences import (
    NextEdition,
    corrected_answers,
    last_editions,
    next_edition,
    old_csv_misfits,
    prepared_note,
    renamed_items,
    waiting_words,
)
from actionplan.publishing.one_wording import printed_twice
from actionplan.publishing.publish import SAID_AGAIN, PublishRefused, publish
from actionplan.publishing.removal import Live, said_again
from actionplan.publishing.unconfirmed import OpenAnswer, unconfirmed
from actionplan.seen import Moved, fingerprint
from actionplan.selectors.editions import page_frame
from actionplan.selectors.report import report_outline
from actionplan.words import NO_DEPARTMENT

NOW, LATER = "now", "later"
LATER_CHOICE = (LATER, "日時を決める（日本時間）")
WORDINGS: list[tuple[Wording, str]] = [("published", ""), ("current", "")]
MOVED = "確定していない項目が、この画面を開いたあとに変わりました。一覧を確かめて、もう一度選んでください。"
SAID_MOVED = "消したことばの載るところが、この画面を開いたあとに変わりました。一覧を確かめて、もう一度選んでください。"
MOST_NAMES = 20


@dataclass(frozen=True)
class Unconfirmed:
    """One department's answers that are not confirmed."""

    department: str
    rows: Sequence[OpenAnswer]

    @property
    def value(self) -> str:
        """The value of their tick box: it stands for exactly these answers."""
        return fingerprint([row.pk for row in self.rows], length=32)

    @property
    def label(self) -> SafeString:
        """総務課（2件） and below it, a line each, 3-2-1 項目（提出） and 3-2-2 項目（記入中）."""
        names = [f"{row.code}　{row.name}（{row.state}）" for row in self.rows[:MOST_NAMES]]
        if len(self.rows) > MOST_NAMES:
            names.append(f"ほか{len(self.rows) - MOST_NAMES}件")
        lines = format_html_join("", '<span class="line">{}</span>', ((name,) for name in names))
        return format_html("<strong>{}（{}件）</strong>{}", self.department, len(self.rows), lines)


def by_department(rows: Sequence[OpenAnswer]) -> list[Unconfirmed]:
    """The answers in one group a department, in the order in which the report first names each."""
    groups: dict[str, list[OpenAnswer]] = {}
    for row in rows:
        groups.setdefault(row.department or NO_DEPARTMENT, []).append(row)
    return [Unconfirmed(name, found) for name, found in groups.items()]


class PublishForm(forms.Form):
    """When to publish, and what citizens are told about a correction."""

    when = forms.ChoiceField(
        label="公表する日時",
        choices=[(NOW, "今すぐ"), LATER_CHOICE],
        initial=NOW,
        widget=forms.RadioSelect,
    )
    public_from = forms.DateTimeField(
        label="公表日時（日本時間）",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "日時が読めません。2026-04-01T09:00 のように入力してください。"},
    )
    note = RecordField(
        label="訂正の説明",
        required=False,
        max_length=2000,
        validators=[refuse_control_characters],
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text="公表済みの内容を訂正するときに書きます。市民の皆さんに表示されます。",
    )
    wording = forms.ChoiceField(choices=WORDINGS, widget=forms.HiddenInput)
    headings = forms.ChoiceField(choices=WORDINGS, widget=forms.HiddenInput, required=False)
    expected_sha256 = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)

    again = forms.MultipleChoiceField(
        label="取り下げたときに消したことばが、また載るところ",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": SAID_AGAIN, "invalid_choice": SAID_MOVED},
    )
    said_again = RecordField(
        label="このまま公表する理由（職員だけが読みます）",
        max_length=2000,
        validators=[refuse_control_characters],
        widget=forms.Textarea(attrs={"rows": 2, "cols": 60}),
        error_messages={"required": "このまま公表する理由を書いてください。記録に残ります。"},
    )
    named = forms.MultipleChoiceField(
        label="確定しないまま公表する項目",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": MOVED},
    )

    def __init__(
        self,
        *args,
        unconfirmed: Sequence[OpenAnswer] = (),
        again: Sequence[Live] = (),
        asks: bool = False,
        **kwargs,
    ) -> None:
        """unconfirmed: the answers that are not confirmed now; the publisher ticks each department's by name.

        again: where words stand for which an edition was taken down; the publisher ticks them and says why.

        asks: whether somebody else has to grant it first.
        """
        super().__init__(*args, **kwargs)
        if asks:
            when = cast(forms.ChoiceField, self.fields["when"])
            when.choices = [(NOW, "決裁されたら、すぐ"), LATER_CHOICE]
        self.groups, self.live = by_department(unconfirmed), again
        ticked = cast(forms.MultipleChoiceField, self.fields["again"])
        ticked.choices = [(fingerprint([each.place for each in again], length=32), "このまま公表する")]
        ticked.required = self.fields["said_again"].required = bool(again)
        named = cast(forms.MultipleChoiceField, self.fields["named"])
        named.choices = [(group.value, group.label) for group in self.groups]

    def clean_named(self) -> list[int]:
        """The primary keys that were named. Raises ValidationError while a department's are not."""
        ticked = self.cleaned_data["named"]
        if left := [group.department for group in self.groups if group.value not in ticked]:
            raise forms.ValidationError(
                f"まだ確定していない項目があります（{'、'.join(left)}）。"
                "確定しないまま公表するときは、それぞれに印を付けてください。"
            )
        return [row.pk for group in self.groups if group.value in ticked for row in group.rows]

    def clean(self) -> dict:
        """The cleaned data; a set time needs its day and hour, and `now` forgets them."""
        data = super().clean() or self.cleaned_data
        data["headings"] = data.get("headings") or None
        data["said_again"] = data.get("said_again", "") if self.live else ""
        if data.get("when") == NOW:
            data["public_from"] = None
        elif not data.get("public_from") and "public_from" not in self.errors:
            self.add_error("public_from", "公表する日時を入力してください。")
        elif data.get("public_from") and data["public_from"] < timezone.now():
            self.add_error("public_from", "公表日時が過去になっています。これからの日時を入力してください。")
        elif data.get("public_from") and data["public_from"].year > LATEST:
            self.add_error("public_from", "公表日時が先すぎます。年を確かめてください。")
        return data


PER_PAGE = 100


def wording_of(request: HttpRequest) -> Wording:
    """Which wording of the plan the person chose."""
    chosen = request.POST.get("wording") or request.GET.get("wording")
    return "current" if chosen == "current" else "published"


def headings_of(request: HttpRequest) -> Wording | None:
    """Which titles the person chose where edition and plan have different ones; None while they have not."""
    return _one_of(request.POST.get("headings") or request.GET.get("headings"))


def _one_of(chosen: str | None) -> Wording | None:
    return next((wording for wording, _ in WORDINGS if wording == chosen), None)


def _looked_at(request: HttpRequest, asked: Approval | None) -> tuple[Wording, Wording | None]:
    """The wording and the titles that the page shows: what waits for a decision, unless the person chose others."""
    chose = any(name in sent for sent in (request.POST, request.GET) for name in ("wording", "headings"))
    if asked is None or chose:
        return wording_of(request), headings_of(request)
    return _one_of(asked.wording) or "published", _one_of(asked.headings)


def publish_facts(request: HttpRequest, report: AnnualReport, asked: Approval | None = None) -> dict:
    """The editions and the changes for the page. asked: what waits for a decision."""
    now = timezone.now()
    editions = list(report.editions.select_related("published_by", "withdrawal").order_by("-number", "-pk"))
    standing = [edition for edition in editions if not hasattr(edition, "withdrawal")]
    last, shown = next(iter(standing), None), next((each for each in standing if each.public_from <= now), None)
    base, (wording, headings) = shown or last, _looked_at(request, asked)
    coming = next_edition(report, base, wording, headings, standing)
    return {
        "last": last,
        "base": base,
        "now": now,
        "shown_number": shown.number if shown else 0,
        "pending": last if last and last != shown else None,
        "editions": editions,
        "corrects": any(each.public_from <= now for each in editions),
        "taken_down": None if last else next((each.withdrawal for each in editions if each.public_from <= now), None),
        "wording": wording,
        "headings": headings or "",
        "coming": coming,
        "draft": coming.draft,
        "doubled": printed_twice(coming.draft.rows),
        "misfits": old_csv_misfits(coming.draft.rows),
        "check": check_year(report),
        "again": said_again(report, coming.draft),
        "may_correct": permissions.may_coordinate(request.user),
        "is_asked": asked is not None and asked.content_sha256 == coming.draft.content_sha256,
        "unchanged": base is not None and base.content_sha256 == coming.draft.content_sha256,
        "stands_in_the_way": bool(coming.draft.clashes) or not coming.draft.settled,
        **_page_of_changes(request, coming),
    }


def _page_of_changes(request: HttpRequest, view: NextEdition) -> dict:
    paginator = Paginator(view.rows, PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    front: Sequence = view.front if page.number == 1 else ()
    return {"page": page, "pages": list(paginator.get_elided_page_range(page.number)), "front": front}


def waiting_years() -> list[tuple[AnnualReport, str]]:
    """Each year for which there is something to do or to know, and the sentence that says what; eleven queries at most,
    however many years there are.
    """
    confirmed = Count("statuses", filter=Q(statuses__state=State.CONFIRMED))
    years = AnnualReport.objects.filter(sample=False).annotate(asked=Count("statuses"), ready=confirmed)
    last = last_editions()
    corrected, renamed = corrected_answers(last), renamed_items(last)
    found = [
        (year, waiting_words(year, last.get(year.pk), corrected[year.pk], renamed[year.pk]))
        for year in years
        if year.asked
    ]
    return [(year, words) for year, words in found if words]


NOBODY = (
    "いま、この起案を決裁できる人がいません。管理者に、ほかの人へ公表権者の役割を付けてもらうか、"
    "公表権者の利用者に氏名を入れてもらってください。"
)
CHOSEN = ("public_from", "note", "said_again", "wording", "headings", "expected_sha256", "named")
# A year of the usual size is previewed whole.
PREVIEWED = 500


class PublishingPages(ApprovalPages):
    """Mixed into the annual report's admin: the pages of publishing; those of a second person come with them."""

    def get_urls(self) -> list:
        """The admin's addresses with the publishing pages before them."""
        wrap = self.admin_site.admin_view
        own = [
            path("<int:pk>/publish/", wrap(self.publish_page), name="publish"),
            path("<int:pk>/preview/", wrap(self.preview_page), name="preview"),
        ]
        return [*own, *super().get_urls()]

    def publish_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What will change, and the form that publishes it, or asks somebody else to."""
        report = self.report_of(request, pk)
        if request.method != "POST":
            return self.publishing(request, report)
        asks = permissions.four_eyes()
        again = said_again(report, compose(report, wording_of(request), headings_of(request)))
        form = PublishForm(request.POST, unconfirmed=unconfirmed(report), again=again, asks=asks)
        done = self._asks(request, report, form) if asks else self._publishes(request, report, form)
        return HttpResponseRedirect(address("publish", pk)) if done else self.publishing(request, report, form=form)

    def publishing(self, request: HttpRequest, report: AnnualReport, **forms: Any) -> HttpResponse:
        """The page as it stands now. forms: what was sent and refused."""
        approvals = approvals_of(report, request.user)
        facts = publish_facts(request, report, approvals.request)
        note = prepared_note(report, facts["base"], facts["coming"].rows) if facts["shown_number"] else ""
        more_of_form = {
            "unconfirmed": facts["coming"].unconfirmed,
            "again": facts["again"],
            "asks": permissions.four_eyes(),
        }
        fresh = {"form": PublishForm(initial={"note": note}, **more_of_form), "note_prepared": bool(note)}
        more = {"approvals": approvals, "four_eyes": permissions.four_eyes(), "decide": DecideForm()}
        return self.page(request, "publish", report, title=f"{report}の公表", **{**facts, **fresh, **more, **forms})

    def _asks(self, request: HttpRequest, report: AnnualReport, form: PublishForm) -> bool:
        permissions.require(permissions.may_ask_publication(request.user), MAY_NOT_ASK)
        if not form.is_valid():
            return False
        try:
            approval = ask(report, by=request.user, **{name: form.cleaned_data[name] for name in CHOSEN})
        except (PublishRefused, Moved) as refusal:
            form.add_error(None, str(refusal))
            return False
        messages.success(request, f"{report}の公表を起案しました。ほかの公表権者の決裁を待っています。")
        if not deciders(approval):
            messages.warning(request, NOBODY)
        told(request, approval)
        return True

    def _publishes(self, request: HttpRequest, report: AnnualReport, form: PublishForm) -> bool:
        permissions.require(permissions.may_publish(request.user), "公表する権限がありません。")
        if not form.is_valid():
            return False
        try:
            edition = publish(report, by=request.user, **{name: form.cleaned_data[name] for name in CHOSEN})
        except (PublishRefused, Moved) as refusal:
            form.add_error(None, str(refusal))
            return False
        messages.success(request, published_words(edition))
        return True

    def preview_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The report as citizens would see it, by the same template, before anything is saved."""
        report = self.report_of(request, pk)
        draft = compose(report, wording_of(request), headings_of(request))
        paginator = Paginator(draft.rows, PREVIEWED)
        page = paginator.get_page(request.GET.get("page"))
        context = {
            "frame": page_frame(Edition(report=report, front_matter=draft.front_matter)),
            "report": report_outline(draft.front_matter, page.object_list),
            "page_id": "確認用",
            "back": address("publish", pk),
            "page": page,
            "pages": list(paginator.get_elided_page_range(page.number)),
            "wording": wording_of(request),
            "headings": headings_of(request),
            "evidence_page": "admin:evidence_file",
            "copied": _still_copied(report),
            "check": check_year(report),
            "check_address": reverse("admin:check_year", args=[report.key]),
        }
        return TemplateResponse(request, f"{TEMPLATES}/preview.html", context)


IN_ORDER = ("item__measure__policy__number", "item__measure__number", "item__number")


def _still_copied(report: AnnualReport) -> list[str]:
    """The codes of the items whose text is last year's, copied and never touched; one query."""
    rows = report.statuses.exclude(copied="").select_related("item__measure__policy").order_by(*IN_ORDER)
    return [row.item.code for row in rows if row.is_copied]


def front_links(request: HttpRequest) -> list[FrontLink]:
    """For who publishes: each year of which an edition is to come or could come."""
    if not permissions.may_publish(request.user):
        return []
    return [FrontLink(f"公表の画面　{year}", address("publish", year.pk), words) for year, words in waiting_years()]


def urls(guarded: Callable) -> list[URLPattern]:
    """None of its own: the pages belong to the annual report."""
    return []
