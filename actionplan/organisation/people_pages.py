"""The list of staff as a file, written and read again; accounts closed, used again or given a first password."""

from collections.abc import Callable
from pathlib import Path

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from actionplan import permissions
from actionplan.admin.pickers import number_in
from actionplan.admin.site import found_or_404, own_page
from actionplan.exports.tabular import XLSX, write_csv, write_xlsx
from actionplan.organisation.accounts import close_accounts, renew_password, reopen_accounts
from actionplan.organisation.membership import Roster
from actionplan.organisation.people import Outcome, import_people, look
from actionplan.organisation.people_lines import COLUMNS, PersonLine, cells_of
from actionplan.plan.first_year import tell_next_step
from actionplan.seen import Moved
from actionplan.uploads import LARGEST_FILE, MEGABYTE, Table, UploadError, check_columns, read_csv, read_xlsx
from actionplan.waiting_files import SUFFIXES, OwnedFile, SignedName, not_a_table

FOLDER, KIND = "admin/people", "people"
TITLE = "職員をファイルから取り込む"
EXPIRED = "確認の途中のファイルがなくなりました。何も保存していません。もう一度ファイルを選んでください。"
CANCELLED = "取り込みをやめました。何も保存していません。"
MOVED = "確認していただいた後に、利用者や担当課が変わりました。まだ何も保存していません。もう一度確かめてください。"
NO_RIGHT = "利用者の取り込みは事務局が行います。変更が必要なときは事務局に連絡してください。"


def import_page(request: HttpRequest) -> HttpResponse:
    """The form that takes the file, the preview, and after the confirmation what was done."""
    permissions.require(permissions.may_import(request.user, User), NO_RIGHT)
    if request.method == "POST" and "file" not in request.FILES and "waiting" in request.POST:
        return _answer(request)
    form = PeopleFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and (lines := form.read(request)):
        return _preview(request, lines, form.cleaned_data["file"])
    roster = Roster(request.user)
    roles, names = "・".join(roster.grantable), [str(office) for office in roster.offices.standing]
    return _page(request, "import", form=form, columns=COLUMNS, roles=roles, names=names)


def _preview(request: HttpRequest, lines: list[PersonLine], file) -> HttpResponse:
    outcome = look(lines, by=request.user)
    if outcome.faults or not outcome.changes:
        return _page(request, "preview", outcome=outcome, name=file.name, columns=COLUMNS[1:])
    waiting = OwnedFile(KIND, request.user)
    file.seek(0)
    waiting.save(file.read())
    return _asked(request, outcome, waiting.name, file.name)


def _asked(request: HttpRequest, outcome: Outcome, waiting: str, name: str) -> HttpResponse:
    form = ConfirmPeopleForm(initial={"waiting": waiting, "name": name[:255], "seal": outcome.seal})
    return _page(request, "preview", outcome=outcome, form=form, name=name, columns=COLUMNS[1:])


def _answer(request: HttpRequest) -> HttpResponse:
    form = ConfirmPeopleForm(request.POST)
    if not form.is_valid():
        return _again(request, EXPIRED)
    waiting, name = OwnedFile(KIND, request.user, form.cleaned_data["waiting"]), form.cleaned_data["name"]
    if "cancel" in request.POST:
        waiting.remove()
        return _again(request, CANCELLED)
    try:
        lines = lines_of(read_people(name, waiting.read()))
    except (FileNotFoundError, UploadError):
        return _again(request, EXPIRED)
    return _store(request, lines, waiting, form.cleaned_data)


def _store(request: HttpRequest, lines: list[PersonLine], waiting: OwnedFile, chosen: dict) -> HttpResponse:
    try:
        outcome, passwords = import_people(lines, by=request.user, seen=chosen["seal"], source=chosen["name"])
    except Moved:
        messages.warning(request, MOVED)
        return _asked(request, look(lines, by=request.user), waiting.name, chosen["name"])
    waiting.remove()
    tell_next_step(request)
    return _page(request, "done", outcome=outcome, passwords=passwords)


def _again(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    return HttpResponseRedirect(reverse("admin:people_import"))


def list_file(request: HttpRequest, ending: str) -> HttpResponse:
    """Today's people as a file to be edited and brought in again."""
    permissions.require(permissions.may_import(request.user, User), NO_RIGHT)
    if ending not in TYPES:
        raise Http404("CSVかExcel（xlsx）を選んでください。")
    data = staff_list(Roster(request.user), ending)
    headers = {"Content-Disposition": f'attachment; filename="people_{timezone.localdate()}.{ending}"'}
    return HttpResponse(data, content_type=TYPES[ending], headers=headers)


def _page(request: HttpRequest, page: str, /, **facts) -> HttpResponse:
    crumbs = [("利用者の一覧", reverse("admin:auth_user_changelist"))]
    return own_page(request, f"{FOLDER}/{page}.html", title=TITLE, crumbs=crumbs, **facts)


def urls(guarded: Callable) -> list[URLPattern]:
    """The pages' addresses, those of single accounts among them."""
    return [
        path("people/import/", guarded(import_page), name="people_import"),
        path("people/list.<str:ending>", guarded(list_file), name="people_list"),
        path("people/<str:step>/", guarded(switch_page), name="people_switch"),
        path("people/<int:pk>/start-password/", guarded(password_page), name="start_password"),
    ]


WRITERS = {"csv": write_csv, "xlsx": write_xlsx}
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX}
NO_FILE = "ファイルを選んでください。"


