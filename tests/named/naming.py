"""Items with areas and tags, and a year that is published with them."""

from collections.abc import Iterable

from actionplan.models import ActionItem, AnnualReport, Area, Edition, Tag
from actionplan.publishing.publish import publish
from tests import factories

AREAS = ("厳原", "美津島", "豊玉")


def make_areas(*names: str) -> list[Area]:
    """The areas, in the order given."""
    return [Area.objects.create(name=name, order=order) for order, name in enumerate(names or AREAS, 1)]


def name(item: ActionItem, areas: Iterable[str] = (), tags: Iterable[str] = ()) -> ActionItem:
    """The item, given these areas and tags; a tag is made where it is missing."""
    item.areas.set(Area.objects.filter(name__in=list(areas)))
    item.tags.set([Tag.objects.get_or_create(name=tag)[0] for tag in tags])
    return item


def make_year(*named: tuple[Iterable[str], Iterable[str]], year: int = 2009) -> AnnualReport:
    """A year whose items bear these areas and tags, one item each."""
    report = factories.make_report(fiscal_year=year)
    measure = factories.make_measure(report.plan)
    for number, (areas, tags) in enumerate(named, 1):
        item = name(factories.make_item(measure, number=number, name=f"{year}の項目{number}"), areas, tags)
        factories.make_status(report, item)
    return report


def publish_year(*named: tuple[Iterable[str], Iterable[str]], year: int = 2009) -> Edition:
    """The same, published."""
    return publish(make_year(*named, year=year), by=None)
