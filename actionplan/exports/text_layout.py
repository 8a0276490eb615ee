"""How many lines a text takes in a cell: an estimate on the safe side, since nobody knows the printer's fonts."""

from unicodedata import east_asian_width

PIXELS_PER_CHARACTER = 7  # a column's width counts digits of the default font
PIXELS_PER_POINT = 96 / 72
LONGEST_PIECE = 26  # lines of body text: a row of Excel is at most 409 points tall


def half_widths(column_width: float, size: float) -> int:
    """How many half-width characters of a size (points) fit on a line, one full-width character kept in reserve.

    The reserve is for the line-breaking rules, which push a character down so that no line begins with 。 or 」.
    """
    return max(2, int(column_width * PIXELS_PER_CHARACTER / (size / 2 * PIXELS_PER_POINT)) - 2)


def pieces(text: str, column_width: float, size: float, longest: int) -> list[str]:
    """The text cut so that no piece takes more lines than longest; joined they are the text but for \\n at cuts."""
    lines = _lines(text, half_widths(column_width, size))
    cut = ["".join(lines[start : start + longest]) for start in range(0, len(lines), longest)]
    return [piece.removesuffix("\n") for piece in cut] or [""]


def line_count(text: str, column_width: float, size: float) -> int:
    """How many lines the text takes in a column of that width; one for an empty text."""
    return len(_lines(text, half_widths(column_width, size))) or 1


def _lines(text: str, room: int) -> list[str]:
    lines: list[str] = []
    for paragraph in text.splitlines(keepends=True):
        line, used = "", 0
        for character in paragraph:
            width = 2 if east_asian_width(character) in "WFA" else 1
            if character != "\n" and used + width > room:
                lines.append(line)
                line, used = "", 0
            line += character
            used += width
        lines.append(line)
    return lines
