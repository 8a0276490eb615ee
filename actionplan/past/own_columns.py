"""What the portal's own data files say beyond an answer: areas, tags, texts of others, evidence, figures, the origin.

Each comes back as it was published: what the plan words otherwise by now lies beside the answer (YearlyStatus.printed).
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from actionplan import kept_files
from actionplan.figures import ACTUAL, BETWEEN, BUDGET, EQUALS, SETTLED, FigureKind, frozen
from actionplan.fiscal_year import era_label
from actionplan.models import (
    PARTNER,
    RELATED,
    ActionItem,
    AnnualReport,
    Area,
    Department,
    Evidence,
    EvidenceKind,
    Figure,
    Partner,
    State,
    Tag,
    Voice,
    YearlyStatus,
)
from actionplan.past.choices import Asked, PastLine, PastReading, Told
from actionplan.past.headings import FIGURE_HEADING
from actionplan.past.vocabulary import AREAS, ERA, EVIDENCE, MERGED, ORIGINS, REMARKS, TAGS, VOICES
from actionplan.public_id import is_public_id

PAST = re.compile(r"過去の報告（(?:(\d{4})年(\d{1,2})月(\d{1,2})日に公表)?、?(?:出典：(.*?))?）(?=；|\s*\Z)", re.DOTALL)
PRINTED_HEADING = re.compile(r"原本の欄名は「(.+?)」")
SAMPLE = "見本データ"
SAID_BY = re.compile(r"^【([^】\n]+)】", re.MULTILINE)
SOURCE = re.compile(r"(?:\A|；)([0-9a-z]+)：(.*?)：(.*?)(?=；[0-9a-z]+：|\Z)", re.DOTALL)
SOURCES = ((MERGED, "統合した項目"), (ORIGINS, "前の計画のもとの項目"))
PARTS = {"名称": "name", "財源": "name", "単位": "unit", "基準値": "baseline", "目標値": "target"}
VALUES = {"実績値": ACTUAL, "予算額": BUDGET, "決算額": SETTLED}
UNKNOWN_EVIDENCE = (
    "資料「{words}」は取り込みません。説明の文か、ファイルそのものが、このポータルにありません。"
    "要るときは、取り込んだあとに「確定を取り消す」を押し、「写真・資料を加える」から付けてください。"
)


def is_figure_heading(heading: str) -> bool:
    """Whether a column is called as the portal's files call one of a figure."""
    return bool(FIGURE_HEADING.fullmatch(heading))


def heading_said(remarks: str) -> str:
    """The heading that the status had in print, which the remarks tell; empty where they tell none."""
    found = PRINTED_HEADING.search(remarks)
    return found[1] if found else ""


def origin_said(remarks: str) -> tuple[str, str]:
    """Day and source of the original, as the words of a past report tell them: 2016-06-01; each empty if not told."""
    found = PAST.search(remarks)
    if not found:
        return "", ""
    year, month, day, source = found.groups()
    return f"{year}-{int(month):02}-{int(day):02}" if year else "", source or ""


def origins_said(reading: PastReading) -> dict[int, tuple[str, str]]:
    """By year the day and source of its original, as the rows tell them or, of one year alone, a line above them."""
    found: dict[int, tuple[str, str]] = {}
    for line in reading.lines:
        for year, own in line.own.items():
            found.setdefault(year, origin_said(own.get(REMARKS, "")))
    above = next((origin_said(told.text) for told in reading.left_out if PAST.search(told.text)), ("", ""))
    for year in reading.years if len(reading.years) == 1 else ():
        found[year] = found[year] if any(found.get(year, ())) else above
    return {year: origin for year, origin in found.items() if any(origin)}


def tells_its_origin(reading: PastReading, year: int) -> bool:
    """Whether the year needs no source to be named: data of this portal, which say that it was no past report."""
    owns = [(line, line.own.get(year)) for line in reading.lines if year in line.years]
    return bool(owns) and all(
        own is not None and REMARKS in own and is_public_id(line.public_id) and not PAST.search(own[REMARKS])
        for line, own in owns
    )


def report_facts(report: AnnualReport, owns: Iterable[Mapping[str, str]]) -> None:
    """Gives a new report what the data say of the year as a whole: another era's name, and that it is a sample."""
    for own in owns:
        era = own.get(ERA, "").strip()
        if era and era != era_label(report.fiscal_year):
            report.label_override = era
        report.sample = report.sample or SAMPLE in own.get(REMARKS, "").split("；")


@dataclass(frozen=True)
class Said:
    """A text beside the answer: whose, what; kind where the file tells it."""

    name: str
    text: str
    kind: str = ""


