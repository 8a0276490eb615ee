"""The doors: the staff wing under /admin/, a partner's own page under /partner/, and those of everybody."""

from django.contrib import admin
from django.urls import path

from actionplan.voices.partner_page import partner_page
from tsushima_portal import public_urls
from tsushima_portal.public_urls import handler400, handler404

__all__ = ["handler400", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("admin/", admin.site.urls),
    path("partner/<str:token>/", partner_page, name="partner"),
    *public_urls.urlpatterns,
]

handler500 = "tsushima_portal.errors.server_error"
