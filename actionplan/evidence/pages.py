"""写真・資料: an answer's evidence on a page of its own: added, put in order, described, taken away."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from actionplan.admin.site import found_or_404, own_page, standing_in
from actionplan.evidence.judging import (
    ACCEPTED,
    LARGEST,
    LARGEST_TOGETHER,
    FileRefused,
    FitFile,
    fit_file,
    megabytes,
    too_large,
    too_large_together,
)
from actionplan.evidence.taking import MOST, Change, EvidenceRefused, NewFile, add_files, add_link, change, seal
from actionplan.kept_files import media_type_of, read
from actionplan.models import EditionFile, Evidence, EvidenceKind, Person, YearlyStatus
from actionplan.models.evidence import NEEDS_ALT, NEEDS_CAPTION, ONLY_WEB
from actionplan.permissions import require
from actionplan.seen import Moved
from actionplan.waiting_files import OwnedFile

TITLE = "写真・資料"
ROWS = 5
NOTHING = "何も保存していません。書いた文は残っています。"
AGAIN = f"{NOTHING}ファイルは、もう一度選んでください。"
KEPT = "「{names}」は預かっています。直して加えるときに、選び直す必要はありません。"
OTHERS = "使えないファイルは、ほかのファイルを選んでください。"
LOST = "預かっていたファイルがありません。もう一度選んでください。"

LABELS = {"caption": "説明", "alt": "代わりの文（写真を見られない人に読み上げる文）"}
NOTHING_CHOSEN = "ファイルが選ばれていません。ファイルを選ぶか、書いた文を消してください。"


def _line(name: str) -> forms.CharField:
    field: Any = Evidence._meta.get_field(name)
    widget = forms.TextInput(attrs={"class": "vTextField"})
    return field.formfield(label=LABELS[name], required=False, widget=widget, strip=True)


class NewFileForm(forms.Form):
    """One file with what is said of it; an empty row is none."""

    file = forms.FileField(label="ファイル", required=False, allow_empty_file=True)
    alt = _line("alt")
    caption = _line("caption")
    drop = forms.BooleanField(label="預かっているファイルを加えない", required=False)
    held = forms.CharField(required=False, widget=forms.HiddenInput)
    fit: FitFile | None = None
    name = ""
    content: bytes | None = None

    def __init__(self, *args, owner: Person, **kwargs) -> None:
        """owner: whose files wait between a refusal and the next try."""
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["accept"] = ACCEPTED
        self.owner = owner

    def clean(self) -> dict:
        """The cleaned data, the file judged by its content. Adds each fault to the box that it is about."""
        cleaned = super().clean() or self.cleaned_data
        chosen = bool(cleaned.get("file") or (cleaned.get("held") and not cleaned.get("drop")))
        if chosen and "file" not in self.errors:
            self._judge(cleaned.get("file"))
        elif not cleaned.get("drop") and "file" not in self.errors and (cleaned.get("alt") or cleaned.get("caption")):
            self.add_error("file", NOTHING_CHOSEN)
        return cleaned

    def _judge(self, file: UploadedFile | None) -> None:
        try:
            self.fit = self._fit(file)
        except FileRefused as refusal:
            self.add_error("file", str(refusal))
            return
        needed, sentence = _needed(self.fit.kind)
        if not self.cleaned_data.get(needed) and needed not in self.errors:
            self.add_error(needed, f"「{self.name}」：{sentence}")

    def _fit(self, file: UploadedFile | None) -> FitFile:
        """The file, or the one that waits. Raises FileRefused."""
        if file is None:
            self.name, self.content = self.waiting_name, self._waiting_content()
        elif sentence := too_large(str(file.name), file.size or 0):
            raise FileRefused(sentence)
        else:
            self.name, self.content = str(file.name), file.read()
        return fit_file(self.name, self.content)

    def _waiting_content(self) -> bytes:
        waiting = self._waiting
        try:
            if waiting is not None:
                return waiting.read()
        except FileNotFoundError:
            self.data = {**self.data, self.add_prefix("held"): ""}
        raise FileRefused(LOST)

    @property
    def _told(self) -> tuple[str, str]:
        """What waits for this row, and what it was called; both empty for nothing, and for what we did not sign."""
        try:
            waiting, name = signing.loads(self["held"].value() or "", salt=WAITING)
        except (signing.BadSignature, ValueError, TypeError):
            return "", ""
        return waiting, name

    @property
    def waiting_name(self) -> str:
        """What the file that waits was called; empty where none does."""
        return self._told[1]

    @property
    def _waiting(self) -> OwnedFile | None:
        return OwnedFile(WAITING, self.owner, self._told[0]) if self._told[0] else None

    def let_go(self) -> None:
        """Removes the file that waits, if one does."""
        if waiting := self._waiting:
            waiting.remove()
            self.data = {**self.data, self.add_prefix("held"): ""}

    def hold(self) -> str:
        """The name of the row's file, which waits for the next try from now on; empty where none is fit.

        One that waits already goes when it is not wanted, or is one that the item has; not for a bad one in its place.
        """
        if self.fit is None or self.content is None or "file" in self.errors:
            if self.fit or self.cleaned_data.get("drop"):
                self.let_go()
            return ""
        if self.cleaned_data.get("file"):
            self.let_go()
            waiting = OwnedFile(WAITING, self.owner)
            waiting.save(self.content)
            self.data = {**self.data, self.add_prefix("held"): signing.dumps([waiting.name, self.name], salt=WAITING)}
        return self.name

    def new_file(self) -> NewFile | None:
        """What is to be added, or None for an empty row."""
        if self.fit is None:
            return None
        return NewFile(self.name, self.fit, self.cleaned_data["caption"], self.cleaned_data["alt"])


# What the files are called that wait here, and what their names are signed as.
WAITING = "evidence"


def _needed(kind: str) -> tuple[str, str]:
    """The box that a piece of the kind cannot be without, and the sentence that asks for it."""
    return ("alt", NEEDS_ALT) if kind == EvidenceKind.PICTURE else ("caption", NEEDS_CAPTION)


class LinkForm(forms.Form):
    """A link with what it leads to."""

    url = forms.CharField(
        label="アドレス",
        max_length=500,
        widget=forms.TextInput(attrs={"class": "vTextField", "inputmode": "url", "placeholder": "https://"}),
        validators=Evidence._meta.get_field("url").validators,
        error_messages={"required": ONLY_WEB},
    )
    caption = _line("caption")

    def clean_caption(self) -> str:
        """The words. Raises ValidationError for a link that says nothing."""
        if not self.cleaned_data["caption"]:
            raise forms.ValidationError(NEEDS_CAPTION)
        return self.cleaned_data["caption"]


class KeptForm(forms.Form):
    """A piece of evidence that is there: its place, its words, and whether it goes."""

    order = forms.IntegerField(label="並び順", min_value=0, max_value=9999)
    alt = _line("alt")
    caption = _line("caption")
    remove = forms.BooleanField(label="外す", required=False)

    def __init__(self, data: Any = None, *, row: Evidence) -> None:
        initial = {"order": row.order, "alt": row.alt, "caption": row.caption}
        super().__init__(data, prefix=f"kept-{row.pk}", initial=initial)
        self.row = row
        if row.kind != EvidenceKind.PICTURE:
            del self.fields["alt"]

    def clean(self) -> dict:
        """The cleaned data. Adds the fault of a picture without words, and of anything else without a name."""
        cleaned = super().clean() or self.cleaned_data
        needed, sentence = _needed(self.row.kind)
        if not cleaned.get("remove") and needed in cleaned and not cleaned[needed]:
            self.add_error(needed, sentence)
        return cleaned

    def change(self) -> Change:
        """What is wanted of the piece."""
        said = self.cleaned_data
        return Change(said["order"], said["caption"], said.get("alt", ""), said["remove"])


def evidence_page(request: HttpRequest, status: int) -> HttpResponse:
    """An answer's evidence; a post adds files, adds a link, or changes what is there: all of it or nothing."""
    rows = YearlyStatus.objects.select_related("report", "department", "item__measure__policy")
    answer = found_or_404(rows, pk=status)
    standing = standing_in(request)
    require(standing.may_read(answer.department_id))
    if request.method != "POST":
        return _page(request, answer)
    require(standing.may_answer_for(answer.department_id))
    return {"link": _add_link, "change": _change}.get(request.POST.get("do", ""), _add_files)(request, answer)


