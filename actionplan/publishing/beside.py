"""What a row bears beside its own texts: those of related departments and partners, areas, tags, evidence."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet

from actionplan.models import Area, Cells, Edition, State, Voice, place_of


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


def with_named(front_matter: dict, rows: Iterable[Cells], answers: Iterable[Any], *, legend: bool) -> dict:
    """The front matter with the areas and tags that the rows name, each once and in order, and how much evidence they
    bear; without what none does: without the legend, too, of marks that no item bears.

    answers: whose items' areas say where one stands that the front matter does not name yet. legend: whether the
    edition before showed one: then it stays.
    """
    used: dict[str, set[str]] = {"areas": set(), "tags": set()}
    count = 0
    for cells in rows:
        legend = legend or bool(cells["actor_symbols"])
        count += len(cells["evidence"])
        for field, names in used.items():
            names.update(cells[field])
    areas: set[Area] = {area for answer in answers for area in answer.item.areas.all()}
    in_order = [area.name for area in sorted(areas, key=lambda area: (area.order, area.name))]
    known = [*front_matter.get("areas", ()), *in_order, *sorted(used["areas"])]
    named: dict = {
        "areas": [name for name in dict.fromkeys(known) if name in used["areas"]],
        "tags": sorted(used["tags"]),
    }
    named["evidence"] = count
    kept = {key: value for key, value in front_matter.items() if key not in named}
    kept["actors"] = kept["actors"] if legend else []
    return kept | {field: facts for field, facts in named.items() if facts}


def with_departments(front_matter: dict, rows: Sequence[Cells], answers: Sequence[Any], last: Edition | None) -> dict:
    """The front matter with the names of the departments that lead or have a part, in the office's order; without any
    where none does.

    answers: those that the rows are made of, in the same order. last: the edition before; of a year whose departments
    were published before their order was, it stays untold.
    """
    places: dict[str, tuple] = {}
    for cells, answer in zip(rows, answers, strict=True):
        places |= dict(_departments(cells, answer))
    if not places or (last and "departments" not in last.front_matter and _led(last)):
        return front_matter
    kept = [name for name in front_matter.get("departments", ()) if name in places]
    return {**front_matter, "departments": list(dict.fromkeys([*kept, *sorted(places, key=places.__getitem__)]))}


def _departments(cells: Cells, answer: Any) -> Iterator[tuple[str, tuple]]:
    """The names that the row bears, each with the place of its department in the office's order."""
    if cells["department_name"]:
        yield cells["department_name"], place_of(answer.department)
    for voice in told_voices(answer):
        if voice.department:
            yield voice.name, place_of(voice.department)


def _led(edition: Edition) -> bool:
    return edition.rows.exclude(department_name="", voices=[]).exists()


def evidence_texts(evidence: Iterable[dict]) -> Iterator[str]:
    """What the evidence says in words: captions, and what stands for a picture."""
    for each in evidence:
        yield from (each.get("caption", ""), each.get("alt", ""))


def named_files(evidence: Iterable[dict]) -> Iterator[str]:
    """The kept files that the evidence names, small pictures among them."""
    for each in evidence:
        yield from (facts["file"] for facts in (each, each.get("preview", {})) if "file" in facts)
