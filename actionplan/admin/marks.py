"""How a row's marks look in the admin: whole, never wrapped, and with their words."""

from collections.abc import Iterable

from django.utils.html import format_html
from django.utils.safestring import SafeString

from actionplan.models import ActorType


def marks_html(actors: Iterable[ActorType]) -> SafeString:
    """★◎ in legend order in one piece, followed by the words for those who hear the page."""
    ordered = sorted(actors, key=lambda actor: actor.order)
    symbols, words = "".join(actor.symbol for actor in ordered), "、".join(actor.label for actor in ordered)
    return format_html(
        '<span class="marks" aria-hidden="true" title="{}">{}</span><span class="visually-hidden">{}</span>',
        words,
        symbols,
        words,
    )
