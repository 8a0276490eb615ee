"""manage.py accept_installation: takes this computer's secret key and shared folder for the portal's."""

from django.core.management.base import BaseCommand

from script.lib.installation import accept

ACCEPTED = """このコンピューターの秘密鍵と、写真・資料の置き場所を、このポータルのものとして記録しました。
ほかのコンピューターは、同じ SECRET_KEY と SHARED_DIR でなければ起動しません。"""


class Command(BaseCommand):
    """For a key or a folder that was rightly replaced; the other computers have to follow."""

    help = "秘密鍵や共有フォルダーを入れ替えたとき、このコンピューターのものを正しいものとして記録します。"

    def handle(self, **options) -> None:
        """Notes both."""
        accept()
        self.stdout.write(ACCEPTED)
