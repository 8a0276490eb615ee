"""The office's pages of the log-in: who is kept out, and let in again; and a second factor that was lost."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.signals import post_save
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from actionplan import permissions
from actionplan.admin.site import FrontLink, found_or_404, own_page
from actionplan.login import second_factor, told
from actionplan.login.limits import lift
from actionplan.login.sessions import end_sessions
from actionplan.mail import Words, send_aside
from actionplan.models import LoginLock, note_source, password_changed
from actionplan.words import full_name

LIFTED = "「{name}」のログインの制限を解除しました。"
LIFT_REASON = "ログインの制限を解除"
RESET = "{name}さんの二段階の確認の登録を取り消しました。次にログインしたとき、登録し直してもらってください。"
LOCK_MAIL = Words(
    "【アクションプラン管理】パスワードの誤りが続いています",
    "あなたの利用者で、パスワードか番号の誤りが続いたため、ログインをしばらく止めました。\n"
    "自分の打ち間違いであれば、少し待ってから、もう一度ログインしてください。\n"
    "心当たりがないときは、事務局に知らせてください。\n",
)
RESET_MAIL = Words(
    "【アクションプラン管理】二段階の確認の登録が取り消されました",
    "事務局が、あなたの利用者の二段階の確認の登録を取り消しました。次のログインで登録し直してください。\n"
    "頼んでいないときは、すぐに事務局に知らせてください。\n",
)
PASSWORD_MAIL = Words(
    "【アクションプラン管理】パスワードが変わりました",
    "あなたの利用者のパスワードが変わりました（自分で変えたか、事務局が最初のパスワードを新しく作りました）。\n"
    "心当たりがないときは、すぐに事務局に知らせてください。\n",
)

DAYS_LISTED = 30


def locks_page(request: HttpRequest) -> HttpResponse:
    """Who is kept out of the log-in now, and who was in the last weeks."""
    permissions.require(permissions.may_lift_locks(request.user))
    since = timezone.now() - timedelta(days=DAYS_LISTED)
    locks = LoginLock.objects.filter(until__gt=since).select_related("account")
    now, past = ([lock for lock in locks if lock.holds is held] for held in (True, False))
    return own_page(request, "admin/login/locks.html", title="ログインの制限", days=DAYS_LISTED, now=now, past=past)


def lift_lock(request: HttpRequest, pk: int) -> HttpResponse:
    """Lets somebody in again."""
    permissions.require(request.method == "POST" and permissions.may_lift_locks(request.user))
    lock = found_or_404(LoginLock.objects.all(), pk=pk)
    lift(note_source(lock, reason=LIFT_REASON))
    told("login_lock_lifted", request, account=lock.account_id, kept_out=lock.address)
    messages.success(request, LIFTED.format(name=lock))
    return HttpResponseRedirect(reverse("admin:login_locks"))


def reset_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks, then forgets somebody's app and codes, ends their sessions and tells them."""
    account = found_or_404(User.objects.all(), pk=pk)
    permissions.require(permissions.may_change(request.user, User, account) and account != request.user)
    if request.method != "POST":
        return own_page(request, "admin/login/reset.html", title="二段階の確認の登録を取り消す", account=account)
    if second_factor.forget_devices(account):
        note_source(account, reason=second_factor.RESET_REASON).save(update_fields=["is_active"])
        end_sessions(account)
        send_aside(RESET_MAIL, [account.email])
        told("second_factor_reset", request, account=account.pk)
    messages.success(request, RESET.format(name=full_name(account)))
    return HttpResponseRedirect(reverse("admin:auth_user_change", args=[pk]))


def tell_owner(sender: type, instance: LoginLock, created: bool, **kwargs) -> None:
    """Writes to the owner of an account that begins to be kept out, where they have an address."""
    if created and instance.account:
        send_aside(LOCK_MAIL, [instance.account.email])


def tell_of_password(sender: type, account: User, **kwargs) -> None:
    """Writes to the owner of an account whose password has become another, where they have an address."""
    transaction.on_commit(lambda: send_aside(PASSWORD_MAIL, [account.email]))


def connect() -> None:
    """Called once when the application is ready."""
    post_save.connect(tell_owner, sender=LoginLock, dispatch_uid="tell who is kept out")
    password_changed.connect(tell_of_password, dispatch_uid="tell of a new password")


def front_links(request: HttpRequest) -> list[FrontLink]:
    """For the office: how many are kept out now. Nothing when nobody is."""
    if not permissions.may_lift_locks(request.user):
        return []
    count = LoginLock.objects.filter(until__gt=timezone.now(), lifted_at=None).count()
    words = f"いま{count}件、パスワードの誤りが続いたため止めています"
    return [FrontLink("ログインの制限", reverse("admin:login_locks"), words)] if count else []


def urls(guarded: Callable) -> list[URLPattern]:
    """The pages' addresses."""
    return [
        path("login-locks/", guarded(locks_page), name="login_locks"),
        path("login-locks/<int:pk>/lift/", guarded(lift_lock), name="lift_lock"),
        path("people/<int:pk>/second-factor/", guarded(reset_page), name="second_factor_reset"),
    ]
