"""manage.py remove_sample_years: takes the fictitious years out again."""

from django.core.management.base import BaseCommand, CommandError

from actionplan.publishing.publish import PublishRefused
from actionplan.samples import SamplesInUse, remove_sample_years


class Command(BaseCommand):
    """Removes what load_sample_years made, and nothing else."""

    help = "見本データを取り除きます。実際の報告には触れません。"

    def handle(self, *args, **options) -> None:
        """Removes, or says why not."""
        try:
            removed = remove_sample_years()
        except (SamplesInUse, PublishRefused) as refusal:
            raise CommandError(str(refusal)) from refusal
        if removed:
            self.stdout.write(f"見本データ（{removed}件の年次報告）を取り除きました。実際の報告はそのままです。")
        else:
            self.stdout.write("見本データは入っていません。何も変えていません。")
