"""Search: one page whose address carries the whole state, and the same result as a file."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from actionplan.exports.search_file import search_file_name, write_search_csv
from actionplan.selectors.filters import filters_from
from actionplan.selectors.search import ask, search
from actionplan.views.page import Crumb, page


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
