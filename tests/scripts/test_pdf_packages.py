"""The system packages of the PDF: installed where that is allowed, else told, and never a reason not to start."""

import subprocess

import pytest

from tests.processes import ROOT
from tests.scripts.stand_ins import command

CALL = """set -euo pipefail
. "{root}/script/lib/say.sh"; . "{root}/script/lib/packages.sh"
may_install() {{ {may}; }}
as_root() {{ "$@"; }}
prepare_pdf_packages; echo went on
"""


@pytest.fixture
def bare(path):
    """A PATH on which the system says of every package that it is not there."""
    command(path, "dpkg-query", "#!/bin/bash\nexit 1\n")
    command(path, "apt-get", f'#!/bin/bash\necho "$*" >>"{path}/asked"\n')
    return path


def prepare(path, may: str) -> str:
    script = CALL.format(root=ROOT, may=may)
    return subprocess.run(["bash", "-c", script], env={"PATH": str(path)}, capture_output=True, text=True).stdout


def test_where_nothing_may_be_installed_the_line_is_said_and_the_start_goes_on(bare):
    said = prepare(bare, "false")
    assert "この装置ではPDFを作れません（ほかの機能はすべて使えます）" in said
    assert "sudo apt-get update && sudo apt-get install -y libpango-1.0-0" in said
    assert said.endswith("went on\n")
    assert not (bare / "asked").exists()


def test_where_it_is_allowed_they_are_installed(bare):
    said = prepare(bare, "true")
    asked = (bare / "asked").read_text()
    assert "install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" in asked
    assert "作れません" not in said


def test_an_installation_that_fails_is_no_reason_not_to_start(bare):
    command(bare, "apt-get", "#!/bin/bash\nexit 100\n")
    said = prepare(bare, "true")
    assert "この装置ではPDFを作れません" in said
    assert said.endswith("went on\n")


def test_nothing_is_said_or_installed_when_all_are_there(bare):
    command(bare, "dpkg-query", "#!/bin/bash\nprintf installed\n")
    assert prepare(bare, "true") == "went on\n"
    assert not (bare / "asked").exists()
