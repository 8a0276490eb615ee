"""An installation of before that had two plans keeps the address of every year, and its editions their hash."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from actionplan.models import AnnualReport, Edition, Plan
from actionplan.publishing.publish import publish
from tests import factories
from tests.models.test_public_id_migration import migrate, newest
from tests.real_report import load_real_report


@pytest.mark.django_db(transaction=True)
def test_every_year_of_before_keeps_its_address(client):
    publish(load_real_report(), by=None)
    plan = factories.make_plan("第2次計画")
    report = factories.make_report(plan, fiscal_year=2010)
    factories.make_status(report, factories.make_item(factories.make_measure(plan), name="第2次の項目"))
    publish(report, by=None)
    hashes = set(Edition.objects.values_list("content_sha256", flat=True))
    before = client.get("/reports/2009/").content
    assert client.get("/reports/2010/").status_code == 404
    try:
        migrate("0006_public_ids_unique")
        migrate(newest())
        assert list(Plan.objects.values_list("slug", flat=True)) == ["1", "2"]
        assert set(AnnualReport.objects.values_list("key", flat=True)) == {"2009", "2010"}
        assert set(AnnualReport.history.filter(fiscal_year=2010).values_list("key", flat=True)) == {"2010"}
        assert set(Edition.objects.values_list("content_sha256", flat=True)) == hashes
        assert client.get("/reports/2009/").content == before
        assert "第2次の項目" in client.get("/reports/2010/").content.decode()
        first = Plan.objects.get(slug="1")
        later = factories.make_report(first, fiscal_year=2010)
        assert later.key == "2010-1"
        assert MigrationExecutor(connection).loader.graph.leaf_nodes("actionplan") == [("actionplan", newest())]
    finally:
        migrate(newest())
