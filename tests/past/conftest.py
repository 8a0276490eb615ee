"""A plan without items, and the browser of the coordinator's office."""

import pytest

from actionplan.permissions import COORDINATOR
from tests import factories
from tests.admin.pages import signed_in


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    """Files wait in a folder of the test's own: what waits is listed."""
    settings.VAR_DIR = tmp_path


@pytest.fixture
def plan():
    return factories.make_plan("見本計画")


@pytest.fixture
def office(plan):
    return signed_in(factories.make_person(COORDINATOR, username="事務局さん"))
