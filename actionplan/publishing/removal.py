"""Words that must go, a person's name or number: the versions of a plan that hold them, taken down in one act.

The words themselves are kept nowhere, neither in the record nor in a log; the withdrawal says where in the version they
stand, so that they do not become public again unasked.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from actionplan import permissions
from actionplan.admin.locking import RecordField
from actionplan.admin.site import FrontLink, found_or_404, own_page
from actionplan.cells import PUBLISHED
from actionplan.models import (
    CONTENT,
    WHERE_TOLD,
    YEAR_WHERE_TOLD,
    AnnualReport,
    Edition,
    EditionRow,
    EditionWithdrawal,
    Person,
    label_of,
    refuse_control_characters,
    removed_words,
)
from actionplan.publishing.approval_pages import address, reason_box, tell_of_withdrawals
from actionplan.publishing.compose import Draft, compose
from actionplan.publishing.differences import leaves
from actionplan.publishing.finder import SHORTEST, Finder, readings
from actionplan.publishing.publish import MAY_NOT_WITHDRAW, PublishRefused, withdraw_all
from actionplan.words import shown_number

TOO_SHORT = "消すことばは、1行に1つ、2字以上で書いてください。短いことばは、ほかの文にも当たります。"
TOLD_FIRST = "公表してはならない内容が含まれていたため、取り下げました。"
NOTHING_CHOSEN = "取り下げる版を選んでください。"
NAMES_THEM = "「{}」に、消すことばが入っています。ことばを使わずに書いてください。"
MOVED = "探したあとに、このことばのある版が増えました。下の一覧を確かめて、もう一度選んでください。"
FRONT, NOTE = "前文", "版の訂正の説明"
FIELDS = (*CONTENT, *WHERE_TOLD, *YEAR_WHERE_TOLD, "correction_note")


@dataclass(frozen=True)
class Version:
    """An edition that stands, and where it holds the words: 1-1-1の実施状況."""

    edition: Edition
    places: Sequence[str]


def versions(report: AnnualReport, finder: Finder) -> list[Version]:
    """Every edition of the plan that is not withdrawn, scheduled ones too, the latest year first; two queries."""
    of_plan = Edition.objects.standing().filter(report__plan=report.plan_id).select_related("report__plan")
    editions = list(of_plan.order_by("-report__fiscal_year", "report", "-number"))
    places: dict[int, list[str]] = {edition.pk: list(_outside_rows(edition, finder)) for edition in editions}
    columns = ("edition_id", "item_printed", "policy_number", "measure_number", "item_number", *FIELDS)
    rows = EditionRow.objects.filter(edition__in=places).order_by("edition", "position")
    for cells in rows.values(*dict.fromkeys(columns)).iterator(500):
        places[cells["edition_id"]] += _named(cells, finder)
    return [Version(edition, places[edition.pk]) for edition in editions]


def _outside_rows(edition: Edition, finder: Finder) -> Iterator[str]:
    if any(finder.finds(text) for _, text in leaves(edition.front_matter)):
        yield FRONT
    if finder.finds(edition.correction_note):
        yield NOTE


def _named(cells: Mapping[str, Any], finder: Finder) -> list[str]:
    return [f"{_code(cells)}の{label_of(EditionRow, name)}" for name in _fields_of(cells, finder)]


def _fields_of(cells: Mapping[str, Any], finder: Finder) -> list[str]:
    """The names of the cells that hold any of the words."""
    return [name for name in FIELDS if any(finder.finds(text) for _, text in leaves(cells.get(name)))]


def _code(cells: Mapping[str, Any]) -> str:
    numbers = (cells[f"{level}_number"] for level in ("policy", "measure", "item"))
    return shown_number(cells["item_printed"], *numbers)


@dataclass(frozen=True)
class Live:
    """What would say the words again when its year is published: its place, and where that is written."""

    place: str
    address: str


def still_said(report: AnnualReport, finder: Finder) -> list[Live]:
    """Where the plan's years would hold the words when published next, one that was never published among them: last
    year's texts are copied. As many queries as compose() asks a year.
    """
    years = AnnualReport.objects.filter(plan=report.plan_id).select_related("plan").order_by("-fiscal_year")
    return [live for year in years for live in _of_draft(year, finder)]


def _of_draft(report: AnnualReport, finder: Finder) -> Iterator[Live]:
    return said_in(report, compose(report, "current"), finder)


def said_in(report: AnnualReport, draft: Draft, finder: Finder) -> Iterator[Live]:
    """Where the draft of the report holds the words."""
    if any(finder.finds(text) for _, text in leaves(draft.front_matter)):
        yield Live(f"{report}　{FRONT}", reverse("admin:actionplan_plan_change", args=[report.plan_id]))
    answers = {answer.item_id: answer.pk for answer in draft.answers}
    for cells in draft.cells:
        for name in _fields_of(cells, finder):
            place, item = f"{report}　{_code(cells)}の{label_of(EditionRow, name)}", cells["item_id"]
            yield Live(place, _written_at(name, report, answers[item], item))


def said_again(report: AnnualReport, draft: Draft) -> list[Live]:
    """Where the draft holds words for which an edition was taken down, of any year."""
    words = removed_words()
    return list(said_in(report, draft, Finder(words))) if words else []


def _written_at(name: str, report: AnnualReport, answer: int, item: int) -> str:
    """The address of the page on which the cell of the answer to the item is written."""
    if name in PUBLISHED:
        return reverse("admin:correction", args=[answer])
    if name == "voices":
        return reverse("admin:voices", args=[report.key])
    if name == "evidence":
        return reverse("admin:evidence", args=[answer])
    return reverse("admin:actionplan_actionitem_change", args=[item])


@transaction.atomic
def remove(
    report: AnnualReport, finder: Finder, *, by: Person, chosen: Collection[int], seen: Collection[int], **why: str
) -> list[EditionWithdrawal]:
    """The withdrawals of the chosen editions of the plan.

    seen: the editions that the person saw to hold the words. why: reason and told, as for withdraw_all().
    Raises PublishRefused, also when another edition holds them by now, and PermissionDenied.
    """
    permissions.require(permissions.may_publish(by), MAY_NOT_WITHDRAW)
    list(AnnualReport.objects.select_for_update().filter(plan=report.plan_id).order_by("pk"))
    found = versions(report, finder)
    if {each.edition.pk for each in found if each.places} - set(seen):
        raise PublishRefused(MOVED)
    editions = [each.edition for each in found if each.edition.pk in chosen]
    places = {edition.pk: list(_first_places(edition, finder.words)) for edition in editions}
    return withdraw_all(editions, by=by, places=places, **why)


def _first_places(edition: Edition, words: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Where each of the words stands first in the edition, as models.removed_words() reads it."""
    outside = (("front_matter", edition.front_matter), ("correction_note", edition.correction_note))
    rows = edition.rows.order_by("position").values("item_id", *FIELDS)
    kept = [(cells["item_id"], name, cells[name]) for cells in rows for name in FIELDS]
    texts = [(place, text) for *place, value in (*kept, *((0, *each) for each in outside)) for text in leaves(value)]
    for finder in (Finder([word]) for word in words):
        for (item, name), (way, text) in islice((each for each in texts if finder.finds(each[1][1])), 1):
            yield {"item": item, "field": name, "way": list(way), "span": list(finder.first_span(text))}


