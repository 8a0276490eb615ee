"""What the tests of areas and tags share."""

from tests.staff_fixtures import clerk, items, own_folder  # noqa: F401
