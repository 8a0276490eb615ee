"""Filters of the list of accounts: who can log in, in which role, in which department."""

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest

from actionplan.admin.organisation.numbers import number_in
from actionplan.organisation.offices import Offices

USABLE, CLOSED, NOBODYS = "1", "0", "none"


class StandingFilter(SimpleListFilter):
    """Accounts that can be used, or closed ones."""

    title, parameter_name = "使えるかどうか", "active"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        """The two kinds."""
        return [(USABLE, "使える"), (CLOSED, "使えない")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """The accounts of the kind."""
        usable = {"is_active": True, "is_staff": True}
        if self.value() == USABLE:
            return queryset.filter(**usable)
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
