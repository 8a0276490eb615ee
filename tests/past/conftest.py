"""A plan without items, and the browser of the coordinator's office."""

import pytest

from actionplan.permissions import COORDINATOR
from tests import factories
from tests.admin.pages import signed_in


@pytest.fixture
def plan():
    return factories.make_plan("見本計画")


@pytest.fixture
def office(plan):
    return signed_in(factories.make_person(COORDINATOR, username="事務局さん"))
