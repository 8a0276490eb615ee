"""PDF files made fit to be published: opened, and written anew without what tells of their makers or acts by itself."""

from collections.abc import Iterator
from io import BytesIO

import pikepdf
from pikepdf import Dictionary, Name, Pdf, Stream

MOST_PAGES = 300
# What a page or a picture says of its making, and what a reader's program would do unasked.
TOLD = ("/Metadata", "/PieceInfo", "/LastModified")
ACTING = ("/AA", "/OpenAction", "/JavaScript", "/JS", "/Launch", "/EmbeddedFiles", "/AF", "/XFA", "/Collection")
ACTIONS = ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/Rendition", "/RichMediaExecute")


class NoDocument(ValueError):
    """Raised with the sentence that says why a file cannot be used as a PDF."""


def document(data: bytes) -> bytes:
    """The PDF written anew; the same file gives the same bytes.

    Removed: author, dates and programs; XMP; scripts, actions and enclosed files; place and camera of its photographs.
    What its pages say or show stays. Raises NoDocument.
    """
    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            if pdf.is_encrypted:
                raise NoDocument(LOCKED)
            _refuse_unfit(pdf)
            _clean(pdf)
            stream = BytesIO()
            pdf.save(stream, deterministic_id=True, linearize=False)
            return stream.getvalue()
    except pikepdf.PasswordError:
        raise NoDocument(LOCKED) from None
    except (pikepdf.PdfError, RuntimeError, ValueError, KeyError, TypeError, OSError) as error:
        if isinstance(error, NoDocument):
            raise
        raise NoDocument("PDFとして開けません。壊れているかもしれません。もう一度PDFに書き出してください。") from error


LOCKED = "パスワードや印刷の制限がかかったPDFは使えません。制限を外して保存し直してください。"


def _refuse_unfit(pdf: Pdf) -> None:
    count = len(pdf.pages)
    if not count:
        raise NoDocument("ページのないPDFです。")
    if count > MOST_PAGES:
        raise NoDocument(f"ページが多すぎます（{count:,}ページ）。{MOST_PAGES}ページまでにしてください。")


def _clean(pdf: Pdf) -> None:
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    for thing in _dictionaries(pdf):
        for key in (*TOLD, *ACTING):
            if key in thing:
                del thing[key]
        action = thing.get("/A")
        if isinstance(action, Dictionary) and str(action.get("/S", "")) in ACTIONS:
            del thing["/A"]
        if isinstance(thing, Stream):
            _clean_picture(thing)


def _dictionaries(pdf: Pdf) -> Iterator[Dictionary | Stream]:
    """Every dictionary and stream of the file, those that stand inside others too."""
    waiting = [*pdf.objects, pdf.Root]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, Dictionary | Stream):
            yield thing
            waiting += [value for value in dict(thing.items()).values() if _is_inside(value)]
        elif isinstance(thing, pikepdf.Array):
            waiting += [value for value in thing if _is_inside(value)]


def _is_inside(value: object) -> bool:
    return isinstance(value, Dictionary | pikepdf.Array) and not value.is_indirect


def _clean_picture(thing: Stream) -> None:
    """A photograph in the PDF without its EXIF, its pixels untouched."""
    if thing.get("/Filter") in (Name.DCTDecode, [Name.DCTDecode]):
        raw = thing.read_raw_bytes()
        plain = without_segments(raw)
        if plain != raw:
            parms = thing.get("/DecodeParms")
            kept = parms if isinstance(parms, Dictionary | pikepdf.Array) else None
            thing.write(plain, filter=Name.DCTDecode, decode_parms=kept)


# Of a JPEG's application segments its reader needs these: JFIF, the colour profile, Adobe's word on colours.
NEEDED = ((0xE0, b"JFIF"), (0xE2, b"ICC_PROFILE"), (0xEE, b"Adobe"))
SCAN, END, COMMENT = 0xDA, 0xD9, 0xFE


def without_segments(jpeg: bytes) -> bytes:
    """The JPEG without segments that tell of place, camera, program or thumbnail; anything else as it was."""
    kept, place = [jpeg[:2]], 2
    while place + 4 <= len(jpeg) and jpeg[place] == 0xFF and jpeg[place + 1] not in (SCAN, END):
        end = place + 2 + int.from_bytes(jpeg[place + 2 : place + 4])
        if not _tells(jpeg[place + 1], jpeg[place + 4 : end]):
            kept.append(jpeg[place:end])
        place = end
    return b"".join([*kept, jpeg[place:]])


def _tells(marker: int, content: bytes) -> bool:
    application = 0xE0 <= marker <= 0xEF
    needed = any(marker == wanted and content.startswith(name) for wanted, name in NEEDED)
    return (application or marker == COMMENT) and not needed
