"""What a row lists besides its texts: areas, tags, evidence; and what an edition says of them as a whole."""

from collections.abc import Iterable, Iterator

from actionplan.models import Area, Cells


def with_named(front_matter: dict, rows: Iterable[Cells], areas: Iterable[Area], *, legend: bool) -> dict:
    """The front matter with the areas and tags that the rows name, each once and in order, and how much evidence they
    bear; without what none does: without the legend, too, of marks that no item bears.

    areas: those of the live items, which say where one stands that the front matter does not name yet. legend: whether
    the edition before showed one: then it stays.
    """
    used: dict[str, set[str]] = {"areas": set(), "tags": set()}
    count = 0
    for cells in rows:
        legend = legend or bool(cells["actor_symbols"])
        count += len(cells["evidence"])
        for field, names in used.items():
            names.update(cells[field])
    in_order = [area.name for area in sorted(set(areas), key=lambda area: (area.order, area.name))]
    known = [*front_matter.get("areas", ()), *in_order, *sorted(used["areas"])]
    named: dict = {
        "areas": [name for name in dict.fromkeys(known) if name in used["areas"]],
        "tags": sorted(used["tags"]),
    }
    named["evidence"] = count
    kept = {key: value for key, value in front_matter.items() if key not in named}
    kept["actors"] = kept["actors"] if legend else []
    return kept | {field: facts for field, facts in named.items() if facts}


def evidence_texts(evidence: Iterable[dict]) -> Iterator[str]:
    """What the evidence says in words: captions, and what stands for a picture."""
    for each in evidence:
        yield from (each.get("caption", ""), each.get("alt", ""))


def named_files(evidence: Iterable[dict]) -> Iterator[str]:
    """The kept files that the evidence names, small pictures among them."""
    for each in evidence:
        yield from (facts["file"] for facts in (each, each.get("preview", {})) if "file" in facts)
