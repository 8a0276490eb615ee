"""The guard that keeps text which looks like a formula a text in a CSV, and gives it back to the letter.

A spreadsheet takes a CSV cell that begins with = + - @, a tab or a line break (or their full-width forms) for a
formula. Such a text gets one ' in front; so does a text in which such a sign follows one or more ', which is what
makes the guard reversible. A reader takes one ' off a cell that begins with ' (one or more) and such a sign.
Workbooks need none of this: their cells say themselves that they hold text.
"""

import re

SIGN = r"[=+\-@\t\r\n＝＋－＠]"
LOOKS_LIKE_FORMULA = re.compile(f"'*{SIGN}")
GUARDED = re.compile(f"'+{SIGN}")


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet could take the text for a formula."""
    return LOOKS_LIKE_FORMULA.match(text) is not None


def guard(text: str) -> str:
    """The text as a CSV cell: with one ' in front where it needs it, else unchanged."""
    return f"'{text}" if looks_like_formula(text) else text


def unguard(cell: str) -> str:
    """The text that a CSV cell holds; it undoes guard() whatever the text."""
    return cell[1:] if GUARDED.match(cell) else cell
