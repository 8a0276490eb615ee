"""A file between its upload and its taking: where it waits, what was chosen of it, and what each page begins with."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from actionplan import permissions
from actionplan.admin.site import own_page
from actionplan.models import Person, Plan
from actionplan.past.files import read_source
from actionplan.past.source import Source
from actionplan.uploads import UploadError
from actionplan.waiting_files import ONE_DAY, WAITING_NAME, OwnedFile

KIND, FOLDER, TITLE = "past", "admin/past", "過去の年度を取り込む"
NOT_YOURS = "過去の年度を取り込めるのは、事務局だけです。必要なときは事務局に相談してください。"
EXPIRED = (
    "確認の途中のファイルがありません（取り込みが済んだか、1日たって消えました）。必要なら、もう一度選んでください。"
)
CANCELLED = "「{title}」の取り込みをやめました。何も保存していません。"


@dataclass(frozen=True)
class WaitingPast:
    """A file that waits. name: the one that cannot be guessed; title: its own. What was chosen lies beside it."""

    place: OwnedFile
    name: str
    title: str
    plan_id: int
    arrived: float

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
        draft = self._beside.with_suffix(f".{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(self.said | said, file)
        draft.replace(self._beside)

    def remove(self) -> None:
        """Removes the file and what was chosen."""
        self.place.remove()
        self._beside.unlink(missing_ok=True)


@lru_cache(maxsize=8)
def _read(where: Path, title: str, arrived: float) -> Source:
    # A waiting file never changes, and each page would read it again.
    return read_source(where.read_bytes().partition(b"\n")[2], title)


def keep(owner: Person, plan: Plan, title: str, data: bytes) -> WaitingPast:
    """The file, kept until it is taken."""
    place = OwnedFile(KIND, owner)
    place.save(json.dumps({"title": title, "plan": plan.pk}).encode() + b"\n" + data)
    return WaitingPast(place, place.name, title, plan.pk, place.path.stat().st_mtime)


def find(owner: Person, name: str) -> WaitingPast | None:
    """The person's waiting file of that name; None when there is none, or none any more."""
    if not WAITING_NAME.fullmatch(name):
        return None
    place = OwnedFile(KIND, owner, name)
    try:
        arrived = place.path.stat().st_mtime
        with place.path.open("rb") as file:
            head = json.loads(file.readline())
    except (FileNotFoundError, ValueError):
        return None
    waiting = WaitingPast(place, name, head["title"], head["plan"], arrived)
    if timezone.now().timestamp() - arrived > ONE_DAY:
        waiting.remove()
        return None
    return waiting


def waiting_of(owner: Person) -> list[WaitingPast]:
    """The person's waiting files, the first to arrive first."""
    prefix = OwnedFile(KIND, owner).prefix
    names = (each.name.removeprefix(prefix) for each in (settings.VAR_DIR / "uploads").glob(f"{prefix}*"))
    found = (find(owner, name) for name in names if WAITING_NAME.fullmatch(name))
    return sorted((each for each in found if each), key=lambda each: each.arrived)


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
            waiting.remove()
            messages.info(request, CANCELLED.format(title=waiting.title))
            return HttpResponseRedirect(reverse("admin:past"))
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
