"""Formatting for templates: digits and days as the newsletter writes them, marked words, lines that are one line."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast

from django import template
from django.template.base import Parser, Token, TokenType
from django.template.context import Context
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from actionplan.fiscal_year import TO_FULL_WIDTH
from actionplan.words import plain_day, plain_moment, shown_policy

register = template.Library()
# Whoever does not see the line hears what came and what went.
CHANGES = {
    "added": '<ins><span class="visually-hidden">（追加：</span>{}<span class="visually-hidden">）</span></ins>',
    "removed": '<del><span class="visually-hidden">（削除：</span>{}<span class="visually-hidden">）</span></del>',
    "same": "{}",
}
LINE_ENDS = re.compile(r'(?:\n *)+|[<>"]')
# Where a sign of markup leads: from text ("") into a tag ("<") or a value of it ('"'), and out again.
LEADS = {("", "<"): "<", ("<", ">"): "", ("<", '"'): '"', ('"', '"'): "<"}


@register.filter
def with_plain_corners(table: str) -> SafeString:
    """Django's table of inlines, its heads without words as plain cells: what is read aloud as a head has words."""
    for attributes in (' class="original"', ""):
        table = table.replace(f"<th{attributes}></th>", f"<td{attributes}></td>")
    return mark_safe(table)  # noqa: S308  # Django's own markup


GUIDELINE = ("purpose", "vision", "aims_title", "aims_lead", "stages_text")
PARTS = ("story_steps", "story_remarks", "aims", "stages")


@register.filter
def has_guideline(front_matter: dict) -> bool:
    """Whether the plan says anything of its guideline: many plans begin without one."""
    plan = front_matter["plan"]
    return any(plan.get(name) for name in GUIDELINE) or any(front_matter.get(name) for name in PARTS)


@register.filter
def full_width(number: int) -> str:
    """The number in full-width digits: 施策３."""
    return str(number).translate(TO_FULL_WIDTH)


@register.filter
def things(counted: Sequence[Any]) -> str:
    """5つ, how many there are; from ten on 12件, since nobody counts that far in つ."""
    return f"{len(counted)}{'つ' if len(counted) < 10 else '件'}"


@register.filter
def policy_label(number: int, printed: str) -> str:
    """施策３ above the policy's title, or what the edition prints in its place."""
    return shown_policy(printed, full_width(number))


@register.filter
def plain_policy_label(number: int, printed: str) -> str:
    """The same within a sentence: 施策3."""
    return shown_policy(printed, number)


@register.filter
def title_phrases(front_matter: dict) -> list[str]:
    """The report's title in the pieces that a line may break between; joined, they are the title to the letter."""
    year, title = front_matter["newsletter_label"], front_matter["title"]
    plan = front_matter["plan"]["title"]
    rest = title.removeprefix(year + plan)
    return [year, plan, rest] if rest != title else [title]


@register.filter
def with_turned_signs(keyword: str) -> SafeString:
    """The keyword, ∥ within it to be turned: stacked, as the original has it, it is an upright ＝."""
    return format_html_join(mark_safe('<span class="turned">∥</span>'), "{}", ((part,) for part in keyword.split("∥")))


@register.filter
def japanese_day(moment: datetime) -> str:
    """The day in Japan as 2010年5月1日."""
    return plain_day(timezone.localtime(moment))


@register.filter
def day_label(number: int) -> str:
    """What the day of an edition is called: the first one is published, a later one brings the page up to date."""
    return "公表日" if number == 1 else "更新日"


@register.filter
def japanese_moment(moment: datetime) -> str:
    """The day and time in Japan as 2010年5月1日 9時00分."""
    return plain_moment(timezone.localtime(moment))


@register.filter
def followed_by(things: Iterable[Any], last: Any) -> list[Any]:
    """The things and, as the last of them, one that stands apart elsewhere: the categories and 未設定."""
    return [*things, last]


