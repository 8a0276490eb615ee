"""What a published page or file once showed answers for ever with the same thing, whatever comes after."""

import re

import pytest

from actionplan.models import ActionItem, Plan, Policy, unsealed
from actionplan.publishing.publish import publish
from tests import factories

PLACES = ["/reports/2009/", "/reports/2009/changes/", *(f"/reports/2009/policies/{number}/" for number in range(1, 6))]
SEARCHES = ["/search.csv?q=市民&year=2009", "/search.csv?year=2009&policy=3"]
FILES = [f"/reports/2009/v1.{ending}" for ending in ("csv", "xlsx", "txt")]


@pytest.fixture
def published(real_report):
    return publish(real_report, by=None)


@pytest.fixture
def items(published):
    """The address of each item by the code under which 2009 printed it."""
    return {row.code: f"/items/{row.public_id}/" for row in published.rows.all()}


def codes(items) -> list[str]:
    return [f"/items/{code}/" for code in items]


def seen(client, addresses) -> dict[str, bytes]:
    """What each address answers with: the place where it leads, or its content."""
    answers = {address: client.get(address) for address in addresses}
    assert {answer.status_code for answer in answers.values()} <= {200, 301}
    return {
        address: answer.headers.get("Location", "").encode() + answer.content for address, answer in answers.items()
    }


def heart(content: bytes) -> list[str]:
    """The page without what leads to other years: its title, its name at the top, what it says, whom to ask."""
    html = re.sub(r'<nav class="years".*?</nav>', "", content.decode(), flags=re.S)
    parts = r"<title>.*?</title>", r"<header.*?<nav", r"<main.*?</main>", r'<p class="site-footer__name">.*?</p>'
    return [re.search(part, html, re.S)[0] for part in parts]


def renumber() -> ActionItem:
    """1-1-1 becomes 1-1-9, and a new item takes its number."""
    old = ActionItem.objects.get(measure__policy__number=1, measure__number=1, number=1)
    old.number = 9
    old.save()
    return factories.make_item(old.measure, number=1, name="まったく別の項目")


def test_renumbering_the_plan_changes_not_a_byte(client, items):
    addresses = ["/", "/sitemap/", *PLACES, *FILES, *items.values(), *codes(items)]
    before = seen(client, addresses)
    renumber()
    assert seen(client, addresses) == before


def test_the_year_after_a_renumbering_leaves_every_old_page_file_and_link_as_it_was(client, published, items):
    before, files, links = seen(client, PLACES), seen(client, FILES), seen(client, codes(items))
    new = renumber()
    later = factories.make_report(published.report.plan, fiscal_year=2010)
    factories.make_status(later, new, text="別の項目の文")
    factories.make_status(later, ActionItem.objects.get(number=9), text="もとの項目の文")
    publish(later, by=None)
    after = seen(client, PLACES)
    assert {place: heart(content) for place, content in after.items()} == {
        place: heart(content) for place, content in before.items()
    }
    assert seen(client, FILES) == files
    assert seen(client, codes(items)) == links
    page = client.get("/items/1-1-1/", follow=True).content.decode()
    assert "自治会、地域で" in page
    assert "もとの項目の文" in page
    assert "まったく別の項目" not in page.partition('aria-label="前後の項目"')[0]
    assert "別の項目の文" in client.get(f"/items/{new.public_id}/").content.decode()


def second_plan(year: int, before: ActionItem | None = None) -> ActionItem:
    """Published for the year, with an item 1-1-1 of its own; before: the first plan's item that it goes on with."""
    facts = {"predecessor": before.measure.policy.plan} if before else {}
    names = {"title": "第2次市民協働アクションプラン", "municipality": "対馬市", "municipality_code": "422096"}
    plan = Plan.objects.create(**names, **facts)
    policy = Policy.objects.create(plan=plan, number=1, title="第2次の施策")
    item = factories.make_item(policy.measures.create(number=1, title="第2次の取組"), number=1, name="第2次の項目")
    item.origins.set([before] if before else [])
    report = factories.make_report(plan, fiscal_year=year)
    factories.make_status(report, item, text="第2次の文")
    publish(report, by=None)
    return item


@pytest.mark.parametrize("year", [2009, 2010])
def test_a_second_plan_leaves_every_page_file_and_link_of_the_first_as_it_was(client, published, items, year):
    addresses = [*PLACES, *FILES, *items.values(), *codes(items), "/about/", *SEARCHES]
    before = seen(client, addresses)
    item = second_plan(year)
    after = seen(client, addresses)
    assert [address for address in addresses if after[address] != before[address]] == []
    assert "第2次の文" in client.get(f"/items/{item.public_id}/").content.decode()
    changes = client.get(f"/plans/2/reports/{year}/changes/").content.decode()
    assert "公表している中で最初の年度です" in changes


def test_a_successor_adds_a_link_to_the_items_it_goes_on_with_and_changes_nothing_else(client, published, items):
    """An item's page grows with every year of the item; those of one year, and every file, stay as they are."""
    old = ActionItem.objects.get(measure__policy__number=1, measure__number=1, number=1)
    dated = [*PLACES, *FILES, *codes(items), "/about/", *SEARCHES]
    fixed, pages = seen(client, dated), seen(client, items.values())
    heir = second_plan(2010, before=old)
    words = f'第2次市民協働アクションプランで引き継いだ項目　<a href="/items/{heir.public_id}/">第2次の項目</a>'
    link = f"<span>{words}</span>"
    after = seen(client, items.values())
    assert seen(client, dated) == fixed
    own = items["1-1-1"]
    assert {page for page in pages if after[page] != pages[page]} == {own}
    assert after[own].replace(link.encode(), b"", 1) == pages[own]


def test_every_link_of_a_page_leads_to_the_item_it_names(client, published, items):
    renumber()
    html = client.get("/reports/2009/").content.decode()
    for address, name in re.findall(r'<a href="(/items/\w+/)">([^<]+)</a>', html)[:40]:
        assert f"<h1>{name}" in client.get(address).content.decode() or name in client.get(address).content.decode()


def test_an_id_is_never_given_again(published):
    item = factories.make_item(ActionItem.objects.first().measure, number=77, name="消える項目")
    gone = item.public_id
    item.delete()
    again = factories.make_item(ActionItem.objects.first().measure, number=77, name="消える項目")
    assert again.public_id != gone
    assert re.fullmatch("[2-9b-z]{8}", again.public_id)


def test_the_same_data_gets_the_same_ids_in_every_installation(real_report):
    given = {item.code: item.public_id for item in ActionItem.objects.all()}
    for item in ActionItem.objects.all():
        ActionItem.objects.filter(pk=item.pk).update(public_id=f"x{item.pk}")
    with unsealed("試し"):
        ActionItem.history.all().delete()
    from actionplan.models.tree import new_public_id

    assert {item.code: new_public_id(item) for item in ActionItem.objects.all()} == given
