"""Why a record was written, when nothing else says so: by which of the admin's own pages the change came."""

from django.db.models import Model
from django.http import HttpRequest
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record

# By the end of the page's name and by what happened; the first that fits.
REASONS = (
    ("_password_change", "~", "パスワードの変更"),
    ("_changelist", "-", "一覧の画面でまとめて削除"),
    ("_changelist", "~", "一覧の画面で入力"),
    ("_add", "+", "追加の画面で入力"),
    ("_delete", "-", "削除の画面で削除"),
    ("_change", "", "変更の画面で入力"),
)
OTHER = "管理画面での操作"


def reason_of(request: HttpRequest, history_type: str) -> str:
    """The page in words, as the history shows it."""
    name = getattr(request.resolver_match, "url_name", None) or ""
    fits = (words for end, kind, words in REASONS if name.endswith(end) and history_type.startswith(kind))
    return next(fits, OTHER)


def name_the_door(sender: type, instance: Model, history_instance: Model, **kwargs) -> None:
    """Writes the reason into a record that has none, in a request."""
    request = getattr(HistoricalRecords.context, "request", None)
    if request and not history_instance.history_change_reason:
        history_instance.history_change_reason = reason_of(request, history_instance.history_type)


def connect() -> None:
    """Called once when the application is ready, after one_record, whose reasons come first."""
    pre_create_historical_record.connect(name_the_door, dispatch_uid="which door")
