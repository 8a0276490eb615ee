"""The admin site under the portal's own name, its front page in the order of the year's work."""

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import update_wrapper
from types import ModuleType
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import DatabaseError, DataError, InterfaceError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, reverse

from actionplan.admin import rescue
from actionplan.exports.tabular import misfit_advice
from actionplan.models import Succession, label_of
from actionplan.permissions import Standing, head_links, standing_of
from actionplan.text import changes_told
from actionplan.words import full_name
from tsushima_portal.patience import is_weather

# Headings of the front page, each with the models below it, in the order in which a year's work needs them.
GROUPS = (
    ("年度の仕事", ("AnnualReport", "YearlyStatus", "Edition")),
    ("計画の内容", ("Plan", "Policy", "Measure", "ActionItem", "Figure", "ActorType", "Area", "Tag", "AlikeWords")),
    ("担当課と利用者", ("Department", "Partner", "User", "Group")),
)


# Django's own models by the words that staff use.
NAMES = {"User": "利用者", "Group": "役割"}


@dataclass(frozen=True)
class FrontPlace:
    """A place within an entry's work: what it is called, where it is, what is to be said of it."""

    label: str
    address: str
    words: str = ""


@dataclass(frozen=True)
class FrontLink:
    """One entry of 「いまの仕事」 on the front page: where it leads, and in a sentence what waits there.

    done of total: how far it is, where it is counted. returned, lacking: the very places that came back, with why, and
    those that lack something. step: the next step, as a button. box: what is typed in a box of its own; its address is
    then asked with it.
    """

    label: str
    address: str
    words: str = ""
    done: int = 0
    total: int = 0
    returned: Sequence[FrontPlace] = ()
    lacking: Sequence[FrontPlace] = ()
    step: FrontPlace | None = None
    box: str = ""


# What browsers ask the wing's pages by.
METHODS = ("GET", "HEAD", "POST")

MOST_TOLD = 5
MISFIT = "{}：保存しましたが、古いシステム用のCSV（CP932）に入らない字があります。{}にすると入ります。"


def tell_reading(request: HttpRequest, saved: Iterable[tuple[str, str]]) -> None:
    """Tells the writer what the reading of text changed, and which saved words the CSV for old systems cannot hold.

    saved: where each text stands, in words, and the text.
    """
    for sentence in changes_told("\n".join(map(str, request.POST.values())), "保存しました"):
        messages.info(request, sentence)
    told = [MISFIT.format(where, advice) for where, text in saved if (advice := misfit_advice(text))]
    for sentence in told[:MOST_TOLD]:
        messages.info(request, sentence)
    if len(told) > MOST_TOLD:
        messages.info(request, f"ほかに{len(told) - MOST_TOLD}か所にも、古いシステム用のCSVに入らない字があります。")


def no_links(request: HttpRequest) -> list[FrontLink]:
    """For pages that nothing on the front page leads to."""
    return []


def open_gate(request: HttpRequest) -> HttpResponse | None:
    """For a site on which nothing stands between a log-in and the pages."""
    return None


def no_first_year(request: HttpRequest) -> Any:
    """For a site whose city is long past its first year."""
    return None


