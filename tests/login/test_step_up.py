"""A fresh yes before what cannot be taken back: publishing, withdrawing, people's data, rights."""

import re
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile

from actionplan.login.gate import STEP_UP
from actionplan.models import Edition
from tests import factories
from tests.admin.pages import form_of, signed_in
from tests.login.conftest import PASSWORD, make
from tests.test_roles import addresses

pytestmark = pytest.mark.django_db


@pytest.fixture
def stale():
    """A superuser's browser, logged in a while ago."""
    client = signed_in(make("boss", superuser=True))
    session = client.session
    session["confirmed_at"] -= 16 * 60
    session.save()
    return client


def test_its_table_names_pages_that_exist():
    assert set(STEP_UP) <= {pattern.name for pattern in addresses()}


def test_publishing_asks_and_then_goes_on_with_what_was_sent(stale):
    report = factories.make_status(state="confirmed").report
    address = f"/admin/actionplan/annualreport/{report.pk}/publish/"
    form = form_of(stale.get(address), "publish-form") or {}
    asked = stale.post(address, form | {"note": "<b>書いた文</b>\r\n二行目"})
    page = asked.content.decode()
    assert "本人の確認" in page
    assert "&lt;b&gt;書いた文" in page
    assert not Edition.objects.exists()
    wrong = stale.post(address, form | {"note": "x", "confirm_secret": "wrong"})
    assert "パスワードか番号が違います" in wrong.content.decode()
    assert not Edition.objects.exists()
    stale.post(address, form | {"confirm_secret": PASSWORD})
    assert Edition.objects.exists()
    assert "confirm_secret" not in str(Edition.objects.values_list())


@pytest.mark.parametrize("address", ["/admin/people/list.csv", "/admin/trail/csv/?person=1"])
def test_a_file_about_people_asks_first_and_leads_back(stale, address):
    asked = stale.get(address)
    assert asked["Location"] == f"/admin/confirm/?{urlencode({'next': address})}"
    page = stale.get(asked["Location"]).content.decode()
    assert re.search(r'name="confirm_secret"', page)
    before = stale.session.session_key
    answer = stale.post(asked["Location"], {"confirm_secret": PASSWORD})
    assert stale.session.session_key != before
    assert answer["Location"] == address
    assert stale.get(address)["Content-Disposition"]


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "FOO"])
def test_no_other_method_reads_the_list_without_it(stale, method):
    answer = stale.generic(method, "/admin/people/list.csv")
    assert answer.status_code == (302 if method == "HEAD" else 405)
    assert not answer.content


@pytest.mark.parametrize("next_page", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil"])
def test_it_leads_to_no_other_host(stale, next_page):
    answer = stale.post("/admin/confirm/", {"confirm_secret": PASSWORD, "next": next_page})
    assert answer["Location"] == "/admin/"


def test_rights_do_not_change_without_it(stale):
    other = make("other")
    form = form_of(stale.get(f"/admin/auth/user/{other.pk}/change/"), "user_form")
    asked = stale.post(f"/admin/auth/user/{other.pk}/change/", form | {"is_superuser": "on"})
    assert asked.status_code == 200
    assert not User.objects.get(pk=other.pk).is_superuser
    stale.post(f"/admin/auth/user/{other.pk}/change/", form | {"is_superuser": "on", "confirm_secret": PASSWORD})
    assert User.objects.get(pk=other.pk).is_superuser


def test_a_fresh_log_in_is_not_asked():
    other = make("other")
    client = signed_in(make("boss", superuser=True))
    assert client.post(f"/admin/people/{other.pk}/start-password/").status_code == 200


def test_a_file_sent_along_opens_nothing(stale):
    other = make("other")
    for name in ("file", "x"):
        file = SimpleUploadedFile(name, b"x")
        asked = stale.post(f"/admin/people/{other.pk}/start-password/", {name: file})
        assert "本人の確認" in asked.content.decode()
    taking = {"waiting": "0" * 32, "x": SimpleUploadedFile("x", b"x")}
    assert "本人の確認" in stale.post("/admin/people/import/", taking).content.decode()
    assert User.objects.get(pk=other.pk).check_password(PASSWORD)


def test_a_list_of_people_may_be_looked_at_and_asks_when_it_is_taken(stale):
    file = SimpleUploadedFile("people.csv", "利用者名\n".encode())
    assert "本人の確認" not in stale.post("/admin/people/import/", {"file": file}).content.decode()
    assert "本人の確認" in stale.post("/admin/people/import/", {"waiting": "0" * 32}).content.decode()


def test_guessing_it_is_limited_like_the_log_in(stale):
    other = make("other")
    address = f"/admin/people/{other.pk}/start-password/"
    for _ in range(5):
        stale.post(address, {"confirm_secret": "wrong"})
    assert "しばらく受け付けません" in stale.post(address, {"confirm_secret": PASSWORD}).content.decode()
    assert User.objects.get(pk=other.pk).check_password(PASSWORD)
