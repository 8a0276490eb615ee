"""What a shared link's picture says of a page, in the words of the edition that the page shows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import Http404

from actionplan.models import Edition, EditionRow
from actionplan.scale import UNSET
from actionplan.selectors.charts import year_summary
from actionplan.selectors.editions import NOT_FOUND
from actionplan.selectors.item_history import item_history
from actionplan.words import shown_policy


@dataclass(frozen=True)
class PictureWords:
    """What the picture says. over: city and plan. under: the year and what is counted. category: of an item, where
    people have set one.
    """

    over: str
    title: str
    under: str
    category: str = ""
    sample: bool = False


def site_words(editions: Sequence[Edition]) -> PictureWords:
    """Of the front page; editions: the latest one of each plan. Raises Http404 before anything is published."""
    if not editions:
        raise Http404(NOT_FOUND)
    if len(editions) == 1:
        return plan_words(editions[0])
    city = editions[0].front_matter["plan"]["municipality"]
    plans = "\n".join(edition.front_matter["plan"]["title"] for edition in editions)
    sample = any(map(_is_sample, editions))
    return PictureWords(city, "アクションプランの実施状況", plans, sample=sample)


def plan_words(edition: Edition) -> PictureWords:
    """Of a plan, by its latest edition."""
    front = edition.front_matter
    city, title = front["plan"]["municipality"], f"{front['plan']['title']}\n実施状況"
    return PictureWords(
        city, title, f"最新の報告：{front['label']}\n{_counts(front, edition.rows.all())}", "", _is_sample(edition)
    )


def report_words(edition: Edition) -> PictureWords:
    """Of a year's report; of a corrected one with the number of its edition."""
    number = f"　第{edition.number}版" if edition.number > 1 else ""
    return _counted(edition, edition.front_matter["title"], edition.front_matter["label"] + number, edition.rows.all())


def policy_words(edition: Edition, number: int) -> PictureWords:
    """Of one policy of the report. Raises Http404."""
    rows = list(edition.rows.filter(policy_number=number))
    if not rows:
        raise Http404(NOT_FOUND)
    under = f"{edition.front_matter['label']}の実施状況　{shown_policy(rows[0].policy_printed, number)}"
    return _counted(edition, rows[0].policy_title, under, rows)


def item_words(public_id: str) -> PictureWords:
    """Of one item, by its latest year: its category as people have set it, and who leads it. Raises Http404."""
    latest = item_history(public_id)[0]
    item, department = latest.item, latest.item.department_name
    under = [f"{latest.label}の実施状況　項目{item.code}", *([f"担当課：{department}"] if department else [])]
    category = "" if item.progress == UNSET else item.progress_label
    return PictureWords(_over(latest.edition), item.name, "\n".join(under), category, latest.sample)


def _counted(edition: Edition, title: str, under: str, rows: Iterable[EditionRow]) -> PictureWords:
    counts = _counts(edition.front_matter, rows)
    return PictureWords(_over(edition), title, f"{under}\n{counts}", sample=_is_sample(edition))


def _is_sample(edition: Edition) -> bool:
    return edition.front_matter.get("sample", False)


def _over(edition: Edition) -> str:
    plan = edition.front_matter["plan"]
    return f"{plan['municipality']}　{plan['title']}"


def _counts(front_matter: dict, rows: Iterable[EditionRow]) -> str:
    """実施済3　未実施5　未設定30（38項目のうち）: the categories that some item stands in."""
    summary = year_summary(front_matter, rows)
    counts = [f"{each.label}{each.count}" for each in summary.legend if each.count]
    return f"{'　'.join(counts)}（{summary.total}項目のうち）"
