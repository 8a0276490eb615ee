"""The first thing that a citizen's request meets: a page that is kept is answered without asking anything else."""

import re
from collections.abc import Callable
from time import monotonic

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

from actionplan.kept_pages import KeptPage, find, keep
from actionplan.selectors.standing import (
    PATIENCE,
    Known,
    going_by,
    is_away,
    note_away,
    public_known,
    public_state,
    replica_has,
    state_of,
    states_that_stand,
)
from actionplan.views.errors import database_away
from actionplan.views.frame import site_of
from tsushima_portal import replica
from tsushima_portal.patience import SECONDS, within

# The staff's and the partners' doors, and what tells of this moment.
NEVER = ("/admin/", "/partner/", "/healthz", "/readyz", "/metrics", settings.STATIC_URL)
# Whose answers go by their question: endless many, so none goes to the disk.
ASKED = ("/search/", "/search.csv")
# Seconds for which such an answer holds: what the office calls alike words may change between two editions. A front
# page tells of the last ninety days.
ANSWER_HOLDS, FRONT_HOLDS = 60.0, 3600.0
FRONT = re.compile(r"/(?:plans/[^/]+/)?")
LASTING = {"", "encoding=cp932"}
# What is the same whatever question follows the path: a page, a picture, a list of what is new.
UNASKED = ("/", ".png", ".svg", ".atom", ".xml")
REDIRECTS = {301}
KEPT_STATUSES = {200} | REDIRECTS
SERVER_ERROR = 500
# nginx keeps a page for a second by this header, which it takes for itself.
FOR_NGINX = "X-Accel-Expires"


class KeptPages:
    """Answers from what is kept; keeps what the views render. While the database is away, what stood before answers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The page; 503 with Retry-After where nothing of it is kept and the database does not answer."""
        if not _is_kept(request):
            return self.get_response(request)
        request.get_host()  # raises for a name that is none of ours, as Django's own middleware would behind this one
        known, address = public_known(), _address(request)
        state = None if known is None else state_of(known)
        page = find([state], address) if state else None
        if page and not _carries_on(request, page) and not _is_old(request, page):
            return _answer(request, page)
        with going_by(known):
            response = self._rendered(request, known)
        if response is None or _lacks_database(response):
            return _stand_in(request, address, response)
        page = KeptPage(response.status_code, dict(response.items()), response.content)
        if state is None or state != public_state() or not _may_keep(response) or _carries_on(request, page):
            return response
        keep(state, address, page, on_disk=_is_lasting(request))
        return _answer(request, page)

    def _rendered(self, request: HttpRequest, known: Known | None) -> HttpResponse | None:
        """The page from the replica where it has what is public, else from the primary; None while that is away."""
        seconds = SECONDS
        if known is not None and replica_has(known):
            with replica.reading(), within(PATIENCE):
                response = self.get_response(request)
            if not _lacks_database(response) and response.status_code != SERVER_ERROR:
                return response
            replica.rest()
            seconds -= PATIENCE
        if is_away():
            return None
        with within(seconds):
            response = self.get_response(request)
        if _lacks_database(response):
            note_away()
        return response


def _lacks_database(response: HttpResponse) -> bool:
    return getattr(response, "database_away", False)


def _is_kept(request: HttpRequest) -> bool:
    wanted = request.method in {"GET", "HEAD"} and not request.path_info.startswith(NEVER)
    return settings.KEPT_PAGES and wanted


def _address(request: HttpRequest) -> str:
    """What the page is kept by; a page that is neither a search nor a file is the same whatever follows the path.

    It bears addresses with the name of the site: where SITE_URL tells none, it is another one for each name.
    """
    path, query = request.path_info, request.META.get("QUERY_STRING", "")
    place = f"{path}?{query}" if query and (path in ASKED or not path.endswith(UNASKED)) else path
    return place if settings.SITE_URL else f"{site_of(request)}{place}"


def _carries_on(request: HttpRequest, page: KeptPage) -> bool:
    """Whether the answer leads on with what was asked, so that it is another one for each question."""
    return page.status in REDIRECTS and bool(request.META.get("QUERY_STRING"))


def _is_old(request: HttpRequest, page: KeptPage) -> bool:
    age = monotonic() - page.made_at
    if request.path_info in ASKED:
        return age > ANSWER_HOLDS
    return age > FRONT_HOLDS and FRONT.fullmatch(request.path_info) is not None


def _is_lasting(request: HttpRequest) -> bool:
    path = request.path_info
    return request.META.get("QUERY_STRING", "") in LASTING or (path.endswith(UNASKED) and path not in ASKED)


def _may_keep(response: HttpResponse) -> bool:
    lasting = response.status_code in KEPT_STATUSES and "no-store" not in response.get("Cache-Control", "")
    return lasting and not response.streaming and not response.cookies


def _stand_in(request: HttpRequest, address: str, otherwise: HttpResponse | None = None) -> HttpResponse:
    """The page as it was kept last, where all that it shows still stands."""
    page = find(states_that_stand(), address)
    return _answer(request, page) if page else otherwise or database_away(request)


def _answer(request: HttpRequest, page: KeptPage) -> HttpResponse:
    compressed = page.compressed if "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "") else None
    # First of all headers: nginx before 1.23 keeps nothing once it has read "no-cache".
    first = {FOR_NGINX: "1"} if page.headers.get("Cache-Control") == "no-cache" else {}
    body = page.body if compressed is None else compressed
    response = HttpResponse(body, status=page.status, headers={**first, **page.headers})
    # Of what is sent, which is not what was rendered where it goes compressed.
    response["ETag"], response["Content-Length"] = page.tag, str(len(body))
    if page.compressed is not None:
        patch_vary_headers(response, ("Accept-Encoding",))
    if compressed is not None:
        response["Content-Encoding"], response["ETag"] = "gzip", _weak(page.tag)
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def _weak(tag: str) -> str:
    return tag if tag.startswith("W/") else f"W/{tag}"
