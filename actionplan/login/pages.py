"""The pages of the log-in: one's own (code, app, password, log-ins), and a forgotten password."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from axes.models import AccessLog
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import PasswordChangeView, PasswordResetConfirmView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse, reverse_lazy
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import url_has_allowed_host_and_scheme, urlsafe_base64_encode
from django.views.decorators.cache import never_cache

from actionplan import permissions
from actionplan.admin.site import own_page
from actionplan.login import gate, second_factor, told
from actionplan.login.limits import (
    BUSY,
    FORGOTTEN,
    HELD,
    forget_failures,
    hold_on,
    needs_turn,
    note_failure,
    turn,
)
from actionplan.login.sessions import end_sessions, follow, hash_of, live_sessions
from actionplan.mail import Words, goes_out, send_aside
from actionplan.models import FirstPassword
from actionplan.words import full_name, plain_moment

LAPSED = (
    "最初のパスワードの期限（{days}日）が過ぎたため、使えなくなりました。"
    "事務局に、最初のパスワードを新しく作ってもらってください。"
)
ELSEWHERE = "この利用者は、「市の認証基盤でログインする」からログインしてください。"
PASSWORD_SET = "パスワードを変えました。ほかの画面でのログインは切れました。"
SIGNED_OUT = "ほかの{count}件のログインを切りました。"
SENT = "登録されているメールアドレスであれば、パスワードを決め直すためのメールが届きます。"
FORGOTTEN_SUBJECT = "【アクションプラン管理】パスワードの決め直し"
FORGOTTEN_BODY = """{name}さん（利用者名：{username}）

次のリンクを開いて、新しいパスワードを決めてください。リンクは1時間、1回だけ使えます。
{link}

心当たりがないときは、何もしないでください。パスワードは変わりません。続くときは、事務局に知らせてください。
"""


class LoginForm(AdminAuthenticationForm):
    """Django's, which also refuses a first password that has lapsed, and says when nothing was looked at."""

    def clean(self) -> dict[str, Any]:
        """The cleaned data; what stands in the way is told in its own words."""
        name = self.cleaned_data.get("username") or ""
        assert self.request is not None  # the log-in's page is its only user
        with turn() if needs_turn(self.request, name) else nullcontext(True) as free:
            if not free:
                raise ValidationError(BUSY, code="crowded")
            return self._judged()

    def _judged(self) -> dict[str, Any]:
        try:
            return super().clean()
        except ValidationError:
            if getattr(self.request, "axes_locked_out", False):
                raise ValidationError(HELD, code="held") from None
            raise

    def confirm_login_allowed(self, user: Any) -> None:
        """Raises ValidationError for who may not come in though the password is right."""
        super().confirm_login_allowed(user)
        if settings.OIDC and settings.OIDC.only and not user.is_superuser:
            told("login_elsewhere", self.request, account=user.pk)
            raise ValidationError(ELSEWHERE, code="elsewhere")
        first = FirstPassword.objects.filter(account=user).first()
        if first and first.lapses_at < timezone.now():
            told("first_password_lapsed", self.request, account=user.pk)
            raise ValidationError(LAPSED.format(days=settings.FIRST_PASSWORD_DAYS), code="lapsed")


class CodeForm(forms.Form):
    """Takes a code."""

    code = forms.CharField(
        label="番号",
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "size": 20}),
        error_messages={"required": "番号を入れてください。"},
    )