def _add_files(request: HttpRequest, answer: YearlyStatus) -> HttpResponse:
    sent = [(str(file.name), file.size or 0) for _, files in request.FILES.lists() for file in files]
    if sentences := too_large_together(sent):
        # Not one of them is opened: that is what the limit is for.
        return _page(request, answer, new=_words_alone(request), refused=[*sentences, AGAIN])
    said = request.POST.dict()
    new = [NewFileForm(said, request.FILES, prefix=f"new-{number}", owner=request.user) for number in range(ROWS)]
    judged = [form.is_valid() for form in new]
    if not all(judged):
        return _page(request, answer, new=new, refused=[NOTHING, *_held(new)])
    files = [(form, file) for form in new if (file := form.new_file())]
    try:
        added = add_files(answer, [file for _, file in files], by=request.user)
    except EvidenceRefused as refusal:
        if refusal.place is not None:
            files[refusal.place][0].add_error("file", str(refusal))
        return _page(request, answer, new=new, refused=[str(refusal), *_held(new)])
    for form in new:
        form.let_go()
    if added:
        messages.success(request, f"{len(added)}個の資料を加えました。")
    else:
        messages.info(request, "ファイルが選ばれていないため、何も変えていません。")
    return _back(answer)


def _held(new: Sequence[NewFileForm]) -> list[str]:
    """Keeps the files that are fit for the next try; says which, and that the others have to be chosen again."""
    names = [name for form in new if (name := form.hold())]
    kept = [KEPT.format(names="」「".join(names))] if names else []
    return [*kept, *([OTHERS] if any("file" in form.errors for form in new) else [])]


