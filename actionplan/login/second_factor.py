"""The second factor: an app's six figures (TOTP, offline), and ten codes on paper for when the app is lost."""

import os
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

import django_otp
import segno
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import get_random_string, salted_hmac
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken

from actionplan import permissions
from actionplan.login import told
from actionplan.login.limits import CODE, HELD, forget_failures, hold_on, note_failure
from actionplan.login.sessions import renew_key
from actionplan.mail import Words, send_aside
from actionplan.models import AppDevice, KeyLostError, Person, opened, sealed

RECOVERY_CODES, KEY_BYTES = 10, 20
# No 0/O, 1/l/I: read off paper.
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
HALF = 5
SIX = re.compile(r"[0-9]{6}")
RESET_REASON = "二段階の確認の登録を取消し"
HAS_DEVICE, NEW_KEY = "has_second_factor", "new_second_factor"
WRONG_CODE = "番号が違うか、もう使われています。アプリにいま出ている番号を入れてください。"
KEY_LOST = (
    "サーバーの秘密の鍵が変わったため、二段階の確認のアプリの登録を読めません。番号は誤りに数えていません。"
    "事務局に「二段階の確認の登録の取消し」を頼んでください。事務局と管理者の利用者は、サーバーの担当者に頼んでください。"
)
SET_MAIL = Words(
    "【アクションプラン管理】二段階の確認のアプリが登録されました",
    "あなたの利用者に、二段階の確認のアプリが登録されました。前のアプリと紙の番号は、もう使えません。\n"
    "自分で登録したときは、何もしないでください。心当たりがないときは、すぐに事務局に知らせてください。\n",
)


def is_needed_by(user: Person) -> bool:
    """Whether the account has to have a second factor, as SECOND_FACTOR and its rights say."""
    return settings.SECOND_FACTOR == "needed" and permissions.needs_second_factor(user)


def has_device(user: Any) -> bool:
    """Whether the account has an app of its own registered."""
    return AppDevice.objects.filter(user=user, confirmed=True).exists()


@dataclass(frozen=True)
class NewApp:
    """What an app takes in: as a picture, and in letters for who cannot photograph it."""

    picture: str
    letters: str


def new_app(request: HttpRequest) -> NewApp:
    """The key that this session offers until an app has shown that it knows it; nowhere else yet."""
    user: Any = request.user
    kept = request.session.setdefault(NEW_KEY, sealed(os.urandom(KEY_BYTES), user.pk))
    device = AppDevice(user=user, key=kept)
    picture = segno.make(device.config_url, error="m").svg_data_uri(scale=4, border=4)
    secret = re.search(r"secret=([A-Z2-7]+)", device.config_url)
    return NewApp(picture, " ".join(re.findall(".{1,4}", secret[1] if secret else "")))


def enrol(request: HttpRequest, code: str) -> tuple[list[str], str]:
    """The recovery codes, once the app has shown its code; or the sentence that refuses it. An earlier app is gone."""
    user: Any = request.user
    name = user.get_username()
    if hold_on(request, name, CODE):
        return [], HELD
    kept = request.session.get(NEW_KEY)
    totp = TOTP(opened(kept, user.pk) if kept else b"")
    if not kept or not SIX.fullmatch(tidy(code)) or not totp.verify(int(tidy(code)), tolerance=1):
        return [], HELD if note_failure(request, name, CODE) else WRONG_CODE
    # The code has been shown: it opens nothing a second time.
    facts = {"key": request.session.pop(NEW_KEY), "drift": totp.drift, "last_t": totp.t()}
    with transaction.atomic():
        AppDevice.objects.filter(user=user).delete()
        device = AppDevice.objects.create(user=user, name="アプリ", confirmed=True, **facts)
        codes = new_recovery_codes(user)
    _let_in(request, device)
    send_aside(SET_MAIL, [user.email])
    told("second_factor_set", request)
    return codes, ""


def new_recovery_codes(user: Any) -> list[str]:
    """Ten codes, each good for one log-in; those of before are not any more. Kept only as hashes."""
    codes = [f"{get_random_string(HALF, LETTERS)}-{get_random_string(HALF, LETTERS)}" for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        # The same device: a session that came in by one of its codes stays in.
        device, _ = StaticDevice.objects.get_or_create(user=user, defaults={"name": "紙の番号", "confirmed": True})
        device.token_set.all().delete()
        for code in codes:
            device.token_set.create(token=_hashes(user, code)[0])
    return codes


def codes_left(user: Any) -> int:
    """How many recovery codes have not been used."""
    return StaticToken.objects.filter(device__user=user).count()


def tidy(code: str) -> str:
    """The code as it is kept: half-width, small, without blanks and hyphens."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", code).casefold())


def _hashes(user: Any, code: str) -> list[str]:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    text = f"{user.pk}:{tidy(code)}"
    return [salted_hmac("recovery code", text, secret=key, algorithm="sha256").hexdigest()[:16] for key in keys]


def verify(request: HttpRequest, code: str) -> str:
    """An empty string when the code is right, which lets the session in; otherwise a sentence."""
    name = request.user.get_username()
    if hold_on(request, name, CODE):
        return HELD
    try:
        device = _device_that_knows(request.user, code)
    except KeyLostError:
        told("second_factor_unreadable", request)
        return KEY_LOST
    if device:
        forget_failures(request, name, CODE)
        _let_in(request, device)
        told("recovery_code_used" if isinstance(device, StaticDevice) else "second_factor", request)
        return ""
    told("second_factor_failed", request)
    return HELD if note_failure(request, name, CODE) else WRONG_CODE


def _device_that_knows(user: Any, code: str) -> AppDevice | StaticDevice | None:
    """The device whose code it is; the code is used up."""
    if SIX.fullmatch(tidy(code)):
        devices = AppDevice.objects.filter(user=user, confirmed=True)
        found = (django_otp.verify_token(user, device.persistent_id, tidy(code)) for device in devices)
    else:
        papers = StaticDevice.objects.filter(user=user, confirmed=True, token_set__token__in=_hashes(user, code))
        tokens = papers.values_list("token_set__token", flat=True)
        found = (
            django_otp.verify_token(user, device.persistent_id, token)
            for device, token in zip(papers, tokens, strict=False)
        )
    return next(filter(None, found), None)


def _let_in(request: HttpRequest, device: AppDevice | StaticDevice) -> None:
    """Notes it in the session, under another key from now on."""
    django_otp.login(request, device)
    request.session[HAS_DEVICE] = True
    renew_key(request)


@transaction.atomic
def forget_devices(account: User) -> bool:
    """Whether there was anything to forget: app and codes of the account are gone, and it may begin anew."""
    gone = [model.objects.filter(user=account).delete()[0] for model in (AppDevice, StaticDevice)]
    return any(gone)
