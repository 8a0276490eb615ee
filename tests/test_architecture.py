"""The house: imports run down, the citizen wing never enters a staff room, and a file is one subject."""

import ast
from collections import Counter
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "actionplan"

# Each room and the rooms that it may import; a room may always import itself. Anything not named here is forbidden.
PURE = {
    "apart",
    "archives",
    "cells",
    "codes",
    "figures",
    "fiscal_year",
    "folding",
    "kept_files",
    "kept_pages",
    "public_id",
    "scale",
    "seen",
    "shadow",
    "spellings",
    "text",
    "words",
}
GROUND = PURE | {"models"}
READING_FLOOR = GROUND | {"wording", "selectors", "exports"}
# What every staff room stands on: the one policy, the reading of uploads, the sending of mail, the admin's frame.
STAFF_GROUND = READING_FLOOR | {
    "permissions",
    "json_reader",
    "open_sheets",
    "uploads",
    "worksheets",
    "waiting_files",
    "mail",
    "admin",
}
MAY_IMPORT = {
    "apart": set(),
    "archives": {"apart"},
    "fiscal_year": set(),
    "cells": {"scale"},
    "codes": set(),
    "kept_files": set(),
    "kept_pages": {"kept_files"},
    "scale": set(),
    "figures": set(),
    "folding": {"text"},
    "public_id": set(),
    "seen": set(),
    "shadow": {"folding"},
    "spellings": {"folding", "shadow"},
    "text": set(),
    "words": set(),
    "mail": set(),
    "models": PURE,
    "wording": PURE,
    "selectors": GROUND | {"wording"},
    "exports": GROUND | {"selectors"},
    "templatetags": GROUND,
    "views": READING_FLOOR | {"templatetags"},
    "urls": {"views", "kept_files"},
    "permissions": GROUND,
    "open_sheets": PURE | {"exports"},
    "upload_table": {"apart"},
    "uploads": PURE | {"exports", "open_sheets", "upload_table"},
    "json_reader": {"uploads"},
    "worksheets": {"uploads"},
    "waiting_files": {"models", "archives", "uploads", "kept_files"},
    "admin": READING_FLOOR | {"permissions"},
    "trail": STAFF_GROUND,
    "checks": STAFF_GROUND,
    "publishing": STAFF_GROUND | {"trail", "checks"},
    "voices": STAFF_GROUND | {"trail"},
    "answers": STAFF_GROUND | {"trail", "publishing", "voices", "checks"},
    "evidence": STAFF_GROUND | {"answers"},
    "round": STAFF_GROUND | {"trail", "answers", "voices", "checks"},
    "inquiry": STAFF_GROUND | {"answers", "round", "voices", "checks"},
    "past": STAFF_GROUND | {"answers", "voices"},
    "plan": STAFF_GROUND | {"trail", "publishing", "answers", "round"},
    "organisation": STAFF_GROUND | {"trail", "answers", "round", "plan"},
    "login": STAFF_GROUND,
    "samples": READING_FLOOR | {"publishing"},
    "sample_plan": READING_FLOOR | {"publishing", "samples", "evidence"},
    "management": GROUND
    | {
        "permissions",
        "json_reader",
        "uploads",
        "waiting_files",
        "publishing",
        "samples",
        "sample_plan",
        "round",
        "plan",
        "organisation",
        "evidence",
        "checks",
    },
    "staff_wing": {
        "admin",
        "answers",
        "checks",
        "evidence",
        "inquiry",
        "login",
        "organisation",
        "past",
        "plan",
        "publishing",
        "round",
        "trail",
        "voices",
    },
    "apps": {"staff_wing", "admin", "models"},
}
CITIZEN_WING = {"views", "selectors", "exports", "templatetags", "urls", "wording"}
STAFF_ROOMS = MAY_IMPORT.keys() - CITIZEN_WING - GROUND


def modules() -> list[Path]:
    """Every module of the application, migrations aside."""
    return sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)


