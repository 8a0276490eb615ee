"""The admin site under the portal's own name, its front page in the order of the year's work."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import update_wrapper
from importlib import import_module
from types import ModuleType

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse

from actionplan.admin import mishaps, rescue

# Headings of the front page, each with the models below it, in the order in which a year's work needs them.
GROUPS = (
    ("年度の仕事", ("AnnualReport", "YearlyStatus", "Edition")),
    ("計画の内容", ("Plan", "Policy", "Measure", "ActionItem", "ActorType")),
    ("担当課と利用者", ("Department", "User", "Group")),
)


# Django's own models by the words that staff use.
NAMES = {"User": "利用者", "Group": "役割"}

OWN_PAGES = (
    "components",
    "answers.pages",
    "organisation.reorganise",
    "organisation.people",
    "round.open_year",
    "round.close_year",
    "round.deadline",
    "round.pages",
    "publishing",
    "round.remind",
    "round.department",
    "inquiry.pages",
    "trail.pages",
)


@dataclass(frozen=True)
class FrontLink:
    """One entry of 「いまの仕事」 on the front page: where it leads, and in a sentence what waits there."""

    label: str
    address: str
    words: str = ""


def own_pages() -> list[ModuleType]:
    """The modules of pages that belong to no model: each has urls(door) and may have front_links(request).

    Imported late: Django loads this module before the models are ready.
    """
    return [import_module(f"actionplan.admin.{name}") for name in OWN_PAGES]


def no_links(request: HttpRequest) -> list[FrontLink]:
    """For pages that nothing on the front page leads to."""
    return []


class PortalAdminSite(AdminSite):
    """Django admin, in the words of the people who use it."""

    site_title = "アクションプラン管理"
    site_header = "市民協働アクションプラン 管理画面"
    index_title = "仕事を選ぶ"
    site_url = "/"
    empty_value_display = "（なし）"
    # Lists need the width; the front page and the breadcrumbs lead everywhere.
    enable_nav_sidebar = False

    def get_urls(self) -> list[URLPattern]:
        """Django's, after the portal's own pages (see own_pages)."""
        own = [address for page in own_pages() for address in page.urls(self.admin_view)]
        return [*own, *super().get_urls()]

    def index(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """The front page, led by the work that waits for this person."""
        work = [link for page in own_pages() for link in getattr(page, "front_links", no_links)(request)]
        return super().index(request, {"work": work} | (extra_context or {}))

    def admin_view(self, view: Callable, cacheable: bool = False) -> Callable:
        """Django's door; who posts after the session has ended, or while the database is held, gets the words back."""
        door = super().admin_view(view, cacheable)

        def inner(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            late = request.method == "POST" and not request.user.is_authenticated
            if late and request.path != reverse("admin:logout"):
                return rescue.login_expired(request)
            return mishaps.weathered(door, request, *args, **kwargs)

        return update_wrapper(inner, door)

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
