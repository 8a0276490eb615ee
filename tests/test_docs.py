"""What the documents name is there: modules, pictures; and no picture is kept that none of them shows."""

import re

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FILE = re.compile(r"`([\w/.-]+/[\w.-]+\.(?:py|css|html|md|toml|json)|[a-z_]+\.py)`")


def _is_there(name: str) -> bool:
    """Whether some file of the project ends in the name: documents leave the first folders out."""
    parts = tuple(name.split("/"))
    folders = (
        "actionplan",
        "tsushima_portal",
        "tests",
        "script",
        "static",
        "templates",
        "docs",
        "benchmarks",
        "fixtures",
    )
    if (ROOT / name).exists():
        return True
    found = (
        path for folder in folders for path in (ROOT / folder).rglob(parts[-1]) if "node_modules" not in path.parts
    )
    return any(path.parts[-len(parts) :] == parts for path in found)


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_file_that_a_document_names_is_there(path):
    text = path.read_text(encoding="utf-8")
    assert [name for name in FILE.findall(text) if "NAME" not in name and not _is_there(name)] == []
    assert [name for name in re.findall(r"\]\(([^)#:]+)\)", text) if not (path.parent / name).exists()] == []


def test_every_picture_is_shown():
    shown = {name for path in DOCS for name in re.findall(r"pictures/([\w-]+\.png)", path.read_text(encoding="utf-8"))}
    assert {path.name for path in (ROOT / "docs" / "pictures").iterdir()} == shown
