"""Accounts and groups are Django's own; what changes in them is recorded like everything else staff write."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, Group, User
from django.contrib.auth.signals import user_logged_in
from django.db import models
from django.db.models import ProtectedError
from django.db.models.signals import post_save, pre_delete, pre_save
from django.dispatch import Signal
from django.utils import timezone
from simple_history import register
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record

from actionplan.models.base import ACTED, SourcedHistory, has_acted, records
from actionplan.models.one_record import OneRecord

# Who is behind a request: permissions.py says what they may do, a stranger nothing.
Person = User | AnonymousUser

# The password's hash belongs in no record; the time of the last log-in changes nothing that anybody decided.
register(
    User,
    app="actionplan",
    records_class=OneRecord,
    m2m_fields=["groups", "user_permissions"],
    excluded_fields=["password", "last_login"],
    bases=[SourcedHistory],
)
register(Group, app="actionplan", records_class=OneRecord, m2m_fields=["permissions"], bases=[SourcedHistory])


class FirstPassword(models.Model):
    """Says that the account's password was given by somebody else: it has to be changed, and lapses."""

    account = models.OneToOneField(User, models.CASCADE, related_name="first_password", primary_key=True)
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "最初のパスワード"
        default_permissions = ()  # Nobody is given rights on it: it goes with the password.

    def __str__(self) -> str:
        return str(self.account)

    @property
    def lapses_at(self) -> datetime:
        """The moment from which on it opens nothing any more."""
        return self.given_at + timedelta(days=settings.FIRST_PASSWORD_DAYS)


def gave_passwords(accounts: list[User]) -> None:
    """Notes that these accounts got a first password now; they are stored already."""
    FirstPassword.objects.filter(account__in=accounts).delete()
    FirstPassword.objects.bulk_create(FirstPassword(account=account) for account in accounts)


class LoginLock(models.Model):
    """A while in which nobody is let in under a name, or from an address, after too many wrong passwords.

    label: the account's name or the address; of a name that nobody has, only that.
    key: under what its failures are kept. told: whether the account's owner knows.
    """

    label = models.CharField("対象", max_length=255)
    account = models.ForeignKey(User, models.CASCADE, verbose_name="利用者", null=True, blank=True, related_name="+")
    address = models.GenericIPAddressField("アドレス", null=True, blank=True)
    key = models.CharField(max_length=40, blank=True, db_index=True)
    failures = models.PositiveIntegerField("続いた誤り")
    began = models.DateTimeField("始まり", default=timezone.now)
    until = models.DateTimeField("終わり")
    lifted_at = models.DateTimeField("解除した日時", null=True, blank=True)
    told = models.BooleanField(default=False)
    history = records(excluded_fields=["told", "key"])

    class Meta:
        verbose_name = verbose_name_plural = "ログインの制限"
        default_permissions = ()  # permissions.may_lift_locks() goes by the right on accounts.
        ordering = ["-began", "-pk"]

    def __str__(self) -> str:
        return self.label

    @property
    def holds(self) -> bool:
        """Whether it still keeps somebody out."""
        return self.lifted_at is None and self.until > timezone.now()


def note_login(sender: type, user: User, **kwargs) -> None:
    """Notes the time of a log-in without a save, which would count as a change of the account."""
    User.objects.filter(pk=user.pk).update(last_login=timezone.now())


PASSWORD_CHANGED = "パスワードの変更"
# Sent with the account when a stored one's password has become another, by whom and by which door ever.
password_changed = Signal()


def _chosen(user: User) -> str | None:
    """The password that was set in this process and is not saved yet; Django keeps it in a private name."""
    return vars(user).get("_password")


def _is_rehash(user: User, fields: frozenset[str] | None) -> bool:
    """Whether Django only hashes a password anew while its owner logs in: nobody chose another one."""
    return fields == {"password"} and _chosen(user) is None


def before_save(sender: type, instance: User, update_fields: frozenset[str] | None = None, **kwargs) -> None:
    """Keeps a mere rehash out of the record."""
    if _is_rehash(instance, update_fields):
        vars(instance)["skip_history_when_saving"] = True


def after_save(
    sender: type, instance: User, created: bool, update_fields: frozenset[str] | None = None, **kwargs
) -> None:
    """Lets what follows be recorded again; notes whether a new password is the owner's own or was given to them."""
    if _is_rehash(instance, update_fields):
        vars(instance).pop("skip_history_when_saving", None)
    elif _chosen(instance) is not None:
        if _is_own_doing(instance):
            FirstPassword.objects.filter(account=instance).delete()
        else:
            gave_passwords([instance])
        if not created:
            password_changed.send(User, account=instance)


def _is_own_doing(user: User) -> bool:
    """Whether the account's owner is who asks: in a request of theirs. What a command sets was given."""
    request = getattr(HistoricalRecords.context, "request", None)
    return request is not None and getattr(request, "user", None) == user


def name_password_change(sender: type, instance: object, history_instance: Any, **kwargs) -> None:
    """Says why a record shows no change when only the password changed, by whichever door; the hash is in none."""
    changed = isinstance(instance, User) and _chosen(instance) is not None
    if changed and history_instance.history_type == "~" and not history_instance.history_change_reason:
        history_instance.history_change_reason = PASSWORD_CHANGED


def refuse_delete(sender: type, instance: User, **kwargs) -> None:
    """Raises ProtectedError for an account that the record of changes names: the name would vanish from it."""
    if has_acted(instance):
        raise ProtectedError(ACTED, {instance})


def name_in_our_words() -> None:
    """Calls people 利用者 everywhere, as the guide and the lists of staff do; Django's own word is ユーザー.

    Only what pages show: migrations look at what the model was written with.
    """
    User._meta.verbose_name = User._meta.verbose_name_plural = "利用者"
    Group._meta.verbose_name = Group._meta.verbose_name_plural = "役割"
    User._meta.app_config.verbose_name = "担当課と利用者"
    User._meta.get_field("username").verbose_name = "利用者名"
    User._meta.get_field("groups").verbose_name = "役割"


def connect() -> None:
    """Takes the place of Django's own note of the last log-in; called once when the application is ready."""
    name_in_our_words()
    user_logged_in.disconnect(dispatch_uid="update_last_login")
    user_logged_in.connect(note_login, dispatch_uid="note login")
    pre_save.connect(before_save, sender=User, dispatch_uid="before rehash")
    post_save.connect(after_save, sender=User, dispatch_uid="after rehash")
    pre_delete.connect(refuse_delete, sender=User, dispatch_uid="keep accounts that acted")
    pre_create_historical_record.connect(name_password_change, dispatch_uid="name password change")
