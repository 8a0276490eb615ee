"""The two doors: the staff wing under /admin/, the citizen wing everywhere else."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("actionplan.urls")),
]

handler400 = "actionplan.views.errors.bad_request"
handler404 = "actionplan.views.errors.page_not_found"
handler500 = "actionplan.views.errors.server_error"
