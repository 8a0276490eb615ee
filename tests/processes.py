"""Fresh Python processes with the portal's settings and a chosen environment."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHOW = """
import json
from tsushima_portal import settings
names = "DEBUG SECURE_SSL_REDIRECT SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SECURE_HSTS_SECONDS"
shown = {name: getattr(settings, name) for name in [*names.split(), "SECRET_KEY", "ALLOWED_HOSTS"]}
shown["PROXY"] = getattr(settings, "SECURE_PROXY_SSL_HEADER", None)
shown["COOKIES"] = [getattr(settings, "SESSION_COOKIE_NAME", "sessionid")]
shown["COOKIES"] += [getattr(settings, "CSRF_COOKIE_NAME", "csrftoken")]
shown["DATABASE"] = settings.DATABASES["default"]
print(json.dumps(shown))
"""


def run_python(var: Path, *arguments: str, cwd: Path = ROOT, **variables: str) -> subprocess.CompletedProcess:
    """A finished process with its data in var and nothing of ours in its environment but these variables."""
    bare = {"PATH": os.environ["PATH"], "PYTHONUTF8": "1", "DJANGO_SETTINGS_MODULE": "tsushima_portal.settings"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**bare, "VAR_DIR": str(var), **variables},
        umask=0o077,
        capture_output=True,
        text=True,
        check=False,
    )


def settings_with(var: Path, cwd: Path = ROOT, **variables: str) -> dict:
    """The settings that such a process sees."""
    done = run_python(var, "-c", SHOW, cwd=cwd, **variables)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
