"""Files on their way to a page: one reading at a time a person, the virus scanner, and leftovers."""

import os
import socket
import struct
import threading
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from actionplan.waiting_files import ONE_DAY, clear_left_over
from tests.inquiry.inquiring import shown
from tsushima_portal import receiving

pytestmark = pytest.mark.django_db
# In two halves, so that nobody's scanner takes this file for a virus.
EICAR = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*").encode()
CLEAN = "番号,項目\r\n1,対馬市\r\n".encode()


class Clamd(threading.Thread):
    """A scanner that knows one virus, and what it was asked. says: its answer, whatever comes."""

    def __init__(self, place, says: bytes | None = None) -> None:
        super().__init__(daemon=True)
        family = socket.AF_INET if place is None else socket.AF_UNIX
        self.line = socket.socket(family, socket.SOCK_STREAM)
        self.line.bind(("127.0.0.1", 0) if place is None else str(place))
        self.line.listen()
        self.says, self.seen = says, []

    def run(self) -> None:
        while True:
            with self.line.accept()[0] as asked, asked.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                data = b""
                while size := struct.unpack("!L", stream.read(4))[0]:
                    data += stream.read(size)
                self.seen.append(data)
                found = b"stream: Eicar-Signature FOUND\0" if EICAR in data else b"stream: OK\0"
                asked.sendall(self.says or found)


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR_DIR = settings.FILE_UPLOAD_TEMP_DIR = tmp_path


@pytest.fixture
def scanner(settings, tmp_path):
    clamd = Clamd(tmp_path / "clamd.ctl")
    clamd.start()
    settings.CLAMAV = str(tmp_path / "clamd.ctl")
    return clamd


def send(client, data=CLEAN, name="職員.csv"):
    return client.post(reverse("admin:people_import"), {"file": SimpleUploadedFile(name, data)})


def test_a_clean_file_reaches_its_page(admin_client, scanner):
    assert "列がありません" in shown(send(admin_client))
    assert scanner.seen == [CLEAN]


def test_a_virus_is_refused_by_name(admin_client, scanner):
    refused = send(admin_client, CLEAN + EICAR)
    assert refused.status_code == 422
    assert "「職員.csv」からウイルスが見つかったため、受け取っていません（検出名：Eicar-Signature）" in shown(refused)


def test_a_scanner_at_a_port_is_asked_alike(admin_client, settings):
    clamd = Clamd(None)
    clamd.start()
    settings.CLAMAV = f"127.0.0.1:{clamd.line.getsockname()[1]}"
    assert send(admin_client, EICAR).status_code == 422


@pytest.mark.parametrize("says", [b"INSTREAM size limit exceeded. ERROR\0", b"stream: broken ERROR\0", b"\0"])
def test_what_the_scanner_did_not_examine_is_refused(admin_client, settings, tmp_path, says):
    Clamd(tmp_path / "odd.ctl", says).start()
    settings.CLAMAV = f"unix:{tmp_path}/odd.ctl"
    assert "ウイルス検査のプログラムが応答しない" in shown(send(admin_client))


@pytest.mark.parametrize(("away", "status"), [("refuse", 422), ("accept", 200)])
def test_a_scanner_that_is_away_refuses_unless_the_city_says_otherwise(admin_client, settings, tmp_path, away, status):
    settings.CLAMAV, settings.CLAMAV_AWAY = str(tmp_path / "nobody.ctl"), away
    assert send(admin_client).status_code == status


def test_a_second_reading_of_the_same_person_is_told_to_wait(admin_client, admin_user):
    turn = receiving.take_turn(admin_user.pk)
    refused = send(admin_client)
    assert refused.status_code == 429
    assert "前に送ったファイルを、まだ読み取っています" in shown(refused)
    os.close(turn)
    assert send(admin_client).status_code == 200
    assert send(admin_client).status_code == 200


def test_another_person_need_not_wait(admin_client, admin_user):
    receiving.take_turn(admin_user.pk + 1)
    assert send(admin_client).status_code == 200


def test_the_turn_goes_with_its_process(admin_user):
    child = os.fork()
    if not child:
        receiving.take_turn(7)
        os.kill(os.getpid(), 9)
    os.waitpid(child, 0)
    assert receiving.take_turn(7) is not None


def test_what_nobody_confirmed_goes_after_a_day(tmp_path):
    (tmp_path / "uploads").mkdir()
    places = {"uploads/inquiry-1-old": ONE_DAY + 60, "tmpabc.upload.csv": ONE_DAY + 60, "uploads/people-1-new": 60}
    for name, age in {**places, "secret_key": 9 * ONE_DAY}.items():
        (tmp_path / name).write_bytes(b"x")
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    assert clear_left_over() == 2
    assert {path.name for path in tmp_path.rglob("*")} == {"uploads", "people-1-new", "secret_key"}
