"""Logging in, and showing anew who one is, at the city's OpenID Connect provider, where the settings name one."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.core import checks
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from actionplan.admin.site import own_page
from actionplan.login import gate, provider, told
from actionplan.login.pages import next_page, onward
from actionplan.login.provider import ProviderAwayError, TokenRefusedError
from actionplan.login.sessions import renew_key

PENDING = "single_sign_on"
PENDING_SECONDS = 600
AWAY = (
    "市の認証基盤が応答しないため、認証基盤ではログインできません。少し待ってもう一度試すか、"
    "この画面の利用者名とパスワードを持っている人は、それでログインしてください。"
)
LOST = "ログインの途中の情報が見つからないか、時間がたちすぎています。ログインの画面から、もう一度始めてください。"
UNPROVEN = "市の認証基盤からの答えを確かめられなかったため、ログインしていません。もう一度試してください。"
DECLINED = "市の認証基盤で、ログインが取りやめになりました。もう一度試してください。"
NAMELESS = "市の認証基盤が利用者名を知らせてこないため、ログインできません。サーバーの担当者に知らせてください。"
UNKNOWN = "市の認証基盤の利用者に当たる利用者が、ここにはありません。事務局に、利用者を作るように頼んでください。"
SEVERAL = "市の認証基盤の利用者に当たる利用者が、ここに2人以上います。事務局に知らせてください。"
CLOSED = "この利用者は、いまは使えません（閉じています）。事務局に確かめてください。"
SEALED = "管理者の利用者は、市の認証基盤ではログインできません。利用者名とパスワードでログインしてください。"
ANOTHER = "いまログインしている人と、認証基盤で確かめた人が違います。"
CONFIRMED = "本人の確認ができました。入力の途中の画面に戻り、「確かめ終わったので続ける」を押してください。"


class NotLetInError(Exception):
    """Nobody comes in: the sentence that says why, and the account that it is about, if any."""

    def __init__(self, sentence: str, why: str, account: User | None = None) -> None:
        super().__init__(sentence)
        self.sentence, self.why, self.account = sentence, why, account


@require_GET
@never_cache
def begin(request: HttpRequest) -> HttpResponse:
    """Sends the browser to the provider: to log in, or, where somebody is, to show anew who that is."""
    _require_provider()
    anew = request.user.is_authenticated
    if anew and "confirm" not in request.GET:
        return onward(request)
    back = request.build_absolute_uri(reverse("admin:single_sign_on_back"))
    try:
        address, kept = provider.way_there(back, anew=anew)
    except ProviderAwayError as away:
        return _refused(request, NotLetInError(AWAY, f"away: {away}"), status=503)
    facts = {"began": time.time(), "next": next_page(request), "account": request.user.pk}
    request.session[PENDING] = kept | facts
    return HttpResponseRedirect(address)


@require_GET
@never_cache
def back(request: HttpRequest) -> HttpResponse:
    """Lets in who came back from the provider, once for each time that the browser was sent there."""
    _require_provider()
    kept = request.session.pop(PENDING, None)
    try:
        claims = _claims(request, kept)
        account = account_of(claims)
        if kept["account"] is not None:
            return _confirm(request, account, claims, kept)
        out = provider.sign_out_address(request.build_absolute_uri(reverse("admin:login")))
    except NotLetInError as refusal:
        return _refused(request, refusal)
    except ProviderAwayError as away:
        return _refused(request, NotLetInError(AWAY, f"away: {away}"), status=503)
    except TokenRefusedError as refusal:
        return _refused(request, NotLetInError(UNPROVEN, str(refusal)))
    _log_in(request, account, claims, out)
    return HttpResponseRedirect(kept["next"] or reverse("admin:index"))


def _require_provider() -> None:
    if settings.OIDC is None:
        raise Http404("このページはありません。")


def _claims(request: HttpRequest, kept: dict[str, Any] | None) -> dict[str, Any]:
    """What the provider says of who came back. Raises NotLetInError when this browser was not sent there just now."""
    sent = request.GET
    if not kept or not constant_time_compare(kept["state"], sent.get("state", "")):
        raise NotLetInError(LOST, "state")
    if time.time() - kept["began"] > PENDING_SECONDS or kept["account"] != request.user.pk:
        raise NotLetInError(LOST, "late")
    # RFC 9207: an answer of another provider is not taken to this one.
    issuer = provider.named().issuer
    if sent.get("iss", issuer).rstrip("/") != issuer.rstrip("/"):
        raise NotLetInError(UNPROVEN, "another issuer")
    if "error" in sent or not sent.get("code"):
        raise NotLetInError(DECLINED, "declined")
    return provider.who_came(kept, sent["code"])


def account_of(claims: dict[str, Any]) -> User:
    """The account that the office has made for whom the claims name. Raises NotLetInError; makes none."""
    claim = provider.named().claim
    value, by_mail = claims.get(claim), claim == "email"
    if not isinstance(value, str) or not value.strip():
        raise NotLetInError(NAMELESS, f"no {claim}")
    # Letters that only look alike, or become alike in capitals, are no mail address of the city's.
    if by_mail and (not value.isascii() or claims.get("email_verified", True) in (False, "false")):
        raise NotLetInError(UNKNOWN, "mail address not shown")
    found = list(User.objects.filter(**{"email__iexact" if by_mail else "username": value}))
    usable = [account for account in found if account.is_active and account.is_staff and not account.is_superuser]
    if len(usable) == 1:
        return usable[0]
    if usable:
        raise NotLetInError(SEVERAL, "several")
    if sealed := next((account for account in found if account.is_superuser), None):
        raise NotLetInError(SEALED, "superuser", sealed)
    raise NotLetInError(CLOSED, "closed", found[0]) if found else NotLetInError(UNKNOWN, "unknown")


def _log_in(request: HttpRequest, account: User, claims: dict[str, Any], out: str) -> None:
    """out: where a browser logs out of the provider too."""
    login(request, account, backend="django.contrib.auth.backends.ModelBackend")
    session, second = request.session, provider.showed_second_factor(claims)
    # A first password that waits is a matter of the log-in by password.
    session[gate.FIRST] = False
    session[gate.BY_PROVIDER], session[gate.PROVIDER_FACTOR] = out, second
    # Somebody may have logged in there hours ago: only what the provider says of it counts as a fresh yes.
    session[gate.CONFIRMED] = min(_shown_at(claims), time.time())
    told("single_sign_on", request, user=account.pk, second_factor=second or None)


def _shown_at(claims: dict[str, Any]) -> float:
    """When the person last showed the provider who they are; 0 where it does not say."""
    shown = claims.get("auth_time")
    return shown if isinstance(shown, int | float) else 0


def _confirm(request: HttpRequest, account: User, claims: dict[str, Any], kept: dict[str, Any]) -> HttpResponse:
    """Counts as a fresh yes, when it was the same person, just now."""
    if account != request.user:
        raise NotLetInError(ANOTHER, "another person", account)
    if not _shown_at(claims) >= kept["began"] - provider.LEEWAY:
        raise NotLetInError(UNPROVEN, "not asked anew")
    request.session[gate.CONFIRMED] = time.time()
    renew_key(request)
    told("confirmed", request, single_sign_on=True)
    if not kept["next"]:
        messages.success(request, CONFIRMED)
    return HttpResponseRedirect(kept["next"] or reverse("admin:index"))


def _refused(request: HttpRequest, refusal: NotLetInError, *, status: int = 403) -> HttpResponse:
    about = refusal.account and refusal.account.pk
    told("single_sign_on_refused", request, why=refusal.why, account=about)
    facts: dict[str, Any] = {"sentence": refusal.sentence, "status": status}
    return own_page(request, "admin/login/not_let_in.html", title="ログインできませんでした", **facts)


def connect() -> None:
    """Called once when the application is ready."""
    checks.register(provider.check_issuer, checks.Tags.security, deploy=True)


def urls(guarded: Callable) -> list[URLPattern]:
    """The pages' addresses, open to who is not logged in."""
    return [
        path("sso/", begin, name="single_sign_on"),
        path("sso/back/", back, name="single_sign_on_back"),
    ]
