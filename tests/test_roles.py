"""Every role at every door: who passes, who is refused, and that a refusal changes nothing."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import override_settings
from django.urls import URLResolver

from tests.roles.doors import DOORS, OUTSIDE, Door
from tests.roles.world import CLOSED, EVERY_ROLE, IN_WORDS, STRANGER, World, make_world, state_of_everything

# Also what makes pytest-django prepare a test database for the fixture below.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[World]:
    """Made once: every answer is undone before the next door is tried."""
    folder = override_settings(VAR_DIR=tmp_path_factory.mktemp("var"))
    with folder, django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_each_role_passes_its_doors_and_no_other(world, door):
    before = state_of_everything()
    faults = [fault for role in EVERY_ROLE if (fault := _fault(world, door, role, before))]
    assert faults == []


def _fault(world: World, door: Door, role: str, before: tuple) -> str:
    """What is wrong with the answer that the role gets, or nothing; whatever it does is undone."""
    with transaction.atomic():
        status, sent_away = _answer(world, door, role)
        after = state_of_everything()
        transaction.set_rollback(True)
    if role in door.who:
        right = status in door.passed and not sent_away
    elif role in (CLOSED, STRANGER):
        right = sent_away
    else:
        right = status == door.refused
    changed = "、変更あり" if role not in door.who and after != before else ""
    return "" if right and not changed else f"{IN_WORDS[role]}：{status}{changed}"


def _answer(world: World, door: Door, role: str) -> tuple[int, bool]:
    """The answer's status, and whether it asks to log in."""
    data = {name: world.address(value) for name, value in door.data.items()}
    response = getattr(world.browsers[role], door.method)(world.address(door.address), data)
    asks = response.status_code == 302 and response["Location"].startswith("/admin/login/")
    late = not response.streaming and "ログイン" in response.content.decode(errors="ignore")
    return response.status_code, asks or (late and role in (CLOSED, STRANGER))


def named_addresses(patterns=None) -> Iterator[str]:
    """The name of every address of the admin site."""
    for pattern in admin.site.urls[0] if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from named_addresses(pattern.url_patterns)
        elif pattern.name:
            yield pattern.name


def test_no_address_of_the_staff_wing_is_missing_from_the_table():
    named = {door.name for door in DOORS} | OUTSIDE
    assert set(named_addresses()) - named == set(), "name the new address in tests/roles/doors.py, with who may pass"
    assert named - set(named_addresses()) == set(), "these addresses are gone"
