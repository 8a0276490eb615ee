"""What a file that somebody chose really is, whatever it is called; each refusal a sentence that names the file."""

from collections.abc import Sequence
from dataclasses import dataclass

from actionplan.apart import PICTURE, read_apart
from actionplan.evidence.documents import NoDocument, document
from actionplan.evidence.pictures import FittedPicture, NoPicture, photograph
from actionplan.models import EvidenceKind
from actionplan.uploads import MEGABYTE, UploadError

LARGEST, LARGEST_TOGETHER = 10 * MEGABYTE, 20 * MEGABYTE
ACCEPTED = ".jpg,.jpeg,.png,.webp,.pdf,image/jpeg,image/png,image/webp,application/pdf"
USE = "JPEG・PNG・WebPの写真か、PDFを選んでください。"


class FileRefused(ValueError):
    """Raised with the sentence that says why a file is not taken; it names the file."""


@dataclass(frozen=True)
class FitFile:
    """A file made fit to be published. picture and small: of a photograph only."""

    kind: EvidenceKind
    media_type: str
    data: bytes
    picture: FittedPicture | None = None
    small: FittedPicture | None = None


def fit_file(name: str, data: bytes) -> FitFile:
    """The file, judged by its content and made anew. Raises FileRefused."""
    if why := _why_not(data):
        raise FileRefused(f"「{name}」は使えません。{why}")
    try:
        return read_apart(_fit_file, data, limits=PICTURE, mend=SMALLER)
    except (NoPicture, NoDocument, UploadError) as refusal:
        raise FileRefused(f"「{name}」は使えません。{refusal}") from None


SMALLER = "別のソフトで開き、小さくして保存し直してください。"


def _fit_file(data: bytes) -> FitFile:
    if data.startswith(b"%PDF-"):
        return FitFile(EvidenceKind.FILE, "application/pdf", document(data))
    found = photograph(data)
    return FitFile(EvidenceKind.PICTURE, found.media_type, found.large.data, found.large, found.small)


def too_large(name: str, size: int) -> str:
    """The sentence for a file that is larger than one may be; empty for others. Asked before it is read."""
    if size <= LARGEST:
        return ""
    return f"「{name}」は大きすぎます（{megabytes(size)}）。1つのファイルは{megabytes(LARGEST)}までです。"


def too_large_together(files: Sequence[tuple[str, int]]) -> list[str]:
    """A sentence for each of the files (name and size) when they are too large together; empty otherwise."""
    total = sum(size for _, size in files)
    if total <= LARGEST_TOGETHER:
        return []
    most = f"一度に受け取れるのは、合わせて{megabytes(LARGEST_TOGETHER)}までです（全部で{megabytes(total)}）"
    return [f"「{name}」（{megabytes(size)}）：{most}。何回かに分けてください。" for name, size in files]


def megabytes(size: int) -> str:
    """12.3MB."""
    return f"{size / MEGABYTE:.1f}MB"


PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
# Beginnings of what is often sent in place of a picture, and what to say of it.
PROGRAM = f"中身はプログラム（実行ファイル）です。名前を写真のように変えても受け取れません。{USE}"
KNOWN = (
    ((b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"#!"), PROGRAM),
    ((b"GIF8", b"BM", b"II*\x00", b"MM\x00*"), f"GIF・BMP・TIFFの写真は使えません。{USE}"),
    ((b"PK\x03\x04", b"PK\x05\x06"), f"中身はZIPか、WordやExcelのファイルです。PDFに書き出してください。{USE}"),
    ((b"\xd0\xcf\x11\xe0",), f"中身は古い形のWordやExcelのファイルです。PDFに書き出してください。{USE}"),
)
MARKUP = (
    (b"<svg", "SVGの図は使えません。PNGに書き出してください。"),
    (b"<html", f"中身はホームページの文書です。{USE}"),
)


def _why_not(data: bytes) -> str:
    """Why the content is none of what is taken; empty when it begins like one that is."""
    if not data:
        return f"中身が空です。{USE}"
    if data.startswith((*PICTURES, b"%PDF-")) or (data[:4], data[8:12]) == (b"RIFF", b"WEBP"):
        return ""
    if data[4:8] == b"ftyp":
        return f"HEICなどの写真や動画は使えません。JPEGで保存し直してください。{USE}"
    for signs, sentence in KNOWN:
        if data.startswith(signs):
            return sentence
    beginning = data[:2000].lower()
    for sign, sentence in MARKUP:
        if sign in beginning:
            return sentence
    return f"写真でもPDFでもありません。{USE}"
