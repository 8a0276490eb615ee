"""The two commands, up to where the slow set-up begins: what they refuse, and what they say then.

Each test runs a copy of the scripts in a folder of its own, whose name has a blank, from another directory.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHELL_FILES = ["script/server", "script/test", ".ci/run", *sorted(map(str, ROOT.glob("script/lib/*.sh")))]
SMALL_COMMANDS = [
    "bash",
    "cat",
    "chmod",
    "cut",
    "dirname",
    "env",
    "flock",
    "grep",
    "id",
    "ls",
    "mkdir",
    "mktemp",
    "readlink",
    "rm",
    "sort",
    "tail",
]
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


@pytest.fixture
def project(tmp_path) -> Path:
    """A project folder with the scripts and nothing else."""
    folder = tmp_path / "a project"
    shutil.copytree(ROOT / "script", folder / "script", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "requirements.txt").write_text("Django\n")
    return folder


@pytest.fixture
def path(tmp_path) -> Path:
    """A directory for PATH with the system's small commands, but no Python, sudo or apt-get."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in SMALL_COMMANDS:
        (folder / name).symlink_to(shutil.which(name))
    return folder


def command(folder: Path, name: str, content: str) -> None:
    """Puts an executable of that content into the folder."""
    (folder / name).write_text(content)
    (folder / name).chmod(0o755)


def start(project: Path, path: Path | None = None, **variables: str) -> subprocess.CompletedProcess:
    """What script/server of the project answers, called from elsewhere with only these variables."""
    search = str(path) if path else os.environ["PATH"]
    return subprocess.run(
        [project / "script" / "server"],
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


@pytest.fixture
def listener():
    """A program that holds a port of this computer."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen(1)
        yield holder.getsockname()[1]


@pytest.fixture
def free_port() -> str:
    """A port that nobody holds."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@pytest.mark.parametrize("name", SHELL_FILES)
def test_every_shell_file_parses(name):
    assert subprocess.run(["bash", "-n", ROOT / name], check=False).returncode == 0


@pytest.mark.parametrize("name", ["script/server", "script/test", ".ci/run"])
def test_commands_may_be_executed(name):
    assert os.access(ROOT / name, os.X_OK)


@pytest.mark.parametrize("port", ["abc", "0", "65536", "70000", "-1", "80 80", "8e3", "８０００"])
def test_a_port_that_is_none_is_refused_with_an_example(project, port):
    assert_refused(start(project, PORT=port), project, f"PORT={port} は使えません", "PORT=8001 script/server")


def test_a_taken_port_is_named_with_the_way_to_choose_another(project, listener):
    done = start(project, PORT=str(listener))
    assert_refused(done, project, f"ポート {listener} は使用中です", "PORT=", "script/server")


def test_an_address_of_another_computer_is_refused(project):
    assert_refused(start(project, BIND="192.0.2.1"), project, "BIND=192.0.2.1")


def test_an_address_nobody_knows_is_refused(project):
    assert_refused(start(project, BIND="no.such.host.invalid"), project, "BIND=no.such.host.invalid", "見つかりません")


def test_a_machine_without_python_is_told_the_line_that_installs_it(project, path):
    assert_refused(start(project, path), project, "Python 3.11 以上", "apt-get install -y python3 python3-venv")


def test_a_python_that_is_too_old_is_passed_over_for_a_newer_one(project, path, listener):
    command(path, "python3", OLD_PYTHON)
    assert "Python 3.11 以上" in start(project, path).stderr
    (path / "python3.12").symlink_to(sys.executable)
    assert "使用中" in start(project, path, PORT=str(listener)).stderr


def test_a_python_without_venv_is_told_the_line_that_installs_it(project, path, free_port):
    crippled = CRIPPLED_PYTHON.format(words="import venv", says="No module named venv", python=sys.executable)
    command(path, "python3", crippled)
    done = start(project, path, PORT=free_port)
    assert done.returncode == 1
    assert "venv モジュールがありません" in done.stderr
    assert "apt-get install -y python3." in done.stderr


def test_a_failed_installation_shows_pips_words_and_is_tried_again(project, free_port):
    venv = project / ".venv" / "bin"
    venv.mkdir(parents=True)
    broken = CRIPPLED_PYTHON.format(words="pip install", says="ERROR: no route to host", python=sys.executable)
    command(venv, "python", broken)
    for _ in range(2):
        done = start(project, PORT=free_port)
        assert done.returncode == 1
        assert "ERROR: no route to host" in done.stderr
        assert "ネットワーク" in done.stderr


def test_pinned_libraries_are_installed_once_and_again_when_the_pins_change(project, tmp_path, free_port):
    (project / ".venv" / "bin").mkdir(parents=True)
    command(project / ".venv" / "bin", "python", COUNTING_PYTHON.format(log=tmp_path / "log", python=sys.executable))
    installed = []
    for pins in ("Django\n", "Django\n", "Django==5.2\n"):
        (project / "requirements.txt").write_text(pins)
        # The preparation ends with 3 here, and so must the start.
        assert start(project, PORT=free_port).returncode == 3
        installed.append((tmp_path / "log").read_text().count("installed"))
    assert installed == [1, 1, 2]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(project, free_port):
    project.chmod(0o500)
    done = start(project, PORT=free_port)
    project.chmod(0o700)
    assert_refused(done, project, f"フォルダ {project} に書き込めません")


def run_tests(project: Path, path: Path | None = None, *arguments: str, **variables: str):
    """What script/test of the project answers."""
    environment = {"PATH": str(path) if path else os.environ["PATH"], "HOME": "/nonexistent", **variables}
    script = project / "script" / "test"
    return subprocess.run([script, *arguments], env=environment, capture_output=True, text=True, check=False)


def test_an_unknown_database_word_is_refused_by_the_test_command(project):
    done = run_tests(project, None, "tests/test_scripts.py", DB="oracle")
    assert_refused(done, project, "DB=oracle", "sqlite、postgres、both")


def test_missing_system_packages_are_told_in_one_line_where_they_may_not_be_installed(project, path):
    line = "apt-get install -y .*poppler-utils fonts-morisawa-bizud-gothic fonts-noto-cjk"
    done = run_tests(project, path)
    assert done.returncode == 1
    assert re.search(line, done.stderr)
    assert not (project / ".venv").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root installs without sudo")
def test_missing_system_packages_are_installed_without_a_question_where_they_may_be(project, path, tmp_path):
    command(path, "apt-get", f'#!/bin/bash\necho "$DEBIAN_FRONTEND $*" >>"{tmp_path}/asked"\n')
    said = run_tests(project, path).stdout
    update, install = (tmp_path / "asked").read_text().splitlines()
    assert update.startswith("noninteractive")
    assert update.endswith("update")
    assert "install -y" in install
    assert "fonts-noto-cjk" in install
    assert "足りないシステムパッケージを入れます" in said


@pytest.mark.skipif(os.geteuid() != 0, reason="only root installs without sudo")
def test_a_package_that_cannot_be_installed_shows_apts_words_and_ends_the_run(project, path):
    command(path, "apt-get", "#!/bin/bash\necho 'E: Unable to locate package' >&2\nexit 100\n")
    done = run_tests(project, path)
    assert done.returncode == 1
    assert "E: Unable to locate package" in done.stderr
    assert "sudo apt-get update && sudo apt-get install -y" in done.stderr
    assert not (project / ".venv").exists()