def code_page(request: HttpRequest) -> HttpResponse:
    """Asks for the app's figures, or a recovery code, after the password."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        fault = second_factor.verify(request, form.cleaned_data["code"])
        if not fault:
            return onward(request)
        form.add_error("code", fault)
    return own_page(request, "admin/login/code.html", title="二段階の確認", form=form, next=next_page(request))


def set_page(request: HttpRequest) -> HttpResponse:
    """Shows a key for an app; once the app knows it, the recovery codes, this once."""
    has_device = second_factor.has_device(request.user)
    if has_device and not gate.is_fresh(request):
        return HttpResponseRedirect(f"{reverse('admin:confirm')}?next={request.path}")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        codes, fault = second_factor.enrol(request, form.cleaned_data["code"])
        if codes:
            return _codes(request, codes)
        form.add_error("code", fault)
    facts: dict[str, Any] = {"app": second_factor.new_app(request), "form": form, "again": has_device}
    return own_page(request, "admin/login/set.html", title="二段階の確認の登録", **facts)


def codes_page(request: HttpRequest) -> HttpResponse:
    """Makes new recovery codes and shows them this once."""
    permissions.require(request.method == "POST" and second_factor.has_device(request.user))
    told("recovery_codes", request)
    return _codes(request, second_factor.new_recovery_codes(request.user))


def _codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    return own_page(request, "admin/login/codes.html", title="紙に控える番号", codes=codes)


def confirm_page(request: HttpRequest) -> HttpResponse:
    """Asks for the password or a code again before a page that is about to be opened."""
    fault = ""
    if request.method == "POST":
        fault = gate.confirm(request, request.POST.get(gate.SECRET, ""))
        if not fault:
            return onward(request)
    return gate.confirm_page(request, request.get_full_path(), fault=fault)


def next_page(request: HttpRequest) -> str:
    """Where the person was going; empty when that is none of our pages."""
    wanted, https = request.POST.get("next") or request.GET.get("next") or "", request.is_secure()
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, https) else ""


def onward(request: HttpRequest) -> HttpResponse:
    """Leads to where the person was going, or to the front page."""
    return HttpResponseRedirect(next_page(request) or reverse("admin:index"))


@dataclass(frozen=True)
class OwnLogin:
    """One log-in of an account that is still open."""

    began: str
    address: str
    browser: str
    is_this: bool


def own_logins(request: HttpRequest) -> HttpResponse:
    """One's own log-ins that are open, to be ended elsewhere; the state of the second factor."""
    user, own = request.user, hash_of(request)
    if request.method == "POST":
        count = end_sessions(user, but=own)
        told("signed_out_elsewhere", request, count=count)
        messages.success(request, SIGNED_OUT.format(count=count))
        return HttpResponseRedirect(request.path)
    live = live_sessions(user)
    rows = AccessLog.objects.filter(username=user.get_username(), session_hash__in=live).order_by("-attempt_time")
    logins = [
        OwnLogin(_moment(row.attempt_time), row.ip_address or "", browser_name(row.user_agent), row.session_hash == own)
        for row in rows
    ]
    facts: dict[str, Any] = {"logins": logins, "previous": request.session.get(gate.PREVIOUS, "")}
    facts |= {"offers": settings.SECOND_FACTOR != "off", "has_device": second_factor.has_device(user)}
    facts |= {"codes_left": second_factor.codes_left(user)}
    return own_page(request, "admin/login/own_logins.html", title="自分のログイン", **facts)


# What a browser calls itself holds the names of others too: the first that fits is meant.
BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac", "Mac"))


def browser_name(said: str) -> str:
    """Chrome（Windows）; ほかのブラウザー for what is not known."""
    browser = next((name for mark, name in BROWSERS if mark in said), "ほかのブラウザー")
    system = next((name for mark, name in SYSTEMS if mark in said), "")
    return f"{browser}（{system}）" if system else browser


def _moment(moment: Any) -> str:
    return plain_moment(timezone.localtime(moment))


class OwnPasswordForm(AdminPasswordChangeForm):
    """Django's, with the log-in's limits on the old password."""

    request: HttpRequest

    def clean_old_password(self) -> str:
        """The old password. Raises ValidationError when it is wrong, or when it was wrong too often."""
        name = self.user.get_username()
        if hold_on(self.request, name):
            raise ValidationError(HELD, code="held")
        try:
            password = super().clean_old_password()
        except ValidationError:
            note_failure(self.request, name)
            raise
        forget_failures(self.request, name)
        return password


