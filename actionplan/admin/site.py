"""The admin site under the portal's own name."""

from django.contrib.admin import AdminSite


class PortalAdminSite(AdminSite):
    """Django admin, in the words of the people who use it."""

    site_title = "アクションプラン管理"
    site_header = "市民協働アクションプラン 管理画面"
    index_title = "仕事を選ぶ"
    site_url = "/"
