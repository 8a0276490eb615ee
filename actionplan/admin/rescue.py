"""Pages for a post that was refused before any form saw it: what was written is shown again, to be copied.

Django loads the admin site, which asks here, before the models are ready: nothing of ours is imported at the top.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.apps import apps
from django.contrib import admin, messages
from django.db import DatabaseError, InterfaceError
from django.db.models import Model, TextField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import urlencode

EXPIRED = "ログインの有効期限が切れたため、まだ保存されていません。"
STALE = "この画面を開いたあとにログインし直したか、画面が古くなったため、まだ保存されていません。"
CLOSED = (
    "保存する権限がないか、この画面を開いたあとに「確定」されたため、保存していません。"
    "直すところがあるときは、確定の取消しを事務局に頼んでください。"
)
GONE = "この画面を開いたあとに、ほかの人が削除したため、保存していません。"
NOTIFY = "事務局かシステムの担当者に、すぐに知らせてください。"
NOT_IN = "ログインできません。"


@dataclass(frozen=True)
class Weather:
    """What the database or the disk is in: by what words it is known, why it fails a person, and what to do.

    saved: what is true of what was to be saved; mend, mend_login: what to do then, and where it was a log-in.
    """

    signs: tuple[str, ...]
    why: str
    saved: str = "保存していません。"
    mend: str = NOTIFY
    mend_login: str = NOTIFY


AWAY = Weather(
    signs=(),
    why="データベースが応答しないため、",
    saved="保存できたことを確かめられません。",
    mend="少し待ってから新しい画面で開き、保存されていなければ、もう一度保存してください。",
    mend_login="少し待ってから、もう一度ログインしてください。",
)
CONDITIONS = (
    Weather(("is full", "no space left", "quota exceeded"), "サーバーの空き容量が足りないため、"),
    Weather(("readonly", "read-only"), "サーバーが書き込みを受け付けないため、"),
    Weather(
        ("shared_dir",),
        "写真・資料とファイルの共有フォルダーが見えないため、",
        "保存できたことを確かめられません。",
        "システムの担当者に知らせてください。直ったら新しい画面で開き、保存されていなければ、もう一度保存してください。",
        "システムの担当者に知らせてください。",
    ),
    Weather(
        ("is locked", "lock timeout", "deadlock"),
        "ほかの人の保存に時間がかかっているため、",
        "まだ保存されていません。",
        "1分ほど待って、もう一度保存してください。",
        "1分ほど待って、もう一度ログインしてください。",
    ),
    Weather(
        ("malformed", "not a database", "i/o error", "input/output error", "invalid page", "could not open file"),
        "データベースのファイルが読み書きできないため、",
        "保存できたことを確かめられません。",
    ),
)
BLANK = re.compile(r"\s")
OWN_PAGES = {"note": "訂正の説明", "reason": "理由"}


@dataclass(frozen=True)
class Text:
    """A long text that was sent: the name of its box, and the words."""

    label: str
    words: str


def login_expired(request: HttpRequest) -> HttpResponse:
    """The page for a form that was sent after its user's session had ended."""
    login = f"{reverse('admin:login')}?{urlencode({'next': _way_back(request)})}"
    return _page(request, "ログインの有効期限が切れました", EXPIRED, login, "新しい画面でログインする")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form whose token is stale or missing; settings.CSRF_FAILURE_VIEW."""
    return _page(request, "保存できませんでした", STALE, _way_back(request), "新しい画面で管理画面を開く")


def condition(mishap: BaseException) -> Weather:
    """What the mishap tells of the database or the disk, by the words of the two databases and the system."""
    said = str(mishap).lower()
    return next((each for each in CONDITIONS if any(sign in said for sign in each.signs)), AWAY)


def away(request: HttpRequest, mishap: BaseException) -> HttpResponse:
    """The page for a post that the condition of database or disk failed; it asks neither.

    What the view was about to say of its success is not said, neither here nor on the next page.
    """
    list(messages.get_messages(request))
    found, login = condition(mishap), request.path == reverse("admin:login")
    context = {
        "title": "ログインできませんでした" if login else "保存できませんでした",
        "sentence": found.why + (NOT_IN + found.mend_login if login else found.saved + found.mend),
        "address": _way_back(request),
        "texts": _texts_at_hand(request),
    }
    response = render(request, "admin/portal/away.html", context, status=503)
    response["Cache-Control"], response["Retry-After"] = "no-store", "60"
    return response


def refused(request: HttpRequest, sentence: str, *, status: int = 403) -> HttpResponse:
    """The page for a post that its page may not or cannot take any more; the sentence says why."""
    front = reverse("admin:index")
    return _page(request, "保存できませんでした", sentence, front, "新しい画面で管理画面を開く", status=status)


def _page(
    request: HttpRequest, title: str, sentence: str, address: str, link: str, *, status: int = 403
) -> HttpResponse:
    context = {"title": title, "sentence": sentence, "address": address, "link": link, "texts": list(texts(request))}
    return render(request, "admin/portal/rescue.html", admin.site.each_context(request) | context, status=status)


def texts(request: HttpRequest) -> Iterator[Text]:
    """The long texts of the post that its user wrote or changed; nothing short, and nothing of the login form.

    A page of our own that names its boxes in its own way has a function `sent_texts`, which reads the post.
    """
    if request.path == reverse("admin:login"):
        return
    if sent_texts := _own_reader(request):
        yield from sent_texts(request.POST)
        return
    labels = _labels(request)
    for place, words in request.POST.dict().items():
        *row, name = place.split("-")
        if name in labels and not place.startswith("initial-") and _is_written(request, place, words):
            number = f"（{int(row[-1]) + 1}行目）" if row and row[-1].isdecimal() else ""
            yield Text(labels[name] + number, words)


def _texts_at_hand(request: HttpRequest) -> list[Text]:
    """The texts; all that was sent in running words where their boxes' names can only be had from the database."""
    try:
        return list(texts(request))
    except (DatabaseError, InterfaceError, OSError):
        sent = request.POST.dict().items()
        return [
            Text("書いた文", words) for place, words in sent if _is_prose(words) and _is_written(request, place, words)
        ]


def _is_prose(words: str) -> bool:
    """Whether a person wrote it, not the page: in Japanese, or with a blank."""
    return not words.isascii() or bool(BLANK.search(words.strip()))


def _own_reader(request: HttpRequest) -> Callable[[Mapping[str, str]], Iterable[Text]] | None:
    try:
        return getattr(resolve(request.path_info).func, "sent_texts", None)
    except Resolver404:
        return None


def _way_back(request: HttpRequest) -> str:
    """The page itself where its boxes stand ready for the words; the front page otherwise."""
    return request.get_full_path() if _own_reader(request) else reverse("admin:index")


def _is_written(request: HttpRequest, place: str, words: str) -> bool:
    shown = request.POST.get(f"initial-{place}", "")
    return bool(words.strip()) and words.splitlines() != shown.splitlines()


def _labels(request: HttpRequest) -> dict[str, str]:
    """The names of the page's long texts with what people call them; every text of the record for pages of our own."""
    try:
        page = getattr(resolve(request.path_info).func, "model_admin", None)
    except Resolver404:
        page = None
    if page is None:
        return _texts_of(*apps.get_app_config("actionplan").get_models()) | OWN_PAGES
    return _texts_of(page.model, *(inline.model for inline in page.inlines))


def _texts_of(*models: type[Model]) -> dict[str, str]:
    fields = [field for model in reversed(models) for field in model._meta.concrete_fields]
    return {field.name: str(field.verbose_name) for field in fields if isinstance(field, TextField)}
