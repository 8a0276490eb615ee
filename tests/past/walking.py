"""The room's pages walked as a browser walks them: a form as it is shown, some boxes filled in, a button pressed."""

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.admin.pages import FormReader

START = "/admin/past/"


def upload(office: Client, plan, data: bytes, name: str):
    return office.post(START, {"plan": plan.pk, "file": SimpleUploadedFile(name, data)})


def form_of(response) -> dict:
    reader = FormReader("past-form")
    reader.feed(response.content.decode())
    return reader.data


def send(office: Client, address: str, button: str, **changes):
    """Presses a button of the page as it is shown, with some boxes filled in otherwise."""
    data = form_of(office.get(address)) | changes
    return office.post(address, data | {button: ""})


def to_columns(office: Client, plan, data: bytes, name: str) -> str:
    response = upload(office, plan, data, name)
    assert response.status_code == 302, said(response)
    response = send(office, response.url, "next")
    assert response.status_code == 302, said(response)
    return response.url


def to_check(office: Client, plan, data: bytes, name: str, **columns) -> str:
    address = to_columns(office, plan, data, name)
    response = send(office, address, "next", **columns)
    assert response.status_code == 302, said(response)
    return response.url


def said(response) -> str:
    """The words of the page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def answers_of(response, **changes) -> dict:
    """Every box of the last page that is still open, answered: new, words kept, titles given, the source named."""
    data = form_of(response)
    page = response.content.decode()
    for name in re.findall(r'name="((?:word|department|item)-\d+)"', page):
        if not data.get(name, [""])[0]:
            data[name] = {"word": "unset", "department": "none", "item": "new"}[name.partition("-")[0]]
    for name in re.findall(r'name="((?:title|source)-[\d-]+)"', page):
        if not data.get(name, [""])[0]:
            data[name] = "見本"
    return data | changes


def take(office: Client, address: str, **changes):
    return office.post(address, answers_of(office.get(address), **changes) | {"take": ""})
