"""Every role at every door by every method, honestly and forged: who passes, and that nothing else reads or writes."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver

from actionplan.trail import security
from tests.roles.doors import DOORS, OUTSIDE
from tests.roles.walk import ODD_METHODS, Walker, fingerprint
from tests.roles.world import CLERK, EVERY_ROLE, IN_WORDS, MARKER, STRANGER, SUPERUSER, World, make_world
from tsushima_portal.logs import event_told

# Also what makes pytest-django prepare a test database for the fixture below.
pytestmark = pytest.mark.django_db
READABLE = {door.address: door for door in DOORS if door.method == "get"}
SENDABLE = [door for door in DOORS if door.method == "post"]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[World]:
    """Made once: whatever somebody may write is undone, and the rest is shown to write nothing."""
    quiet = override_settings(VAR_DIR=tmp_path_factory.mktemp("var"), LOG_REQUESTS=False)
    # That thousands are refused is told by tests/trail/test_security_events.py; here it only takes time.
    event_told.disconnect(dispatch_uid=security.KEPT)
    with quiet, django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)
    security.connect()


@pytest.mark.parametrize("role", EVERY_ROLE, ids=IN_WORDS.get)
def test_each_role_passes_its_doors_and_no_other(world, role):
    walker, before = Walker(world, role), fingerprint()
    for door in READABLE.values():
        walker.look(door)
    for door in SENDABLE:
        walker.send(door)
    assert walker.faults == []
    assert changed(before) == []


@pytest.mark.parametrize("role", [SUPERUSER, CLERK, STRANGER], ids=IN_WORDS.get)
def test_a_method_that_no_page_knows_changes_and_shows_nothing(world, role):
    """Of who may do everything, something and nothing: what the first cannot write by it nobody can."""
    walker, before = Walker(world, role), fingerprint()
    for address in {door.address for door in DOORS}:
        if address in READABLE:
            walker.look(READABLE[address], "head")
        walker.try_oddly(address, READABLE[address].who if address in READABLE else "")
    assert walker.faults == []
    assert changed(before) == []


def changed(before: dict[str, str]) -> list[str]:
    """The tables whose rows are not what they were."""
    after = fingerprint()
    return [table for table in before if before[table] != after[table]]


def test_a_partners_link_opens_its_own_texts_by_no_method_more(world):
    before, link = fingerprint(), world.places["link"]
    for method in ("get", "head", *ODD_METHODS):
        answer = getattr(Client(), method)(link)
        assert answer.status_code in (200, 405), method
        assert changed(before) == [], method
    assert MARKER.encode() not in Client().get(link).content


def addresses(patterns=None) -> Iterator[URLPattern]:
    """Every address of the admin site."""
    for pattern in admin.site.urls[0] if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns)
        else:
            yield pattern


def test_no_address_of_the_staff_wing_is_missing_from_the_table():
    named, there = {door.name for door in DOORS} | OUTSIDE, {pattern.name for pattern in addresses() if pattern.name}
    assert there - named == set(), "name the new address in tests/roles/doors.py, with who may pass"
    assert named - there == set(), "these addresses are gone"


def test_an_address_without_a_name_is_one_of_djangos_own():
    unnamed = {str(pattern.pattern) for pattern in addresses() if not pattern.name}
    assert unnamed == {"<path:object_id>/", r"(?P<url>.*)$"}
