"""Accounts and groups: Django's own forms, asked through permissions.py, with no way to raise one's own rights."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.contrib.auth.models import Group, User
from django.http import HttpRequest

from actionplan.admin.base import AsksPermission
from actionplan.admin.rights import PicksRights

RIGHTS = ("is_superuser", "groups", "user_permissions")

admin.site.unregister([User, Group])


class PasswordForm(AdminPasswordChangeForm):
    """Django's form, its English warning in our words."""

    usable_password_help_text = "「無効」にすると、この利用者のパスワードは消え、ログインできなくなります。"


@admin.register(User)
class PortalUserAdmin(PicksRights, AsksPermission, UserAdmin):
    """Accounts. Only a superuser hands out rights, and only a superuser changes another superuser."""

    list_display = ["username", "last_name", "first_name", "email", "standing"]
    change_password_form = PasswordForm

    @admin.display(description="使えるかどうか")
    def standing(self, user: User) -> str:
        """Whether the account may enter the staff wing, in words."""
        return "使える" if user.is_active and user.is_staff else "使えない"

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Rights are read-only to everybody but superusers."""
        fields = list(super().get_readonly_fields(request, obj))
        return fields if request.user.is_superuser else [*fields, *RIGHTS]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """As permissions.py says, but a superuser's account (its password too) only to superusers."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or request.user.is_superuser or not obj.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """The same for deleting."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or request.user.is_superuser or not obj.is_superuser)


@admin.register(Group)
class PortalGroupAdmin(PicksRights, AsksPermission, GroupAdmin):
    """Groups of rights: written by superusers only, since a group hands out rights."""

    def has_add_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """Superusers."""
        return request.user.is_superuser and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """Superusers."""
        return request.user.is_superuser and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """Superusers."""
        return request.user.is_superuser and super().has_delete_permission(request, obj)
