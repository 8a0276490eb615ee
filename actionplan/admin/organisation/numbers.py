"""Numbers out of addresses and forms: what nobody's browser sends must not break a page."""

import re

NUMBER = re.compile(r"[0-9]{1,18}")


def number_in(text: str | None) -> int | None:
    """The number that the text is; None for anything else, and for one longer than any key of the database."""
    return int(text) if text and NUMBER.fullmatch(text) else None
