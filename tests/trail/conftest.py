"""What the tests of the trail share: a person for each role, and a change to look for."""

import pytest

from actionplan.permissions import CLERK, COORDINATOR, HEAD, PUBLISHER, READER
from tests import factories
from tests.admin.pages import signed_in
from tests.staff_fixtures import own_folder  # noqa: F401

ROLES = {"jimu": COORDINATOR, "tanto": CLERK, "kacho": HEAD, "kohyo": PUBLISHER, "kansa": READER}


def make_person(username: str, *departments, **fields):
    """Somebody in the group of that role, a member of the departments."""
    return factories.make_person(ROLES[username], departments=departments, username=username, **fields)


@pytest.fixture
def department(db):
    return factories.make_department()


@pytest.fixture
def auditor(db):
    return make_person("kansa")


def change(status, text="直した文", **told):
    """A change of the status that leaves one record."""
    from actionplan.models import note_source

    status.text = text
    status._history_user = told.pop("by", None)
    note_source(status, **told).save()
    return status.history.order_by("history_id").last()


@pytest.fixture
def door(settings, tmp_path):
    """A browser of somebody who may do everything."""
    settings.VAR_DIR = tmp_path
    return signed_in(username="kakite", last_name="書手")
