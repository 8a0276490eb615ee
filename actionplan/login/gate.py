"""What stands between a log-in and the staff's pages: its end, a first password, the second factor, a fresh yes.

The admin site asks here before every page of the wing, and before the log-in itself; see PortalAdminSite.gate.
"""

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from time import time
from typing import Any

from axes.models import AccessLog
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode
from django_otp import device_classes

from actionplan import permissions
from actionplan.admin import rescue
from actionplan.admin.site import own_page
from actionplan.login import second_factor, told
from actionplan.login.limits import BUSY, HELD, Hold, forget_failures, hold_on, needs_turn, note_failure, turn
from actionplan.login.sessions import renew_key
from actionplan.models import FirstPassword, LoginLock
from actionplan.words import plain_moment

FIRST, NOTICES, PREVIOUS = "first_password", "login_notices", "previous_login"
# By the city's provider: where a browser logs out there, and whether it vouches for a second factor.
BY_PROVIDER, PROVIDER_FACTOR = "by_provider", "provider_second_factor"
BEGAN, SEEN, CONFIRMED = "began_at", "seen_at", "confirmed_at"
NOTED_EVERY = 60  # Seconds: a page a second need not be a write a second.
KEPT_DAYS = 400  # How long log-ins are remembered: the list of accounts unused for a year needs no more.
# Pages that a log-in of which something is still missing may open; jsi18n is a script of theirs.
ALWAYS = {"login", "logout", "jsi18n"}
FOR_FIRST = ALWAYS | {"password_change", "password_change_done"}
FOR_CODE = ALWAYS | {"second_factor"}
FOR_ENROLMENT = FOR_FIRST | {"second_factor_set"}
# What needs a yes from the last minutes, by name and method: publishing, withdrawing, people's data, rights.
READING, WRITING = ("GET", "HEAD", "POST"), ("POST",)
STEP_UP = {
    "publish": WRITING,
    "publish_decide": WRITING,
    "withdraw": WRITING,
    "remove": WRITING,
    "confirm_withdrawal": WRITING,
    "people_list": READING,
    "trail_csv": READING,
    "people_import": WRITING,
    "people_switch": WRITING,
    "start_password": WRITING,
    "auth_user_add": WRITING,
    "auth_user_change": WRITING,
    "auth_user_password_change": WRITING,
    "auth_group_add": WRITING,
    "auth_group_change": WRITING,
    "auth_group_delete": WRITING,
    "auth_group_changelist": WRITING,
    "second_factor_reset": WRITING,
    "second_factor_codes": WRITING,
}
SECRET = "confirm_secret"
ENDED = "しばらく操作がなかったか、ログインから時間がたったため、ログインが切れました。もう一度ログインしてください。"
CHANGE_FIRST = "最初のパスワードのままです。自分のパスワードに変えてから、仕事を始めてください。"
ENROL_FIRST = "この利用者は、二段階の確認が必要です。スマートフォンなどのアプリを登録してから、仕事を始めてください。"
CROWDED = "混み合っています"
WRONG_SECRET = "パスワードか番号が違います。"
NOT_YET = "まだ確かめられていません。"
LOCKED = "パスワードの誤りが続いたため、{until}まで、ここからのログインを止めています。"
WAS_RESET = (
    "前回のログインのあとに、事務局が、二段階の確認のアプリと紙の番号の登録を取り消しました。"
    "頼んでいないときは、すぐに事務局に知らせてください。"
)
WAS_LOCKED = (
    "{began}から、この利用者のパスワードか番号の誤りが{failures}回続いたため、ログインを止めていました。"
    "心当たりがないときは、事務局に知らせて、パスワードを変えてください。"
)


def gate(request: HttpRequest) -> HttpResponse | None:
    """The page that comes instead of the one that was asked for, or None when nothing is in the way."""
    name = getattr(request.resolver_match, "url_name", None) or ""
    if name == "login":
        return _before_login(request)
    if not request.user.is_authenticated or name == "logout":
        return None
    if _has_ended(request):
        return _end(request)
    if name in ALWAYS:
        return None
    answer = _missing(request, name) or _step_up(request, name)
    if answer is None and request.method == "GET" and NOTICES in request.session:
        for sentence in [*request.session.pop(NOTICES), *locks_to_tell(request.user)]:
            messages.warning(request, sentence)
    return answer


