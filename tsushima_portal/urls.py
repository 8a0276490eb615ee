"""The doors: the staff wing under /admin/, a partner's own page under /partner/, the watching machines',
and the citizen wing everywhere else.
"""

from django.contrib import admin
from django.urls import include, path
from django.views.decorators.http import require_safe

from actionplan.voices.partner_page import partner_page
from tsushima_portal.health import healthz, readyz

urlpatterns = [
    path("admin/", admin.site.urls),
    path("partner/<str:token>/", partner_page, name="partner"),
    path("healthz", require_safe(healthz), name="healthz"),
    path("readyz", require_safe(readyz), name="readyz"),
    path("", include("actionplan.urls")),
]

handler400 = "actionplan.views.errors.bad_request"
handler404 = "actionplan.views.errors.page_not_found"
handler500 = "tsushima_portal.errors.server_error"
