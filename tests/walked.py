"""Which modules of the application something passes."""

import sys
from collections.abc import Callable
from pathlib import Path

PACKAGE = str(Path(__file__).resolve().parents[1] / "actionplan") + "/"
# What stands around every request, the list of what a person may open among it, is no part of anybody's way.
AROUND_ALL = {"views/kept.py", "login/gate.py", "login/second_factor.py", "answers/own_rows.py"}


def walked(act: Callable) -> set[str]:
    """The modules of the application of which a function runs while something is done."""
    seen = set()

    def note(frame, event, arg):
        if event == "call" and frame.f_code.co_filename.startswith(PACKAGE):
            seen.add(frame.f_code.co_filename.removeprefix(PACKAGE))

    sys.setprofile(note)
    try:
        act()
    finally:
        sys.setprofile(None)
    return seen - AROUND_ALL
