"""A file is what its content is, whatever its name; what is published of it holds nothing but what is seen."""

from io import BytesIO

import pikepdf
import pytest
from PIL import Image

from actionplan.evidence.documents import without_segments
from actionplan.evidence.judging import FileRefused, fit_file, too_large, too_large_together
from tests.evidence import files
from tests.evidence.files import SECRET

MEGABYTE = 1024 * 1024


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


@pytest.mark.parametrize(
    ("data", "media_type"), [(files.jpeg(), "image/jpeg"), (files.png(), "image/png"), (files.webp(), "image/webp")]
)
def test_place_camera_and_comments_do_not_come_along(data, media_type):
    assert SECRET in data
    fit = fit_file("x.jpg", data)
    assert fit.media_type == media_type
    for made in (fit.data, fit.small.data):
        assert SECRET not in made
        assert not opened(made).getexif()
        assert not {"exif", "xmp", "comment", "XML:com.adobe.xmp", "Author"} & opened(made).info.keys()


def test_a_photograph_stands_upright_and_fits_a_screen():
    fit = fit_file("x.jpg", files.jpeg(3000, 2000, orientation=files.TURNED))
    assert opened(fit.data).size == (fit.picture.width, fit.picture.height) == (1067, 1600)
    assert opened(fit.small.data).size == (427, 640)


def test_a_small_picture_is_not_made_larger_and_is_its_own_preview():
    fit = fit_file("x.png", files.png(300, 200))
    assert (fit.picture.width, fit.picture.height) == (300, 200)
    assert fit.small == fit.picture


def test_the_same_file_gives_the_same_bytes():
    for data in (files.jpeg(), files.png(), files.webp(), files.pdf()):
        assert fit_file("x", data).data == fit_file("y", data).data


def test_what_is_clear_stays_clear():
    data = files.saved(Image.new("RGBA", (50, 50), (255, 0, 0, 0)), "PNG")
    assert opened(fit_file("x.png", data).data).getpixel((1, 1))[3] == 0


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGBA", "CMYK"])
def test_pictures_of_every_kind_of_colour_are_taken(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert opened(fit_file("x", files.saved(Image.new(mode, (30, 20)), kind)).data).size == (30, 20)


def test_a_damaged_colour_profile_is_passed_over():
    data = files.saved(Image.new("RGB", (30, 20), "red"), "JPEG", icc_profile=b"no profile at all")
    assert "icc_profile" not in opened(fit_file("x", data).data).info


@pytest.mark.parametrize("tail", [b"<?php evil ?>", files.archive(), b"<script>alert(1)</script>", files.pdf()])
def test_what_hangs_on_a_picture_is_left_behind(tail):
    made = fit_file("x.jpg", files.jpeg() + tail).data
    assert tail not in made
    assert b"<script" not in made


PROGRAM = "中身はプログラム（実行ファイル）です"


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("説明会.jpg", b"MZ\x90\x00" + b"\x00" * 500, PROGRAM),
        ("説明会.png", b"\x7fELF" + b"\x00" * 500, PROGRAM),
        ("説明会.jpg", b"#!/bin/sh\nrm -rf /\n", PROGRAM),
        (
            "図.svg",
            b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
            "SVGの図は使えません",
        ),
        ("図.png", b"\xef\xbb\xbf  <SVG onload=alert(1)>", "SVGの図は使えません"),
        ("頁.jpg", b"<!doctype html><html><body>x</body></html>", "ホームページの文書"),
        ("図.gif", b"GIF89a" + b"\x00" * 50, "GIF・BMP・TIFF"),
        ("図.tif", b"II*\x00" + b"\x00" * 50, "GIF・BMP・TIFF"),
        ("写真.jpg", b"\x00\x00\x00\x18ftypheic" + b"\x00" * 50, "HEICなど"),
        ("資料.pdf", files.archive(), "中身はZIPか、WordやExcelのファイルです"),
        ("資料.pdf", b"\xd0\xcf\x11\xe0" + b"\x00" * 50, "古い形のWordやExcel"),
        ("空.jpg", b"", "中身が空です"),
        ("文.pdf", "ただの文".encode(), "写真でもPDFでもありません"),
        ("文.pdf", b"junk " + files.pdf(), "写真でもPDFでもありません"),
        ("大.png", files.bomb(), "画素数が多すぎます"),
        ("大.png", files.bomb(9000, 9000), "画素数が多すぎます"),
        ("切.jpg", files.jpeg()[:700], "写真として開けません"),
        ("偽.jpg", b"\xff\xd8\xff" + b"\x00" * 50, "写真として開けません"),
        ("偽.webp", b"RIFF\x10\x00\x00\x00WEBPVP8 " + b"\x00" * 20, "写真として開けません"),
        ("動.webp", files.moving("WEBP"), "動く画像は使えません"),
        ("動.png", files.moving("PNG"), "動く画像は使えません"),
        ("鍵.pdf", files.locked_pdf(user="secret"), "パスワードや印刷の制限"),
        ("鍵.pdf", files.locked_pdf(), "パスワードや印刷の制限"),
        ("偽.pdf", b"%PDF-1.7\nnothing", "PDFとして開けません"),
    ],
)
def test_what_cannot_be_taken_is_refused_by_a_sentence_of_its_own_that_names_the_file(name, data, sentence):
    with pytest.raises(FileRefused) as refused:
        fit_file(name, data)
    assert str(refused.value).startswith(f"「{name}」は使えません。")
    assert sentence in str(refused.value)


