"""The portal of another computer: a process with a folder of its own and the same database, asked line by line."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from tests.processes import ROOT

CODE = """
import json, sys
import django
from django.conf import settings
django.setup()
storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
settings.STORAGES = {**settings.STORAGES, "staticfiles": storage}
from django.db import close_old_connections
from django.test import Client
settings.ALLOWED_HOSTS = ["testserver"]
client = Client(raise_request_exception=False)
for line in sys.stdin:
    # As between two requests of a server, which the client of tests leaves out.
    close_old_connections()
    method, address, data, cookies = json.loads(line)
    client.cookies.clear()
    client.cookies.load(cookies)
    answer = getattr(client, method)(address, data)
    words = answer.getvalue().decode("latin-1")
    print(json.dumps({"status": answer.status_code, "body": words}), flush=True)
"""


class SecondHost:
    """Ends with the block. var: its own folder; shared: what both see; variables: set otherwise than told here."""

    def __init__(self, var: Path, shared: Path | str = "", **variables: str) -> None:
        self.environment = {
            **{name: value for name, value in os.environ.items() if name != "DATABASE_REPLICA_URL"},
            "VAR_DIR": str(var),
            "SHARED_DIR": str(shared),
            "SECRET_KEY": settings.SECRET_KEY,
            "DATABASE_URL": _url(),
            "HTTPS": "off",
            "SECOND_FACTOR": "offered",
            **variables,
        }

    def __enter__(self) -> "SecondHost":
        command, pipe = [sys.executable, "-c", CODE], subprocess.PIPE
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdin=pipe, stdout=pipe, text=True)
        return self

    def __exit__(self, *failure: object) -> None:
        self.process.communicate()

    def get(self, address: str, data: dict | None = None, cookies: str = "") -> tuple[int, bytes]:
        """Status and body of its answer."""
        return self._ask("get", address, data or {}, cookies)

    def post(self, address: str, data: dict, cookies: str = "") -> tuple[int, bytes]:
        """Status and body of its answer."""
        return self._ask("post", address, data, cookies)

    def _ask(self, *asked: Any) -> tuple[int, bytes]:
        print(json.dumps(asked), file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline())
        return answer["status"], answer["body"].encode("latin-1")


def _url() -> str:
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    host = connection.get_connection_params()["host"]
    return f"postgres://{facts['USER']}@/{facts['NAME']}?host={host}"
