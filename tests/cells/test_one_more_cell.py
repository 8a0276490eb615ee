"""One list of an answer's cells: a cell added there appears everywhere, and nowhere else is its name written."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from actionplan.cells import NAMES

ROOT = Path(__file__).resolve().parents[2]
# Names that are nothing else than a cell's: text, progress and figures are words of everyday, too.
TELLING = sorted(set(NAMES) - {"text", "progress", "outcome", "figures"})
# The tests' own database, and the one that was migrated for them: neither has the cell.
OURS = {"DATABASE_URL", "MIGRATED"}


@pytest.mark.parametrize(("kind", "file"), [("TEXT", "every_door.py"), ("CHOICE", "every_door_of_a_choice.py")])
def test_a_cell_added_to_the_list_is_met_at_every_way_in_and_in_every_file(tmp_path, kind, file):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.cells.one_more_cell", "-p", "no:cacheprovider"]
    found = subprocess.run(
        [*command, "--nomigrations", "-n", "0", f"tests/cells/{file}"],
        cwd=ROOT,
        env={
            **{name: value for name, value in os.environ.items() if name not in OURS},
            "KIND_OF_ONE_MORE_CELL": kind,
            "VAR_DIR": str(tmp_path),
            "PYTEST_XDIST_WORKER": "",
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert found.returncode == 0, found.stdout[-5000:] + found.stderr[-2000:]
    assert re.search(r"^[1-9]\d* passed", found.stdout, re.M)


@pytest.mark.parametrize("name", TELLING)
def test_the_name_of_a_cell_is_written_in_five_modules_at_most(name):
    modules = (path for path in (ROOT / "actionplan").rglob("*.py") if "migrations" not in path.parts)
    assert [path.name for path in modules if re.search(rf"\b{name}\b", path.read_text(encoding="utf-8"))] == [
        "cells.py"
    ]


@pytest.mark.parametrize("name", TELLING)
def test_no_template_writes_it(name):
    templates = (ROOT / "templates").rglob("*.*")
    assert [path.name for path in templates if re.search(rf"\b{name}\b", path.read_text(encoding="utf-8"))] == []
