"""What the tests of evidence share: a folder of their own for kept files."""

from tests.staff_fixtures import own_folder  # noqa: F401
