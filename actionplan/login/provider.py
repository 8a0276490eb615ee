"""The city's OpenID Connect provider: where a browser is sent, and who it says has come back.

joserfc judges signatures and claims; every question to the provider together takes a page SECONDS at most.
"""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from typing import Any, TypeVar
from urllib.error import HTTPError
from urllib.parse import quote_plus, urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings
from django.core.checks import Error
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from tsushima_portal.environment import SingleSignOn

SECONDS = 4
# Asked no more than once in so many seconds while it keeps people waiting: each keeps a worker busy.
AWAY_SECONDS = 15
KEPT_SECONDS = 3600
LARGEST = 1024 * 1024
LEEWAY = 60  # Seconds by which two clocks may differ.
ALGORITHMS = ["RS256", "ES256"]
DOORS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
Answer = TypeVar("Answer")


class ProviderAwayError(Exception):
    """The provider does not answer, or not as one."""


class TokenRefusedError(Exception):
    """What the provider or the browser brought proves nobody; the reason is for the log."""


class _NoRedirect(HTTPRedirectHandler):
    """What the provider serves stands where it said; nothing leads elsewhere."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """None: such an answer is an error."""


_opener = build_opener(_NoRedirect)
# By address: what was read there, and until when it counts.
_read: dict[str, tuple[float, dict]] = {}
_away: dict[str, float] = {}


def named() -> SingleSignOn:
    """The provider that the settings name."""
    assert settings.OIDC is not None  # its pages are not there otherwise
    return settings.OIDC


def _is_in_its_scheme(address: object) -> bool:
    """Whether the address is one, and as safe as the issuer's: nothing leads from https to http."""
    return isinstance(address, str) and address.startswith(named().issuer.partition("//")[0] + "//")


def _within(work: Callable[[], Answer]) -> Answer:
    """What the work returns. Raises ProviderAwayError when it takes longer than SECONDS, name servers included."""
    issuer = named().issuer
    if time.monotonic() < _away.get(issuer, 0):
        raise ProviderAwayError("asked a moment ago")
    began, pool = time.monotonic(), ThreadPoolExecutor(1)
    try:
        return pool.submit(work).result(SECONDS)
    except (TimeoutError, ProviderAwayError) as error:
        # What fails at once keeps nobody busy; and no stranger's made-up code may shut the door for others.
        if time.monotonic() - began > SECONDS / 2:
            _away[issuer] = time.monotonic() + AWAY_SECONDS
        raise ProviderAwayError(str(error)) from error
    finally:
        pool.shutdown(wait=False)


def _ask(address: str, data: dict[str, str] | None = None, headers: dict[str, str] | None = None) -> dict:
    """The object of JSON that stands at the address. Raises ProviderAwayError, and HTTPError for a refusal (4xx)."""
    body = urlencode(data).encode() if data else None
    request = Request(address, body, {"Accept": "application/json", **(headers or {})})  # noqa: S310  # the settings', see _metadata
    try:
        with _opener.open(request, timeout=SECONDS) as answer:
            found = json.loads(answer.read(LARGEST))
    except HTTPError as error:
        if 400 <= error.code < 500:
            raise
        raise ProviderAwayError(error.code) from error
    except (OSError, HTTPException, ValueError) as error:
        raise ProviderAwayError(type(error).__name__) from error
    if not isinstance(found, dict):
        raise ProviderAwayError("no object")
    return found


def _known(address: str, *, anew: bool = False) -> dict:
    """What stands at the address, read at most once an hour."""
    until, found = _read.get(address, (0.0, {}))
    if anew or time.monotonic() > until:
        try:
            found = _ask(address)
        except HTTPError as error:
            raise ProviderAwayError(error.code) from error
        _read[address] = time.monotonic() + KEPT_SECONDS, found
    return found


def _metadata() -> dict:
    """The provider's own description. Raises ProviderAwayError when it is another one's, or leads out of https."""
    issuer = named().issuer.rstrip("/")
    found = _known(f"{issuer}/.well-known/openid-configuration")
    if str(found.get("issuer", "")).rstrip("/") != issuer:
        raise ProviderAwayError("another issuer")
    doors = [found.get(name) for name in DOORS]
    doors += [found[name] for name in ("userinfo_endpoint", "end_session_endpoint") if found.get(name)]
    if not all(map(_is_in_its_scheme, doors)):
        raise ProviderAwayError("no such address")
    return found


def sign_out_address(back: str) -> str:
    """Where a browser logs out of the provider too, and returns to `back`; empty where it offers none."""
    endpoint = _within(_metadata).get("end_session_endpoint")
    return _with(endpoint, {"client_id": named().client, "post_logout_redirect_uri": back}) if endpoint else ""


