"""manage.py first_account: the first two accounts of a portal where nobody can log in yet; and a way back in."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction
from django_otp import devices_for_user

from actionplan.models import one_change
from actionplan.organisation.accounts import StartPassword, make_first_accounts, make_password

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
        office, admin = options["username"], options["admin"]
        if office == admin:
            raise CommandError(SAME)
        if made := _make_first_accounts(office, admin):
            words = {"password": made[0].password, "admin_password": made[1].password}
            self.stdout.write(MADE.format(username=office, admin=admin, days=settings.FIRST_PASSWORD_DAYS, **words))
        else:
            self.stdout.write(EXISTS)


def _make_first_accounts(office: str, admin: str) -> list[StartPassword]:
    """The passwords of the accounts; none when staff exist. Raises CommandError when a name is somebody's."""
    users = get_user_model().objects
    if users.filter(is_staff=True).exists():
        return []
    try:
        with one_change(reason=REASON):
            return make_first_accounts(office, admin)
    except IntegrityError:
        # Somebody has the name: another start a moment ago, or a person who is not staff.
        if users.filter(is_staff=True).exists():
            return []
        taken = next(name for name in (office, admin) if users.filter(username=name).exists())
        raise CommandError(TAKEN.format(username=taken)) from None


@transaction.atomic
def _again(username: str) -> str:
    """What is printed of a new first password for an account that nobody can open any more."""
    account = get_user_model().objects.filter(username=username).first()
    if account is None:
        raise CommandError(NOBODY.format(username=username))
    password = make_password()
    with one_change(reason=AGAIN_REASON):
        account.set_password(password)
        account.save()
    for device in devices_for_user(account, confirmed=None):
        device.delete()
    return AGAIN.format(username=username, password=password, days=settings.FIRST_PASSWORD_DAYS)
