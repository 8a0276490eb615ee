"""Requests that no page of ours makes: forged counts, NUL in an address, numbers beyond any table. They are refused."""

import re
from collections.abc import Iterator, Mapping

from django.http import HttpRequest

COUNT = re.compile(r"\d{1,6}", re.ASCII)
ODD = (
    "送られた内容に、この画面では作れない値が入っているため、保存していません。"
    "画面を開き直して、もう一度お試しください。"
)


def is_odd(request: HttpRequest) -> bool:
    """Whether the request carries a NUL in its address or a set of forms whose counts cannot be."""
    if any("\0" in part for name, values in request.GET.lists() for part in (name, *values)):
        return True
    return request.method == "POST" and any(not _counts(*pair) for pair in _form_counts(request.POST))


def _form_counts(sent: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """TOTAL_FORMS and INITIAL_FORMS of each set of forms of the post; empty where one is missing."""
    for name, total in sent.items():
        if name.endswith("-TOTAL_FORMS"):
            yield total, sent.get(name.removesuffix("TOTAL_FORMS") + "INITIAL_FORMS", "")


def _counts(total: str, initial: str) -> bool:
    return bool(COUNT.fullmatch(total) and COUNT.fullmatch(initial)) and int(initial) <= int(total)
