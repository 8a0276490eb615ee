"""An installation of before public ids, several plans and scales, brought up to date.

Migrating back and on again costs as much as a hundred tests, so one way back serves all that is asked of it.
"""

from dataclasses import dataclass

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from actionplan.models import ActionItem, AnnualReport, Edition, EditionRow, Plan
from actionplan.models.edition import chain_sha256
from actionplan.models.seal import misfits, missing_triggers
from actionplan.publishing.publish import publish
from actionplan.scale import DEFAULT
from tests import factories
from tests.real_report import load_real_report

APP = "actionplan"
BEFORE = "0004_department_order"


@dataclass
class Fresh:
    """What a fresh installation says of two published plans.

    ids: the public id of each item by its code. codes: the code of each item by its key, as it was published.
    hashes: of each edition's content, in order. chain: the hash of the chain up to the first. page: of the first year.
    """

    ids: dict[str, str]
    codes: dict[int, str]
    hashes: list[str]
    chain: str
    page: bytes


def migrate(name: str) -> None:
    """As the command does it, which sets the triggers of tables that came since."""
    call_command("migrate", APP, name, verbosity=0)


def newest() -> str:
    [(_, name)] = MigrationExecutor(connection).loader.graph.leaf_nodes(APP)
    return name


def two_plans(client) -> Fresh:
    """The real report and a second plan's, both published, then an item renumbered."""
    chain = publish(load_real_report(), by=None).chain_sha256
    plan = factories.make_plan("第2次計画")
    report = factories.make_report(plan, fiscal_year=2010)
    factories.make_status(report, factories.make_item(factories.make_measure(plan, 99), name="第2次の項目"))
    publish(report, by=None)
    ids = {item.code: item.public_id for item in ActionItem.objects.all()}
    codes = {row.item_id: row.code for row in EditionRow.objects.all()}
    # Renumbered since it was published: it is called by what it was printed as.
    assert ActionItem.objects.filter(measure__policy__number=1, measure__number=1, number=1).update(number=9) == 1
    hashes = list(Edition.objects.order_by("pk").values_list("content_sha256", flat=True))
    return Fresh(ids, codes, hashes, chain, client.get("/reports/2009/").content)


def editions_keep_their_hash_and_their_place_in_the_chain(fresh: Fresh) -> None:
    first, second = Edition.objects.order_by("pk")
    assert [first.content_sha256, second.content_sha256] == fresh.hashes
    assert first.chain_sha256 == fresh.chain
    # Under the key that its year has now: in a fresh installation it bears the plan too.
    assert second.chain_sha256 == chain_sha256(fresh.chain, "2010 v1", second.content_sha256)
    assert list(misfits()) == missing_triggers() == []


def items_are_called_as_in_a_fresh_installation(fresh: Fresh) -> None:
    assert len(fresh.ids) > 38
    assert {fresh.codes[item.pk]: item.public_id for item in ActionItem.objects.all()} == fresh.ids
    assert {row.code: row.public_id for row in EditionRow.objects.all()} == fresh.ids
    assert {record.public_id for record in ActionItem.history.all()} == set(fresh.ids.values())


def every_year_keeps_its_address(fresh: Fresh, client) -> None:
    assert list(Plan.objects.values_list("slug", flat=True)) == ["1", "2"]
    assert set(AnnualReport.objects.values_list("key", flat=True)) == {"2009", "2010"}
    assert set(AnnualReport.history.filter(fiscal_year=2010).values_list("key", flat=True)) == {"2010"}
    assert client.get("/reports/2009/").content == fresh.page
    assert "第2次の項目" in client.get("/reports/2010/").content.decode()
    later = factories.make_report(Plan.objects.get(slug="1"), fiscal_year=2010)
    assert later.key == "2010-1"


def every_plan_has_the_categories_that_all_plans_had_with_their_record() -> None:
    for plan in Plan.objects.all():
        assert plan.categories.count() == 6
        assert plan.scale == DEFAULT
        reasons = {row.history.get().history_change_reason for row in plan.categories.all()}
        assert reasons == {"いままでの進捗区分を用意"}
    office = Group.objects.get(name="事務局").permissions.values_list("codename", flat=True)
    assert "change_plancategory" in office


@pytest.mark.django_db(transaction=True)
def test_an_installation_of_before_keeps_what_it_published_and_gets_what_came_since(client):
    factories.make_role("事務局")
    fresh = two_plans(client)
    assert client.get("/reports/2010/").status_code == 404
    try:
        migrate(BEFORE)
        migrate(newest())
        editions_keep_their_hash_and_their_place_in_the_chain(fresh)
        items_are_called_as_in_a_fresh_installation(fresh)
        every_plan_has_the_categories_that_all_plans_had_with_their_record()
        every_year_keeps_its_address(fresh, client)
    finally:
        migrate(newest())
