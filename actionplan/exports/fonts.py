"""The font of the PDF and of shared pictures: where it is installed, and what it can show."""

import os
from functools import lru_cache
from pathlib import Path

FONTS = ("BIZUDGothic-Regular.ttf", "BIZUDGothic-Bold.ttf")
# For characters that it lacks; a PDF finds it by itself.
FALLBACK = "NotoSansCJK-Bold.ttc"
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")


@lru_cache(maxsize=1)
def _installed() -> dict[str, Path]:
    # A service may look into no home, which os.walk passes over.
    walks = (os.walk(Path(folder).expanduser()) for folder in FONT_FOLDERS)
    return {name: Path(place, name) for walk in walks for place, _, names in walk for name in names}


@lru_cache(maxsize=1)
def font_files() -> list[Path]:
    """The files of the family that is embedded, as far as they are installed."""
    return [_installed()[name] for name in FONTS if name in _installed()]


def fallback_file() -> Path | None:
    """The file of the font that has nearly every character; None where it is not installed."""
    return _installed().get(FALLBACK)


@lru_cache(maxsize=1)
def glyphs() -> frozenset[str]:
    """The characters that the font can show, read once a process; empty where it is not installed."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    known = [TTFont(file, lazy=True).getBestCmap() for file in font_files()[:1]]
    return frozenset(chr(code) for each in known for code in each)
