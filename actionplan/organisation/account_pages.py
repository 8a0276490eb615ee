"""Accounts that are closed, used again, or given a first password: one page that asks, one that tells."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from actionplan import permissions
from actionplan.admin.own_pages import found_or_404, own_page
from actionplan.admin.pickers import number_in
from actionplan.organisation.accounts import close_accounts, renew_password, reopen_accounts

FOLDER = "admin/people"
NOT_YOURS = (
    "自分の利用者と、事務局・公表権者・管理者などの利用者は、この画面では変えられません。管理者に連絡してください。"
)
STEPS = {
    "close": ("退職・異動で閉じる", close_accounts, "閉じました"),
    "reopen": ("もう一度使えるようにする", reopen_accounts, "使えるようにしました"),
}


def switch_page(request: HttpRequest, step: str) -> HttpResponse:
    """Names the people whose accounts are to be closed or used again (?person=1&person=2), and does it."""
    if step not in STEPS:
        raise Http404("この画面はありません。")
    title, act, done = STEPS[step]
    people = _people(request)
    if request.method != "POST":
        return _page(request, "switch", title, people=people, step=step)
    count = act(people, by=request.user)
    messages.success(request, f"{count}人の利用者を{done}。")
    return HttpResponseRedirect(reverse("admin:auth_user_changelist"))


def _people(request: HttpRequest) -> list[User]:
    asked = request.POST if request.method == "POST" else request.GET
    keys = {key for text in asked.getlist("person") if (key := number_in(text))}
    permissions.require(permissions.may_change(request.user, User))
    people = list(User.objects.filter(pk__in=keys).prefetch_related("departments").order_by("username"))
    if not people:
        raise Http404("利用者が選ばれていません。")
    mine = permissions.manageable_accounts(request.user).filter(pk__in=keys).count()
    permissions.require(mine == len(people) and request.user not in people, NOT_YOURS)
    return people


def password_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks, then makes a first password and shows it this once."""
    account = found_or_404(User.objects.all(), pk=pk)
    permissions.require(permissions.may_change(request.user, User, account) and account != request.user, NOT_YOURS)
    if request.method != "POST":
        return _page(request, "password", "最初のパスワードを作る", account=account)
    given = renew_password(account, by=request.user)
    return _page(request, "password", "最初のパスワード", account=account, passwords=[given])


def _page(request: HttpRequest, name: str, title: str, **facts) -> HttpResponse:
    crumbs = [("利用者の一覧", reverse("admin:auth_user_changelist"))]
    return own_page(request, f"{FOLDER}/{name}.html", title=title, crumbs=crumbs, **facts)


def urls(door: Callable) -> list[URLPattern]:
    """The pages' addresses."""
    return [
        path("people/<str:step>/", door(switch_page), name="people_switch"),
        path("people/<int:pk>/start-password/", door(password_page), name="start_password"),
    ]
