"""A project folder whose name has a blank, a bare PATH, ports taken and free."""

import shutil
import socket
from pathlib import Path

import pytest

from tests.processes import ROOT

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
    "stat",
    "tail",
]


@pytest.fixture
def project(tmp_path) -> Path:
    """A project folder with the scripts and nothing else."""
    folder = tmp_path / "a project"
    shutil.copytree(ROOT / "script", folder / "script", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "requirements.lock").write_text("Django\n")
    return folder


@pytest.fixture
def path(tmp_path) -> Path:
    """A directory for PATH with the system's small commands, but no Python, sudo or apt-get."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in SMALL_COMMANDS:
        (folder / name).symlink_to(shutil.which(name))
    return folder


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
