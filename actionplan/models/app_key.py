"""The keys of the second factor's apps, sealed at rest: a copy of the database alone shows no code."""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django_otp.plugins.otp_totp.models import TOTPDevice

NONCE = 12


class KeyLostError(Exception):
    """No secret key that the portal knows opens what was sealed."""


def sealed(key: bytes, owner: int) -> str:
    """The key for this account alone, as the library's column takes it: 64 signs; a token of Fernet would have 120."""
    nonce = os.urandom(NONCE)
    return base64.urlsafe_b64encode(nonce + _cipher(settings.SECRET_KEY).encrypt(nonce, key, _bound(owner))).decode()


def opened(kept: str, owner: int) -> bytes:
    """The key of the account. Raises KeyLostError where neither the secret key nor a former one opens it."""
    try:
        whole = base64.urlsafe_b64decode(kept)
    except ValueError:
        raise KeyLostError from None
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return _cipher(secret).decrypt(whole[:NONCE], whole[NONCE:], _bound(owner))
        except (InvalidTag, ValueError):
            continue
    raise KeyLostError


def _cipher(secret: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=b"second factor").derive(secret.encode()))


def _bound(owner: int) -> bytes:
    """Ties a key to its account: moved to another's row, it opens nothing."""
    return f"account {owner}".encode()


class AppDevice(TOTPDevice):
    """The library's device with its key sealed."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = verbose_name_plural = "二段階の確認のアプリ"

    @property
    def bin_key(self) -> bytes:
        """The key as the library reckons with it. Raises KeyLostError."""
        return opened(self.key, self.user_id)

    def verify_token(self, token: str) -> bool:
        """Whether the app shows it; a key that a former secret key had sealed is under the present one then."""
        self.key = sealed(self.bin_key, self.user_id)
        return super().verify_token(token)
