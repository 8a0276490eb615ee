"""A database for one benchmark, made and thrown away."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def own_database(*, statics: bool = False) -> Iterator[None]:
    """Inside it Django is set up, the tables are there and empty. statics: pages are shown, so collect their files."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"VAR_DIR": folder, "DEBUG": "off", "HTTPS": "off", "ALLOWED_HOSTS": "testserver"}
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tsushima_portal.settings")
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        if statics:
            call_command("collectstatic", interactive=False, verbosity=0)
        yield
