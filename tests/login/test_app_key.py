"""The keys of the second factor's apps, sealed at rest."""

from binascii import hexlify
from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from actionplan.models import AppDevice, KeyLostError, opened, sealed
from tests.admin.pages import signed_in
from tests.login.conftest import log_in, make
from tests.login.test_second_factor import enrol, figures

KEY = bytes(range(20))
migration = import_module("actionplan.migrations.0028_sealed_app_keys")


def test_a_sealed_key_fits_the_librarys_column_and_shows_nothing():
    kept = sealed(KEY, 1)
    assert len(kept) <= TOTPDevice._meta.get_field("key").max_length
    assert kept != sealed(KEY, 1)
    assert opened(kept, 1) == KEY


@pytest.mark.parametrize("kept", ["", "x", hexlify(KEY).decode(), sealed.__name__ * 10])
def test_what_nobody_sealed_opens_nothing(kept):
    with pytest.raises(KeyLostError):
        opened(kept, 1)


def test_a_key_moved_to_another_account_opens_nothing():
    with pytest.raises(KeyLostError):
        opened(sealed(KEY, 1), 2)


@pytest.mark.django_db
def test_the_migration_seals_what_lay_in_clear_and_opens_it_on_the_way_back():
    device = TOTPDevice.objects.create(user=make("boss"), key=hexlify(KEY).decode())
    migration.seal(apps, None)
    assert AppDevice.objects.get().bin_key == KEY
    assert TOTPDevice.objects.get().key != device.key
    migration.lay_open(apps, None)
    assert TOTPDevice.objects.get().key == device.key


@pytest.mark.django_db
def test_neither_the_table_nor_a_session_holds_a_key_in_clear():
    client = signed_in(make("boss", superuser=True))
    client.get("/admin/second-factor/set/")
    pending = client.session["new_second_factor"]
    enrol(client)
    assert len(opened(pending, int(client.session["_auth_user_id"]))) == 20
    assert TOTPDevice.objects.get().key != hexlify(AppDevice.objects.get().bin_key).decode()


@pytest.mark.django_db
def test_a_former_key_opens_once_more_and_the_present_one_seals_then(settings, monkeypatch):
    import time

    account, now = make("boss", superuser=True), time.time()
    enrol(signed_in(account))
    key = AppDevice.objects.get().bin_key
    monkeypatch.setattr(time, "time", lambda: now + 60)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [settings.SECRET_KEY]
    client = Client()
    log_in("boss", client=client)
    assert client.post("/admin/second-factor/", {"code": figures(key)}).status_code == 302
    settings.SECRET_KEY_FALLBACKS = []
    assert AppDevice.objects.get().bin_key == key


@pytest.mark.django_db
def test_a_lost_secret_key_is_said_and_the_office_lets_the_owner_begin_anew(settings):
    settings.SECOND_FACTOR = "offered"
    account = make("boss", superuser=True)
    enrol(signed_in(account))
    settings.SECRET_KEY = "n" * 50
    client = Client()
    log_in("boss", client=client)
    page = client.post("/admin/second-factor/", {"code": "123456"}).content.decode()
    assert "サーバーの秘密の鍵が変わったため" in page
    signed_in(make("helper", superuser=True)).post(f"/admin/people/{account.pk}/second-factor/")
    log_in("boss", client=client)
    assert client.get("/admin/").status_code == 200
