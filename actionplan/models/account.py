"""Accounts and groups are Django's own; what changes in them is recorded like everything else staff write."""

from django.contrib.auth.models import Group, User
from django.contrib.auth.signals import user_logged_in
from django.utils import timezone
from simple_history import register

from actionplan.models.sourced import SourcedHistory

# The password's hash belongs in no record; the time of the last log-in changes nothing that anybody decided.
register(
    User,
    app="actionplan",
    m2m_fields=["groups", "user_permissions"],
    excluded_fields=["password", "last_login"],
    bases=[SourcedHistory],
)
register(Group, app="actionplan", m2m_fields=["permissions"], bases=[SourcedHistory])


def note_login(sender: type, user: User, **kwargs) -> None:
    """Notes the time of a log-in without a save, which would count as a change of the account."""
    User.objects.filter(pk=user.pk).update(last_login=timezone.now())


def connect() -> None:
    """Takes the place of Django's own note of the last log-in; called once when the application is ready."""
    user_logged_in.disconnect(dispatch_uid="update_last_login")
    user_logged_in.connect(note_login, dispatch_uid="note login")
