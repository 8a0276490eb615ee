"""Fixtures that every test may ask for: the real report, a coordinator, plain static files."""

import pytest
from django.core.management import call_command

from tests import factories


@pytest.fixture(autouse=True)
def plain_settings(settings):
    """No manifest, no redirect to https: tests ask the views, not the deployment."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.SECURE_SSL_REDIRECT = False


@pytest.fixture
def real_report(db):
    """The real report of the fixture, in the live tables, not yet published."""
    from actionplan.models import AnnualReport

    call_command("loaddata", "h21.json", verbosity=0)
    return AnnualReport.objects.get(fiscal_year=2009)


@pytest.fixture
def coordinator(db):
    """An account that may do everything."""
    return factories.make_user(username="coordinator")
