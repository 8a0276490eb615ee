"""What the documents name is there: modules, pictures; and no picture is kept that none of them shows."""

import re
import shlex

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class

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


def _commands() -> set[tuple[str, str]]:
    """Every manage.py command that stands to be run in a document, and its arguments."""
    texts = (path.read_text(encoding="utf-8") for path in DOCS)
    blocks = [block for text in texts for block in re.findall(r"^```\w*\n(.*?)^```", text, re.S | re.M)]
    return {found for block in blocks for found in re.findall(r"manage\.py ([a-z_]+)([^\n#;&>]*)", block)}


@pytest.mark.parametrize(("name", "arguments"), sorted(_commands()))
def test_every_command_that_a_document_tells_to_run_takes_its_arguments(name, arguments):
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    parser.parse_args(shlex.split(arguments))


def test_the_guard_finds_the_commands_of_the_operators():
    assert {"backup", "restore", "verify_backup", "send_reminders"} <= {name for name, _ in _commands()}
