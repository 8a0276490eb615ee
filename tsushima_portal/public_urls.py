"""The doors of a portal that is open to citizens only (PUBLIC_ONLY): no staff wing, no log-in, no partner's page."""

from django.urls import include, path
from django.views.decorators.http import require_safe

from tsushima_portal.health import healthz, readyz

urlpatterns = [
    path("healthz", require_safe(healthz), name="healthz"),
    path("readyz", require_safe(readyz), name="readyz"),
    path("", include("actionplan.urls")),
]

handler400 = "actionplan.views.errors.bad_request"
handler404 = "actionplan.views.errors.page_not_found"
handler500 = "actionplan.views.errors.server_error"
