"""The lock of the libraries that serve: the pins of requirements.txt, each with the hashes of its files."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==(\S+)", re.MULTILINE)


def pins(name):
    """{name as indexes write it: version}"""
    found = PIN.findall((ROOT / name).read_text())
    return {re.sub(r"[-_.]+", "-", package).lower(): version for package, version in found}


def test_the_lock_holds_every_pin_in_its_version():
    pinned, locked = pins("requirements.txt"), pins("requirements.lock")
    assert {name: locked.get(name) for name in pinned} == pinned, "run script/supply lock"


def test_the_lock_holds_nothing_that_is_not_pinned_but_what_other_systems_need():
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    elsewhere = {line.split("==")[0] for line in lines if re.match(r"^[a-z].* ; ", line)}
    assert pins("requirements.lock").keys() - pins("requirements.txt").keys() <= elsewhere


def test_every_library_has_the_hashes_of_its_files():
    blocks = re.split(r"^(?=[a-zA-Z])", (ROOT / "requirements.lock").read_text(), flags=re.MULTILINE)
    named = [block for block in blocks if PIN.match(block)]
    assert len(named) > 30
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", block) for block in named)


def test_the_lock_names_no_place_to_fetch_from():
    text = (ROOT / "requirements.lock").read_text()
    assert "://" not in text
    assert "index" not in text


def test_what_serves_is_installed_by_its_hashes():
    assert "prepare_venv requirements.lock" in (ROOT / "script" / "server").read_text()
    assert "--require-hashes" in (ROOT / "script" / "lib" / "python.sh").read_text()
