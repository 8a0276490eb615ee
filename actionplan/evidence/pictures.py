"""Photographs made fit to be published: upright, of a screen's size, with nothing in them but what is seen."""

from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageCms, ImageFile, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")
LARGE, SMALL = 1600, 640  # the longer side, in pixels
MOST_PIXELS = 60_000_000
SAVED_AS: dict[str, tuple[str, dict]] = {
    "JPEG": ("image/jpeg", {"quality": 85, "optimize": True, "progressive": True}),
    "PNG": ("image/png", {"optimize": True}),
    "WEBP": ("image/webp", {"quality": 85, "method": 4}),
}
# All that Pillow raises for what is no sound picture.
UNSOUND = (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, MemoryError, ZeroDivisionError)


class NoPicture(ValueError):
    """Raised with the sentence that says why a file cannot be used as a picture."""


@dataclass(frozen=True)
class FittedPicture:
    """A picture as it will be published, in one size."""

    data: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Photograph:
    """A picture in both sizes; the small one is the large one when that is small already."""

    media_type: str
    large: FittedPicture
    small: FittedPicture


def photograph(data: bytes) -> Photograph:
    """The picture made anew from its pixels: place, camera, dates and comments do not come along.

    Raises NoPicture for what is none, is damaged, moves, or would take more memory than a picture may.
    """
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            kind = "JPEG" if image.format == "MPO" else str(image.format)
            _refuse_unfit(image)
            # A JPEG can be unpacked at a part of its size, which is all that is needed of a large one.
            image.draft(image.mode, (2 * LARGE, 2 * LARGE))
            upright = _plain(ImageOps.exif_transpose(image), kind)
    except Image.DecompressionBombError:
        raise NoPicture(too_many_pixels()) from None
    except UNSOUND as error:
        if isinstance(error, NoPicture):
            raise
        raise NoPicture("写真として開けません。壊れているかもしれません。別のソフトで保存し直してください。") from error
    large = _fitted(upright, kind, LARGE)
    small = _fitted(upright, kind, SMALL) if max(upright.size) > SMALL else large
    return Photograph(SAVED_AS[kind][0], large, small)


def _refuse_unfit(image: ImageFile.ImageFile) -> None:
    # Known from the header alone: nothing has been unpacked yet.
    if image.width * image.height > MOST_PIXELS:
        raise NoPicture(too_many_pixels())
    if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
        raise NoPicture("動く画像は使えません。1枚の写真にして保存し直してください。")


def too_many_pixels() -> str:
    """The sentence for a picture that is too large to be opened."""
    return f"写真の画素数が多すぎます。{MOST_PIXELS // 10_000:,}万画素までに縮めてください。"


def _plain(image: Image.Image, kind: str) -> Image.Image:
    """The pixels alone, in the colours that screens expect."""
    profile = image.info.get("icc_profile")
    clear = image.has_transparency_data and kind != "JPEG"
    mode = "RGBA" if clear else "RGB"
    converted = _in_screen_colours(image, profile, mode) if profile else image.convert(mode)
    converted.info = {}
    return converted


def _in_screen_colours(image: Image.Image, profile: bytes, mode: str) -> Image.Image:
    wide = image if image.mode in ("RGB", "RGBA", "CMYK", "L") else image.convert(mode)
    with suppress(ImageCms.PyCMSError, *UNSOUND):
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        found = ImageCms.profileToProfile(wide, source, ImageCms.createProfile("sRGB"), outputMode=mode)
        return found if found is not None else wide.convert(mode)
    # A profile that does not hold: the colours as they stand.
    return image.convert(mode)


def _fitted(image: Image.Image, kind: str, longest: int) -> FittedPicture:
    fitted = image.copy()
    fitted.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    stream = BytesIO()
    fitted.save(stream, kind, **SAVED_AS[kind][1])
    return FittedPicture(stream.getvalue(), *fitted.size)
