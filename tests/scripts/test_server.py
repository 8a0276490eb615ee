"""script/server up to where the slow set-up begins: what it refuses, and what it says then."""

import os
import sys

import pytest

from tests.scripts.stand_ins import COUNTING_PYTHON, CRIPPLED_PYTHON, OLD_PYTHON, assert_refused, command, start


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
        (project / "requirements.lock").write_text(pins)
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


@pytest.mark.parametrize("arguments", [["--frist"], ["--first", "--first"], ["restore"]])
def test_an_argument_that_nobody_knows_is_refused(project, arguments):
    done = start(project, None, *arguments)
    assert_refused(done, project, "script/server --first")