# ---- the page --------------------------------------------------------------------------------------------------------


class WordsForm(forms.Form):
    """The words, a line each."""

    words = RecordField(
        label="消すことば（1行に1つ）",
        max_length=2000,
        validators=[refuse_control_characters],
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60, "autocomplete": "off"}),
        help_text="氏名、電話番号など。全角・半角、ひらがな・カタカナ、空白、ハイフンや長音（ー）の違いは区別しません。書いたことばは、記録に残りません。残るのは、版の中の場所だけです。次に公表するとき、そのことばがまた載らないかを確かめます。",
        error_messages={"required": TOO_SHORT},
    )

    def clean_words(self) -> list[str]:
        """Each word once."""
        words = [word for line in self.cleaned_data["words"].splitlines() if (word := line.strip())]
        if not words or any(len(readings(word)[0]) < SHORTEST for word in words):
            raise forms.ValidationError(TOO_SHORT)
        return list(dict.fromkeys(words))


class RemovalForm(forms.Form):
    """Which versions are taken down, why, and what citizens read in their place."""

    editions = forms.TypedMultipleChoiceField(coerce=int, required=False)
    years = forms.TypedMultipleChoiceField(coerce=int, required=False)
    seen = forms.CharField(required=False)
    reason = reason_box(
        "取下げの理由（職員だけが読みます）", error_messages={"required": "取下げの理由を書いてください。"}
    )
    told = reason_box(
        "市民の皆さんに表示する文",
        initial=TOLD_FIRST,
        error_messages={"required": "市民の皆さんに表示する文を書いてください。"},
    )

    def __init__(self, found: Sequence[Version], finder: Finder, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found, self.finder = found, finder
        fields: Any = self.fields
        fields["editions"].choices = [(each.edition.pk, "") for each in found]
        fields["years"].choices = [(each.edition.report_id, "") for each in found]
        self.initial["seen"] = "-".join(str(each.edition.pk) for each in found if each.places)

    def clean(self) -> dict:
        """The cleaned data, with the editions that are `chosen` one by one or with their year."""
        data = super().clean() or self.cleaned_data
        editions, years = data.get("editions", ()), data.get("years", ())
        pairs = [(each.edition.pk, each.edition.report_id) for each in self.found]
        data["chosen"] = [pk for pk, year in pairs if pk in editions or year in years]
        if not data["chosen"]:
            self.add_error(None, NOTHING_CHOSEN)
        for name in ("reason", "told"):
            if self.finder.finds(data.get(name, "")):
                self.add_error(name, NAMES_THEM.format(self.fields[name].label))
        return data

    @property
    def seen_pks(self) -> list[int]:
        """The editions that the page showed to hold the words."""
        return [int(pk) for pk in self.cleaned_data["seen"].split("-") if pk.isascii() and pk.isdecimal()][:1000]

    def is_ticked(self, version: Version) -> bool:
        """Whether the version's box is ticked: at first where it holds the words."""
        if self.is_bound:
            return str(version.edition.pk) in self.data.getlist("editions")  # type: ignore[attr-defined]  # a QueryDict
        return bool(version.places)


def removal_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for the words, shows which versions hold them, and takes the chosen ones down."""
    permissions.require(permissions.may_publish(request.user), MAY_NOT_WITHDRAW)
    report = found_or_404(AnnualReport.objects.select_related("plan"), pk=pk)
    asked = WordsForm(request.POST or None)
    facts: dict[str, Any] = {"report": report, "asked": asked, "four_eyes": permissions.four_eyes()}
    facts["may_correct"] = permissions.may_coordinate(request.user)
    if request.method == "POST" and asked.is_valid():
        finder = Finder(asked.cleaned_data["words"])
        found = versions(report, finder)
        form = RemovalForm(found, finder, request.POST if request.POST.get("act") == "remove" else None)
        if form.is_bound and form.is_valid() and _removes(request, report, form):
            return HttpResponseRedirect(address("publish", pk))
        facts |= {"form": form, "years": _by_year(form), "live": still_said(report, finder)}
    crumbs = [(f"{report}の公表", address("publish", pk))]
    return own_page(
        request, "admin/publishing/removal.html", title="ことばを指定して取り下げる", crumbs=crumbs, **facts
    )


def _removes(request: HttpRequest, report: AnnualReport, form: RemovalForm) -> bool:
    why = {name: form.cleaned_data[name] for name in ("reason", "told")}
    try:
        done = remove(
            report, form.finder, by=request.user, chosen=form.cleaned_data["chosen"], seen=form.seen_pks, **why
        )
    except PublishRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    names = "、".join(str(each.edition) for each in done)
    messages.success(request, f"{len(done)}つの版を取り下げました：{names}。")
    tell_of_withdrawals(request, [each.edition for each in done])
    return True


@dataclass(frozen=True)
class Year:
    """A year's versions, each with whether its box is ticked."""

    report: AnnualReport
    versions: Sequence[tuple[Version, bool]]


def _by_year(form: RemovalForm) -> list[Year]:
    """The years of which a version holds the words; no other can be chosen on the page."""
    groups = [list(group) for _, group in groupby(form.found, key=lambda each: each.edition.report_id)]
    held = [group for group in groups if any(each.places for each in group)]
    return [Year(group[0].edition.report, [(each, form.is_ticked(each)) for each in group]) for group in held]


def front_links(request: HttpRequest) -> list[FrontLink]:
    """For the office and who publishes: each year that would say the words again for which an edition was taken down.

    One query where none was; where any was, as many as compose() asks for each year of which nothing is public, or of
    which an edition was taken down so.
    """
    if not (permissions.may_coordinate(request.user) or permissions.may_publish(request.user)):
        return []
    if not (words := removed_words()):
        return []
    years = AnnualReport.objects.filter(sample=False).exclude(statuses=None).select_related("plan").distinct()
    taken_down = EditionWithdrawal.objects.exclude(places=[]).values("edition__report")
    asked = years.filter(~Exists(Edition.objects.standing().filter(report=OuterRef("pk"))) | Q(pk__in=taken_down))
    found = ((year, list(_of_draft(year, Finder(words)))) for year in asked.order_by("-fiscal_year"))
    return [_front_link(request, year, live) for year, live in found if live]


def _front_link(request: HttpRequest, year: AnnualReport, live: Sequence[Live]) -> FrontLink:
    corrects = permissions.may_coordinate(request.user)
    words = SAID_FRONT.format(len(live), "開いて、直してください。" if corrects else "事務局が直します。")
    return FrontLink(f"消したことばが残っている　{year}", address("publish", year.pk), words)


SAID_FRONT = "ことばを指定して取り下げた文が、いまの回答や計画に{}か所残っています。公表すると、また載ります。{}"


def urls(guarded: Callable) -> list[URLPattern]:
    """The page's address."""
    return [path("actionplan/annualreport/<int:pk>/remove/", guarded(removal_page), name="remove")]
