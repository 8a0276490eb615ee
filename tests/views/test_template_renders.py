"""A page is put together from few templates: one render for a list, none for each of its rows."""

import pytest
from django.template import Template

from actionplan.publishing.publish import publish
from tests.pages import item_page

FEW = 40
PAGES = (
    "/",
    "/reports/2009/",
    "/reports/2009/policies/3/",
    "/reports/2009/changes/",
    item_page("3-2-1"),
    "/search/?year=2009",
    "/about/",
    "/sitemap/",
)


@pytest.fixture
def renders(monkeypatch) -> list[str]:
    """The names of the templates rendered from now on, once for each time."""
    names: list[str] = []
    plain = Template._render

    def counted(template, context):
        names.append(template.name)
        return plain(template, context)

    monkeypatch.setattr(Template, "_render", counted)
    return names


@pytest.mark.parametrize("address", PAGES)
def test_a_page_of_the_real_report_needs_few_renders(client, real_report, renders, address):
    publish(real_report, by=None)
    renders.clear()
    assert client.get(address).status_code == 200
    assert 0 < len(renders) < FEW
