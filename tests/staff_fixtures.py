"""What the tests of files share: a clerk, two items, and a folder of their own for waiting files."""

import pytest

from tests import factories
from tests.admin.pages import signed_in


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def clerk(db):
    return signed_in(username="torikomi")


@pytest.fixture
def items(db):
    measure = factories.make_measure(policy_number=3)
    return [factories.make_item(measure, marks, name=f"項目{marks}") for marks in ("★◎", "●")]