def test_a_pdf_keeps_its_pages_and_tells_nothing_of_its_makers():
    data = files.pdf(pages=2)
    made = fit_file("x.pdf", data).data
    with pikepdf.open(BytesIO(made)) as found:
        assert len(found.pages) == 2
        assert "/Info" not in found.trailer
        assert not {"/Metadata", "/OpenAction"} & found.Root.keys()
        assert not found.attachments
        annotation = found.pages[0].Annots[0]
        assert "/A" not in annotation
        photo = found.pages[0].Resources.XObject.P.read_raw_bytes()
        assert opened(photo).size == (400, 300)
        assert not opened(photo).getexif()
    with pikepdf.open(BytesIO(made)) as found:
        found.save(
            whole := BytesIO(), compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.generalized
        )
    for word in (SECRET, b"JavaScript", b"x.exe", b"EmbeddedFile"):
        assert word not in whole.getvalue()


def test_a_web_link_in_a_pdf_stays():
    made = pikepdf.new()
    made.add_blank_page()
    uri = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.jp/")
    made.pages[0].Annots = [pikepdf.Dictionary(Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=uri)]
    made.save(stream := BytesIO())
    with pikepdf.open(BytesIO(fit_file("x.pdf", stream.getvalue()).data)) as found:
        assert str(found.pages[0].Annots[0].A.URI) == "https://example.jp/"


def test_too_many_pages_are_refused():
    made = pikepdf.new()
    for _ in range(301):
        made.add_blank_page()
    made.save(stream := BytesIO())
    with pytest.raises(FileRefused, match="ページが多すぎます（301ページ）"):
        fit_file("長.pdf", stream.getvalue())


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"\xff\xd8\xff\xe1\x00", b"\xff\xd8\xff\xe1\xff\xff12", b"nothing"])
def test_what_is_no_whole_jpeg_loses_no_part_that_is_not_a_whole_segment(data):
    assert len(without_segments(data)) <= len(data)


def test_sizes_are_refused_by_a_sentence_a_file():
    assert "「大.jpg」は大きすぎます（10.5MB）。1つのファイルは10.0MBまでです。" in too_large(
        "大.jpg", int(10.5 * MEGABYTE)
    )
    assert too_large("小.jpg", 10 * MEGABYTE) == ""
    sentences = too_large_together([(f"{number}.jpg", 10 * MEGABYTE) for number in (1, 2, 3)])
    assert [sentence[:7] for sentence in sentences] == ["「1.jpg」", "「2.jpg」", "「3.jpg」"]
    assert all("全部で30.0MB" in sentence for sentence in sentences)
    assert too_large_together([("1.jpg", 10 * MEGABYTE), ("2.jpg", 10 * MEGABYTE)]) == []
