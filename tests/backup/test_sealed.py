"""A sealed file: opened by its passphrase alone, and nothing of it moved, left out, cut off or changed unseen."""

import io

import pytest

from script.lib.backup import sealed
from script.lib.backup.sealed import CHUNK, HEADER, TAG, SealedReader, SealedWriter, Unsealable

WORDS = b"a passphrase of some length"


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    monkeypatch.setattr(sealed, "COST", 4)


def seal(content: bytes) -> bytes:
    file = io.BytesIO()
    writer = SealedWriter(file, WORDS)
    for place in range(0, len(content), 50_000):
        writer.write(content[place : place + 50_000])
    writer.finish()
    return file.getvalue()


def unseal(data: bytes, passphrase: bytes = WORDS) -> bytes:
    return io.BufferedReader(SealedReader(io.BytesIO(data), passphrase)).read()


def content_of(size: int) -> bytes:
    return bytes(number % 251 for number in range(size))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7])
def test_what_was_sealed_comes_back(size):
    data = seal(content_of(size))
    assert unseal(data) == content_of(size)
    assert content_of(64)[:64] not in data or size < 64


def test_it_is_read_at_any_place():
    content = content_of(2 * CHUNK + 100)
    file = io.BufferedReader(SealedReader(io.BytesIO(seal(content)), WORDS), 16)
    for place in (2 * CHUNK + 50, 5, CHUNK - 3, CHUNK):
        file.seek(place)
        assert file.read(30) == content[place : place + 30]
    assert file.seek(-10, io.SEEK_END) == len(content) - 10
    assert file.read() == content[-10:]


def test_two_of_the_same_content_are_different():
    assert seal(b"the same") != seal(b"the same")


def test_a_wrong_passphrase_is_said_to_be_one():
    with pytest.raises(Unsealable, match="合言葉が違う"):
        unseal(seal(b"content"), b"another passphrase")


@pytest.mark.parametrize("place", [5, len(sealed.MAGIC), len(sealed.MAGIC) + 3, HEADER - 1, HEADER, HEADER + CHUNK, -1])
def test_a_changed_byte_is_seen_wherever_it_is(place):
    data = bytearray(seal(content_of(CHUNK + 10)))
    data[place] ^= 1
    with pytest.raises(Unsealable):
        unseal(bytes(data))


@pytest.mark.parametrize("left", [0, 10, HEADER, HEADER + TAG, HEADER + CHUNK + TAG, HEADER + CHUNK + TAG + 5, -1])
def test_a_file_that_is_cut_off_is_seen(left):
    with pytest.raises(Unsealable):
        unseal(seal(content_of(2 * CHUNK))[:left])


def test_chunks_that_changed_places_are_seen():
    data = seal(content_of(3 * CHUNK))
    first, second = data[HEADER:][: CHUNK + TAG], data[HEADER + CHUNK + TAG :][: CHUNK + TAG]
    with pytest.raises(Unsealable):
        unseal(data[:HEADER] + second + first + data[HEADER + 2 * (CHUNK + TAG) :])


def test_a_file_cannot_ask_for_more_memory_than_it_should():
    data = bytearray(seal(b"content"))
    data[len(sealed.MAGIC)] = 60
    with pytest.raises(Unsealable, match="先頭が壊れています"):
        unseal(bytes(data))


@pytest.mark.parametrize(("written", "expected"), [("twelve words\nrest", b"twelve words"), ("十二文字以上\r\n", None)])
def test_a_passphrase_is_the_first_line_of_its_file(tmp_path, written, expected):
    (tmp_path / "words").write_text(written, encoding="utf-8")
    assert sealed.passphrase_from(tmp_path / "words") == (expected or "十二文字以上".encode())
    assert sealed.passphrase_from(None) is None


@pytest.mark.parametrize("written", ["", "short", "\nthe second line is long enough"])
def test_a_passphrase_that_is_none_is_refused(tmp_path, written):
    (tmp_path / "words").write_text(written)
    with pytest.raises(Unsealable, match="12文字以上"):
        sealed.passphrase_from(tmp_path / "words")
    with pytest.raises(Unsealable, match="読めません"):
        sealed.passphrase_from(tmp_path / "none")
