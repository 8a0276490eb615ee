"""The publishing pages opened and sent as a browser does, and what there is to publish."""

import re

from django.urls import reverse

from actionplan.publishing.publish import publish
from tests import factories


def address(name: str, status, *args) -> str:
    """A publishing page of the status's report."""
    return reverse(f"admin:{name}", args=[status.report.pk, *args])


def hidden_fields(client, status, query: str = "") -> dict:
    """The form's hidden fields as the page gives them."""
    html = client.get(address("publish", status) + query).content.decode()
    return dict(re.findall(r'type="hidden" name="(wording|expected_sha256)" value="(\w+)"', html))


def ticks(client, status) -> list[str]:
    """The values of the tick boxes for departments with unconfirmed answers."""
    html = client.get(address("publish", status)).content.decode()
    return re.findall(r'type="checkbox" name="named" value="(\w+)"', html)


def post(client, status, query: str = "", **fields):
    """Sends the publishing form as a browser would."""
    return client.post(address("publish", status), {"when": "now", **hidden_fields(client, status, query), **fields})


def edit(status, text: str) -> None:
    """The answer with another text."""
    status.text = text
    status.save()


def many(count: int):
    """A published year of so many items, all of them changed since, none confirmed."""
    report = factories.make_report()
    factories.make_tree(report, count)
    publish(report, by=None)
    for row in report.statuses.all():
        edit(row, f"後の文{row.pk}")
    return report.statuses.first()
