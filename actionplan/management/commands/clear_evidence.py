"""manage.py clear_evidence: removes kept files that no answer and no edition names any more."""

from django.core.management.base import BaseCommand

from actionplan.evidence.taking import forget_left_over


class Command(BaseCommand):
    """Removes what is left over; what an edition names stays, a withdrawn one's too."""

    help = "どの回答にも、どの版にも出てこなくなった写真・資料のファイルを消します。"

    def handle(self, **options) -> None:
        """Removes the files and says how many."""
        self.stdout.write(f"使われなくなった{forget_left_over()}個のファイルを消しました。")
