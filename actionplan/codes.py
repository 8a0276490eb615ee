"""A page's QR code, for paper: whoever holds the sheet finds the page that it was printed from."""

from functools import lru_cache
from io import BytesIO

import segno
from django.utils.safestring import SafeString, mark_safe

# Raise it when the same address gives another picture than before.
CODES_VERSION = 1
QUIET = 4  # modules around it that stay empty, as the standard asks
# A module's pixels: 25 mm of the smallest code at 600 dpi and more.
PIXELS = 20


def _code(address: str) -> segno.QRCode:
    return segno.make(address, error="m", micro=False, boost_error=False)


@lru_cache(maxsize=1024)
def code_inline(address: str) -> SafeString:
    """The code as markup of a page, as large as what stands around it lets it be."""
    return mark_safe(_code(address).svg_inline(border=QUIET, omitsize=True))  # noqa: S308  # lines of numbers alone


def code_svg(address: str) -> bytes:
    """The code as a drawing, for print of any size."""
    return _written(address, "svg", 10)


def code_png(address: str) -> bytes:
    """The code as a picture of black and white pixels."""
    return _written(address, "png", PIXELS)


def _written(address: str, kind: str, scale: int) -> bytes:
    stream = BytesIO()
    _code(address).save(stream, kind=kind, scale=scale, border=QUIET)
    return stream.getvalue()


# By the ending of an address: what writes it, and as what it is served.
CODES = {"svg": (code_svg, "image/svg+xml"), "png": (code_png, "image/png")}