@register.filter
def last_first(things: Sequence[Any]) -> list[Any]:
    """The things with the last of them first: 未設定, from which the keyboard goes down to the categories."""
    return [*things[-1:], *things[:-1]]


@register.filter
def with_hits(pieces: Iterable[Any]) -> SafeString:
    """The text of the pieces; those that were searched for are marked."""
    marked = (("<mark>{}</mark>" if piece.hit else "{}", linebreaksbr(piece.text)) for piece in pieces)
    return _joined(marked)


@register.filter
def with_changes(runs: Iterable[Any]) -> SafeString:
    """The text of the runs; what came is underlined, what went is struck through, and both are said."""
    return _joined((CHANGES[run.kind], linebreaksbr(run.text)) for run in runs)


def _joined(parts: Iterable[tuple[str, SafeString]]) -> SafeString:
    return format_html_join("", "{}", ((format_html(markup, words),) for markup, words in parts))


@register.simple_tag(takes_context=True)
def item_place(context: Context, place: Any) -> SafeString:
    """The item's number and its name, which leads to the item, or to the report of an earlier year that printed it."""
    if place.report == context["edition"].key:
        address = reverse("item", args=[place.public_id])
    else:
        address = f"{reverse('annual_report', args=[place.report])}#item-{place.plain_code}"
    link = format_html('<a href="{}">{}</a>', address, place.name)
    return format_html('<span class="place"><span class="place__code">{}</span>{}</span>', place.code, link)


@register.simple_tag(takes_context=True)
def evidence_address(context: Context, name: str) -> str:
    """Where a kept file is read: the public address; for paper, or before it is published, the one that is told."""
    if context.get("paper"):
        return f"portal:evidence/{name}"
    return reverse(context.get("evidence_page") or "evidence", args=[name])


@register.tag
def oneline(parser: Parser, token: Token) -> template.Node:
    """Its lines as one line of the page, so that long markup can be read without putting blanks between its words.

    A line's end and the indent after it are dropped; between two attributes they are one blank; an
    empty line stays a line's end. This happens once, when the template is loaded, so variables keep all they hold.
    """
    place = ""
    for following in reversed(cast(list[Token], parser.tokens)):
        if following.contents == "endoneline":
            break
        if following.token_type is TokenType.TEXT:
            following.contents, place = _without_line_ends(following.contents, place)
    lines = parser.parse(("endoneline",))
    parser.delete_first_token()
    return OneLine(lines)


class OneLine(template.Node):
    """What stands between oneline and endoneline."""

    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        """The nodes as they are."""
        return self.nodelist.render(context)


def _without_line_ends(text: str, place: str) -> tuple[str, str]:
    """The text as one line, and where it ends. place: where it begins, as LEADS names it."""

    def replaced(match: re.Match[str]) -> str:
        nonlocal place
        place = LEADS.get((place, match[0]), place)
        if not match[0].startswith("\n"):
            return match[0]
        if match[0].count("\n") > 1:
            return "\n"
        return " " if place == "<" else ""

    return LINE_ENDS.sub(replaced, text), place


@register.tag
def said(parser: Parser, token: Token) -> template.Node:
    """{% said as name %}…{% endsaid %}: what stands between, under a name, so that it may be said more than once.

    Of Django's blocks each may stand once on a page; a title is said to the browser's tab and to whoever shares a link.
    """
    *_, name = token.split_contents()
    words = parser.parse(("endsaid",))
    parser.delete_first_token()
    return SaidWords(name, words)


class SaidWords(template.Node):
    """What stands between said and endsaid."""

    def __init__(self, name: str, nodelist: template.NodeList) -> None:
        self.name, self.nodelist = name, nodelist

    def render(self, context: Context) -> SafeString:
        """Nothing: the words wait under their name, without the indent around them."""
        context[self.name] = mark_safe(self.nodelist.render(context).strip(" \n"))  # noqa: S308  # escaped already
        return mark_safe("")
