"""Accounts and groups, asked through permissions.py, with no way to raise one's own rights or to delete a person."""

from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.contrib.auth.models import Group, User
from django.db.models import Field, Model, QuerySet
from django.forms import CheckboxSelectMultiple, ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from simple_history.admin import SimpleHistoryAdmin

from actionplan import permissions
from actionplan.admin.base import AsksPermission, PlainList
from actionplan.admin.history import ReadableHistory
from actionplan.admin.organisation.account_form import AccountForm
from actionplan.admin.organisation.rights import PicksRights
from actionplan.admin.organisation.user_filters import DepartmentFilter, RoleFilter, StandingFilter
from actionplan.cycle.names import full_name
from actionplan.organisation.accounts import place

RIGHTS = ["is_staff", "is_superuser", "user_permissions"]
PERSON = ["username", "last_name", "first_name", "email"]
PLACED = "利用者の画面で所属課を変更"
PASSWORD_NEXT = "保存すると、最初のパスワードを作る画面に進みます。"

admin.site.unregister([User, Group])


class PasswordForm(AdminPasswordChangeForm):
    """Django's form, its English warning in our words."""

    usable_password_help_text = "「無効」にすると、この利用者のパスワードは消え、ログインできなくなります。"


class PeopleAdmin(PicksRights, AsksPermission, PlainList, ReadableHistory, SimpleHistoryAdmin):
    """The common ground of accounts and groups."""

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
        """Saves; a form that nobody touched writes nothing."""
        if not change or form.has_changed():
            super().save_model(request, obj, form, change)


@admin.register(User)
class PortalUserAdmin(PeopleAdmin, UserAdmin):
    """Accounts. The coordinator manages those below the office's own rights; only a superuser hands out more."""

    form = add_form = AccountForm
    add_form_template = None
    change_form_template = "admin/people/change_form.html"
    change_list_template = "admin/people/change_list.html"
    change_password_form = PasswordForm
    list_display = ["username", "name", "department_names", "roles", "email", "standing"]
    list_filter = [StandingFilter, RoleFilter, DepartmentFilter]
    search_fields = ["username", "last_name", "first_name", "email"]
    search_help_text = "名前・利用者名・メールアドレスで探します。"
    filter_horizontal = ["user_permissions"]
    readonly_fields = ["department_names", "standing", "last_login", "date_joined"]
    actions = ["close", "reopen"]
    save_on_top = True

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Accounts with what their rows show."""
        return super().get_queryset(request).prefetch_related("groups", "departments")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> list[tuple]:
        """The boxes; rights beyond roles only for superusers, departments as words where nothing may be changed."""
        may = self.has_change_permission(request, obj) if obj else True
        fieldsets = [
            (None, {"fields": PERSON} if obj else {"fields": PERSON, "description": PASSWORD_NEXT}),
            ("所属と役割", {"fields": ["departments" if may else "department_names", "groups"]}),
        ]
        if request.user.is_superuser:
            fieldsets.append(("特別な権限", {"classes": ["collapse"], "fields": RIGHTS}))
        if obj:
            fieldsets.append(("この利用者について", {"fields": ["standing", "last_login", "date_joined"]}))
        return fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Nobody takes their own way in away."""
        own = ["is_staff", "is_superuser"] if obj == request.user else []
        return [*super().get_readonly_fields(request, obj), *own]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict:
        """A new account may enter the staff wing: there is no other kind."""
        return super().get_changeform_initial_data(request) | {"is_staff": True}

    def formfield_for_manytomany(self, db_field: Field, request: HttpRequest, **kwargs) -> object:
        """Roles as ticks, only those that the user may hand out."""
        if db_field.name == "groups":
            kwargs |= {"queryset": permissions.grantable_groups(request.user), "widget": CheckboxSelectMultiple}
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether the user may change; of one account a page that only reads asks once, whoever writes each time."""
        if not isinstance(obj, User) or request.method != "GET":
            return super().has_change_permission(request, obj)
        known = vars(request).setdefault("_changeable_accounts", {})
        if obj.pk not in known:
            known[obj.pk] = super().has_change_permission(request, obj)
        return known[obj.pk]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody: accounts are closed, so that the record keeps the names of those who wrote."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        """Saves; a new account may enter the staff wing, once it was given a password.

        Departments are no part of an account: each of them has the record of its own change (see save_related).
        """
        if not change:
            obj.set_unusable_password()
            obj.is_staff = True
        if form.changed_data != ["departments"]:
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: list, change: bool) -> None:
        """Saves roles and departments."""
        super().save_related(request, form, formsets, change)
        if "departments" in form.changed_data:
            place(form.instance, form.cleaned_data["departments"], by=request.user, reason=PLACED)

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        """Leads to the page that makes the first password: without one nobody can log in."""
        if "_addanother" in request.POST:
            return super().response_add(request, obj, post_url_continue)
        sentence = f"{full_name(obj)}さんを追加しました。続けて、最初のパスワードを作ってください。"
        self.message_user(request, sentence, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:start_password", args=[obj.pk]))

    def render_change_form(self, request: HttpRequest, context: dict, *args, **kwargs) -> HttpResponse:
        """Django's page, told whether the account may be closed from here."""
        account = context.get("original")
        may = account and account != request.user and self.has_change_permission(request, account)
        return super().render_change_form(request, context | {"may_manage": bool(may)}, *args, **kwargs)

    @admin.action(description="選んだ人を、退職・異動で閉じる", permissions=["change"])
    def close(self, request: HttpRequest, people: QuerySet) -> HttpResponse:
        """Leads to the page that asks."""
        return self._ask("close", people)

    @admin.action(description="選んだ人を、もう一度使えるようにする", permissions=["change"])
    def reopen(self, request: HttpRequest, people: QuerySet) -> HttpResponse:
        """Leads to the page that asks."""
        return self._ask("reopen", people)

    def _ask(self, step: str, people: QuerySet) -> HttpResponse:
        chosen = urlencode([("person", pk) for pk in people.values_list("pk", flat=True)])
        return HttpResponseRedirect(f"{reverse('admin:people_switch', args=[step])}?{chosen}")

    @admin.display(description="名前", ordering="last_name")
    def name(self, user: User) -> str:
        """山田 太郎."""
        return f"{user.last_name} {user.first_name}".strip()

    @admin.display(description="所属課")
    def department_names(self, user: User) -> str:
        """The departments."""
        return "、".join(str(department) for department in user.departments.all())

    @admin.display(description="役割")
    def roles(self, user: User) -> str:
        """The roles, and 管理者 for who may do everything."""
        names = [group.name for group in user.groups.all()]
        return "、".join([*(["管理者"] if user.is_superuser else []), *names])

    @admin.display(description="使えるかどうか")
    def standing(self, user: User) -> str:
        """Whether the account may enter the staff wing, in words."""
        if not user.is_active:
            return "閉じた（使えない）"
        return "使える" if user.is_staff else "使えない"


@admin.register(Group)
class PortalGroupAdmin(PeopleAdmin, GroupAdmin):
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
