"""The one policy: who may see, edit, return, confirm and publish what. Every staff door asks here.

Rights are Django's model permissions plus actionplan.publish_edition; editions are never changed or deleted.
"""

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db.models import Model

from actionplan.models import Edition, EditionRow, EditionWithdrawal

FROZEN = (Edition, EditionRow, EditionWithdrawal)


def _holds(user: AbstractBaseUser, action: str, model: type[Model]) -> bool:
    return (
        user.is_active and user.is_staff and user.has_perm(f"{model._meta.app_label}.{action}_{model._meta.model_name}")
    )


def may_view(user: AbstractBaseUser, model: type[Model]) -> bool:
    """Whether the user may read rows of the model in the staff wing; who may change may also read."""
    return _holds(user, "view", model) or _holds(user, "change", model)


def may_add(user: AbstractBaseUser, model: type[Model]) -> bool:
    """Whether the user may add rows; editions come only from publishing."""
    return model not in FROZEN and _holds(user, "add", model)


def may_change(user: AbstractBaseUser, model: type[Model], obj: Model | None = None) -> bool:
    """Whether the user may change rows of the model, or this one; what is published never changes."""
    return model not in FROZEN and _holds(user, "change", model)


def may_delete(user: AbstractBaseUser, model: type[Model], obj: Model | None = None) -> bool:
    """Whether the user may delete rows of the model, or this one."""
    return model not in FROZEN and _holds(user, "delete", model)


def may_import(user: AbstractBaseUser, model: type[Model]) -> bool:
    """Whether the user may bring rows in from a file: the right to add and to change."""
    return may_add(user, model) and may_change(user, model)


def may_export(user: AbstractBaseUser, model: type[Model]) -> bool:
    """Whether the user may take rows out as a file: the right to read them."""
    return may_view(user, model)


def may_publish(user: AbstractBaseUser) -> bool:
    """Whether the user may publish, correct and withdraw editions."""
    return user.is_active and user.is_staff and user.has_perm("actionplan.publish_edition")


def require(allowed: bool, sentence: str = "この操作をする権限がありません。事務局に確認してください。") -> None:
    """Returns when allowed; raises PermissionDenied with the sentence otherwise."""
    if not allowed:
        raise PermissionDenied(sentence)