class PortalAdminSite(AdminSite):
    """Django admin, in the words of the people who use it."""

    site_title = "アクションプラン管理"
    site_header = "市民協働アクションプラン 管理画面"
    index_title = "仕事を選ぶ"
    site_url = "/"
    empty_value_display = "（なし）"
    # Lists need the width; the front page and the breadcrumbs lead everywhere.
    enable_nav_sidebar = False
    # The modules of pages that belong to no model; staff_wing.py gives them.
    own_pages: Sequence[ModuleType] = ()
    # What comes instead of the log-in's page or any other, if anything does; staff_wing.py gives it.
    gate: Callable[[HttpRequest], HttpResponse | None] = staticmethod(open_gate)
    # The steps of a city's first year, while they are asked of this person; staff_wing.py gives it.
    first_year: Callable[[HttpRequest], Any] = staticmethod(no_first_year)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Django's, after the portal's own pages."""
        own = [address for page in self.own_pages for address in page.urls(self.admin_view)]
        return [*own, *super().get_urls()]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Django's, and whether heads may be asked by mail."""
        return super().each_context(request) | {"head_links": head_links()}

    def index(self, request: HttpRequest, extra_context: dict | None = None) -> TemplateResponse:
        """The front page, led by the work that waits for this person."""
        work = [link for page in self.own_pages for link in getattr(page, "front_links", no_links)(request)]
        first_year = self.first_year(request)
        # Nothing can be named in a box of published items while none is.
        facts = {"work": [link for link in work if not (first_year and link.box)], "first_year": first_year}
        return super().index(request, facts | (extra_context or {}))

    def admin_view(self, view: Callable, cacheable: bool = False) -> Any:
        """Django's guard; who posts after the session has ended, or while the database is held, gets the words back.

        Most pages take every method but POST for reading; the gate goes by it, so that no other may come this far.
        """
        guarded = super().admin_view(view, cacheable)

        def inner(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if request.method not in METHODS:
                return HttpResponseNotAllowed(METHODS)
            late = request.method == "POST" and not request.user.is_authenticated
            if late and request.path != reverse("admin:logout"):
                return rescue.login_expired(request)
            answer = weathered(self._gated(guarded), request, *args, **kwargs)
            if request.method == "GET" and is_written_in(request):
                answer.headers["Cache-Control"] = "private, no-cache"
            return answer

        return update_wrapper(inner, guarded)

    def _gated(self, view: Callable) -> Callable:
        return lambda request, *args, **kwargs: self.gate(request) or view(request, *args, **kwargs)

    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Django's page, unless the gate has something to say."""
        return self.gate(request) or super().login(request, {"single_sign_on": settings.OIDC} | (extra_context or {}))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict]:
        """The models that the user may see, under GROUPS; models of no group follow under their application."""
        apps = super().get_app_list(request, app_label)
        if app_label:
            return apps
        models = {model["object_name"]: (app, model) for app in apps for model in app["models"]}
        groups = [
            self._group(heading, [models.pop(name) for name in names if name in models]) for heading, names in GROUPS
        ]
        rest = [self._group(app["name"], [(app, model)]) for app, model in models.values()]
        return [group for group in groups + rest if group["models"]]

    def _group(self, heading: str, found: list[tuple[dict, dict]]) -> dict:
        app = found[0][0] if found else {}
        models = [{**model, "name": NAMES.get(model["object_name"], model["name"])} for _, model in found]
        return {**app, "name": heading, "models": models}


log = logging.getLogger(__name__)


def weathered(view: Callable, request: HttpRequest, *args, **kwargs) -> HttpResponse:
    """The view's answer, or the page that gives a refused post its words back.

    Raises what the view raises where there is nothing to give back, BadRequest for what no page of ours sends.
    """
    try:
        if is_odd(request):
            raise BadRequest(ODD)
        return view(request, *args, **kwargs)
    except (PermissionDenied, BadRequest, DatabaseError, InterfaceError, OverflowError, OSError) as mishap:
        return _page_for(mishap, request)


def _page_for(mishap: Exception, request: HttpRequest) -> HttpResponse:
    """Raises the mishap anew, an unreadable number as BadRequest, where there is nothing to give back."""
    posted = request.method == "POST"
    if is_weather(mishap):
        if not posted:
            raise mishap
        log.error("A post was failed by the condition of database or disk.", exc_info=mishap)
        return rescue.away(request, mishap)
    if isinstance(mishap, PermissionDenied):
        # Somebody may have confirmed the answer while it was being written.
        if not posted or not any(rescue.texts(request)):
            raise mishap
        return rescue.refused(request, str(mishap) or rescue.CLOSED)
    if isinstance(mishap, DatabaseError | OSError) and not isinstance(mishap, DataError):
        raise mishap
    if not posted:
        raise BadRequest(ODD) from mishap
    # A number beyond the database's: forged, or a fault of ours that should be known.
    log.warning("A post was refused as unreadable.", exc_info=mishap)
    return rescue.refused(request, ODD, status=400)


