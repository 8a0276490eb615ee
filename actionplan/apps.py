"""The portal's application and its admin site."""

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import AdminConfig


class ActionPlanConfig(AppConfig):
    """Everything of the portal's own."""

    name = "actionplan"
    verbose_name = "市民協働アクションプラン"

    def ready(self) -> None:
        """Connects the guards of what a published year rests on, and puts the staff's rooms on the admin site."""
        from actionplan.models import account, base, one_record, reporting, seal
        from tsushima_portal import watching

        base.connect()
        one_record.connect()
        seal.connect(self)
        account.connect()
        reporting.connect()
        watching.connect()
        if not settings.PUBLIC_ONLY:
            self._open_the_staff_wing()

    def _open_the_staff_wing(self) -> None:
        from actionplan import staff_wing
        from actionplan.admin import base as admin_base

        admin_base.connect()
        staff_wing.connect()


class PortalAdminConfig(AdminConfig):
    """Django admin with the portal's site in place of the default one."""

    default_site = "actionplan.admin.site.PortalAdminSite"
