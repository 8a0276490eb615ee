"""Stand-ins for Python, and runs of the two commands with nothing else in their environment."""

import os
import subprocess
from pathlib import Path

OLD_PYTHON = "#!/bin/sh\nexit 1\n"
# Answers as a Python without the named module would, and as itself otherwise.
CRIPPLED_PYTHON = """#!/bin/sh
case "$*" in *"{words}"*) echo "{says}" >&2; exit 1 ;; esac
exec "{python}" "$@"
"""
# Counts installations instead of making them, and ends the preparation with a number of its own.
COUNTING_PYTHON = """#!/bin/sh
case "$*" in
  *"pip install"*) echo installed >>"{log}"; exit 0 ;;
  *script.lib.prepare*) exit 3 ;;
esac
exec "{python}" "$@"
"""


def command(folder: Path, name: str, content: str) -> None:
    """Puts an executable of that content into the folder."""
    (folder / name).write_text(content)
    (folder / name).chmod(0o755)


def start(project: Path, path: Path | None = None, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
    """What script/server of the project answers, called from elsewhere with only these variables."""
    search = str(path) if path else os.environ["PATH"]
    return subprocess.run(
        [project / "script" / "server", *arguments],
        cwd="/",
        env={"PATH": search, "HOME": "/nonexistent", **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def assert_refused(done: subprocess.CompletedProcess, project: Path, *words: str) -> None:
    """It failed with these words on stderr, before it made anything."""
    assert done.returncode == 1
    for word in words:
        assert word in done.stderr
    assert not (project / ".venv").exists()
    assert not (project / "var").exists()


def run_tests(project: Path, path: Path | None = None, *arguments: str, **variables: str):
    """What script/test of the project answers."""
    environment = {"PATH": str(path) if path else os.environ["PATH"], "HOME": "/nonexistent", **variables}
    script = project / "script" / "test"
    return subprocess.run([script, *arguments], env=environment, capture_output=True, text=True, check=False)