def _words_alone(request: HttpRequest) -> list[NewFileForm]:
    """The rows with the words that were sent and the files that wait already, but none of those that were chosen."""

    def row(prefix: str) -> NewFileForm:
        said = {name: request.POST.get(f"{prefix}-{name}", "") for name in (*LABELS, "held")}
        return NewFileForm(initial=said, prefix=prefix, owner=request.user)

    return [row(f"new-{number}") for number in range(ROWS)]


def _add_link(request: HttpRequest, answer: YearlyStatus) -> HttpResponse:
    form = LinkForm(request.POST)
    if not form.is_valid():
        return _page(request, answer, link=form, refused=["リンクを加えていません。"])
    try:
        add_link(answer, form.cleaned_data["url"], form.cleaned_data["caption"], by=request.user)
    except EvidenceRefused as refusal:
        return _page(request, answer, link=form, refused=[str(refusal)])
    messages.success(request, "リンクを加えました。")
    return _back(answer)


def _change(request: HttpRequest, answer: YearlyStatus) -> HttpResponse:
    kept = [KeptForm(request.POST, row=row) for row in answer.evidence.all()]
    # A row that the page did not show yet is left alone; the seal says that there is one.
    shown = [form for form in kept if form.add_prefix("order") in request.POST]
    if not all(form.is_valid() for form in shown):
        return _page(request, answer, kept=shown, refused=["何も保存していません。下の欄を直してください。"])
    wanted = {form.row.pk: form.change() for form in shown}
    try:
        count = change(answer, wanted, seen=request.POST.get("seen", ""), by=request.user)
    except (EvidenceRefused, Moved) as refusal:
        return _page(request, answer, refused=[str(refusal)])
    messages.success(request, f"{count}個の資料を直しました。" if count else "変わったところはありません。")
    return _back(answer)


def _back(answer: YearlyStatus) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:evidence", args=[answer.pk]))


def _page(
    request: HttpRequest,
    answer: YearlyStatus,
    *,
    new: Sequence[NewFileForm] = (),
    link: LinkForm | None = None,
    kept: Sequence[KeptForm] = (),
    refused: Sequence[str] = (),
) -> HttpResponse:
    """The page; after a refusal with its sentences and what was written."""
    facts: dict[str, Any] = {
        "answer": answer,
        "writable": standing_in(request).may_answer(answer),
        "kept": kept or [KeptForm(row=row) for row in answer.evidence.all()],
        "new": new or [NewFileForm(prefix=f"new-{number}", owner=request.user) for number in range(ROWS)],
        "link": link or LinkForm(),
        "seal": seal(answer),
        "refused": refused,
        "most": MOST,
        "largest": megabytes(LARGEST),
        "together": megabytes(LARGEST_TOGETHER),
        "sheet": _sheet_address(answer),
    }
    title = f"{TITLE}：{answer.item.code} {answer.item.name}"
    status = 422 if refused else 200
    return own_page(request, "admin/evidence/page.html", title=title, status=status, **facts)


def _sheet_address(answer: YearlyStatus) -> str:
    """The page of answers that the answer stands on, at its place."""
    sheet = reverse("admin:answer_sheet", args=[answer.report.key, answer.department_id or 0])
    return f"{sheet}#item-{answer.pk}"


def evidence_file(request: HttpRequest, name: str) -> HttpResponse:
    """A kept file, for who may read an answer that it belongs to, published or not."""
    sha256, standing = name[:64], standing_in(request)
    rows = Evidence.objects.filter(sha256=sha256) | Evidence.objects.filter(preview_sha256=sha256)
    readable = any(standing.may_read(pk) for pk in rows.values_list("status__department_id", flat=True))
    require(readable or (standing.reads and EditionFile.objects.filter(name=name).exists()))
    try:
        content = read(name)
    except FileNotFoundError:
        raise Http404("このファイルはありません。") from None
    headers = {"Cache-Control": "private, max-age=3600", "Content-Security-Policy": "default-src 'none'; sandbox"}
    return HttpResponse(content, content_type=media_type_of(name), headers=headers)


def urls(guarded: Callable) -> list[URLPattern]:
    """The addresses."""
    return [
        path("evidence/<int:status>/", guarded(evidence_page), name="evidence"),
        path("evidence/file/<str:name>", guarded(evidence_file, cacheable=True), name="evidence_file"),
    ]
