"""The locks of the libraries that serve and of those that test: each pin, with the hashes of its files."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==(\S+)", re.MULTILINE)
SERVING, TESTING = "requirements", "requirements-dev"
both = pytest.mark.parametrize("name", [SERVING, TESTING])


def pins(name):
    """{name as indexes write it: version}, with those of the file that it names."""
    text = (ROOT / name).read_text()
    more = pins(f"{SERVING}.txt") if f"-r {SERVING}.txt" in text else {}
    return more | {re.sub(r"[-_.]+", "-", package).lower(): version for package, version in PIN.findall(text)}


@both
def test_the_lock_holds_every_pin_in_its_version(name):
    pinned, locked = pins(f"{name}.txt"), pins(f"{name}.lock")
    assert {package: locked.get(package) for package in pinned} == pinned, "run script/supply lock"


@both
def test_the_lock_holds_nothing_that_is_not_pinned_but_what_other_systems_need(name):
    lines = (ROOT / f"{name}.lock").read_text().splitlines()
    elsewhere = {line.split("==")[0] for line in lines if re.match(r"^[a-z].* ; ", line)}
    assert pins(f"{name}.lock").keys() - pins(f"{name}.txt").keys() <= elsewhere


@both
def test_every_library_has_the_hashes_of_its_files(name):
    blocks = re.split(r"^(?=[a-zA-Z])", (ROOT / f"{name}.lock").read_text(), flags=re.MULTILINE)
    named = [block for block in blocks if PIN.match(block)]
    assert len(named) > 30
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", block) for block in named)


@both
def test_the_lock_names_no_place_to_fetch_from(name):
    text = (ROOT / f"{name}.lock").read_text()
    assert "://" not in text
    assert "--index" not in text


@pytest.mark.parametrize(("script", "name"), [("server", SERVING), ("test", TESTING), ("drill", TESTING)])
def test_what_serves_and_what_tests_is_installed_by_its_hashes(script, name):
    assert f"prepare_venv {name}.lock" in (ROOT / "script" / script).read_text()
    assert "--require-hashes" in (ROOT / "script" / "lib" / "python.sh").read_text()


def test_the_tools_of_node_are_installed_by_their_hashes():
    packages = json.loads((ROOT / "tests" / "tools" / "package-lock.json").read_text())["packages"]
    assert [name for name, facts in packages.items() if name and not facts.get("integrity")] == []
    assert " ci --prefix" in (ROOT / "script" / "lib" / "node.sh").read_text()
