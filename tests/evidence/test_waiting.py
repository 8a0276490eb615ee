"""Files of a refused request: what is fit waits for the next try, for who sent it, and goes once it is not needed."""

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import factories
from tests.admin.pages import form_of, signed_in
from tests.evidence import files
from tests.evidence.offering import Desk, make_desk, words

pytestmark = pytest.mark.django_db
MEGABYTE = 1024 * 1024


def uploads() -> list:
    """The files that wait."""
    place = settings.VAR_DIR / "uploads"
    return [path for path in place.iterdir() if path.name.startswith("evidence-")] if place.exists() else []


def again(desk, answer, **changes):
    """Sends the form for new files as the page shows it, with what was changed: alt_0="…"."""
    form = form_of(answer, "evidence-add")
    named = {f"new-{key.rpartition('_')[2]}-{key.rpartition('_')[0]}": value for key, value in changes.items()}
    return desk.browser.post(desk.address, {**form, "do": "add", **named}, follow=True)


def test_a_file_without_its_words_waits_and_need_not_be_chosen_again():
    desk = make_desk()
    answer = desk.offer(("写真.jpg", files.jpeg(), "", "説明会"), ("資料.pdf", files.pdf(), "", "配布資料"))
    assert (answer.status_code, len(uploads())) == (422, 2)
    assert "何も保存していません。" in words(answer)
    assert "「写真.jpg」「資料.pdf」は預かっています。" in words(answer)
    # Refused once more, for the same: they go on waiting, each once.
    answer = again(desk, answer)
    assert (answer.status_code, len(uploads()), desk.kept) == (422, 2, [])
    assert "2個の資料を加えました。" in words(again(desk, answer, alt_0="話を聞く人たち"))
    assert [(row.original_name, row.alt, row.caption) for row in desk.kept] == [
        ("写真.jpg", "話を聞く人たち", "説明会"),
        ("資料.pdf", "", "配布資料"),
    ]
    assert uploads() == []


def test_a_waiting_file_gives_way_to_another_that_is_fit_and_not_to_a_bad_one():
    desk = make_desk()
    answer = desk.offer(("写真.jpg", files.jpeg()))
    bad = SimpleUploadedFile("悪い.jpg", b"MZ" + bytes(99))
    answer = again(desk, answer, file_0=bad, alt_0="人")
    assert "「悪い.jpg」は使えません。" in words(answer)
    assert "預かっているファイル：<strong>写真.jpg</strong>" in words(answer)
    again(desk, answer, file_0=SimpleUploadedFile("図.png", files.png()), alt_0="図")
    assert [row.original_name for row in desk.kept] == ["図.png"]
    assert uploads() == []


def test_a_waiting_file_that_is_not_wanted_is_left_out():
    desk = make_desk()
    answer = desk.offer(("写真.jpg", files.jpeg(), "", "説明会"), ("資料.pdf", files.pdf(), "", "配布資料"))
    assert "1個の資料を加えました。" in words(again(desk, answer, drop_0="on"))
    assert [row.original_name for row in desk.kept] == ["資料.pdf"]
    assert uploads() == []


def test_the_same_picture_twice_waits_once():
    desk, photo = make_desk(), files.jpeg()
    answer = desk.offer(("a.jpg", photo, "人"), ("b.jpg", photo, "人"))
    assert "「a.jpg」は預かっています。" in words(answer)
    assert len(uploads()) == 1
    assert "1個の資料を加えました。" in words(again(desk, answer, alt_1="", caption_1=""))


def test_a_waiting_file_that_is_gone_is_asked_for_again():
    desk = make_desk()
    answer = desk.offer(("写真.jpg", files.jpeg()))
    for path in uploads():
        path.unlink()
    answer = again(desk, answer, alt_0="人")
    assert "預かっていたファイルがありません。もう一度選んでください。" in words(answer)
    assert "預かっているファイル" not in words(answer)


@pytest.mark.parametrize("held", ["x", "W10:x:y", "あ" * 300])
def test_a_waiting_file_that_nobody_signed_is_none(held):
    desk = make_desk()
    answer = desk.browser.post(desk.address, {"do": "add", "new-0-held": held, "new-0-alt": "人"})
    assert answer.status_code == 422
    assert desk.kept == []


def test_nobody_else_comes_to_a_waiting_file():
    desk = make_desk()
    form = form_of(desk.offer(("写真.jpg", files.jpeg())), "evidence-add")
    other = Desk(desk.status, signed_in(factories.make_user(username="other")))
    answer = other.browser.post(desk.address, {**form, "do": "add", "new-0-alt": "人"})
    assert "預かっていたファイルがありません。" in words(answer)
    assert desk.kept == []
    assert len(uploads()) == 1


def test_too_much_at_once_leaves_what_waits_already_where_it_is():
    desk, large = make_desk(), b"\xff\xd8\xff" + bytes(10 * MEGABYTE - 3)
    answer = desk.offer(("写真.jpg", files.jpeg()))
    large_ones = {f"file_{number}": SimpleUploadedFile(f"{number}.jpg", large) for number in (1, 2, 3)}
    answer = again(desk, answer, **large_ones)
    assert answer.status_code == 422
    assert "1個の資料を加えました。" in words(again(desk, answer, alt_0="人"))
