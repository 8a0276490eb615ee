"""Files as people send them: photographs with a place in them, documents with an author, and what is neither."""

import struct
import zlib
from io import BytesIO
from zipfile import ZipFile

import pikepdf
from pikepdf import Dictionary, Name
from PIL import Image

SECRET = b"tsushima-secret"
TURNED = 6


def jpeg(width: int = 400, height: int = 300, colour: str = "teal", **options) -> bytes:
    """A photograph with camera, place, comment and XMP in it."""
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()
    exif[0x8825] = {1: "N", 2: (34.0, 12.0, 3.0), 3: "E", 4: (129.0, 17.0, 5.0)}
    exif[0x0112] = options.pop("orientation", 1)
    xmp = b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"
    return saved(Image.new("RGB", (width, height), colour), "JPEG", exif=exif, comment=SECRET, xmp=xmp, **options)


def saved(image: Image.Image, kind: str, **options) -> bytes:
    """The image as a file."""
    stream = BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def png(width: int = 300, height: int = 200, colour: str = "maroon") -> bytes:
    """A picture with a text chunk in it."""
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Author", SECRET.decode())
    return saved(Image.new("RGB", (width, height), colour), "PNG", pnginfo=info)


def webp(width: int = 300, height: int = 200) -> bytes:
    """A picture with EXIF in it."""
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()
    return saved(Image.new("RGB", (width, height), "olive"), "WEBP", exif=exif, xmp=SECRET)


def bomb(width: int = 40_000, height: int = 40_000) -> bytes:
    """A small PNG that says it is enormous."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\x00" * 1000)) + chunk(b"IEND", b"")


def pdf(pages: int = 1, words: str = "") -> bytes:
    """A document with an author, a script, an enclosed file, and a photograph with a place in it."""
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page()
    photo = pikepdf.Stream(made, jpeg())
    photo.Type, photo.Subtype, photo.Filter = Name.XObject, Name.Image, Name.DCTDecode
    photo.Width, photo.Height, photo.ColorSpace, photo.BitsPerComponent = 400, 300, Name.DeviceRGB, 8
    made.pages[0].Resources = Dictionary(XObject=Dictionary(P=photo))
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=Dictionary(S=Name.Launch, F="x.exe"))
    made.pages[0].Annots = made.make_indirect([made.make_indirect(link)])
    made.docinfo["/Author"] = SECRET.decode() + words
    made.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="app.alert(1)")
    with made.open_metadata() as metadata:
        metadata["dc:creator"] = [SECRET.decode()]
    made.attachments["x.txt"] = pikepdf.AttachedFileSpec(made, SECRET, filename="x.txt")
    stream = BytesIO()
    made.save(stream)
    return stream.getvalue()


def locked_pdf(**passwords: str) -> bytes:
    """A document that asks for a password, or that forbids something."""
    made = pikepdf.new()
    made.add_blank_page()
    stream = BytesIO()
    made.save(stream, encryption=pikepdf.Encryption(**{"owner": "x", "user": "", **passwords}))
    return stream.getvalue()


def archive() -> bytes:
    """A zip, as a Word file is one."""
    stream = BytesIO()
    with ZipFile(stream, "w") as book:
        book.writestr("word/document.xml", "<w/>")
    return stream.getvalue()


def moving(kind: str) -> bytes:
    """A picture that moves."""
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
