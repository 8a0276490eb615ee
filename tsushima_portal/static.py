"""Static files as whitenoise keeps them; a style sheet that is put together from others is sent as one."""

import re
from collections.abc import Iterator
from posixpath import dirname, join, normpath
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

SHEETS = ("css/citizen.css", "css/staff.css", "css/embed.css")
IMPORT = re.compile(r'^@import "([^"]+)";$', re.MULTILINE)


class JoinedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Puts what our sheets import in its place while static files are collected: one request and no build step.

    Where nothing is collected (Django's own server, the tests) the browser follows the imports itself.
    """

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """As Django's, over the joined sheets. paths: {name: (storage, its name there)}; KeyError: no such import."""
        for name in () if dry_run else SHEETS:
            sheet = self._joined(paths, name)
            self.delete(name)
            self._save(name, ContentFile(sheet.encode()))
            paths[name] = (self, name)
        yield from super().post_process(paths, dry_run, **options)

    def stored_name(self, name: str) -> str:
        """The name with its hash; the name itself where nothing is collected: a page without its style can be read."""
        return super().stored_name(name) if self.hashed_files else self.clean_name(name)

    def _joined(self, paths: dict[str, Any], name: str) -> str:
        return IMPORT.sub(
            lambda found: _source(paths, normpath(join(dirname(name), found[1]))).rstrip(), _source(paths, name)
        )


def _source(paths: dict[str, Any], name: str) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        return file.read().decode()
