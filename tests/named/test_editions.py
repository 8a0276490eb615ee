"""Areas and tags freeze with the edition; where none is set, nothing is other than before."""

import pytest

from actionplan.models import Area, Tag
from actionplan.models.edition import content_of, content_sha256
from actionplan.publishing.compose import compose, printed_cells
from actionplan.publishing.differences import next_edition
from actionplan.publishing.publish import publish
from tests import factories
from tests.named.naming import make_areas, make_year, name, publish_year

pytestmark = pytest.mark.django_db
# What the real report hashed to before rows had areas and tags.
REAL = "6c25c0c7c4be80edbf099b41205bcc82d9bffefe18063a5772865ee715074c37"


def test_a_row_keeps_the_names_in_their_order():
    make_areas()
    row = publish_year((["豊玉", "厳原"], ["福祉", "観光"])).rows.get()
    assert (row.areas, row.tags) == (["厳原", "豊玉"], sorted(["福祉", "観光"]))


def test_the_front_matter_lists_what_the_rows_name_and_no_more():
    make_areas()
    front = publish_year((["豊玉"], ["防災"]), (["厳原"], []), ([], [])).front_matter
    assert (front["areas"], front["tags"]) == (["厳原", "豊玉"], ["防災"])


def test_where_none_is_set_the_content_that_is_hashed_is_that_of_before():
    make_areas()
    edition = publish_year(([], []))
    assert not {"areas", "tags"} & edition.front_matter.keys()
    [cells] = printed_cells(edition).values()
    assert not {"areas", "tags"} & content_of(cells).keys()


def test_the_hash_of_the_real_report_is_the_one_it_had_before_there_were_areas(real_report):
    assert publish(real_report, by=None).content_sha256 == REAL


def test_the_hash_follows_the_names():
    make_areas()
    report = make_year((["厳原"], []))
    seen = {compose(report).content_sha256}
    for areas, tags in ((["厳原", "豊玉"], []), (["厳原"], ["防災"]), ([], [])):
        name(report.statuses.get().item, areas, tags)
        seen.add(compose(report).content_sha256)
    assert len(seen) == 4


def test_anybody_can_compute_the_hash_again():
    make_areas()
    edition = publish_year((["厳原"], ["防災"]))
    assert content_sha256(edition.front_matter, printed_cells(edition).values()) == edition.content_sha256


def test_names_given_later_do_not_leak_into_a_year_that_is_published():
    make_areas()
    edition = publish_year(([], []))
    item = edition.rows.get().item
    name(item, ["厳原"], ["防災"])
    assert compose(edition.report).content_sha256 == edition.content_sha256
    current = compose(edition.report, "current")
    assert (current.rows[0].areas, current.rows[0].tags) == (["厳原"], ["防災"])
    assert current.front_matter["areas"] == ["厳原"]


def test_a_renamed_area_keeps_its_published_name_and_place():
    make_areas()
    edition = publish_year((["厳原"], []), (["豊玉"], []))
    area = Area.objects.get(name="厳原")
    area.name, area.order = "厳原町", 9
    area.save()
    assert compose(edition.report).content_sha256 == edition.content_sha256
    assert compose(edition.report, "current").front_matter["areas"] == ["豊玉", "厳原町"]


def test_an_item_that_is_new_to_a_published_year_brings_its_own():
    make_areas()
    edition = publish_year((["豊玉"], []))
    new = name(factories.make_item(edition.rows.get().item.measure), ["厳原"], ["防災"])
    factories.make_status(edition.report, new)
    front = compose(edition.report).front_matter
    assert (front["areas"], front["tags"]) == (["豊玉", "厳原"], ["防災"])


def test_the_publisher_sees_what_will_change():
    make_areas()
    edition = publish_year((["厳原"], []))
    name(edition.rows.get().item, ["厳原", "豊玉"], ["防災"])
    found = next_edition(edition.report, edition, "current")
    assert {(cell.label, cell.before, cell.after) for cell in found.rows[0].cells} == {
        ("地域", "厳原", "厳原、豊玉"),
        ("タグ", "", "防災"),
    }


def test_a_tag_that_was_deleted_stays_in_what_was_published(client):
    edition = publish_year(([], ["防災"]))
    edition.rows.get().item.tags.clear()
    Tag.objects.get().delete()
    assert "防災" in client.get("/reports/2009/").content.decode()
    assert client.get("/tags/防災/").status_code == 200


def test_composing_asks_as_often_for_many_items_with_areas(django_assert_num_queries):
    make_areas()
    report = make_year(*([["厳原", "豊玉"], ["防災", f"t{number}"]] for number in range(30)))
    publish(report, by=None)
    with django_assert_num_queries(11):
        compose(report)
