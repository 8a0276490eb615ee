"""manage.py first_account: the first two accounts of a portal where nobody can log in yet; and a way back in."""

from typing import NamedTuple

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction

from actionplan.login.second_factor import forget_devices
from actionplan.models import gave_passwords, one_change
from actionplan.organisation.accounts import make_password
from actionplan.permissions import COORDINATOR

MADE = """最初のアカウントを2つ作りました。パスワードが表示されるのは今回だけです。書き留めてください。
  毎日の仕事に使う事務局のアカウント
    利用者名    {username}
    パスワード  {password}
  管理者のアカウント（封をして金庫などにしまい、権限を配るときだけ使います。公表権者の役割もここから配ります）
    利用者名    {admin}
    パスワード  {admin_password}
  どちらも、はじめてログインしたときにパスワードを変えます。{days}日のあいだに使わないと、このパスワードは使えなくなります。
  分からなくなったときは .venv/bin/python manage.py first_account --again 利用者名 で作り直せます。"""
AGAIN = """「{username}」の最初のパスワードを作り直し、二段階の確認の登録を取り消しました。
    パスワード  {password}
  このパスワードが表示されるのは今回だけです。{days}日のあいだにログインして、自分のパスワードに変えてください。"""
REASON, AGAIN_REASON = "最初のアカウントの作成", "コマンドで最初のパスワードを作り直し"
EXISTS = "職員のアカウントは既にあります。何も変えていません。"
TAKEN = "利用者名「{username}」は既に使われています。--username か --admin で別の名前を指定してください。"
SAME = "--username と --admin には、別の名前を指定してください。"
NOBODY = "利用者名「{username}」のアカウントはありません。"


class Names(NamedTuple):
    """The names to log in with: the office's, and the administrator's."""

    username: str
    admin: str


class Command(BaseCommand):
    """Makes the office's account and an administrator's, and prints their passwords once."""

    help = "職員のアカウントが一つもないとき、事務局と管理者の最初のアカウントを作ります。"

    def add_arguments(self, parser: CommandParser) -> None:
        """The names to log in with."""
        parser.add_argument("--username", default="jimukyoku", help="事務局の利用者名（省くと jimukyoku）")
        parser.add_argument("--admin", default="kanrisha", help="管理者の利用者名（省くと kanrisha）")
        parser.add_argument("--again", metavar="利用者名", help="この人の最初のパスワードを作り直します。")

    def handle(self, *args, **options) -> None:
        """Makes the accounts, or says that they are not needed."""
        if options["again"]:
            self.stdout.write(_again(options["again"]))
            return
        names = Names(options["username"], options["admin"])
        if names.username == names.admin:
            raise CommandError(SAME)
        passwords = Names(make_password(), make_password())
        if not _make_first_accounts(names, passwords):
            self.stdout.write(EXISTS)
            return
        words = {"password": passwords.username, "admin_password": passwords.admin, "days": _days()}
        self.stdout.write(MADE.format(**names._asdict(), **words))


def _days() -> int:
    from django.conf import settings

    return settings.FIRST_PASSWORD_DAYS


def _make_first_accounts(names: Names, passwords: Names) -> bool:
    """True when the accounts were made, false when staff exist; raises CommandError when a name is somebody's."""
    users = get_user_model().objects
    if users.filter(is_staff=True).exists():
        return False
    try:
        with transaction.atomic(), one_change(reason=REASON):
            office = users.create_user(username=names.username, password=passwords.username, is_staff=True)
            # Groups come with the tables; an installation that took this one away gets an account without a role.
            office.groups.set(Group.objects.filter(name=COORDINATOR))
            admin = users.create_superuser(username=names.admin, password=passwords.admin)
            gave_passwords([office, admin])
    except IntegrityError:
        # Somebody has the name: another start a moment ago, or a person who is not staff.
        if users.filter(is_staff=True).exists():
            return False
        taken = next(name for name in names if users.filter(username=name).exists())
        raise CommandError(TAKEN.format(username=taken)) from None
    return True


@transaction.atomic
def _again(username: str) -> str:
    """What is printed of a new first password for an account that nobody can open any more."""
    account = User.objects.filter(username=username).first()
    if account is None:
        raise CommandError(NOBODY.format(username=username))
    password = make_password()
    with one_change(reason=AGAIN_REASON):
        account.set_password(password)
        account.save()
    forget_devices(account)
    return AGAIN.format(username=username, password=password, days=_days())
