"""Anybody can check what was published: the content's file, the list of files, the chain."""

import hashlib
import re

import pytest

from actionplan.exports.pdf import StillBeingMade
from actionplan.models import Edition
from actionplan.models.edition import chain_sha256
from actionplan.publishing.publish import publish, withdraw


@pytest.fixture
def edition(real_report, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return publish(real_report, by=None)


@pytest.fixture
def second(edition):
    status = edition.report.statuses.first()
    status.text = "直した文"
    status.save()
    return publish(edition.report, by=None, note="直しました。")


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_the_hash_of_the_contents_file_is_the_editions(client, edition, second):
    for each in (edition, second):
        response = client.get(f"/reports/2009/v{each.number}.content.json")
        assert sha256(response.content) == each.content_sha256 == response["X-Edition-SHA256"]
        assert each.content_sha256 in client.get("/verify/").content.decode()


def test_every_line_of_the_list_is_the_hash_of_the_file_of_that_name(client, edition, second):
    addresses = ["v1.csv", "v1.csv?encoding=cp932", "v1.xlsx", "v1.txt", "v1.json", "v1.content.json"]
    listed = dict(
        reversed(line.split("  ")) for line in client.get("/reports/2009/v1.sha256").content.decode().splitlines()
    )
    for address in addresses:
        response = client.get(f"/reports/2009/{address}")
        name = re.search('filename="(.+)"', response["Content-Disposition"])[1]
        assert listed.pop(name) == sha256(response.content) == response["X-File-SHA256"]
        assert response["X-Edition-SHA256"] == edition.content_sha256
    assert list(listed) == ["422096_action_plan_fy2009_v1_form.xlsx"]


def test_the_list_names_no_file_that_cannot_be_written(client, edition):
    status = edition.report.statuses.first()
    status.text = "𠮷"
    status.save()
    publish(edition.report, by=None, note="𠮷")
    names = client.get("/reports/2009/v2.sha256").content.decode()
    assert "v2.csv" in names
    assert "cp932" not in names


def test_the_chain_can_be_computed_by_who_reads_the_page(client, edition, second):
    page = client.get("/verify/").content.decode()
    for previous, each in (("", edition), (edition.chain_sha256, second)):
        assert each.chain_sha256 == sha256(f"{previous}\n2009 v{each.number}\n{each.content_sha256}\n".encode())
        assert each.chain_sha256 == chain_sha256(previous, each.chain_name, each.content_sha256)
        assert f"<code>{each.chain_sha256}</code>" in page
    assert page.count(edition.chain_sha256) == 2


def test_a_withdrawn_edition_shows_nothing_but_its_place_in_the_chain(client, edition, second):
    withdraw(edition, by=None, reason="誤り")
    page = client.get("/verify/").content.decode()
    assert edition.content_sha256 not in page
    assert page.count(edition.chain_sha256) == 1
    assert client.get("/reports/2009/v1.content.json").status_code == 404
    assert client.get("/reports/2009/v1.sha256").status_code == 404


@pytest.mark.django_db
def test_before_anything_is_published_the_page_says_so(client):
    assert "公表された報告は、まだありません。" in client.get("/verify/").content.decode()


def test_it_asks_as_often_for_two_editions_as_for_one(client, edition, django_assert_num_queries):
    with django_assert_num_queries(3):
        client.get("/verify/")
    status = edition.report.statuses.first()
    status.text = "直した文"
    status.save()
    publish(edition.report, by=None, note="直しました。")
    assert Edition.objects.count() == 2
    with django_assert_num_queries(3):
        client.get("/verify/")


def test_while_the_list_waits_for_its_turn_the_page_says_so_by_its_name(client, edition, monkeypatch):
    def busy(name, make):
        raise StillBeingMade

    monkeypatch.setattr("actionplan.exports.report_files.kept", busy)
    response = client.get("/reports/2009/v1.sha256")
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert "ファイルの一覧を作っています" in response.content.decode()
    assert "PDF" not in re.search(r"<main.*?</main>", response.content.decode(), re.S)[0]
