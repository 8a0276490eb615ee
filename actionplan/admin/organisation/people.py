"""人事異動: a list of staff brought in from a file, with a preview before anything is stored."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from actionplan import permissions
from actionplan.admin.organisation import people_accounts
from actionplan.admin.organisation.people_file import (
    TYPES,
    ConfirmPeopleForm,
    PeopleFileForm,
    read_lines_of,
    staff_list,
)
from actionplan.admin.own_page import own_page
from actionplan.admin.uploads import OwnedFile
from actionplan.exports.uploads import UploadError
from actionplan.organisation.people import Outcome, import_people, look
from actionplan.organisation.people_lines import COLUMNS, Line
from actionplan.organisation.reorganise import GroundMoved
from actionplan.organisation.roster import Roster

FOLDER, KIND = "admin/people", "people"
TITLE = "人事異動をファイルから取り込む"
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
    if request.method == "POST" and form.is_valid() and (lines := form.read()):
        return _preview(request, lines, form.cleaned_data["file"])
    roster = Roster(request.user)
    roles, names = "・".join(roster.grantable), [str(office) for office in roster.offices.standing]
    return _page(request, "import", form=form, columns=COLUMNS, roles=roles, names=names)


def _preview(request: HttpRequest, lines: list[Line], file) -> HttpResponse:
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
        lines = read_lines_of(name, waiting.read())
    except (FileNotFoundError, UploadError):
        return _again(request, EXPIRED)
    return _store(request, lines, waiting, form.cleaned_data)


def _store(request: HttpRequest, lines: list[Line], waiting: OwnedFile, chosen: dict) -> HttpResponse:
    try:
        outcome, passwords = import_people(lines, by=request.user, seen=chosen["seal"], source=chosen["name"])
    except GroundMoved:
        messages.warning(request, MOVED)
        return _asked(request, look(lines, by=request.user), waiting.name, chosen["name"])
    waiting.remove()
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


def urls(door: Callable) -> list[URLPattern]:
    """The pages' addresses, those of single accounts among them."""
    return [
        path("people/import/", door(import_page), name="people_import"),
        path("people/list.<str:ending>", door(list_file), name="people_list"),
        *people_accounts.urls(door),
    ]
