"""Posting an admin page as a browser does: the page's own form, with some fields changed."""

from html.parser import HTMLParser

from django.test import Client
from django.urls import reverse

from tests import factories

STATUSES = "/admin/actionplan/yearlystatus/"


class FormReader(HTMLParser):
    """Collects what a browser would send for the form with the given id."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id, self.inside = form_id, False
        self.data: dict[str, list[str]] = {}
        self.textarea = self.select = None

    def handle_starttag(self, tag: str, attrs: list) -> None:
        found = dict(attrs)
        if tag == "form":
            self.inside = found.get("id") == self.form_id
        if not self.inside:
            return
        if tag == "input" and "name" in found:
            self._input(found)
        elif tag == "textarea" and "name" in found:
            self.textarea, self.text = found["name"], ""
        elif tag == "select":
            self.select = found["name"]
        elif tag == "option" and "selected" in found and self.select:
            self.data.setdefault(self.select, []).append(found.get("value", ""))

    def _input(self, found: dict) -> None:
        kind = found.get("type", "text")
        ticked = kind not in ("checkbox", "radio") or "checked" in found
        if kind not in ("submit", "file") and ticked:
            silent = "on" if kind == "checkbox" else ""
            self.data.setdefault(found["name"], []).append(found.get("value") or silent)

    def handle_data(self, data: str) -> None:
        if self.textarea:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.textarea:
            self.data.setdefault(self.textarea, []).append(self.text.removeprefix("\n").replace("\n", "\r\n"))
            self.textarea = None
        elif tag == "select":
            self.select = None
        elif tag == "form":
            self.inside = False


def form_of(response, form_id: str) -> dict[str, list[str]]:
    """The fields of the page's form, without the page's empty rows for new inlines."""
    reader = FormReader(form_id)
    reader.feed(response.content.decode())
    return {name: values for name, values in reader.data.items() if "__prefix__" not in name}


def signed_in(user=None, **fields) -> Client:
    """A browser in which the user is signed in; a coordinator's unless told."""
    client = Client()
    client.force_login(user or factories.make_user(**fields))
    return client


def viewer() -> Client:
    """The browser of somebody who may only read."""
    return with_rights("view_")


def with_rights(*prefixes: str) -> Client:
    """The browser of somebody whose rights begin with these words (view_, change_yearlystatus)."""
    from django.contrib.auth.models import Permission

    user = factories.make_user(superuser=False)
    rights = Permission.objects.filter(content_type__app_label="actionplan")
    user.user_permissions.set([right for right in rights if right.codename.startswith(prefixes)])
    return signed_in(user)


def change_url(obj) -> str:
    """The address of the object's form."""
    return reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_change", args=[obj.pk])
