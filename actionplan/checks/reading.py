"""The check of a year's answers, or of some of them: what is asked about, what somebody has called right, what was
promised last year. So many queries, however many answers.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import F, Model, Q, prefetch_related_objects
from django.http.request import validate_host
from django.urls import Resolver404, resolve

from actionplan.cells import CELLS, FIGURES, TEXT
from actionplan.checks.numbers import figure_jumps, figure_sums
from actionplan.checks.questions import BY_CODE, KINDS, Check, Concern, Promise, Spot, look
from actionplan.checks.subject import Finding, Subject
from actionplan.figures import raw_values
from actionplan.fiscal_year import parse_fiscal_year, report_key
from actionplan.models import (
    Acknowledgement,
    ActionItem,
    AnnualReport,
    Area,
    CheckKind,
    Edition,
    EditionFile,
    EditionRow,
    Evidence,
    Partner,
    Tag,
    Voice,
    YearlyStatus,
    label_of,
)

TEXTS = tuple(cell for cell in CELLS if cell.kind == TEXT)
# What happened in the year, which stands beside the category; and what was said to come.
STATUS, PROMISES = CELLS[0], tuple(cell for cell in TEXTS if cell.ahead)
REPORT_ORDER = ("item__measure__policy__number", "item__measure__number", "item__number", "item")
# So far back a text is followed.
MOST_YEARS = 10


Before = Mapping[int, list[tuple[int, dict[str, str]]]]


def check_year(report: AnnualReport) -> Check:
    """The check of the whole year, the plan's texts of its items among it."""
    rows = report.statuses.select_related("department", "item__measure__policy")
    return check_answers(report, list(rows.order_by(*REPORT_ORDER)), plan=True, voices=Q())


def check_answers(
    report: AnnualReport, answers: Sequence[YearlyStatus], *, plan: bool = False, voices: Q | None = None
) -> Check:
    """The check of these answers of the report, and of their evidence. plan: whether the plan's texts are looked at,
    too. voices: which texts of related departments and partners are; none unless told.
    """
    before = _before(report, answers)
    texts = [each for answer in answers for each in _texts(answer, before[answer.item_id])]
    evidence = _evidence(report, answers)
    texts += _captions(evidence)
    if voices is not None:
        texts += _voices(report, voices)
    if plan:
        texts += _plan_texts(report, answers)
    found = [
        Concern(kind, place, subject.words, finding)
        for place, subject in texts
        for kind, finding in look(subject, plan=not place.is_answer)
    ]
    found += [each for answer in answers for each in _of_figures(answer, before[answer.item_id])]
    found += _of_links(report, [*texts, *_addresses(evidence)])
    order = {kind.code: number for number, kind in enumerate(KINDS)}
    found.sort(key=lambda each: order[each.kind.code])
    promises = [each for answer in answers if (each := _promise(answer, before[answer.item_id]))]
    return Check(_with_what_was_said(found), promises)


def _before(report: AnnualReport, answers: Sequence[YearlyStatus]) -> Before:
    """What was said in the years before, by item, newest first: of the item, and of those that it comes from."""
    prefetch_related_objects([answer for answer in answers if answer.figures.strip()], "item__figures")
    names = [cell.name for cell in (*TEXTS, FIGURES)]
    sources = _sources({answer.item_id for answer in answers}, drawn=bool(report.plan.predecessor_id))
    rows = YearlyStatus.objects.filter(
        item__in={source for each in sources.values() for source in each},
        report__fiscal_year__lt=report.fiscal_year,
        report__fiscal_year__gte=report.fiscal_year - MOST_YEARS,
        **({} if report.sample else {"report__sample": False}),
    ).order_by("-report__fiscal_year", "item")
    said = defaultdict(list)
    for item, year, *words in rows.values_list("item", "report__fiscal_year", *names) if answers else ():
        said[item].append((year, dict(zip(names, words, strict=True))))
    return {
        item: sorted((row for source in each for row in said[source]), key=_newest) for item, each in sources.items()
    }


def _newest(row: tuple[int, dict]) -> int:
    return -row[0]


def _sources(items: set[int], *, drawn: bool) -> dict[int, list[int]]:
    """Each item with those that were merged into it, and, where they are drawn, those of the plan before."""
    found = {item: [item] for item in items}
    merged = ActionItem.objects.filter(successor__in=items).order_by("pk").values_list("successor", "pk")
    origins = ActionItem.origins.through.objects.filter(from_actionitem__in=items)
    for item, source in [*merged, *(origins.values_list("from_actionitem", "to_actionitem") if drawn else ())]:
        found[item].append(source)
    return found


