"""The way up and down the plan's tree: breadcrumbs that follow the tree instead of Django's lists."""

from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

PARENT = {"actionitem": "measure", "measure": "policy", "policy": "plan"}


def change_url(obj: Model) -> str:
    """The address of the object's form."""
    return reverse(admin_urlname(obj._meta, "change"), args=[obj.pk])


def ancestors(obj: Model) -> list[tuple[str, str]]:
    """The names and addresses of the objects above this one, the plan first."""
    above = []
    while name := PARENT.get(obj._meta.model_name):
        obj = getattr(obj, name)
        above.insert(0, (str(obj), change_url(obj)))
    return above


class WalksTheTree:
    """Puts the way up on the form's page."""

    change_form_template = "admin/actionplan/tree_change_form.html"

    def render_change_form(self, request: HttpRequest, context: dict, *args, **kwargs) -> HttpResponse:
        """Django's page with the ancestors of the object, none on the page that adds one."""
        original = context.get("original")
        context["ancestors"] = ancestors(original) if original else []
        return super().render_change_form(request, context, *args, **kwargs)
