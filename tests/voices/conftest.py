"""What the tests of staff pages share."""

from tests.staff_fixtures import own_folder  # noqa: F401
