"""Who may bring people in by a list, and whom and which roles it may touch."""

import pytest
from django.contrib.auth.models import Permission, User
from django.core.exceptions import PermissionDenied

from actionplan.organisation.people import import_people, look
from actionplan.seen import Moved
from tests import factories
from tests.organisation.listing import line, person, sentences, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db):
    return person("jimu", "事務局")


@pytest.mark.parametrize("role", ["事務局", "公表権者"])
def test_the_coordinator_cannot_hand_out_the_offices_and_the_publishers_roles(office, role):
    assert f"2行目「役割」：「{role}」は、この画面では付けられません" in sentences(office, line("sato", 役割=role))[0]


def test_the_coordinator_cannot_touch_accounts_above_by_a_hand_edited_file(office):
    person("other", "事務局")
    person("koho", "公表権者")
    person("special").user_permissions.add(Permission.objects.first())
    factories.make_user(username="root")
    for number, username in enumerate(("other", "koho", "special", "root", "jimu"), 2):
        found = sentences(office, line(username, number, 在籍="いいえ"))
        assert f"{number}行目「利用者名」" in found[0]
    with pytest.raises(Moved):
        import_people([line("koho", 在籍="いいえ")], by=office, seen=look([line("koho")], by=office).seal)
    assert User.objects.filter(is_active=False).count() == 0


def test_a_superuser_hands_out_every_role_but_does_not_close_their_own_account(coordinator):
    take(coordinator, line("sato", 役割="公表権者"))
    assert User.objects.get(username="sato").groups.get().name == "公表権者"
    assert "自分の利用者は閉じられません" in sentences(coordinator, line("coordinator", 在籍="いいえ"))[0]


@pytest.mark.parametrize("role", ["担当者", "課長", "公表権者", "閲覧者"])
def test_nobody_else_brings_people_in(role):
    with pytest.raises(PermissionDenied):
        look([line("sato")], by=person("dare", role))
