"""An office whose clerk offers evidence through the page, as a browser does."""

from dataclasses import dataclass

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from actionplan.models import Evidence, YearlyStatus
from tests.admin.pages import form_of
from tests.answers.answering import Office, make_office


@dataclass
class Desk:
    """One answer's page in somebody's browser."""

    status: YearlyStatus
    browser: Client

    @property
    def address(self) -> str:
        return f"/admin/evidence/{self.status.pk}/"

    def offer(self, *files: tuple, follow: bool = True) -> HttpResponse:
        """Adds files: (name, content, alternative text, caption), each in a row of its own."""
        data: dict = {"do": "add"}
        for number, (name, content, *words) in enumerate(files):
            alt, caption = [*words, "", ""][:2]
            data |= {f"new-{number}-alt": alt, f"new-{number}-caption": caption}
            if content is not None:
                data[f"new-{number}-file"] = SimpleUploadedFile(name, content)
        return self.browser.post(self.address, data, follow=follow)

    def link(self, url: str, caption: str = "説明") -> HttpResponse:
        return self.browser.post(self.address, {"do": "link", "url": url, "caption": caption}, follow=True)

    def form(self) -> dict:
        return form_of(self.browser.get(self.address), "evidence-change")

    def change(self, form: dict | None = None, **changes) -> HttpResponse:
        """changes: alt_0="…" of the first piece as it stood."""
        form = form or self.form()
        pks = sorted({int(name.split("-")[1]) for name in form if name.startswith("kept-")})
        named = {}
        for key, value in changes.items():
            name, _, index = key.rpartition("_")
            named[f"kept-{pks[int(index)]}-{name}"] = value
        return self.browser.post(self.address, {**form, "do": "change", **named}, follow=True)

    @property
    def kept(self) -> list[Evidence]:
        return list(self.status.evidence.all())


def make_desk(*roles: str, office: Office | None = None, **fields) -> Desk:
    """The page of an office's first answer; a clerk's unless told."""
    office = office or make_office(1, **fields)
    return Desk(office.rows[0], office.browser(*roles))


def words(response: HttpResponse) -> str:
    return response.content.decode()
