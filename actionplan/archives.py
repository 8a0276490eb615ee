"""A workbook or document as an archive, before anything parses it: a small file that swells is refused."""

import re
import zlib
from contextlib import suppress
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from actionplan.apart import MEGABYTE, UploadError

LARGEST_UNPACKED = 60 * MEGABYTE
LARGEST_RATIO = 200
MOST_PARTS = 500
# Elements are what costs: 10 to 20 µs each, 70 in styles. By what the part begins with, which no name can belie.
MOST_ELEMENTS, MOST_OTHERS = 1_500_000, 100_000
MOST_OF = {
    b"worksheet": MOST_ELEMENTS,
    b"document": MOST_ELEMENTS,
    b"sst": 400_000,
    b"document-content": 400_000,
}
ROOT = re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?.*?\?>|<!--.*?-->|\s)*<(?:[\w.-]+:)?([\w.-]+)", re.DOTALL)
# No XML begins otherwise, whatever the part is called: a picture, a font and a printer's settings are none.
BEGINNINGS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0<")
NOT_XLSX = "Excelブック（.xlsx）として読めません。Excelで開いて、.xlsxの形式で保存し直してください。"
SWOLLEN = "ブックの中身が大きすぎます。不要なシート・画像・書式を削除して保存し直してください。"
OLD = (
    "古い形式（.xls）のブックです。Excelで開き、①「ファイル」→ ②「名前を付けて保存」→ "
    "③「ファイルの種類」で「Excel ブック (*.xlsx)」の順に選んで保存し、そのファイルを選んでください。"
)
STRICT_MARK = b"purl.oclc.org/ooxml"
STRICT = (
    "「Strict Open XML スプレッドシート」の形式のブックです。Excelで開き、①「ファイル」→ ②「名前を付けて保存」→ "
    "③「ファイルの種類」で「Excel ブック (*.xlsx)」の順に選んで保存し、そのファイルを選んでください。"
)
LOCKED = "パスワード付きのブックです。開くときのパスワードを外して、保存し直してください。"
OLD_CONTAINER, ENCRYPTED = b"\xd0\xcf\x11\xe0", "EncryptedPackage".encode("utf-16-le")
# What an OpenDocument file holds that is encrypted as one.
ENCRYPTED_WHOLE = "encrypted-package"
BROKEN = (BadZipFile, OSError, RuntimeError, NotImplementedError, zlib.error, EOFError)


def check_archive(data: bytes) -> None:
    """Raises UploadError for what is not a workbook, and for a small file that unpacks into a huge one."""
    if data.startswith(OLD_CONTAINER):
        raise UploadError(LOCKED if ENCRYPTED in data else OLD)
    _check(data, "[Content_Types].xml")
    with suppress(KeyError, *BROKEN), ZipFile(BytesIO(data)) as archive:
        if STRICT_MARK in archive.read("xl/workbook.xml"):
            raise UploadError(STRICT)


def check_open_sheet(data: bytes) -> None:
    """The same for an OpenDocument sheet (.ods)."""
    _check(data, "content.xml")
    with suppress(KeyError, *BROKEN), ZipFile(BytesIO(data)) as archive:
        if b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise UploadError(LOCKED)


def _check(data: bytes, needed: str) -> None:
    try:
        archive = ZipFile(BytesIO(data))
        _check_parts(archive.infolist(), needed)
        _count_elements(archive)
    except BROKEN as error:
        raise UploadError(NOT_XLSX) from error


def _check_parts(parts: list[ZipInfo], needed: str) -> None:
    unpacked = sum(part.file_size for part in parts)
    dense = any(part.file_size > MEGABYTE and part.file_size > LARGEST_RATIO * part.compress_size for part in parts)
    if unpacked > LARGEST_UNPACKED or dense or len(parts) > MOST_PARTS:
        raise UploadError(SWOLLEN)
    names = {part.filename for part in parts}
    if ENCRYPTED_WHOLE in names:
        raise UploadError(LOCKED)
    if needed not in names:
        raise UploadError(NOT_XLSX)


def _count_elements(archive: ZipFile) -> None:
    """Raises UploadError for so many elements that reading them would hold everybody up."""
    left = MOST_ELEMENTS
    for part in archive.infolist():
        left -= _elements(archive, part, left)


def _elements(archive: ZipFile, part: ZipInfo, left: int) -> int:
    """How many elements a part has; none where it is no XML."""
    count, size, most = 0, 0, min(left, MOST_OTHERS)
    with archive.open(part) as source:
        while piece := source.read(MEGABYTE):
            if not size:
                if not _is_xml(piece):
                    return 0
                root = ROOT.match(piece)
                most = min(left, MOST_OF.get(root[1], MOST_OTHERS)) if root else most
            size += len(piece)
            count += piece.count(b"<") - piece.count(b"</")
            if count > most or size > LARGEST_UNPACKED:
                raise UploadError(SWOLLEN)
    return count


def _is_xml(piece: bytes) -> bool:
    beginning = piece.lstrip()
    return not beginning or beginning.startswith(BEGINNINGS)
