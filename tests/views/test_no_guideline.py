"""A plan that tells no guideline, as plans begin: nothing empty stands where it would be."""

import pytest

from actionplan.exports.pdf import report_html
from actionplan.publishing.publish import publish
from tests import factories


@pytest.fixture
def edition(db):
    plan = factories.make_plan()
    report = factories.make_report(plan)
    factories.make_status(report, factories.make_item(factories.make_measure(plan)))
    return publish(report, by=None)


def test_nothing_empty_stands_in_its_place_on_screen_or_paper(client, edition):
    for page in (client.get("/reports/2009/").content.decode(), report_html(edition)):
        assert "guideline" not in page.replace("guideline.css", "")
    about = client.get("/about/").content.decode()
    assert "指針は載っていません。" in about
    assert 'class="guideline"' not in about


def test_what_is_told_is_shown_without_the_parts_that_are_not(client, edition):
    plan = edition.report.plan
    plan.purpose_heading, plan.purpose = "目的", "みんなで進めます"
    plan.save()
    publish(edition.report, by=None, wording="current", note="指針を載せました。")
    page = client.get("/reports/2009/").content.decode()
    assert "みんなで進めます" in page
    for part in ('class="story"', 'class="aims"', 'class="stages"'):
        assert part not in page


def test_the_guideline_of_the_real_report_is_whole(client, real_report):
    publish(real_report, by=None)
    page = client.get("/reports/2009/").content.decode()
    for part in ('id="guideline"', 'class="purpose"', 'class="story"', 'class="aims"', 'class="stages"'):
        assert part in page