# Beside the forms of the record, pages of our own with boxes for long texts; the answers say so themselves.
WRITTEN_IN = {"evidence", "publish", "withdraw", "remove", "round_department", "round_queue", "correction"}


def is_written_in(request: HttpRequest) -> bool:
    """Whether the page has boxes for long texts: the browser's way back must bring them with what was typed.

    Every other page is kept by no browser, see Django's admin_view().
    """
    name = getattr(request.resolver_match, "url_name", None) or ""
    return name in WRITTEN_IN or (name.startswith("actionplan_") and name.endswith(("_add", "_change")))


COUNT = re.compile(r"\d{1,6}", re.ASCII)
ODD = (
    "送られた内容に、この画面では作れない値が入っているため、保存していません。"
    "画面を開き直して、もう一度お試しください。"
)


def is_odd(request: HttpRequest) -> bool:
    """Whether the request carries a NUL in its address or a set of forms whose counts cannot be."""
    if any("\0" in part for name, values in request.GET.lists() for part in (name, *values)):
        return True
    return request.method == "POST" and any(not _counts(*pair) for pair in _form_counts(request.POST))


def _form_counts(sent: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """TOTAL_FORMS and INITIAL_FORMS of each set of forms of the post; empty where one is missing."""
    for name, total in sent.items():
        if name.endswith("-TOTAL_FORMS"):
            yield total, sent.get(name.removesuffix("TOTAL_FORMS") + "INITIAL_FORMS", "")


def _counts(total: str, initial: str) -> bool:
    return bool(COUNT.fullmatch(total) and COUNT.fullmatch(initial)) and int(initial) <= int(total)


Row = TypeVar("Row", bound=Model)


def found_or_404(rows: QuerySet[Row], **which: object) -> Row:
    """The row. Raises Http404 with a sentence that names what is missing: この担当課はありません。"""
    if (row := rows.filter(**which).first()) is None:
        raise Http404(f"この{NAMES.get(rows.model.__name__, rows.model._meta.verbose_name)}はありません。")
    return row


def named(model: type[Model], field: str) -> Callable:
    """A column or read-only box for the model's admin: 山田 太郎, the admin's own word where there is nobody."""

    @admin.display(description=label_of(model, field))
    def shown(admin_of_model: admin.ModelAdmin, row: Model) -> str:
        person = getattr(row, field)
        return full_name(person) if person else admin_of_model.get_empty_value_display()

    return shown


def own_page(
    request: HttpRequest, template: str, *, title: str, crumbs: Sequence[tuple[str, str]] = (), **facts: Any
) -> TemplateResponse:
    """The page; template extends admin/portal/own_page.html. crumbs: (words, address) of the pages above it.

    facts: what the template shows; `status` sets the HTTP status.
    """
    status = facts.pop("status", 200)
    context = admin.site.each_context(request) | {"title": title, "crumbs": crumbs, **facts}
    return TemplateResponse(request, template, context, status=status)


# The answer that a link to a department's page leads to, whichever page of its items that is on.
AT = "at"


def leading_to(sheet: str, answer: int | str, part: str = "item", query: Mapping[str, str] | None = None) -> str:
    """The address of a department's page at one of its answers. part: "item", or the cell whose box is meant."""
    return f"{sheet}?{urlencode({**(query or {}), AT: answer})}#{part}-{answer}"


def succession_in(request: HttpRequest) -> Succession:
    """The departments and who stands for whom, read once a request; for pages that only read."""
    if "_succession" not in vars(request):
        vars(request)["_succession"] = Succession()
    return vars(request)["_succession"]


def standing_in(request: HttpRequest) -> Standing:
    """What the person may do in the round, read once a request. A write asks permissions.standing_of() anew."""
    if "_standing" not in vars(request):
        vars(request)["_standing"] = standing_of(request.user, succession=succession_in(request))
    return vars(request)["_standing"]
