"""The second factor: an app's six figures (TOTP, offline), and ten codes on paper for when the app is lost."""

import re
import unicodedata
from binascii import unhexlify
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
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from actionplan import permissions
from actionplan.login import told
from actionplan.login.limits import CODE, HELD, forget_failures, hold_on, note_failure
from actionplan.models import Person

RECOVERY_CODES = 10
# No 0/O, 1/l/I: read off paper.
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
HALF = 5
SIX = re.compile(r"[0-9]{6}")
RESET_REASON = "二段階の確認の登録を取消し"
HAS_DEVICE, NEW_KEY = "has_second_factor", "new_second_factor"
WRONG_CODE = "番号が違うか、もう使われています。アプリにいま出ている番号を入れてください。"


def is_needed_by(user: Person) -> bool:
    """Whether the account has to have a second factor, as SECOND_FACTOR and its rights say."""
    return settings.SECOND_FACTOR == "needed" and permissions.needs_second_factor(user)


def has_device(user: Any) -> bool:
    """Whether the account has an app of its own registered."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


@dataclass(frozen=True)
class NewApp:
    """What an app takes in: as a picture, and in letters for who cannot photograph it."""

    picture: str
    letters: str


def new_app(request: HttpRequest) -> NewApp:
    """The key that this session offers until an app has shown that it knows it; nowhere else yet."""
    key = request.session.setdefault(NEW_KEY, random_hex(20))
    device = TOTPDevice(user=request.user, key=key)
    picture = segno.make(device.config_url, error="m").svg_data_uri(scale=4, border=4)
    secret = re.search(r"secret=([A-Z2-7]+)", device.config_url)
    return NewApp(picture, " ".join(re.findall(".{1,4}", secret[1] if secret else "")))


def enrol(request: HttpRequest, code: str) -> tuple[list[str], str]:
    """The recovery codes, once the app has shown its code; or the sentence that refuses it. An earlier app is gone."""
    user, name = request.user, request.user.get_username()
    if hold_on(request, name, CODE):
        return [], HELD
    totp = TOTP(unhexlify(request.session.get(NEW_KEY, "")))
    if NEW_KEY not in request.session or not SIX.fullmatch(tidy(code)) or not totp.verify(int(tidy(code)), tolerance=1):
        return [], HELD if note_failure(request, name, CODE) else WRONG_CODE
    # The code has been shown: it opens nothing a second time.
    facts = {"key": request.session.pop(NEW_KEY), "drift": totp.drift, "last_t": totp.t()}
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).delete()
        device = TOTPDevice.objects.create(user=user, name="アプリ", confirmed=True, **facts)
        codes = new_recovery_codes(user)
    _let_in(request, device)
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
    if device := _device_that_knows(request.user, code):
        forget_failures(request, name, CODE)
        _let_in(request, device)
        told("recovery_code_used" if isinstance(device, StaticDevice) else "second_factor", request)
        return ""
    told("second_factor_failed", request)
    return HELD if note_failure(request, name, CODE) else WRONG_CODE


def _device_that_knows(user: Any, code: str) -> TOTPDevice | StaticDevice | None:
    """The device whose code it is; the code is used up."""
    if SIX.fullmatch(tidy(code)):
        devices = TOTPDevice.objects.filter(user=user, confirmed=True)
        found = (django_otp.verify_token(user, device.persistent_id, tidy(code)) for device in devices)
    else:
        papers = StaticDevice.objects.filter(user=user, confirmed=True, token_set__token__in=_hashes(user, code))
        tokens = papers.values_list("token_set__token", flat=True)
        found = (
            django_otp.verify_token(user, device.persistent_id, token)
            for device, token in zip(papers, tokens, strict=False)
        )
    return next(filter(None, found), None)


def _let_in(request: HttpRequest, device: TOTPDevice | StaticDevice) -> None:
    django_otp.login(request, device)
    request.session[HAS_DEVICE] = True


@transaction.atomic
def forget_devices(account: User) -> bool:
    """Whether there was anything to forget: app and codes of the account are gone, and it may begin anew."""
    gone = [model.objects.filter(user=account).delete()[0] for model in (TOTPDevice, StaticDevice)]
    return any(gone)
