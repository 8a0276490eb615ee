"""A small OpenID Connect provider on this machine, as strict as a real one with what it is sent, and able to lie."""

import base64
import hashlib
import hmac
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

CLIENT, SECRET = "portal", "a secret: with signs/+"


class City:
    """The provider. Tests change what it says by `claims` (laid over the honest ones), `header` and `person`."""

    def __init__(self) -> None:
        self.keys = [RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})]
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"city": self}))
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.reset()

    def reset(self) -> None:
        """Honest again, about yamada."""
        self.person, self.claims, self.header, self.metadata = {"preferred_username": "yamada"}, {}, {}, {}
        self.userinfo, self.silent, self.signs = {}, False, None
        self.codes: dict[str, dict] = {}
        self.asked: list[str] = []

    def visit(self, address: str) -> str:
        """The address to which a browser that follows the portal's is sent back, after its person has logged in."""
        facts = dict(parse_qsl(urlsplit(address).query, strict_parsing=True))
        assert address.startswith(f"{self.issuer}/authorize?")
        assert (facts["response_type"], facts["client_id"]) == ("code", CLIENT)
        assert facts["code_challenge_method"] == "S256"
        assert "openid" in facts["scope"].split()
        code = f"code-{len(self.codes)}"
        self.codes[code] = facts
        back = urlsplit(facts["redirect_uri"])
        assert back.path == "/admin/sso/back/"
        return f"{back.path}?{urlencode({'code': code, 'state': facts['state']})}"

    def exchange(self, facts: dict, authorization: str) -> dict | None:
        """The tokens for a code, once; None for a wrong secret, verifier or address."""
        asked = self.codes.pop(facts.get("code", ""), None)
        digest = hashlib.sha256(facts.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        pair = base64.b64encode(urlencode({CLIENT: SECRET}).replace("=", ":").encode()).decode()
        known = authorization == f"Basic {pair}"
        if (
            not asked
            or not known
            or (challenge, facts["redirect_uri"])
            != (
                asked["code_challenge"],
                asked["redirect_uri"],
            )
        ):
            return None
        return {"access_token": "t", "token_type": "Bearer", "id_token": self.token(asked)}

    def token(self, asked: dict) -> str:
        """The token for what was asked."""
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": "1", "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims |= {"auth_time": now} if "max_age" in asked else {}
        claims = {name: value for name, value in (claims | self.person | self.claims).items() if value is not None}
        key = self.signs or self.keys[-1]
        header = {"alg": "ES256" if isinstance(key, ECKey) else "RS256", "kid": "one"} | self.header
        if header["alg"] in ("none", "HS256"):
            return _forged(header, claims, self.signs)
        return jwt.encode(header, claims, key, algorithms=[header["alg"]])

    def answer(self, path: str, data: dict, authorization: str) -> dict | None:
        """What stands at the path; None: refused."""
        self.asked.append(path)
        places = {name: f"{self.issuer}/{name}" for name in ("authorize", "token", "jwks", "userinfo", "logout")}
        if path == "/.well-known/openid-configuration":
            found = {"issuer": self.issuer, "authorization_endpoint": places["authorize"]}
            found |= {"token_endpoint": places["token"], "jwks_uri": places["jwks"]}
            found |= {"userinfo_endpoint": places["userinfo"], "end_session_endpoint": places["logout"]}
            return found | self.metadata
        if path == "/jwks":
            return dict(KeySet(self.keys).as_dict(private=False))
        if path == "/userinfo":
            return self.userinfo if authorization == "Bearer t" else None
        return self.exchange(data, authorization)


def _forged(header: dict, claims: dict, key: bytes | None) -> str:
    """A token that the library would not make: unsigned, or with whatever key."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims)]
    signature = hmac.digest(key, b".".join(parts), "sha256") if key else b""
    return b".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()


class _Handler(BaseHTTPRequestHandler):
    city: City

    def do_GET(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        data = {name: values[0] for name, values in parse_qs(self.rfile.read(size).decode()).items()}
        if self.city.silent:
            return
        found = self.city.answer(self.path, data, self.headers.get("Authorization", ""))
        body = json.dumps(found or {"error": "invalid_grant"}).encode()
        self.send_response(200 if found else 400)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *args) -> None:
        """Says nothing."""
