"""Accounts and groups, asked through permissions.py, with no way to raise one's own rights or to delete a person."""

from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.contrib.auth.models import Group, Permission, User
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import ManyToManyField, Model, QuerySet
from django.db.models.functions import Coalesce
from django.forms import CheckboxSelectMultiple, ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from simple_history.admin import SimpleHistoryAdmin

from actionplan import permissions
from actionplan.admin import ForModelAdmin
from actionplan.admin.base import AsksPermission, PlainList
from actionplan.admin.locking import KeepingForm
from actionplan.admin.pickers import number_in
from actionplan.models import Department
from actionplan.organisation.accounts import place
from actionplan.organisation.membership import Offices, lock_people
from actionplan.permissions import FROZEN
from actionplan.trail.object_history import ReadableHistory
from actionplan.words import full_name, own_name

NAME_HELP = "ログインに使います。半角の英数字と @ . + - _ が使えます。"
TAKEN = "同じ利用者名の人が、すでにいます（大文字・小文字の違いは区別しません）。"


half_width = ASCIIUsernameValidator(message="この利用者名は使えません。半角の英数字と @ . + - _ だけで書いてください。")


class AccountForm(KeepingForm):
    """Keeps roles that its user may not hand out, and memberships that show under a name that stays ticked."""

    departments = forms.ModelMultipleChoiceField(
        label="所属課",
        queryset=Department.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "選ばれた課は、今はありません。選び直してください。"},
    )

    class Meta:
        model = User
        fields = ("username", "last_name", "first_name", "email", "groups")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if "username" in self.fields:
            self.fields["username"].help_text = NAME_HELP
        if "departments" in self.fields:
            self._offer_departments()
        if groups := self.fields.get("groups"):
            groups.label, groups.help_text, groups.required = "役割", "", False
            groups.error_messages["invalid_choice"] = "その役割は、この画面では付けられません。選び直してください。"

    def _offer_departments(self) -> None:
        offices = Offices()
        own = {offices.shown(pk).pk for pk in self._memberships()}
        offered = [*offices.standing, *(offices.by_pk[pk] for pk in own if offices.has_ended(offices.by_pk[pk]))]
        field = cast(forms.ModelMultipleChoiceField, self.fields["departments"])
        field.queryset = Department.objects.filter(pk__in=[each.pk for each in offered])
        field.choices = [
            (each.pk, f"{each}{'（これからできる課）' if offices.is_to_come(each) else ''}") for each in offered
        ]
        self.initial["departments"] = sorted(own)

    def _memberships(self) -> list[int]:
        return list(self.instance.departments.values_list("pk", flat=True)) if self.instance.pk else []

    def clean_username(self) -> str:
        """The name to log in with. Raises ValidationError for one that somebody has, capitals aside, and for a new one
        that not every keyboard can write."""
        name = self.cleaned_data["username"]
        if name != self.instance.username:
            half_width(name)
        if User.objects.filter(username__iexact=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError(TAKEN, code="unique")
        return name

    def clean(self) -> dict:
        """The cleaned data, with the roles that the form does not offer as they were."""
        # Before the account itself: an import takes its locks in the same order.
        lock_people()
        cleaned = super().clean()
        if self.instance.pk and "groups" in cleaned:
            field: Any = self.fields["groups"]
            others = self.instance.groups.exclude(pk__in=field.queryset.values("pk"))
            cleaned["groups"] = [*cleaned["groups"], *others]
        return cleaned


VERBS = {"add": "追加", "change": "変更", "delete": "削除", "view": "閲覧"}
PICKED = ("permissions", "user_permissions")


def grantable_rights() -> QuerySet[Permission]:
    """Rights on the plan, the year's work and accounts; none on records of changes and on the library's own tables.

    What is published is only read and published, so no right to add, change or delete it is offered.
    """
    kinds = {kind: kind.model_class() for kind in ContentType.objects.filter(app_label__in=["actionplan", "auth"])}
    frozen = [kind for kind, model in kinds.items() if model in FROZEN]
    known = [kind for kind, model in kinds.items() if _is_known(model)]
    rights = Permission.objects.filter(content_type__in=known).select_related("content_type")
    idle = rights.filter(content_type__in=frozen, codename__regex="^(add|change|delete)_")
    return rights.exclude(pk__in=idle.values("pk")).order_by("content_type", "codename")


def _is_known(model: type[Model] | None) -> bool:
    if model is None or model._meta.app_label == "auth":
        return model in (User, Group)
    return not model.__name__.startswith("Historical")


class RightsField(forms.ModelMultipleChoiceField):
    """Rights by what they allow."""

    def label_from_instance(self, right: Permission) -> str:
        """項目：変更; a right of our own under its own name."""
        model = right.content_type.model_class()
        assert model is not None  # see grantable_rights()
        verb = VERBS.get(right.codename.partition("_")[0], right.name)
        return f"{model._meta.verbose_name}：{verb}"


class PicksRights(ForModelAdmin):
    """Puts the picker into the forms of accounts and groups."""

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs
    ) -> forms.ModelMultipleChoiceField | None:
        """Django's field, over the rights that can be granted."""
        if db_field.name in PICKED:
            kwargs |= {"form_class": RightsField, "queryset": grantable_rights()}
        return super().formfield_for_manytomany(db_field, request, **kwargs)


