"""What a portal that others reach refuses to start with. Standard library only: asked before anything slow happens."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FALSE = {"0", "false", "no", "off"}
TRUE = {"1", "true", "yes", "on"}
# As the settings ask of the key that they make themselves.
SHORTEST_KEY, FEWEST_CHARACTERS = 50, 10
NEW_KEY = 'python3 -c "import secrets; print(secrets.token_urlsafe(50))"'


def flag(name: str, default: bool) -> bool:
    """The variable as on or off; a word that is neither is told of by the settings."""
    word = (os.environ.get(name) or "").strip().lower()
    return default if word not in TRUE | FALSE else word in TRUE


def public_only() -> bool:
    """Whether only citizens' pages are served: no staff wing, no log-in."""
    return flag("PUBLIC_ONLY", default=False)


def is_trial(loopback: bool) -> bool:
    """Whether only people at this computer look at it: no proxy speaks for others, and no https."""
    return loopback and not flag("TRUST_PROXY", default=False) and not flag("HTTPS", default=False)


def refusals(loopback: bool) -> list[str]:
    """A sentence for each thing that a portal for others must not have; none for a trial on this computer."""
    if is_trial(loopback):
        return []
    return [sentence for sentence in (_root(), _debug(), _hosts(), _key(), _issuer()) if sentence]


def _root() -> str:
    if os.geteuid() != 0:
        return ""
    return (
        "管理者（root）のままでは、ほかの人が使うポータルを起動しません。専用の利用者で起動してください。例：\n"
        f"  useradd --system --create-home portal && chown -R portal: {ROOT} && script/server\n"
        "  （フォルダーの持ち主が root でなければ、script/server は持ち主になって起動します）"
    )


def _debug() -> str:
    if not flag("DEBUG", default=False):
        return ""
    return (
        "DEBUG=on は、このコンピューターだけの試用（BIND=127.0.0.1、HTTPS なし）でしか使えません。"
        "DEBUG を外してください。"
    )


def _hosts() -> str:
    if "*" not in [word.strip() for word in (os.environ.get("ALLOWED_HOSTS") or "").split(",")]:
        return ""
    return "ALLOWED_HOSTS=* は使えません。公開する名前を並べてください。例：ALLOWED_HOSTS=plan.example.jp"


def _issuer() -> str:
    issuer = (os.environ.get("OIDC_ISSUER") or "").strip()
    if not issuer or issuer.startswith("https://"):
        return ""
    return f"OIDC_ISSUER={issuer} は使えません。https:// で始まるアドレスにしてください。"


def _key() -> str:
    key = os.environ.get("SECRET_KEY") or ""
    weak = len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_CHARACTERS or key.startswith("django-insecure-")
    if not key or not weak:
        return ""
    return (
        f"SECRET_KEY が弱すぎます（{SHORTEST_KEY}文字以上の、でたらめな文字列が必要です）。"
        f"SECRET_KEY を外すと自動で作ります。自分で作るには：\n  {NEW_KEY}"
    )
