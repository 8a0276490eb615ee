"""script/test up to where the slow set-up begins, and the shape of every shell file."""

import os
import re
import subprocess

import pytest

from tests.processes import ROOT
from tests.scripts.stand_ins import assert_refused, command, run_tests

SHELL_FILES = ["script/server", "script/test", ".ci/run", *sorted(map(str, ROOT.glob("script/lib/*.sh")))]


@pytest.mark.parametrize("name", SHELL_FILES)
def test_every_shell_file_parses(name):
    assert subprocess.run(["bash", "-n", ROOT / name], check=False).returncode == 0


@pytest.mark.parametrize("name", ["script/server", "script/test", ".ci/run"])
def test_commands_may_be_executed(name):
    assert os.access(ROOT / name, os.X_OK)


def test_an_unknown_database_word_is_refused_by_the_test_command(project):
    done = run_tests(project, None, "tests/test_scripts.py", DB="oracle")
    assert_refused(done, project, "DB=oracle", "sqlite、postgres、both")


def test_missing_system_packages_are_told_in_one_line_where_they_may_not_be_installed(project, path):
    line = "apt-get install -y .*poppler-utils libreoffice-calc libpango-1.0-0 .*fonts-morisawa-bizud-gothic fonts-noto"
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