class OwnPasswordView(PasswordChangeView):
    """Django's page; the session goes on under a new key, every other one ends."""

    form_class = OwnPasswordForm
    template_name = "registration/password_change_form.html"
    success_url = reverse_lazy("admin:password_change_done")

    def get_form(self, form_class: Any = None) -> Any:
        """The form, told who asks."""
        form: Any = super().get_form(form_class)
        form.request = self.request
        return form

    def form_valid(self, form: Any) -> HttpResponse:
        """Changes it; the list of own log-ins follows the session to its new key."""
        before = hash_of(self.request)
        answer = super().form_valid(form)
        FirstPassword.objects.filter(account=form.user).delete()
        self.request.session[gate.FIRST] = False
        follow(self.request, before)
        told("password_changed", self.request)
        return answer


def own_password(request: HttpRequest) -> HttpResponseBase:
    """Takes the place of the admin's own page."""
    return OwnPasswordView.as_view(extra_context=_frame(request, "パスワードの変更"))(request)


def _frame(request: HttpRequest, title: str) -> dict[str, Any]:
    from django.contrib import admin

    return {**admin.site.each_context(request), "title": title, "subtitle": None}


@never_cache
def forgotten(request: HttpRequest) -> HttpResponse:
    """Asks for the address to which a link goes; says the same whoever has it, or nobody."""
    form, sent = PasswordResetForm(request.POST or None), False
    if request.method == "POST" and goes_out() and form.is_valid():
        address = form.cleaned_data["email"]
        if held := hold_on(request, address, FORGOTTEN):
            return gate.locked_page(held)
        note_failure(request, address, FORGOTTEN)
        for account in form.get_users(address):
            _send_link(request, account)
        sent = True
    facts: dict[str, Any] = {"form": form, "sent": SENT if sent else "", "goes_out": goes_out()}
    return own_page(request, "admin/login/forgotten.html", title="パスワードを忘れたとき", **facts)


def _send_link(request: HttpRequest, account: Any) -> None:
    uid, token = urlsafe_base64_encode(force_bytes(account.pk)), default_token_generator.make_token(account)
    site = settings.SITE_URL or request.build_absolute_uri("/").rstrip("/")
    link = f"{site}{reverse('admin:forgotten_set', args=[uid, token])}"
    body = FORGOTTEN_BODY.format(name=full_name(account), username=account.get_username(), link=link)
    told("password_link_sent", request, account=account.pk)
    send_aside(Words(FORGOTTEN_SUBJECT, body), [account.email])


class ForgottenView(PasswordResetConfirmView):
    """Takes the new password of who holds a link; every session of the account ends."""

    template_name = "admin/login/forgotten_set.html"
    success_url = reverse_lazy("admin:login")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form in the admin's frame."""
        return super().get_context_data(**kwargs) | _frame(self.request, "新しいパスワードを決める")

    def form_valid(self, form: Any) -> HttpResponse:
        """Stores it as the owner's own."""
        answer = super().form_valid(form)
        FirstPassword.objects.filter(account=form.user).delete()
        end_sessions(form.user)
        told("password_reset", self.request, account=form.user.pk)
        messages.success(self.request, PASSWORD_SET)
        return answer


def urls(guarded: Callable) -> list[URLPattern]:
    """The pages' addresses; a forgotten password is asked for by who is not logged in."""
    return [
        path("password_change/", guarded(own_password), name="password_change"),
        path("second-factor/", guarded(code_page), name="second_factor"),
        path("second-factor/set/", guarded(set_page), name="second_factor_set"),
        path("second-factor/codes/", guarded(codes_page), name="second_factor_codes"),
        path("confirm/", guarded(confirm_page), name="confirm"),
        path("own-logins/", guarded(own_logins), name="own_logins"),
        path("forgotten/", forgotten, name="forgotten"),
        path("forgotten/<str:uidb64>/<str:token>/", ForgottenView.as_view(), name="forgotten_set"),
    ]
