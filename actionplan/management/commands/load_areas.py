"""manage.py load_areas: the areas of the city, once, from the file that is named after its code."""

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from actionplan.management.commands.load_report import load
from actionplan.models import Area, Plan


class Command(BaseCommand):
    """Loads everything or nothing; where areas stand, or ever stood, they are the staff's."""

    help = "市の地域を、まだ一つも登録されていないときに読み込みます。"

    @transaction.atomic
    def handle(self, **options) -> None:
        """Loads the file of the plan's city, if there is one, and says how much was in it."""
        if Area.history.exists() or Area.objects.exists():
            self.stdout.write("地域はすでに登録されています。何も変えていません。")
            return
        codes = Plan.objects.order_by().values_list("municipality_code", flat=True).distinct()
        files = [path for code in codes if (path := settings.BASE_DIR / "fixtures" / f"areas-{code}.json").exists()]
        for path in files:
            counts = load(path)
            self.stdout.write(f"fixtures/{path.name} から、地域{counts[Area]}件を読み込みました。")
        if not files:
            self.stdout.write("この市の地域のファイルはありません。地域は画面から登録できます。")
