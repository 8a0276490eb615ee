"""manage.py clear_evidence: removes kept files that nothing names any more, and uploads that nobody confirmed."""

from django.core.management.base import BaseCommand

from actionplan.evidence.taking import forget_left_over
from actionplan.waiting_files import clear_left_over


class Command(BaseCommand):
    """Removes what is left over; what an edition names stays, a withdrawn one's too."""

    help = "どの回答にも、どの版にも出てこなくなった写真・資料と、確認されないまま1日たったファイルを消します。"

    def handle(self, **options) -> None:
        """Removes the files and says how many."""
        self.stdout.write(f"使われなくなった{forget_left_over()}個のファイルを消しました。")
        self.stdout.write(f"確認されないまま残っていた{clear_left_over()}個のファイルを消しました。")
