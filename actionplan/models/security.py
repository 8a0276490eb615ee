"""Events of security as 変更の記録 tells them: who came in, was refused, took data out, and from where; no secret."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from actionplan.models.sealing import TrailModel

# Those that are kept, by the name that the log has for them.
EVENTS = {
    "login": "ログイン",
    "login_failed": "ログインの失敗",
    "login_locked": "ログインの制限の始まり",
    "login_lock_lifted": "ログインの制限の解除",
    "logout": "ログアウト",
    "session_ended": "時間切れによるログアウト",
    "signed_out_elsewhere": "ほかの画面でのログインの終了",
    "first_password_lapsed": "期限切れの最初のパスワード",
    "password_changed": "パスワードの変更（本人）",
    "password_set": "パスワードの設定",
    "password_link_sent": "パスワードを決め直すリンクの送信",
    "password_reset": "パスワードの決め直し（リンク）",
    "second_factor_set": "二段階の確認の登録",
    "second_factor_reset": "二段階の確認の登録の取消し",
    "second_factor_failed": "二段階の確認の失敗",
    "recovery_code_used": "紙の番号の使用",
    "recovery_codes": "紙の番号の作り直し",
    "confirmed": "本人の確認",
    "confirmation_failed": "本人の確認の失敗",
    "rights": "役割・権限の変更",
    "forbidden": "権限のない操作の拒否",
    "export": "書き出し",
    "upload_refused": "ファイルの拒否",
    "scanner_away": "ウイルス検査の不在",
    "approval": "公表の決裁の手順",
    "head_link_sent": "課長の承認のリンクの送信",
    "head_link_used": "課長の承認のリンクによる提出",
    "head_link_refused": "課長の承認のリンクの拒否",
    "single_sign_on": "市の認証基盤によるログイン",
    "single_sign_on_refused": "市の認証基盤によるログインの拒否",
    "login_elsewhere": "パスワードでのログインの拒否",
    "second_factor_unreadable": "読めない二段階の確認の登録",
}


def _person(label: str) -> models.ForeignKey:
    """An account, also when it is there no more: a record that is sealed is not emptied with it."""
    facts: dict[str, Any] = {"db_constraint": False, "null": True, "related_name": "+"}
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.DO_NOTHING, verbose_name=label, **facts)


class SecurityEvent(TrailModel):
    """One event, or the like ones of a minute that followed it: written once, sealed, never changed.

    done_by: None before a log-in. account: whose account it was about, where that is another one, or where nobody was
    logged in; None for a name that no account has. address: as LOG_ADDRESSES lets it be known.
    what: in Japanese words or as a path. times: how many more there were, of a row that counts; else None.
    """

    happened_at = models.DateTimeField("日時", default=timezone.now, db_index=True)
    event = models.CharField("出来事", max_length=30, choices=list(EVENTS.items()))
    done_by = _person("操作した人")
    account = _person("対象の利用者")
    address = models.CharField("アドレス", max_length=45, blank=True)
    what = models.CharField("内容", max_length=255, blank=True)
    times = models.PositiveIntegerField("同じ1分間の、ほかの回数", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "安全の記録"
        ordering = ["-happened_at", "-pk"]
        default_permissions = ()  # Read in 変更の記録, by who may read the records of accounts.

    def __str__(self) -> str:
        return self.get_event_display()


class HeldEvent(models.Model):
    """An event of this minute, and how many like it came after: a flood of them becomes one more row, not thousands.

    key: what makes events alike. facts: the columns of the row. Emptied into SecurityEvent once its minute is over.
    """

    key = models.CharField(max_length=64, unique=True)
    since = models.DateTimeField(default=timezone.now, db_index=True)
    facts = models.JSONField()
    times = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "数えている安全の記録"
        default_permissions = ()

    def __str__(self) -> str:
        return self.key
