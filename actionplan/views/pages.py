"""The citizens' pages, each read from editions: the years, a report, its policies and changes, an item, the search."""

from collections.abc import Callable, Iterable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from actionplan.exports.report_files import search_file_name, write_search_csv
from actionplan.fiscal_year import FIRST_PLAN, parse_fiscal_year, public_path
from actionplan.models import Edition, EditionRow
from actionplan.selectors.changes import correction_changes
from actionplan.selectors.charts import (
    ChangeChart,
    Summary,
    actor_chart,
    change_chart,
    plan_results,
    progress_chart,
    rows_of,
    successors,
    year_summary,
)
from actionplan.selectors.criteria import TESTED_ON, TESTER, criteria, criteria_csv, results
from actionplan.selectors.editions import (
    chain,
    key_by_plan_and_year,
    latest_of_each_plan,
    plan_edition,
    plan_edition_or_latest,
    previous_edition,
    public_edition,
    year_editions,
)
from actionplan.selectors.figures import figure_tables
from actionplan.selectors.filters import filters_from
from actionplan.selectors.front import front_answer, not_done, recent_corrections
from actionplan.selectors.item_history import first_with_code, heirs, item_history, neighbours, year_tables
from actionplan.selectors.names import borne_facets
from actionplan.selectors.report import report_outline
from actionplan.selectors.search import ask, search
from actionplan.views.frame import Crumb, crumb, page
from actionplan.views.years import against
from actionplan.words import shown_policy


def about(request: HttpRequest, slug: str = "") -> HttpResponse:
    """The guideline as the plan's latest public edition prints it; without a slug the first plan's."""
    edition, facts = plan_edition(slug) if slug else plan_edition_or_latest(FIRST_PLAN), {}
    if edition:
        front_matter = edition.front_matter
        facts = {"front_matter": front_matter, "actor_chart": actor_chart(front_matter, edition.rows.all())}
    crumbs = [Crumb("指針と計画")]
    page_id = "A-3" if not slug else f"A-3-{slug}"
    return page(request, "about", page_id=page_id, crumbs=crumbs, edition=edition, **facts)


def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility page: its sentences stand in the template, the results by criterion in a table of data."""
    facts = {"criteria": criteria(), "results": results(), "tested_on": TESTED_ON, "tester": TESTER}
    return page(request, "accessibility", page_id="A-5", crumbs=[Crumb("アクセシビリティ")], **facts)


def accessibility_data(request: HttpRequest) -> HttpResponse:
    """The results by criterion as CSV in UTF-8 with BOM."""
    headers = {"Content-Disposition": 'attachment; filename="jis-x-8341-3-2016.csv"', "Cache-Control": "no-cache"}
    content = "\ufeff" + criteria_csv()
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


def era_redirect(request: HttpRequest, place: str, era: str, rest: str) -> HttpResponse:
    """A permanent redirect to the same place by year; 404 for an era year that never was."""
    try:
        year = parse_fiscal_year(era)
    except ValueError as error:
        raise Http404(str(error)) from error
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    return HttpResponsePermanentRedirect(f"/{place}/{year}{rest}{query}")


def sitemap(request: HttpRequest) -> HttpResponse:
    """The tree of pages: the years, and the policies and items of each plan's latest year."""
    editions = latest_of_each_plan()
    rows = rows_of(editions)
    reports = [(each, report_outline(each.front_matter, rows[each.pk])) for each in editions]
    edition = editions[0] if len(editions) == 1 else None
    facts = {
        "edition": edition,
        "reports": reports,
        "facets": borne_facets(rows.values()),
    }
    return page(request, "sitemap", page_id="A-4", crumbs=[Crumb("サイトマップ")], **facts)


def verify(request: HttpRequest) -> HttpResponse:
    """How anybody checks a file or the content of an edition, and the hashes of every public edition."""
    return page(request, "verify", page_id="A-8", crumbs=[Crumb("公表した記録の確かめ方")], chain=chain())


REPORTS = "年度の一覧"


def reports(request: HttpRequest) -> HttpResponse:
    """The list of published years."""
    return page(request, "reports", page_id="A-2", crumbs=[Crumb(REPORTS)])


