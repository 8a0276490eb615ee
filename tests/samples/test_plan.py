"""The sample plan: a second plan beside the real one, with everything that only some plans have."""

import re

import pytest

from actionplan.models import Edition, Plan
from actionplan.sample_plan import SCALE, load_sample_plan
from actionplan.samples import load_sample_years, remove_sample_years
from tests.samples.test_remove import everything


@pytest.fixture
def editions(published, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    load_sample_years()
    return load_sample_plan()


def test_its_first_year_is_the_last_one_of_the_plan_before(editions):
    first, second = (edition.report for edition in editions)
    before = first.plan.predecessor
    assert before.reports.order_by("-fiscal_year")[0].fiscal_year == first.fiscal_year == second.fiscal_year - 1
    assert first.sample
    assert second.sample
    assert first.plan.scale == SCALE


def test_everything_that_it_shows_says_that_it_is_a_sample(client, editions):
    for edition in editions:
        for row in edition.rows.all():
            texts = [row.policy_title, row.measure_title, row.item_name, row.content, row.status, *row.areas, *row.tags]
            assert all(text.startswith("見本") for text in texts)
    page = client.get("/plans/mihon/").content.decode()
    assert "sample-ribbon" in page


def test_its_pages_show_figures_areas_tags_lineage_and_a_picture(client, editions):
    row = editions[1].rows.get(item_name="見本の学びの場")
    page = client.get(f"/items/{row.public_id}/").content.decode()
    for words in (
        "見本の参加者数",
        "131",
        "120",
        "見本の東の地域",
        "架空の絵",
        "前の計画の項目",
        "見本の支援課",
        "案内を配りました",
    ):
        assert words in page
    [picture, *_] = re.findall(r'src="(/evidence/[^"]+)"', page)
    assert client.get(picture).status_code == 200
    changes = client.get(f"/plans/mihon/reports/{editions[0].fiscal_year}/changes/").content.decode()
    for words in ("分けられた項目", "次の項目に統合されました"):
        assert words in changes


def test_the_front_page_lists_both_plans(client, editions):
    page = client.get("/").content.decode()
    assert "見本：次の計画" in page
    assert "/plans/1/" in page


def test_it_goes_with_the_sample_years_and_leaves_nothing(published, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    before = everything()
    load_sample_years()
    load_sample_plan()
    assert remove_sample_years() == 4
    assert everything() == before
    assert Plan.objects.count() == Edition.objects.count() == 1
