"""The texts of related departments and partners beside the answers: which are published, and which are left out."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet

from actionplan.models import State, Voice


def bring_voices(voices: QuerySet[Voice], answers: Sequence[Any]) -> None:
    """Gives each answer those of the texts that stand beside it as `beside`, in their order; one query."""
    beside: defaultdict[tuple[int, int], list[Voice]] = defaultdict(list)
    for voice in voices.select_related("department", "partner"):
        beside[voice.report_id, voice.item_id].append(voice)
    for answer in answers:
        answer.beside = sorted(beside[answer.report_id, answer.item_id], key=attrgetter("place"))


def told_voices(answer: Any) -> list[Voice]:
    """The texts beside the answer that are published with it: confirmed, and not joined into the lead's own."""
    confirmed = [voice for voice in getattr(answer, "beside", ()) if voice.state == State.CONFIRMED]
    return [voice for voice in confirmed if voice.says_something and voice.block not in answer.text]


def voice_facts(voice: Voice) -> dict[str, str]:
    """What an edition's row keeps of a text: kind, name, text."""
    return {"kind": voice.kind, "name": voice.name, "text": voice.text}


def left_out(answers: Iterable[Any]) -> list[str]:
    """The texts that were handed in, or came back since, and are left out: 1-1-1 ○○課（関係課、差戻し）."""
    waiting = (
        (answer, voice)
        for answer in answers
        for voice in getattr(answer, "beside", ())
        if voice.state in (State.SUBMITTED, State.RETURNED) and voice.says_something and voice.block not in answer.text
    )
    return [
        f"{answer.item.code}　{voice.source}（{voice.kind_label}、{voice.get_state_display()}）"
        for answer, voice in waiting
    ]
