"""A file between its upload and its taking: where it waits, what was chosen of it, and what each page begins with."""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from actionplan import permissions
from actionplan.admin.site import own_page
from actionplan.models import DroppedFile, Person, Plan
from actionplan.past.files import read_source
from actionplan.past.source import Source, packed, unpacked
from actionplan.uploads import MEGABYTE, UploadError
from actionplan.waiting_files import ONE_DAY, WAITING_NAME, OwnedFile, uploads

KIND, FOLDER, TITLE = "past", "admin/past", "過去の年度を取り込む"
NOT_YOURS = "過去の年度を取り込めるのは、事務局だけです。必要なときは事務局に相談してください。"
EXPIRED = (
    "確認の途中のファイルがありません（取り込みが済んだか、1日たって消えました）。必要なら、もう一度選んでください。"
)
CANCELLED = "「{title}」の取り込みをやめました。ファイルと途中の選択は消えました。やめたことは、変更の記録に残ります。"
DISCARDED = "途中のファイルを取りやめる"
KINDS = {".xlsx": "Excel", ".csv": "CSV", ".docx": "Word", ".pdf": "PDF", ".json": "JSON"}
# By the page that comes next: how far a file has come, and the page's name among the addresses.
STEPS = {
    "past_table": "表を選ぶところ",
    "past_columns": "列の対応を決めるところ",
    "past_check": "取り込む内容を確かめるところ",
}


@dataclass(frozen=True)
class WaitingPast:
    """A file that waits. name: the one that cannot be guessed; title: its own. What was chosen lies beside it.

    owner: who sent it, by key. size: of what was sent, in bytes.
    """

    place: OwnedFile
    name: str
    title: str
    plan_id: int
    arrived: float
    owner: int | None
    size: int

    @property
    def since(self) -> datetime:
        """When it came."""
        return datetime.fromtimestamp(self.arrived, UTC)

    @property
    def until(self) -> datetime:
        """When it goes by itself."""
        return datetime.fromtimestamp(self.arrived + ONE_DAY, UTC)

    @property
    def kind(self) -> str:
        """Excel."""
        return KINDS.get(Path(self.title).suffix.lower(), "")

    @property
    def size_words(self) -> str:
        """1.2MB, 34KB."""
        return f"{self.size / MEGABYTE:.1f}MB" if self.size >= MEGABYTE else f"{max(1, self.size // 1024)}KB"

    @property
    def page_to_come(self) -> str:
        """The name of the page that comes next for it."""
        said = self.said
        return "past_check" if said.get("done") else "past_columns" if said.get("tables") else "past_table"

    @property
    def reached(self) -> str:
        """How far it has come, in words."""
        return STEPS[self.page_to_come]

    @property
    def source(self) -> Source:
        """What the file holds. Raises UploadError, FileNotFoundError."""
        return _read(self.place.path, self.title, self.arrived)

    @property
    def _beside(self) -> Path:
        return self.place.path.with_name(f"{self.place.path.name}.choices")

    @property
    def said(self) -> dict[str, Any]:
        """What was chosen so far; nothing at first."""
        try:
            return json.loads(self._beside.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}

    def say(self, **said: Any) -> None:
        """Keeps what was chosen, with what was chosen before."""
        _write(self._beside, json.dumps(self.said | said))

    def remove(self) -> None:
        """Removes the file and what was chosen."""
        self.place.remove()
        self._beside.unlink(missing_ok=True)
        _read_before(self.place.path).unlink(missing_ok=True)


def _write(where: Path, words: str) -> None:
    draft = where.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(words)
    draft.replace(where)


def _read_before(where: Path) -> Path:
    """Where what the file holds is kept once it was read: a waiting file never changes."""
    return where.with_name(f"{where.name}.read")


@lru_cache(maxsize=8)
def _read(where: Path, title: str, arrived: float) -> Source:
    # Each page would read it again, a long PDF for half a minute; another process has its own memory.
    data = where.read_bytes().partition(b"\n")[2]
    with suppress(FileNotFoundError, ValueError, TypeError):
        return unpacked(_read_before(where).read_text(encoding="utf-8"))
    source = read_source(data, title)
    _write(_read_before(where), packed(source))
    return source


def keep(owner: Person, plan: Plan, title: str, data: bytes) -> WaitingPast:
    """The file, kept until it is taken."""
    place = OwnedFile(KIND, owner)
    place.save(json.dumps({"title": title, "plan": plan.pk}).encode() + b"\n" + data)
    return WaitingPast(place, place.name, title, plan.pk, place.path.stat().st_mtime, owner.pk, len(data))


def find(owner: Person, name: str) -> WaitingPast | None:
    """The person's waiting file of that name; None when there is none, or none any more."""
    if not WAITING_NAME.fullmatch(name):
        return None
    place = OwnedFile(KIND, owner, name)
    try:
        facts = place.path.stat()
        with place.path.open("rb") as file:
            first = file.readline()
        head = json.loads(first)
    except (FileNotFoundError, ValueError):
        return None
    size = facts.st_size - len(first)
    waiting = WaitingPast(place, name, head["title"], head["plan"], facts.st_mtime, owner.pk, size)
    if timezone.now().timestamp() - waiting.arrived > ONE_DAY:
        waiting.remove()
        return None
    return waiting


def all_waiting() -> list[tuple[WaitingPast, User]]:
    """Everybody's waiting files with who sent them, the first to arrive first; one query."""
    parts = [each.name.split("-") for each in uploads().glob(f"{KIND}-*")]
    named = [(int(part[1]), part[2]) for part in parts if len(part) == 3 and part[1].isdecimal()]
    people = User.objects.in_bulk({owner for owner, _ in named})
    found = ((find(people[owner], name), people[owner]) for owner, name in named if owner in people)
    return sorted(((each, owner) for each, owner in found if each), key=lambda pair: pair[0].arrived)


def drop(waiting: WaitingPast, *, by: Person, reason: str) -> None:
    """Removes a file that was not taken in, and keeps who dropped what, and whose."""
    plan = Plan.objects.filter(pk=waiting.plan_id).first()
    DroppedFile.objects.create(
        plan=plan,
        label=waiting.title[:255],
        reached=waiting.reached,
        sent_by_id=waiting.owner,
        sent_at=waiting.since,
        dropped_by_id=by.pk,
        reason=reason,
    )
    waiting.remove()


def come_in(request: HttpRequest) -> None:
    """Returns when the person may bring past years in. Raises PermissionDenied."""
    permissions.require(permissions.may_bring_past(request.user), NOT_YOURS)


def page(request: HttpRequest, name: str, title: str, /, **facts: Any) -> HttpResponse:
    """A page of this room."""
    crumbs = [] if name == "upload" else [(TITLE, reverse("admin:past"))]
    return own_page(request, f"{FOLDER}/{name}.html", title=title, crumbs=crumbs, **facts)


def step(view: Callable[[HttpRequest, WaitingPast, Source], HttpResponse]) -> Callable:
    """A page about a waiting file; without it, the way leads back to the beginning."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def inner(request: HttpRequest, name: str) -> HttpResponse:
        come_in(request)
        waiting = find(request.user, name)
        if waiting is None:
            return _back(request, EXPIRED)
        if "cancel" in request.POST:
            return HttpResponseRedirect(reverse("admin:past_discard", args=[waiting.owner, waiting.name]))
        try:
            return view(request, waiting, waiting.source)
        except UploadError as refusal:
            return _back(request, f"「{waiting.title}」：{refusal}")
        except FileNotFoundError:
            return _back(request, EXPIRED)

    return inner


def _back(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    return HttpResponseRedirect(reverse("admin:past"))