def room_of(path: Path) -> str:
    """The room that a module stands in: the first name below the package."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(path: Path, source: str | None = None) -> set[str]:
    """The rooms that a module imports, at its top or inside a function, absolutely or relatively."""
    rooms = set()
    for node in ast.walk(ast.parse(source or path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = absolute_names(path, node)
        rooms |= {name.split(".")[1] for name in names if name.startswith("actionplan.")}
    return rooms


def absolute_names(path: Path, node: ast.ImportFrom) -> list[str]:
    """What a from-import names, written absolutely; `from actionplan import text` names actionplan.text."""
    module = node.module or ""
    if node.level:
        package = ["actionplan", *path.relative_to(PACKAGE).parts[:-1]]
        base = package[: len(package) - node.level + 1]
        module = ".".join([*base, module] if module else base)
    return [f"{module}.{alias.name}" for alias in node.names] if module == "actionplan" else [module]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_down(path):
    room = room_of(path)
    if room == "__init__":
        assert imported_rooms(path) == set()
        return
    assert room in MAY_IMPORT, f"{room} is a new room: draw it into MAY_IMPORT and the README's map"
    assert imported_rooms(path) - {room} <= MAY_IMPORT[room]


def test_the_citizen_wing_may_import_no_staff_room():
    for room in CITIZEN_WING:
        assert not MAY_IMPORT[room] & STAFF_ROOMS


def test_no_arrow_runs_in_a_circle():
    order: list[str] = []
    rooms = dict(MAY_IMPORT)
    while rooms:
        free = [room for room, below in rooms.items() if not below & rooms.keys()]
        assert free, f"a circle among {sorted(rooms)}"
        order += free
        for room in free:
            del rooms[room]
    assert order.index("models") < order.index("admin") < order.index("publishing")


@pytest.mark.parametrize(
    "line",
    [
        "from actionplan.publishing.compose import compose",
        "from actionplan import publishing",
        "import actionplan.publishing.publish",
        "from ..publishing import compose",
        "from .. import publishing",
        "def later():\n    from actionplan.publishing import publish",
    ],
)
def test_the_guard_sees_every_way_to_import(line):
    assert "publishing" in imported_rooms(PACKAGE / "views" / "home.py", line)


def test_public_views_read_no_live_table():
    live = {"Plan", "Policy", "Measure", "ActionItem", "YearlyStatus", "Department", "AnnualReport"}
    for path in modules():
        if room_of(path) in {"views", "selectors", "exports"}:
            names = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
            assert not names & live, path


def spoken_strings(path: Path) -> set[str]:
    """Every string of a module that is not a docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    documented = (ast.Module, ast.FunctionDef, ast.ClassDef)
    docstrings = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, documented)}
    return {value for value in constants if isinstance(value, str)} - docstrings


def test_the_city_and_its_code_stand_in_no_module():
    for path in modules():
        for text in spoken_strings(path):
            assert "対馬" not in text, path
            assert "422096" not in text, path


def test_a_file_is_one_subject_of_four_hundred_lines_at_most():
    for path in [*modules(), *(ROOT / "tests").rglob("*.py"), *(ROOT / "script").rglob("*.py")]:
        assert path.read_text(encoding="utf-8").count("\n") <= 400, path


def test_no_two_classes_share_a_name():
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in modules()]
    names = Counter(node.name for tree in trees for node in tree.body if isinstance(node, ast.ClassDef))
    # What Django looks for under this name.
    assert [name for name, times in names.items() if times > 1 and name != "Command"] == []


def test_a_module_that_one_other_imports_is_a_subject_of_its_own():
    names = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in modules()
    }
    importers = Counter(name for path in modules() for name in imported_modules(path, names))
    # Pages are named once, by the staff wing or by urls: that is not a reason to join them. It was a quarter before the
    # steps of the year that follow each other had pages of their own.
    assert sum(importers[name] == 1 for name in names) / len(names) <= 0.27


def test_a_module_rests_on_few_others():
    paths = [*modules(), *(ROOT / "tsushima_portal").rglob("*.py")]
    named = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}
    # The number goes with the features: 188 before the portal looked after log-ins and its record, 240 before the
    # check, the queue, corrections and the first year had pages of their own, 268 before citizens' questions had.
    assert len(paths) <= 290
    assert median(len(imported_modules(path, named)) for path in paths) <= 2


def imported_modules(path: Path, names: dict[str, Path]) -> set[str]:
    """The modules of the application that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module in names:
            within = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (within & names.keys()) or {node.module}
        elif isinstance(node, ast.ImportFrom) and node.module == "actionplan":
            found |= {f"actionplan.{alias.name}" for alias in node.names} & names.keys()
    return found