USABLE, CLOSED, IDLE, NOBODYS = "1", "0", "idle", "none"


class StandingFilter(SimpleListFilter):
    """Accounts that can be used, closed ones, or those that nobody has used for a year and that may be closed."""

    title, parameter_name = "使えるかどうか", "active"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        """The two kinds."""
        return [(USABLE, "使える"), (CLOSED, "使えない"), (IDLE, "使えるが、1年使っていない")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """The accounts of the kind."""
        usable = {"is_active": True, "is_staff": True}
        if self.value() == USABLE:
            return queryset.filter(**usable)
        if self.value() == IDLE:
            # Who never came in counts from the day on which the account was made.
            last = Coalesce("last_login", "date_joined")
            return queryset.filter(**usable).alias(last=last).filter(last__lt=timezone.now() - YEAR)
        return queryset.exclude(**usable) if self.value() == CLOSED else queryset


class RoleFilter(SimpleListFilter):
    """Accounts of one role."""

    title, parameter_name = "役割", "role"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        """Every role, and none."""
        return [*((str(pk), name) for pk, name in Group.objects.values_list("pk", "name")), (NOBODYS, "役割なし")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """The accounts in the role."""
        if self.value() == NOBODYS:
            return queryset.filter(groups=None, is_superuser=False)
        wanted = number_in(self.value())
        return queryset.filter(groups=wanted) if wanted else queryset


class DepartmentFilter(SimpleListFilter):
    """Accounts of one department, its ended forms included."""

    title, parameter_name = "所属課", "department"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        """The departments that stand today or will, and none."""
        self.offices = Offices()
        return [*((str(each.pk), str(each)) for each in self.offices.standing), (NOBODYS, "所属課なし")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """The accounts in the department."""
        if self.value() == NOBODYS:
            return queryset.filter(departments=None)
        if not (wanted := number_in(self.value())):
            return queryset
        shown = [pk for pk in self.offices.by_pk if pk == wanted or self.offices.shown(pk).pk == wanted]
        return queryset.filter(departments__in=shown).distinct()


YEAR = timedelta(days=365)
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

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
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

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs
    ) -> forms.ModelMultipleChoiceField | None:
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
        return own_name(user)

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
class PortalGroupAdmin(PeopleAdmin, GroupAdmin):  # type: ignore[misc]  # the stubs' GroupAdmin needs no request
    """Groups of rights: written by superusers only, since a group hands out rights."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Superusers."""
        return request.user.is_superuser and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Superusers."""
        return request.user.is_superuser and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Superusers."""
        return request.user.is_superuser and super().has_delete_permission(request, obj)
