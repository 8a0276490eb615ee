"""Pages of a part of the items: what was not done in a year, and what bears an area, a tag, a mark or a department."""

from django.http import HttpRequest, HttpResponse

from actionplan.selectors.editions import public_edition
from actionplan.selectors.names import name_list, named_items
from actionplan.selectors.not_done import not_done_year
from actionplan.selectors.report import report_outline
from actionplan.views.frame import Crumb, crumb, page

# The numbers of the lists, which are printed at the foot of their pages; a name's page adds the name.
PAGE_IDS = {"area": "A-6", "tag": "A-7", "department": "A-9", "mark": "A-10"}


def names_page(request: HttpRequest, facet: str) -> HttpResponse:
    """Every name of the facet with the number of its items in the latest year."""
    found = name_list(facet)
    crumbs = [Crumb(f"{found.heading}の一覧")]
    return page(request, "names", page_id=PAGE_IDS[facet], crumbs=crumbs, edition=found.only, found=found)


def name_page(request: HttpRequest, facet: str, name: str) -> HttpResponse:
    """The items under the name: those of the latest year that bears it, and the numbers of every year."""
    found = named_items(facet, name)
    crumbs = [crumb(f"{found.heading}の一覧", found.list_page), Crumb(found.title)]
    page_id = f"{PAGE_IDS[facet]}-{name}"
    return page(request, "name", page_id=page_id, crumbs=crumbs, edition=found.only, found=found)


def not_done_page(request: HttpRequest, key: str) -> HttpResponse:
    """The items of the report that were not done, whatever its scale calls that."""
    edition = public_edition(key)
    found, label = not_done_year(edition), edition.front_matter["label"]
    return page(
        request,
        "not_done",
        page_id=f"B-{key}-N",
        crumbs=[crumb("年度の一覧", "reports"), crumb(label, "annual_report", key), Crumb("実施しなかった項目")],
        edition=edition,
        label=label,
        found=found,
        report=report_outline(edition.front_matter, found.rows),
    )
