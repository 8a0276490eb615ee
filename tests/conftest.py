"""Fixtures that every test may ask for: the real report, a coordinator, plain static files."""

import gc
import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.backends.base.operations import BaseDatabaseOperations
from django.test import override_settings
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests import database, factories

TESTS = Path(__file__).resolve().parent
# What script/test migrated once a run: the file on SQLite, the database's name on PostgreSQL; without it, each process
# of tests migrates its own.
MIGRATED = os.environ.get("MIGRATED", "")

# What tests hold is held to the end of the run: looking through it again and again frees nothing.
gc.set_threshold(50_000, 20, 50)

# The machine may be shared and slow: how long an example takes says nothing about the code.
hypothesis_settings.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("portal")


def pytest_collection_modifyitems(items):
    """Marks what depends on the database."""
    for item in items:
        if database.depends_on_it(item.path.relative_to(TESTS).as_posix()):
            item.add_marker("database")


def pytest_collection_finish():
    """Leaves what was imported out of every later search for what may be freed."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """This process's database begins as a copy of the migrated one, where there is one."""
    place = settings.DATABASES["default"]["TEST"]
    if MIGRATED and connection.vendor == "sqlite":
        shutil.copy(MIGRATED, place["NAME"])
    elif MIGRATED:
        place["TEMPLATE"] = MIGRATED


@pytest.fixture(scope="session")
def django_db_keepdb():
    """A copy is not thrown away before its first use."""
    return bool(MIGRATED)


@pytest.fixture(autouse=True, scope="session")
def plain_http():
    """No manifest and no https: tests ask the views, not the deployment. Set before the live server starts."""
    plain: dict = {"SECURE_SSL_REDIRECT": False, "SESSION_COOKIE_SECURE": False, "CSRF_COOKIE_SECURE": False}
    plain |= {"SESSION_COOKIE_NAME": "sessionid", "CSRF_COOKIE_NAME": "csrftoken"}
    # What a log-in costs and asks is tests/login's: everybody else's is forced thousands of times.
    plain |= {"SECOND_FACTOR": "offered", "AXES_ENABLED": False}
    # Hashing is slow on purpose: what a password hashed for good says is read as well, and new ones are made quickly.
    hashers = ["MD5PasswordHasher", "PBKDF2PasswordHasher"]
    plain["PASSWORD_HASHERS"] = [f"django.contrib.auth.hashers.{name}" for name in hashers]
    storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    # Two processes of tests are two installations: the same person, by key, reads a file in each at once.
    var = Path(settings.VAR_DIR) / os.environ.get("PYTEST_XDIST_WORKER", "alone")
    var.mkdir(mode=0o700, exist_ok=True)
    # Tests ask the views anew each time; tests/views/test_kept_pages.py keeps pages.
    with override_settings(
        STORAGES={**settings.STORAGES, "staticfiles": storage}, KEPT_PAGES=False, VAR_DIR=var, **plain
    ):
        yield


@pytest.fixture(autouse=True, scope="session")
def emptying():
    """Lets the tables be emptied after a test that commits: what is sealed stays otherwise, whoever asks."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def open_and_flush(self, sql_list):
        from actionplan.models import Unsealing

        with transaction.atomic():
            Unsealing.objects.create(reason="試験の後片付け")
            flush(self, sorted(sql_list, key=lambda sql: Unsealing._meta.db_table in sql))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", open_and_flush)
        yield


@pytest.fixture
def real_report(db):
    """The real report of the fixture, in the live tables, not yet published."""
    from tests.real_report import load_real_report

    return load_real_report()


@pytest.fixture
def coordinator(db):
    """An account that may do everything."""
    return factories.make_user(username="coordinator")