def _with(address: str, facts: dict[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(facts)}"


def way_there(back: str, *, anew: bool) -> tuple[str, dict[str, str]]:
    """Where the browser is sent, and what its session keeps meanwhile. anew: the person shows again who they are.

    back: the address to which the provider sends it. Raises ProviderAwayError.
    """
    kept = {name: secrets.token_urlsafe(48) for name in ("state", "nonce", "verifier")} | {"back": back}
    digest = hashlib.sha256(kept["verifier"].encode()).digest()
    facts = {"response_type": "code", "scope": "openid profile email", "client_id": named().client}
    facts |= {"redirect_uri": back, "state": kept["state"], "nonce": kept["nonce"], "code_challenge_method": "S256"}
    facts |= {"code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("=")}
    facts |= {"prompt": "login", "max_age": "0"} if anew else {}
    facts |= {"acr_values": " ".join(named().acr)} if named().acr else {}
    return _with(_within(_metadata)["authorization_endpoint"], facts), kept


def who_came(kept: dict[str, str], code: str) -> dict[str, Any]:
    """What the provider says of who came back with the code. Raises TokenRefusedError or ProviderAwayError."""
    try:
        return _within(lambda: _who_came(kept, code))
    except HTTPError as error:
        raise TokenRefusedError(f"refused with {error.code}") from error


def _who_came(kept: dict[str, str], code: str) -> dict[str, Any]:
    metadata = _metadata()
    tokens = _exchange(metadata, kept, code)
    claims = _judged(metadata, tokens.get("id_token"), kept["nonce"])
    if named().claim in claims or not metadata.get("userinfo_endpoint"):
        return claims
    # Many providers tell names only there.
    bearer = {"Authorization": f"Bearer {tokens.get('access_token')}"}
    told = _ask(metadata["userinfo_endpoint"], headers=bearer)
    if told.get("sub") != claims["sub"]:
        raise TokenRefusedError("userinfo of another")
    return told | claims


def _exchange(metadata: dict, kept: dict[str, str], code: str) -> dict:
    """The tokens for the code."""
    oidc = named()
    facts = {"grant_type": "authorization_code", "code": code, "redirect_uri": kept["back"]}
    facts |= {"code_verifier": kept["verifier"]}
    ways = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    if "client_secret_basic" not in ways:
        return _ask(metadata["token_endpoint"], facts | {"client_id": oidc.client, "client_secret": oidc.secret})
    pair = base64.b64encode(f"{quote_plus(oidc.client)}:{quote_plus(oidc.secret)}".encode()).decode()
    return _ask(metadata["token_endpoint"], facts, {"Authorization": f"Basic {pair}"})


def _judged(metadata: dict, token: Any, nonce: str) -> dict[str, Any]:
    """The claims of the token. Raises TokenRefusedError unless it is the issuer's, for us, for this log-in, and now."""
    client = named().client
    rules: dict[str, Any] = {name: {"essential": True} for name in ("sub", "exp", "iat")}
    values = {"iss": metadata["issuer"], "aud": client, "nonce": nonce}
    rules |= {name: {"essential": True, "value": value} for name, value in values.items()}
    try:
        claims = _opened(metadata, str(token))
        jwt.JWTClaimsRegistry(leeway=LEEWAY, **rules).validate(claims)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise TokenRefusedError(f"{type(error).__name__}: {error}") from error
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else client) != client:
        raise TokenRefusedError("made for another")
    return claims


def _opened(metadata: dict, token: str) -> dict[str, Any]:
    """The claims of the token; keys that are not known yet, or other ones by now, are read once more."""
    registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
    for anew in (False, True):
        keys: Any = _known(metadata["jwks_uri"], anew=anew)
        try:
            return jwt.decode(token, KeySet.import_key_set(keys), registry=registry).claims
        except (InvalidKeyIdError, BadSignatureError):
            if anew:
                raise
    raise AssertionError


def showed_second_factor(claims: dict[str, Any]) -> bool:
    """Whether the provider says that the person showed more than a password, in a word that the settings name."""
    ways = claims.get("amr")
    seen = any(way in named().amr for way in ways) if isinstance(ways, list) else False
    return seen or claims.get("acr") in named().acr


def check_issuer(**kwargs: Any) -> list[Error]:
    """For `check --deploy`: what says who somebody is must not pass in clear."""
    if settings.OIDC is None or settings.OIDC.issuer.startswith("https://"):
        return []
    sentence = f"OIDC_ISSUER={settings.OIDC.issuer} は、https:// で始まるアドレスにしてください。"
    return [Error(sentence, id="portal.E001")]
