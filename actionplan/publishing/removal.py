"""Words that must go, a person's name or number: the versions of a plan that hold them, taken down in one act.

The words themselves are kept nowhere, neither in the record nor in a log.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from actionplan import permissions
from actionplan.admin.locking import RecordField
from actionplan.admin.site import found_or_404, own_page
from actionplan.cells import PUBLISHED
from actionplan.folding import folded, plain
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
)
from actionplan.publishing.approval_pages import address, reason_box, tell_of_withdrawals
from actionplan.publishing.compose import compose
from actionplan.publishing.differences import leaves
from actionplan.publishing.publish import MAY_NOT_WITHDRAW, PublishRefused, withdraw_all
from actionplan.shadow import TO_HIRAGANA
from actionplan.words import shown_number

SHORTEST = 2
TOO_SHORT = "消すことばは、1行に1つ、2字以上で書いてください。短いことばは、ほかの文にも当たります。"
TOLD_FIRST = "公表してはならない内容が含まれていたため、取り下げました。"
NOTHING_CHOSEN = "取り下げる版を選んでください。"
NAMES_THEM = "「{}」に、消すことばが入っています。ことばを使わずに書いてください。"
MOVED = "探したあとに、このことばのある版が増えました。下の一覧を確かめて、もう一度選んでください。"
FRONT, NOTE = "前文", "版の訂正の説明"
FIELDS = (*CONTENT, *WHERE_TOLD, *YEAR_WHERE_TOLD, "correction_note")


@dataclass(frozen=True)
class Finder:
    """Finds words in any writing: width, kana, numerals, old and new letters, blanks, dashes and brackets aside."""

    words: Sequence[str]
    known: dict[str, bool] = field(default_factory=dict)  # most texts stand in every version

    @cached_property
    def spellings(self) -> list[tuple[str, str]]:
        """What is compared of each word."""
        return [readings(word) for word in self.words]

    def finds(self, text: str) -> bool:
        """Whether any of the words stands in the text."""
        if text not in self.known:
            pairs = [pair for word in self.spellings for pair in zip(word, readings(text), strict=True)]
            self.known[text] = any(len(word) >= SHORTEST and word in letters for word, letters in pairs)
        return self.known[text]

    def fields_of(self, cells: Mapping[str, Any]) -> list[str]:
        """The names of the cells that hold any."""
        return [name for name in FIELDS if any(self.finds(text) for _, text in leaves(cells.get(name)))]


def readings(text: str) -> tuple[str, str]:
    """The letters and figures of a text alone: each in its plain form, and as search folds them, all kana in hiragana.

    Folding goes by what stands around: neither finds all that the other does.
    """
    letters = plain(text)
    return _bare(letters.letters), _bare(folded(letters).letters.translate(TO_HIRAGANA))


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text))


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
    return [f"{_code(cells)}の{label_of(EditionRow, name)}" for name in finder.fields_of(cells)]


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
    draft = compose(report, "current")
    if any(finder.finds(text) for _, text in leaves(draft.front_matter)):
        yield Live(f"{report}　{FRONT}", reverse("admin:actionplan_plan_change", args=[report.plan_id]))
    answers = {answer.item_id: answer.pk for answer in draft.answers}
    for cells in draft.cells:
        for name in finder.fields_of(cells):
            place, item = f"{report}　{_code(cells)}の{label_of(EditionRow, name)}", cells["item_id"]
            yield Live(place, _written_at(name, report, answers[item], item))


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
    return withdraw_all([each.edition for each in found if each.edition.pk in chosen], by=by, **why)


# ---- the page --------------------------------------------------------------------------------------------------------


class WordsForm(forms.Form):
    """The words, a line each."""

    words = RecordField(
        label="消すことば（1行に1つ）",
        max_length=2000,
        validators=[refuse_control_characters],
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60, "autocomplete": "off"}),
        help_text="氏名、電話番号など。全角・半角、ひらがな・カタカナ、空白、ハイフンや長音（ー）の違いは区別しません。書いたことばは、記録に残りません。",
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


def urls(guarded: Callable) -> list[URLPattern]:
    """The page's address."""
    return [path("actionplan/annualreport/<int:pk>/remove/", guarded(removal_page), name="remove")]
