"""manage.py first_account: makes the coordinator's account on a portal where nobody can log in yet."""

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction

from actionplan.models import one_change
from actionplan.organisation.accounts import make_password

MADE = """最初の管理者アカウントを作りました。
    利用者名    {username}
    パスワード  {password}
  このパスワードが表示されるのは今回だけです。書き留めて、ログイン後すぐに変更してください。
  分からなくなったときは .venv/bin/python manage.py changepassword {username} で付け直せます。"""
REASON = "最初の管理者アカウントの作成"
EXISTS = "職員のアカウントは既にあります。何も変えていません。"
TAKEN = "利用者名「{username}」は既に使われています。--username で別の名前を指定してください。"


class Command(BaseCommand):
    """Makes one account that may do everything, and prints its password once."""

    help = "職員のアカウントが一つもないとき、最初の管理者アカウントを作ります。"

    def add_arguments(self, parser: CommandParser) -> None:
        """The name to log in with."""
        parser.add_argument("--username", default="jimukyoku", help="利用者名（省くと jimukyoku）")

    def handle(self, *args, **options) -> None:
        """Makes the account, or says that it is not needed."""
        username, password = options["username"], make_password()
        if _make_first_account(username, password):
            self.stdout.write(MADE.format(username=username, password=password))
        else:
            self.stdout.write(EXISTS)


def _make_first_account(username: str, password: str) -> bool:
    """True when the account was made, false when staff exist; raises CommandError when the name is somebody's."""
    users = get_user_model().objects
    if users.filter(is_staff=True).exists():
        return False
    try:
        with transaction.atomic(), one_change(reason=REASON):
            users.create_superuser(username=username, password=password)
    except IntegrityError:
        # Somebody has the name: another start a moment ago, or a person who is not staff.
        if users.filter(is_staff=True).exists():
            return False
        raise CommandError(TAKEN.format(username=username)) from None
    return True