def voices_said(text: str) -> list[Said]:
    """The texts of a cell, each under the name of its writer; one without a name where the cell begins otherwise."""
    if (facts := _facts(text)) is not None:
        return [Said(str(each.get("name", "")), str(each.get("text", "")), str(each.get("kind", ""))) for each in facts]
    starts = [*SAID_BY.finditer(text)]
    ends = [*(found.start() for found in starts[1:]), len(text)][: len(starts)]
    ahead = text[: starts[0].start()] if starts else text
    said = [Said("", ahead.rstrip("\n"))] if ahead.strip() else []
    return said + [
        Said(found[1], text[found.end() : end].removesuffix("\n" if end < len(text) else ""))
        for found, end in zip(starts, ends, strict=True)
    ]


def _facts(text: str) -> list[dict] | None:
    """The list of objects that a cell of a JSON file holds; None for a cell of words."""
    if not text.startswith("["):
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, list) and all(isinstance(each, dict) for each in found) else None


def sources_said(text: str) -> list[dict]:
    """The items that a row comes from, as an edition keeps them."""
    names = ("public_id", "code", "name")
    told = _facts(text)
    if told is None:
        told = [dict(zip(names, found, strict=True)) for found in SOURCE.findall(text)]
    facts = [{name: str(each.get(name, "")) for name in names} for each in told]
    return [each for each in facts if is_public_id(each["public_id"])]


def names_in(text: str) -> list[str]:
    """The names of a cell, 、 between them."""
    return [name for name in (part.strip() for part in text.split("、")) if name]


def figures_said(own: Mapping[str, str]) -> list[dict]:
    """The figures of a row as an edition keeps them, those with a name, by kind and number."""
    found: dict[tuple[int, int], dict] = {}
    kinds = {kind.label: (order, kind) for order, kind in enumerate(FigureKind)}
    for heading, text in own.items():
        if not (parts := FIGURE_HEADING.fullmatch(heading)) or not text.strip():
            continue
        order, kind = kinds[parts[1]]
        blank = {"kind": str(kind), "name": "", "unit": "", "baseline": "", "target": "", "values": {}}
        facts = found.setdefault((order, int(parts[2])), blank)
        if parts[3] in VALUES:
            facts["values"][VALUES[parts[3]]] = text.strip()
        else:
            facts[PARTS[parts[3]]] = text.strip()
    return [facts for _, facts in sorted(found.items(), key=lambda pair: pair[0]) if facts["name"]]


NEW_PARTNER, NEW_OFFICE, OLD_OFFICE, KEPT = "new-partner", "new-office", "old-office", "kept"


def writers_named(lines: Iterable[PastLine]) -> list[str]:
    """The writers of texts beside the answers, each once."""
    return list(dict.fromkeys(voice.name for voice in _voices(lines) if voice.name))


def _voices(lines: Iterable[PastLine]) -> list[Said]:
    return [voice for line in lines for own in line.own.values() for voice in voices_said(own.get(VOICES, ""))]


def asked_writers(lines: Sequence[PastLine], departments: Sequence[Department], said: Mapping[str, str]) -> list[Asked]:
    """The writers of texts beside the answers, each with whom they may be; those that bear the name are offered."""
    voices = _voices(lines)
    partners = Partner.objects.all() if voices else ()
    offices = {str(department): f"d{department.pk}" for department in departments}
    others = {partner.name: f"p{partner.pk}" for partner in partners}
    options = [
        (NEW_PARTNER, "新しい相手方として登録する（市役所の外）"),
        (NEW_OFFICE, "関係課：新しい課として登録する（いまもある課）"),
        (OLD_OFFICE, "関係課：なくなった課として登録する（廃止日を入れます）"),
        (KEPT, "登録しないで、文を実施状況に残す"),
        *((key, f"関係課：{name}") for name, key in offices.items()),
        *((key, f"相手方：{name}") for name, key in others.items()),
    ]
    kinds = {voice.name: voice.kind for voice in voices}
    counted, asked = Counter(voice.name for voice in voices), []
    for index, name in enumerate(writers_named(lines)):
        known = {RELATED: offices, PARTNER: others}.get(kinds[name], {**others, **offices})
        choice = said.get(f"writer-{index}", known.get(name, ""))
        closed = [NEW_PARTNER] * (name in others) + [NEW_OFFICE, OLD_OFFICE] * (name in offices)
        offered = [(value, label) for value, label in options if value not in closed]
        asked.append(Asked(f"writer-{index}", name, counted[name], choice if choice in dict(offered) else "", offered))
    return asked