def _texts(answer: YearlyStatus, before: Sequence[tuple[int, dict]]) -> Iterator[tuple[Spot, Subject]]:
    scale, year = answer.scale, answer.report.fiscal_year
    for cell in TEXTS:
        words = answer.says(cell)
        if words.strip() or cell.needed:
            said = tuple((when, cells[cell.name]) for when, cells in before if cells[cell.name].strip())
            category = scale.find(answer.progress) if cell is STATUS else None
            subject = Subject(words, year, cell.needed, cell.ahead, said, category, scale)
            yield Spot(answer, cell.name, cell.label, answer), subject


def _evidence(report: AnnualReport, answers: Iterable[YearlyStatus]) -> list[tuple[YearlyStatus, Evidence]]:
    """What stands at the answers, each with its own; one query."""
    own = {answer.pk: answer for answer in answers}
    rows = Evidence.objects.filter(status__report=report).order_by("status", "order", "pk") if own else ()
    return [(own[row.status_id], row) for row in rows if row.status_id in own]


def _captions(evidence: Iterable[tuple[YearlyStatus, Evidence]]) -> Iterator[tuple[Spot, Subject]]:
    for answer, row in evidence:
        for field in ("caption", "alt"):
            yield _text_of(answer, row, field, f"{row.get_kind_display()}の{label_of(Evidence, field)}")


def _addresses(evidence: Iterable[tuple[YearlyStatus, Evidence]]) -> Iterator[tuple[Spot, Subject]]:
    for answer, row in evidence:
        yield _text_of(answer, row, "url", f"{row.get_kind_display()}の{label_of(Evidence, 'url')}")


# Of a name in the label of a box, which a partner's may be too long for.
LONGEST_WRITER = 60


def _voices(report: AnnualReport, chosen: Q) -> Iterator[tuple[Spot, Subject]]:
    """What related departments and partners wrote; one query."""
    rows = Voice.objects.filter(chosen, report=report, item__statuses__report=F("report")).exclude(text="")
    named = rows.select_related("report__plan", "department", "partner", "item__measure__policy")
    for row in named.order_by(*REPORT_ORDER, "pk"):
        yield _text_of(row, row, "text", f"{row.kind_label}の文（{row.source[:LONGEST_WRITER]}）")


def _plan_texts(report: AnnualReport, answers: Sequence[YearlyStatus]) -> Iterator[tuple[Spot, Subject]]:
    """Names and contents of the items, the titles above them, the names that they bear; each at its first item."""
    titled: set[tuple[type[Model], int]] = set()
    for answer in answers:
        for field in ("name", "content"):
            yield _text_of(answer, answer.item, field)
        for row in (answer.item.measure, answer.item.measure.policy):
            if (type(row), row.pk) not in titled:
                titled.add((type(row), row.pk))
                yield _text_of(answer, row, "title")
    first = {answer.item_id: number for number, answer in reversed([*enumerate(answers)])}
    for model, label in ((Area, ""), (Tag, ""), (Partner, "相手方の名前")):
        bearing = model.objects.filter(items__measure__policy__plan=report.plan_id).values_list("pk", "name", "items")
        places = sorted((first[item], pk, name) for pk, name, item in bearing if item in first)
        for number, pk, name in {pk: (number, pk, name) for number, pk, name in reversed(places)}.values():
            yield _text_of(answers[number], model(pk=pk, name=name), "name", label)


def _text_of(status: YearlyStatus | Voice, row: Model, field: str, label: str = "") -> tuple[Spot, Subject]:
    place = Spot(status, "", label or label_of(type(row), field), row)
    return place, Subject(getattr(row, field), status.report.fiscal_year)


def _of_figures(answer: YearlyStatus, before: Sequence[tuple[int, dict]]) -> Iterator[Concern]:
    text = answer.figures
    if not text.strip() or not answer.declared:
        return
    last = raw_values(before[0][1][FIGURES.name]) if before else {}
    place = Spot(answer, FIGURES.name, FIGURES.label, answer)
    jumps = figure_jumps(answer.declared, text, last, answer.report.fiscal_year)
    for code, findings in ((CheckKind.TENFOLD, jumps), (CheckKind.SUM, figure_sums(answer.declared, text))):
        yield from (Concern(BY_CODE[code], place, text, replace(each, about=each.sentence)) for each in findings)


def _of_links(report: AnnualReport, texts: Sequence[tuple[Spot, Subject]]) -> Iterator[Concern]:
    links = [
        (place, subject.words, path, found.span(), found[0])
        for place, subject in texts
        for path, found in own_links(subject.words)
    ]
    dead = dead_links([path for _, _, path, _, _ in links], report) if links else set()
    for place, words, path, span, address in links:
        if path in dead:
            yield Concern(BY_CODE[CheckKind.LINK], place, words, Finding(NOWHERE.format(address), *span))


def _promise(answer: YearlyStatus, before: Sequence[tuple[int, dict]]) -> Promise | None:
    said = [cells[cell.name] for year, cells in before for cell in PROMISES if year == before[0][0]]
    words = "\n".join(each for each in said if each.strip())
    return Promise(answer, before[0][0], words, answer.says(STATUS)) if words else None