def _before_login(request: HttpRequest) -> HttpResponse | None:
    if request.method != "POST":
        return None
    name = request.POST.get("username", "")
    if held := hold_on(request, name):
        return locked_page(held)
    if needs_turn(request, name):
        # Looked at again when the password is: here it only spares the log-in's page.
        with turn() as free:
            if not free:
                return _too_many(CROWDED, BUSY, NOTED_EVERY)
    return None


def locked_page(held: Hold) -> HttpResponse:
    """Says until when nobody is let in, and what to do; 429."""
    sentence = LOCKED.format(until=plain_moment(timezone.localtime(held.until)))
    return _too_many("ログインを止めています", sentence, max(1, int((held.until - timezone.now()).total_seconds())))


def _too_many(title: str, sentence: str, wait: int) -> HttpResponse:
    answer = HttpResponse(_refusal(title, sentence), status=429, headers={"Retry-After": str(wait)})
    add_never_cache_headers(answer)
    return answer


@lru_cache(maxsize=32)
def _refusal(title: str, sentence: str) -> bytes:
    """The page, the same for everybody and made once: who is refused a thousand times a minute costs no more."""
    request = HttpRequest()
    request.user, request.META["SCRIPT_NAME"] = AnonymousUser(), ""
    return own_page(request, "admin/login/locked.html", title=title, sentence=sentence).render().content


def _has_ended(request: HttpRequest) -> bool:
    """Whether the log-in is over. One from before an upgrade begins now."""
    now, session = time(), request.session
    began, seen = session.setdefault(BEGAN, now), session.setdefault(SEEN, now)
    if now - began > settings.SESSION_HOURS * 3600 or _is_idle(request.user, (now - seen) / 60):
        return True
    if now - seen > NOTED_EVERY:
        session[SEEN] = now
    return False


def _is_idle(user: Any, minutes: float) -> bool:
    """Whether nothing was done for too long; those who can do the most may rest the shortest."""
    if minutes > settings.SESSION_IDLE_MINUTES:
        return True
    return minutes > settings.OFFICE_IDLE_MINUTES and permissions.needs_second_factor(user)


def _end(request: HttpRequest) -> HttpResponse:
    """Logs out; who was about to save gets the words back."""
    told("session_ended", request)
    logout(request)
    if request.method == "POST":
        return rescue.login_expired(request)
    messages.info(request, ENDED)
    return redirect_to_login(request.get_full_path(), reverse("admin:login"))


def _missing(request: HttpRequest, name: str) -> HttpResponse | None:
    """The way to what the log-in still lacks: a code, a password of one's own, a second factor."""
    session = request.session
    user: Any = request.user
    verified = settings.SECOND_FACTOR == "off" or user.is_verified() or session.get(PROVIDER_FACTOR, False)
    if not verified and session.get(second_factor.HAS_DEVICE):
        if second_factor.has_device(user):
            return _elsewhere(request, name, FOR_CODE, "second_factor")
        # The office has just taken it away.
        del session[second_factor.HAS_DEVICE]
    if session.get(FIRST):
        return _elsewhere(request, name, FOR_FIRST, "password_change", CHANGE_FIRST)
    if not verified and second_factor.is_needed_by(user):
        return _elsewhere(request, name, FOR_ENROLMENT, "second_factor_set", ENROL_FIRST)
    return None


def _elsewhere(request: HttpRequest, name: str, open_pages: set, page: str, why: str = "") -> HttpResponse | None:
    if name in open_pages:
        return None
    if request.method == "POST" and any(rescue.texts(request)):
        return rescue.refused(request, why or second_factor.WRONG_CODE)
    if why:
        messages.warning(request, why)
    back = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
    return HttpResponseRedirect(f"{reverse(f'admin:{page}')}?{back}")


def _step_up(request: HttpRequest, name: str) -> HttpResponse | None:
    """The page that asks for the password or a code again, where the last time is too long ago."""
    if request.method not in STEP_UP.get(name, ()) or is_fresh(request) or _only_looks(request, name):
        return None
    if request.method != "POST":
        return HttpResponseRedirect(f"{reverse('admin:confirm')}?{urlencode({'next': request.get_full_path()})}")
    secret = request.POST.get(SECRET)
    if secret and not (fault := confirm(request, secret)):
        return None
    fault = fault if secret else "" if secret is None else NOT_YET
    return confirm_page(request, request.get_full_path(), fault=fault, sent=list(_sent(request)), goes_on=True)