def kept_words(own: Mapping[str, str], writers: Mapping[str, str]) -> list[str]:
    """The texts of those who are not registered, as they stay in the answer's own text."""
    voices = voices_said(own.get(VOICES, ""))
    return [
        f"【{voice.name}】{voice.text}" if voice.name else voice.text
        for voice in voices
        if not voice.name or writers.get(voice.name, KEPT) == KEPT
    ]


FACTS = {"unit": "単位", "baseline": "基準値", "target": "目標値"}


def shown_beside(
    own: Mapping[str, str], places: Mapping[str, str], writers: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """What of a row's own columns comes in beside the answer: label, words, place. writers: by name what was said."""
    found = [
        (label, "、".join(names_in(own[role])), places.get(role, ""))
        for role, label in ((AREAS, "地域"), (TAGS, "タグ"))
        if names_in(own.get(role, ""))
    ]
    found += [
        ("関係課・相手方の文", f"【{voice.name}】{voice.text}", places.get(VOICES, ""))
        for voice in voices_said(own.get(VOICES, ""))
        if voice.name and writers.get(voice.name, KEPT) != KEPT
    ]
    found += [
        (label, f"{each['code']} {each['name']}", places.get(role, ""))
        for role, label in SOURCES
        for each in sources_said(own.get(role, ""))
    ]
    for facts in figures_said(own):
        names = [heading for heading, text in own.items() if text.strip() == facts["name"]]
        named = [heading for heading in names if is_figure_heading(heading) and PARTS.get(heading[-2:]) == "name"]
        told = [f"{label} {facts[name]}" for name, label in FACTS.items() if facts[name]]
        told += [f"{column} {digits}" for column, digits in facts["values"].items()]
        where = next((places[heading] for heading in named if heading in places), "")
        found.append((FigureKind(facts["kind"]).label, "　".join([facts["name"], *told]), where))
    pieces = filter(None, map(_evidence, evidence_said(own.get(EVIDENCE, ""))))
    return found + [("資料", each["caption"] or each["alt"], places.get(EVIDENCE, "")) for each in pieces]


@dataclass
class Beside:
    """Takes in what stands beside the answers. save: saves a row with its record. writers: by name what was said."""

    save: Callable[..., Any]
    writers: Mapping[str, str]

    def __post_init__(self) -> None:
        self.people: dict[str, Any] = {}
        self.named: dict[type, dict[str, Any]] = {}

    def item(self, item: ActionItem, line: PastLine) -> None:
        """Gives a new item the areas, tags, figures and items of the plan before that its last year had."""
        own = line.own.get(max(line.years, default=0), {})
        if AREAS in own:
            item.areas.set([self._named(Area, name, line.place) for name in names_in(own[AREAS])])
        if TAGS in own:
            item.tags.set([self._named(Tag, name, line.place) for name in names_in(own[TAGS])])
        for order, facts in enumerate(figures_said(own), 1):
            self._figure(item, facts, order, max(line.years), line.place)

        sources = [each["public_id"] for each in sources_said(own.get(ORIGINS, ""))]
        plan = item.measure.policy.plan
        item.origins.set(ActionItem.objects.filter(public_id__in=sources, measure__policy__plan=plan.predecessor_id))

    def _named(self, model: Any, name: str, place: str) -> Any:
        known = self.named.setdefault(model, {each.name: each for each in model.objects.all()})
        if name not in known:
            last = {"order": max((each.order for each in known.values()), default=0) + 1} if model is Area else {}
            known[name] = self.save(model(name=name, **last), f"{place}：「{name}」")
        return known[name]

    def _figure(self, item: ActionItem, facts: Mapping[str, Any], order: int, year: int, place: str) -> None:
        targets = f"{year}{EQUALS}{facts['target']}" if facts["target"] else ""
        told = {name: facts[name] for name in ("kind", "name", "unit", "baseline")}
        self.save(Figure(item=item, order=order, targets=targets, **told), f"{place}：「{facts['name']}」")

    def answer(self, row: YearlyStatus, own: Mapping[str, str], place: str) -> None:
        """Gives an answer its figures, and what the plan words otherwise by now."""
        item = row.item
        for role, relation in ((AREAS, item.areas), (TAGS, item.tags)):
            if role in own and names_in(own[role]) != [each.name for each in relation.all()]:
                row.printed[role] = names_in(own[role])
        for role, sources in ((MERGED, item.predecessors.all()), (ORIGINS, item.origins.all())):
            if role in own and (told := sources_said(own[role])) != [each.as_source for each in sources]:
                row.printed[role] = told
        if any(map(is_figure_heading, own)):
            self._figures(row, figures_said(own), place)

    def _figures(self, row: YearlyStatus, figures: Sequence[dict], place: str) -> None:
        known = {figure.name for figure in row.declared}
        for facts in figures:
            if facts["name"] not in known:
                self._figure(row.item, facts, len(known) + 1, row.report.fiscal_year, place)
                known.add(facts["name"])
        vars(row).pop("declared", None)
        row.figures = "\n".join(
            f"{facts['name']}{BETWEEN}{column}{EQUALS}{digits}"
            for facts in figures
            for column, digits in facts["values"].items()
        )
        read = row.tidied({"figures": row.figures})["figures"]
        if frozen(row.declared, read, row.report.fiscal_year) != figures:
            row.printed["figures"] = figures

    def stored(self, row: YearlyStatus, own: Mapping[str, str], place: str, by: Any) -> None:
        """Stores the texts of others and the evidence of an answer that is stored."""
        now = {"answered_by": by, "confirmed_by": by, "answered_at": timezone.now(), "confirmed_at": timezone.now()}
        for voice in voices_said(own.get(VOICES, "")):
            if writer := self._writer(voice.name, row.report.fiscal_year):
                facts = {"name": voice.name, "text": voice.text, "state": State.CONFIRMED, **now}
                self.save(Voice(report=row.report, item=row.item, **writer, **facts), f"{place}：「{voice.name}」")
        for order, facts in enumerate(evidence_said(own.get(EVIDENCE, "")), 1):
            if found := _evidence(facts):
                self.save(Evidence(status=row, order=order, **found), f"{place}：資料")

    def _writer(self, name: str, year: int) -> dict[str, Any]:
        choice = self.writers.get(name, KEPT)
        if not name or choice == KEPT:
            return {}
        if name not in self.people:
            self.people[name] = self._person(name, choice, year)
        found = self.people[name]
        return {"partner" if isinstance(found, Partner) else "department": found}

    def _person(self, name: str, choice: str, year: int) -> Any:
        known = Department.objects.filter(name=name, unit="", in_force_from=None).first()
        if known and choice in (NEW_OFFICE, OLD_OFFICE):  # the file names it as a 担当課, too
            return known
        if choice == NEW_PARTNER:
            return self.save(Partner(name=name, active=False), f"相手方「{name}」")
        if choice in (NEW_OFFICE, OLD_OFFICE):
            until = date(year + 1, 3, 31) if choice == OLD_OFFICE else None
            return self.save(Department(name=name, in_force_until=until), f"関係課「{name}」")
        model: Any = Partner if choice.startswith("p") else Department
        return model.objects.get(pk=choice[1:])


def evidence_said(text: str) -> list[dict]:
    """The evidence of a cell: facts as an edition keeps them, of a cell of words the addresses alone."""
    if (facts := _facts(text)) is not None:
        return facts
    found: list[dict] = []
    for address in text.split():
        file = address.removeprefix("/evidence/")
        found.append({"file": file} if kept_files.NAME.fullmatch(file) else {"url": address})
    return found


def evidence_left(lines: Iterable[PastLine]) -> list[Told]:
    """The evidence that cannot come in, each with its place; a query or two for each piece."""
    return [
        Told(line.place, UNKNOWN_EVIDENCE.format(words=facts.get("url") or facts.get("file") or facts))
        for line in lines
        for own in line.own.values()
        for facts in evidence_said(own.get(EVIDENCE, ""))
        if not _evidence(facts)
    ]


WORDS = ("kind", "caption", "alt", "url", "media_type", "sha256", "size", "width", "height", "original_name")
SMALL = ("preview_sha256", "preview_width", "preview_height")


def _evidence(facts: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a row of evidence says, by the file's facts and by what this portal knew of it; None for what it lacks."""
    file, url = facts.get("file"), facts.get("url")
    if isinstance(url, str) and url and not file:
        known = Evidence.history.filter(url=url).order_by("-history_id").first()
        caption = facts.get("caption") or (known.caption if known else "")
        return {"kind": EvidenceKind.LINK, "url": url, "caption": caption} if caption else None
    if not isinstance(file, str) or not _is_kept(file):
        return None
    known = Evidence.history.filter(sha256=file.partition(".")[0]).order_by("-history_id").first()
    if known is None:
        return None
    found = {name: getattr(known, name) for name in (*WORDS, *SMALL)}
    return found | {name: facts[name] for name in ("caption", "alt") if isinstance(facts.get(name), str)}


def _is_kept(file: str) -> bool:
    return bool(kept_files.NAME.fullmatch(file)) and (kept_files.folder() / file).exists()
