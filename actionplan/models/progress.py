"""Progress categories (進捗区分): set by people, never inferred from the text."""

from django.db import models


class Progress(models.TextChoices):
    """The category of an item's year. UNSET is shown apart in every count."""

    DONE = "done", "実施済"
    IN_PROGRESS = "in_progress", "実施中"
    PARTLY_DONE = "partly_done", "一部実施"
    UNDER_CONSIDERATION = "under_consideration", "検討中"
    NOT_DONE = "not_done", "未実施"
    UNSET = "unset", "未設定"


DEFINITIONS = {
    Progress.DONE: "計画した内容を、その年度のうちに終えたもの。",
    Progress.IN_PROGRESS: "取組を続けているもの。",
    Progress.PARTLY_DONE: "計画した内容の一部を実施したもの。",
    Progress.UNDER_CONSIDERATION: "実施に向けて検討しているもの。",
    Progress.NOT_DONE: "その年度に実施しなかったもの。",
    Progress.UNSET: "担当課がまだ区分を決めていないもの。文章から推し量って決めることはしません。",
}
