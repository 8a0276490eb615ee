"""A plugin for pytest (-p tests.cells.one_more_cell): the portal starts with one more cell, 連携した団体.

KIND_OF_ONE_MORE_CELL says of which kind: TEXT unless told.
"""

import os
import sys
from importlib.util import find_spec, module_from_spec

MORE = """
    Cell(
        name="partners",
        label="連携した団体",
        kind=KIND,
        needed=True,
        width=13,
        rows=3,
        published="partners",
        column="partners",
        hint="一緒に取り組んだ団体を書いてください。",
    ),
)
BY_NAME ="""


def start_with_one_more() -> None:
    """Puts the list with the cell where everything of the portal imports the list from."""
    spec = find_spec("actionplan.cells")
    source = spec.loader.get_source("actionplan.cells")
    assert source.count("\n)\nBY_NAME =") == 1
    module = module_from_spec(spec)
    sys.modules["actionplan.cells"] = module
    kind = os.environ.get("KIND_OF_ONE_MORE_CELL", "TEXT")
    exec(compile(source.replace("\n)\nBY_NAME =", MORE.replace("KIND", kind)), spec.origin, "exec"), module.__dict__)


start_with_one_more()
