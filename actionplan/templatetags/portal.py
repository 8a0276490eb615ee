"""Formatting for templates: digits and days as the newsletter writes them."""

from datetime import datetime

from django import template
from django.utils import timezone

from actionplan.fiscal_year import TO_FULL_WIDTH

register = template.Library()


@register.filter
def full_width(number: int) -> str:
    """The number in full-width digits: 施策３."""
    return str(number).translate(TO_FULL_WIDTH)


@register.filter
def title_phrases(front_matter: dict) -> list[str]:
    """The report's title in the pieces that a line may break between; joined, they are the title to the letter."""
    year, title = front_matter["newsletter_label"], front_matter["title"]
    plan = front_matter["plan"]["title"]
    rest = title.removeprefix(year + plan)
    return [year, plan, rest] if rest != title else [title]


@register.filter
def japanese_day(moment: datetime) -> str:
    """The day in Japan as 2010年5月1日."""
    day = timezone.localtime(moment)
    return f"{day.year}年{day.month}月{day.day}日"


@register.filter
def japanese_moment(moment: datetime) -> str:
    """The day and time in Japan as 2010年5月1日 9時00分."""
    local = timezone.localtime(moment)
    return f"{japanese_day(moment)} {local.hour}時{local.minute:02d}分"
