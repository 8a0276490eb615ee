"""The WSGI entry that gunicorn serves."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection

from script.lib.backup.place import hold
from tsushima_portal import patience

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tsushima_portal.settings")

application = get_wsgi_application()
if connection.vendor == "postgresql":
    patience.install()
# Nobody restores a backup under a portal that runs.
hold(settings.VAR_DIR)
