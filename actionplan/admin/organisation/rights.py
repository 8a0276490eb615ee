"""The picker of rights: only what the staff wing knows, in words: 項目：変更."""

from django import forms
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db.models import ManyToManyField, Model, QuerySet
from django.http import HttpRequest

from actionplan.permissions import FROZEN

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
        verb = VERBS.get(right.codename.partition("_")[0], right.name)
        return f"{model._meta.verbose_name}：{verb}"


class PicksRights:
    """Puts the picker into the forms of accounts and groups."""

    def formfield_for_manytomany(self, db_field: ManyToManyField, request: HttpRequest, **kwargs) -> forms.Field:
        """Django's field, over the rights that can be granted."""
        if db_field.name in PICKED:
            kwargs |= {"form_class": RightsField, "queryset": grantable_rights()}
        return super().formfield_for_manytomany(db_field, request, **kwargs)