def annual_report(request: HttpRequest, key: str) -> HttpResponse:
    """The report in the newsletter's order."""
    edition = public_edition(key)
    crumbs = [crumb(REPORTS, "reports"), Crumb(edition.front_matter["label"])]
    return _report(request, edition, page_id=f"B-{key}", crumbs=crumbs)


def edition_page(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The report as one edition of it printed it, for good; it says where there is a newer one."""
    found = public_edition(key, number)
    label = found.front_matter["label"]
    crumbs = [crumb(REPORTS, "reports"), crumb(label, "annual_report", key), Crumb(f"第{number}版")]
    return _report(request, found, page_id=f"B-{key}-v{number}", crumbs=crumbs, fixed=True)


def _report(request: HttpRequest, edition: Edition, **facts) -> HttpResponse:
    """newest: the edition that the year's own address shows; fixed: whether the page is one edition's for good."""
    editions, rows = year_editions(edition), list(edition.rows.defer("search_text"))
    noted = [each for each in reversed(editions) if each.correction_note and each.number <= edition.number]
    facts |= {"editions": editions, "newest": editions[0], "corrections": noted}
    return page(
        request,
        "annual_report",
        edition=edition,
        report=report_outline(edition.front_matter, rows),
        summary=year_summary(edition.front_matter, rows),
        not_done=not_done(edition.scale, rows),
        **facts,
    )


def policy(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One policy of the report with its counts."""
    edition = public_edition(key)
    rows = list(edition.rows.filter(policy_number=number))
    if not rows:
        raise Http404(f"{edition.front_matter['label']}の報告に、施策{number}はありません。")
    report = report_outline(edition.front_matter, rows)
    name = shown_policy(rows[0].policy_printed, number)
    return page(
        request,
        "policy",
        page_id=f"B-{key}-{number}",
        crumbs=[crumb(REPORTS, "reports"), crumb(report.label, "annual_report", key), Crumb(name)],
        edition=edition,
        report=report,
        policy=report.policies[0],
        summary=year_summary(edition.front_matter, rows),
        policy_numbers=sorted(dict(edition.rows.values_list("policy_number", "policy_printed")).items()),
    )


TITLE = "前の年度からの変更と訂正"


def changes(request: HttpRequest, key: str) -> HttpResponse:
    """The report against the public one before it; where there is none, the page says so."""
    edition = public_edition(key)
    previous = previous_edition(edition)
    label = edition.front_matter["label"]
    return page(
        request,
        "changes",
        page_id=f"B-{key}-C",
        crumbs=[crumb(REPORTS, "reports"), crumb(label, "annual_report", key), Crumb(TITLE)],
        edition=edition,
        label=label,
        previous=previous,
        corrections=correction_changes(edition),
        editions=year_editions(edition),
        **(against(previous, edition) if previous else {}),
    )


def home(request: HttpRequest) -> HttpResponse:
    """The latest public year with its counts; of several plans the latest result of each; or that nothing is public."""
    plans = latest_of_each_plan()
    if len(plans) > 1:
        results = [(each, not_done(each.edition.scale, each.rows)) for each in plan_results(plans)]
        return page(request, "plans", page_id="A-1", crumbs=[], plans=results)
    facts = _front_page(plans[0]) if plans else {}
    return page(request, "home", page_id="A-1", crumbs=[], edition=plans[0] if plans else None, **facts)


def plans(request: HttpRequest) -> HttpResponse:
    """Leads to the list of the plans, which is the front page; to the plan's own page where there is one alone."""
    found = latest_of_each_plan()
    address = reverse("plan", args=[found[0].report.plan.slug]) if len(found) == 1 else reverse("home")
    return HttpResponseRedirect(address, headers={"Cache-Control": "no-cache"})


def led_home(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view of a page or file of a report, which leads to the report's own address where another one names it: the
    first plan's reports stand below no plan, whatever somebody writes.
    """

    @wraps(view)
    def led(request: HttpRequest, key: str, **wanted) -> HttpResponse:
        try:
            return view(request, key=key, **wanted)
        except Http404:
            own = key_by_plan_and_year(key)
            if own in ("", key):
                raise
        address = request.get_full_path().replace(public_path(key), public_path(own), 1)
        return HttpResponsePermanentRedirect(address, headers={"Cache-Control": "no-cache"})

    return led


def plan(request: HttpRequest, slug: str) -> HttpResponse:
    """A plan: its latest public year with its counts, and its years."""
    edition = plan_edition(slug)
    facts = {"successors": successors(edition, latest_of_each_plan()), **_front_page(edition)}
    crumbs = [Crumb(edition.front_matter["plan"]["title"])]
    return page(request, "plan", page_id=f"A-1-{slug}", crumbs=crumbs, edition=edition, **facts)


def _front_page(edition: Edition) -> dict:
    rows = list(edition.rows.defer("search_text"))
    summary, before = year_summary(edition.front_matter, rows), _year_before(edition)
    old_rows = list(before.rows.defer("search_text")) if before else []
    return {
        "summary": summary,
        "chart": progress_chart(summary),
        "change_chart": _change_chart(before, old_rows, edition, summary) if before else None,
        "not_done": not_done(edition.scale, rows),
        "answer": front_answer(edition, rows, before, old_rows),
        "recent": recent_corrections([edition.report.plan_id]),
    }


def _year_before(edition: Edition) -> Edition | None:
    """The plan's own year before, or None for its first published year."""
    previous = previous_edition(edition)
    return previous if previous and previous.report.plan_id == edition.report.plan_id else None


def _change_chart(previous: Edition, rows: Iterable[EditionRow], edition: Edition, now: Summary) -> ChangeChart:
    before = year_summary(previous.front_matter, rows)
    return change_chart(previous.front_matter["era_label"], before, edition.front_matter["era_label"], now)


def item_by_code(request: HttpRequest, policy: int, measure: int, number: int) -> HttpResponse:
    """Leads to the item that bore the code when a page first showed it, whichever item bears it now."""
    address = reverse("item", args=[first_with_code(policy, measure, number)])
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    return HttpResponsePermanentRedirect(address + query, headers={"Cache-Control": "no-cache"})


def item(request: HttpRequest, public_id: str) -> HttpResponse:
    """Every published year of the item, latest first."""
    years = item_history(public_id)
    latest = years[0]
    policy = shown_policy(latest.policy_printed, latest.policy_number)
    return page(
        request,
        "item",
        page_id=f"C-{public_id}",
        crumbs=[
            crumb(latest.label, "annual_report", latest.key),
            crumb(policy, "policy", latest.key, latest.policy_number),
            Crumb(latest.item.name),
        ],
        shown=latest.edition,
        years=years,
        tables=year_tables(years) if len(years) > 1 else [],
        strip=years[::-1] if any(year.category for year in years) else [],
        strip_categories={year.category.code: year.category for year in years if year.category}.values(),
        neighbours=neighbours(latest),
        figures=figure_tables(years),
        heirs=heirs(public_id),
        latest=latest,
        item=latest.item,
    )


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """What the address asks for, or how to search; 404 when it names a year, choice or page that does not exist."""
    if not all(value for values in request.GET.lists() for value in values[1]):
        return _without_empty_parameters(request)
    found = search(filters_from(request.GET))
    response = page(request, "search", page_id="D-1", crumbs=[Crumb("検索")], search=found, question=found.question)
    response.status_code = 404 if found.not_found else 200
    return response


@require_safe
def search_csv(request: HttpRequest) -> HttpResponse:
    """What the address asks for as CSV; raises Http404 where the page would show a problem."""
    question = ask(filters_from(request.GET))
    if question.problem or not question.editions:
        raise Http404(question.problem or "公表された報告は、まだありません。")
    headers = {
        "Content-Disposition": f'attachment; filename="{search_file_name(question)}"',
        "Cache-Control": "no-cache",
        "X-Robots-Tag": "noindex",
    }
    return HttpResponse(write_search_csv(question), content_type="text/csv; charset=utf-8", headers=headers)


def _without_empty_parameters(request: HttpRequest) -> HttpResponseRedirect:
    """The short address: a form sends its empty fields too."""
    kept = request.GET.copy()
    for name, values in request.GET.lists():
        kept.setlist(name, [value for value in values if value])
    return HttpResponseRedirect(f"{request.path}?{kept.urlencode()}".rstrip("?"))