def _only_looks(request: HttpRequest, name: str) -> bool:
    """Whether a list of people is only shown to be checked: a file could not be sent on, and nothing is stored yet."""
    return name == "people_import" and "file" in request.FILES


def is_fresh(request: HttpRequest) -> bool:
    """Whether the password or a code was given within the last minutes."""
    return time() - request.session.get(CONFIRMED, 0) <= settings.STEP_UP_MINUTES * 60


def _sent(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """What was about to be saved, to be sent again along with the secret."""
    for name, values in request.POST.lists():
        if name not in (SECRET, "csrfmiddlewaretoken"):
            yield from ((name, value) for value in values)


def confirm_page(request: HttpRequest, action: str, **facts) -> HttpResponse:
    """Asks for the password or a code; what was about to be saved is sent along."""
    has = second_factor.has_device(request.user)
    facts |= {"action": action, "name": SECRET, "has_device": has, "minutes": settings.STEP_UP_MINUTES}
    facts |= {"by_provider": settings.OIDC and BY_PROVIDER in request.session, "next": request.GET.get("next", "")}
    return own_page(request, "admin/login/confirm.html", title="本人の確認", **facts)


def confirm(request: HttpRequest, secret: str) -> str:
    """An empty string when the password or code is right, which counts for some minutes; otherwise the sentence."""
    user, code = request.user, second_factor.tidy(secret)
    name = user.get_username()
    if len(code) == 6 and code.isdecimal() and second_factor.has_device(user):
        if fault := second_factor.verify(request, secret):
            return fault
    elif hold_on(request, name):
        return HELD
    elif user.check_password(secret):
        forget_failures(request, name)
        renew_key(request)
    else:
        told("confirmation_failed", request)
        return HELD if note_failure(request, name) else WRONG_SECRET
    request.session[CONFIRMED] = time()
    told("confirmed", request)
    return ""


def on_login(sender: type, request: HttpRequest, user: Any, **kwargs) -> None:
    """Notes in the new session what the gate goes by, and tells the owner what happened meanwhile."""
    session = request.session
    if BEGAN in session:
        # Logged in anew within a session of the same account, whose key Django leaves as it is.
        renew_key(request)
    for name in (BY_PROVIDER, PROVIDER_FACTOR):
        session.pop(name, None)
    session[BEGAN] = session[SEEN] = session[CONFIRMED] = time()
    session[FIRST] = FirstPassword.objects.filter(account=user).exists()
    if settings.SECOND_FACTOR != "off" and second_factor.has_device(user):
        session[second_factor.HAS_DEVICE] = True
    resets = user.history.filter(history_change_reason=second_factor.RESET_REASON)
    was_reset = user.last_login is not None and resets.filter(history_date__gt=user.last_login).exists()
    if was_reset or LoginLock.objects.filter(account=user, told=False).exists():
        session[NOTICES] = [WAS_RESET] if was_reset else []
    # Django's own column is about to become this log-in's; see models.account.note_login().
    session[PREVIOUS] = plain_moment(timezone.localtime(user.last_login)) if user.last_login else ""
    AccessLog.objects.filter(attempt_time__lt=timezone.now() - timedelta(days=KEPT_DAYS)).delete()
    told("login", request, user=user.pk, superuser=user.is_superuser or None)


def locks_to_tell(user: User) -> list[str]:
    """A sentence for each time that the account was kept out and its owner does not know of; then they know."""
    locks = list(LoginLock.objects.filter(account=user, told=False).order_by("began"))
    LoginLock.objects.filter(pk__in=[lock.pk for lock in locks]).update(told=True)
    began = [(plain_moment(timezone.localtime(lock.began)), lock.failures) for lock in locks]
    return [WAS_LOCKED.format(began=moment, failures=failures) for moment, failures in began]


def on_logout(sender: type, request: HttpRequest, user: User | None, **kwargs) -> None:
    """Tells of it; the page that follows leads to the provider's own log-out, where there is one."""
    vars(request)["sign_out_elsewhere"] = request.session.get(BY_PROVIDER, "")
    told("logout", request, user=user and user.pk)


def connect() -> None:
    """Called once when the application is ready."""
    # The libraries' own lists show keys, in English; what the office may do with them is on pages of ours.
    admin.site.unregister(list(device_classes()))
    user_logged_in.connect(on_login, dispatch_uid="what the gate goes by")
    user_logged_out.connect(on_logout, dispatch_uid="tell of a log-out")
