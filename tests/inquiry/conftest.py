"""What the tests of staff pages share."""

from tests.staff_fixtures import clerk, items, own_folder  # noqa: F401