def staff_list(roster: Roster, ending: str) -> bytes:
    """The accounts in use that the roster's reader may manage, as a CSV or xlsx file."""
    people = [(person.username, roster.facts(person)) for person in roster.mine() if person != roster.reader]
    return WRITERS[ending](COLUMNS, [(username, *cells_of(facts)) for username, facts in people if facts.active])


def read_people(name: str, data: bytes) -> Table:
    """The table of the file. Raises UploadError for one that cannot be read."""
    table = read_csv(data) if Path(name).suffix.lower() == ".csv" else read_xlsx(data)
    check_columns(table.headers, COLUMNS)
    return table


def lines_of(table: Table) -> list[PersonLine]:
    """Its lines, numbered as a spreadsheet counts."""
    return [PersonLine(number, dict(zip(table.headers, cells, strict=True))) for number, cells in table.lines]


class PeopleFileForm(forms.Form):
    """Takes the file."""

    file = forms.FileField(
        label="職員のファイル",
        help_text="CSV、Excel（.xlsx）、LibreOffice（.ods）のファイルを選びます。保存する前に、変わるところを確かめられます。",
        widget=forms.FileInput(attrs={"accept": ",".join(SUFFIXES)}),
        error_messages={"required": NO_FILE, "missing": NO_FILE, "empty": "ファイルが空です。"},
    )

    def clean_file(self) -> UploadedFile:
        """The file, when it is neither too large nor of another kind."""
        file = self.cleaned_data["file"]
        if Path(file.name).suffix.lower() not in SUFFIXES:
            raise forms.ValidationError(not_a_table(file.name))
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(f"ファイルが大きすぎます。{LARGEST_FILE // MEGABYTE}MB以下に分けてください。")
        return file

    def read(self, request: HttpRequest) -> list[PersonLine]:
        """The lines; a file that cannot be read is told on the form, and gives none."""
        file = self.cleaned_data["file"]
        try:
            table = read_people(file.name, file.read())
        except UploadError as error:
            self.add_error("file", str(error))
            return []
        for sentence in table.passed_over:
            messages.info(request, sentence)
        return lines_of(table)


class ConfirmPeopleForm(forms.Form):
    """Names the waiting file and what was shown of it."""

    waiting = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)
    name = SignedName()
    seal = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)


FOLDER = "admin/people"
NOT_YOURS = (
    "自分の利用者と、事務局・公表権者・管理者などの利用者は、この画面では変えられません。管理者に連絡してください。"
)
STEPS = {
    "close": ("退職・異動で閉じる", close_accounts, "閉じました"),
    "reopen": ("もう一度使えるようにする", reopen_accounts, "使えるようにしました"),
}


def switch_page(request: HttpRequest, step: str) -> HttpResponse:
    """Names the people whose accounts are to be closed or used again (?person=1&person=2), and does it."""
    if step not in STEPS:
        raise Http404("この画面はありません。")
    title, act, done = STEPS[step]
    people = _people(request)
    if request.method != "POST":
        return _account_page(request, "switch", title, people=people, step=step)
    count = act(people, by=request.user)
    messages.success(request, f"{count}人の利用者を{done}。")
    return HttpResponseRedirect(reverse("admin:auth_user_changelist"))


def _people(request: HttpRequest) -> list[User]:
    asked = request.POST if request.method == "POST" else request.GET
    keys = {key for text in asked.getlist("person") if (key := number_in(text))}
    permissions.require(permissions.may_change(request.user, User))
    people = list(User.objects.filter(pk__in=keys).prefetch_related("departments").order_by("username"))
    if not people:
        raise Http404("利用者が選ばれていません。")
    mine = permissions.manageable_accounts(request.user).filter(pk__in=keys).count()
    permissions.require(mine == len(people) and request.user not in people, NOT_YOURS)
    return people


def password_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks, then makes a first password and shows it this once."""
    account = found_or_404(User.objects.all(), pk=pk)
    permissions.require(permissions.may_change(request.user, User, account) and account != request.user, NOT_YOURS)
    if request.method != "POST":
        return _account_page(request, "password", "最初のパスワードを作る", account=account)
    given = renew_password(account, by=request.user)
    return _account_page(request, "password", "最初のパスワード", account=account, passwords=[given])


def _account_page(request: HttpRequest, name: str, title: str, **facts) -> HttpResponse:
    crumbs = [("利用者の一覧", reverse("admin:auth_user_changelist"))]
    return own_page(request, f"{FOLDER}/{name}.html", title=title, crumbs=crumbs, **facts)
