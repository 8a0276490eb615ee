"""The portal's application and its admin site."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ActionPlanConfig(AppConfig):
    """Everything of the portal's own."""

    name = "actionplan"
    verbose_name = "市民協働アクションプラン"

    def ready(self) -> None:
        """Connects the guards of what a published year rests on, and puts the staff's rooms on the admin site."""
        from actionplan import staff_wing
        from actionplan.admin import base as admin_base
        from actionplan.models import account, base, one_record, reporting, seal
        from tsushima_portal import watching

        base.connect()
        one_record.connect()
        seal.connect(self)
        account.connect()
        reporting.connect()
        admin_base.connect()
        staff_wing.connect()
        watching.connect()


class PortalAdminConfig(AdminConfig):
    """Django admin with the portal's site in place of the default one."""

    default_site = "actionplan.admin.site.PortalAdminSite"
