"""What was tested for accessibility, how, and what is known to be missing."""

from django.http import HttpRequest, HttpResponse

from actionplan.views.page import Crumb, page


def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility page: its sentences stand in the template."""
    return page(request, "accessibility", page_id="A-5", crumbs=[Crumb("アクセシビリティ")])