def _with_what_was_said(found: Iterable[Concern]) -> list[Concern]:
    """The same, each once, with what somebody has answered; one query."""
    once = {each.key: each for each in reversed([*found])}
    items = {item for item, _ in once}
    rows = Acknowledgement.objects.filter(item__in=items).select_related("said_by") if items else ()
    said = {(row.item_id, row.digest): row for row in rows}
    return [replace(each, said=said.get(key)) for key, each in reversed(once.items())]


# ---- links to the portal's own pages ---------------------------------------------------------------------------------

PUBLIC = "tsushima_portal.public_urls"
ADDRESS = re.compile(
    r"https?://[!-;=?-~]+"
    r"|(?<![\w.:/])/(?:reports|items|plans|areas|tags|departments|marks|evidence|search|about|verify|sitemap|accessibility)(?=[/.])[!-;=?-~]*"
)
NOWHERE = "「{}」は、このポータルの公表されたページではありません。開いて確かめてください。"


def own_links(text: str) -> Iterator[tuple[str, re.Match]]:
    """The path of each address in the text that is the portal's own, and where it stands."""
    for found in ADDRESS.finditer(text) if "/" in text else ():
        address = found[0].rstrip(".,;:!?)'\"")
        parts = urlsplit(address)
        if not parts.netloc or _is_ours(parts.hostname or ""):
            yield unquote(parts.path) or "/", found


def _is_ours(host: str) -> bool:
    named = [each for each in settings.ALLOWED_HOSTS if each != "*"]
    return validate_host(host, named)


def dead_links(paths: Iterable[str], report: AnnualReport) -> set[str]:
    """Those of the paths at which citizens find nothing; four queries, none without a path.

    What the report itself will show once it is public is there.
    """
    wanted = {path: _meant(path) for path in set(paths)}
    return {path for path, meant in wanted.items() if not meant} | _unpublished(
        {path: meant for path, meant in wanted.items() if meant}, report
    )


def _meant(path: str) -> Any:
    """Which page of the citizen wing the path is; None for none."""
    try:
        found = resolve(path, PUBLIC)
    except Resolver404:
        return None
    if "era" not in found.kwargs:
        return found
    try:
        year = parse_fiscal_year(found.kwargs["era"])
    except ValueError:
        return None
    return _meant(f"/{found.kwargs['place']}/{year}{found.kwargs['rest']}")


def _unpublished(meant: Mapping[str, Any], report: AnnualReport) -> set[str]:
    asked = {path: found.kwargs for path, found in meant.items() if found.kwargs}
    if not asked:
        return set()
    editions = list(
        Edition.objects.public().values_list(
            "pk", "number", "report__key", "report__plan__slug", "report__fiscal_year", named=True
        )
    )
    shown = _shown(editions, report)
    rows = EditionRow.objects.filter(edition__in=[each.pk for each in editions])
    names = {each["public_id"] for each in asked.values() if "public_id" in each}
    shown["public_id"] = {*rows.filter(public_id__in=names).values_list("public_id", flat=True)}
    shown["public_id"] |= {
        *ActionItem.objects.filter(public_id__in=names, statuses__report=report).values_list("public_id", flat=True)
    }
    numbers = {_code(each) for each in asked.values() if "measure" in each}
    codes = ("policy_number", "measure_number", "item_number")
    shown["code"] = {*rows.values_list(*codes).distinct()} if numbers else set()
    files = {each["name"] for path, each in asked.items() if meant[path].url_name == "evidence"}
    shown["file"] = {*EditionFile.objects.filter(name__in=files).values_list("name", flat=True)} if files else set()
    return {path for path, kwargs in asked.items() if not _is_shown(meant[path].url_name, kwargs, shown)}


def _shown(editions: Iterable[Any], report: AnnualReport) -> dict[str, set]:
    """The keys and plans of what is public, the report itself among them."""
    found = [*editions]
    keys = {each.report__key for each in found} | {report.key}
    keys |= {report_key(each.report__plan__slug, each.report__fiscal_year) for each in found}
    return {
        "key": keys,
        "slug": {each.report__plan__slug for each in found} | {report.plan.slug},
        "version": {(each.report__key, each.number) for each in found},
    }


def _code(kwargs: Mapping[str, Any]) -> tuple:
    return kwargs["policy"], kwargs["measure"], kwargs["number"]


def _is_shown(name: str, kwargs: Mapping[str, Any], shown: Mapping[str, set]) -> bool:
    if "measure" in kwargs:
        return _code(kwargs) in shown["code"]
    if name == "evidence":
        return kwargs["name"] in shown["file"]
    if name in ("report_file_version", "edition"):
        return (kwargs["key"], kwargs["number"]) in shown["version"]
    return all(kwargs[each] in shown[each] for each in ("key", "slug", "public_id") if each in kwargs)
