"""The files of a published report: what each holds, is called and is served as."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from itertools import groupby

from django.utils.timezone import localtime
from tablib import Dataset

from actionplan.exports import tabular
from actionplan.exports.columns import (
    BESIDE,
    COLUMNS_VERSION,
    LISTED,
    SAMPLE_ENDING,
    ReportResource,
    explanation,
    is_sample,
    told_beside,
)
from actionplan.exports.manuscript import MANUSCRIPT_VERSION, write_manuscript
from actionplan.exports.pdf import kept, pdf_fingerprint, report_pdf
from actionplan.exports.report_workbook import FORM_VERSION, write_report_workbook
from actionplan.exports.tabular import XLSX, CellsDoNotFit, write_json
from actionplan.models import CONTENT, WHERE_TOLD, YEAR_WHERE_TOLD, Edition, EditionRow, content_json, label_of
from actionplan.seen import fingerprint
from actionplan.selectors.filters import ALL_YEARS
from actionplan.selectors.search import Question, matching_rows
from actionplan.words import plain_day


@dataclass(frozen=True)
class FileKind:
    """A kind of file: its content, the end of its name, its content type.

    fingerprint: what its content depends on besides the edition and the versions below.
    inline: whether browsers show it rather than save it.
    """

    write: Callable[[Edition], bytes]
    ending: str
    content_type: str
    fingerprint: Callable[[Edition], str] = lambda edition: ""
    inline: bool = False


def _table(edition: Edition) -> Dataset:
    resource, rows = _resource(edition)
    return resource.export(rows)


def _resource(edition: Edition) -> tuple[ReportResource, list[EditionRow]]:
    rows = list(edition.rows.all())
    return ReportResource(edition, told_beside(rows)), rows


def _csv(edition: Edition) -> bytes:
    dataset = _table(edition)
    return tabular.write_csv(dataset.headers, dataset)


def _old_system_csv(edition: Edition) -> bytes:
    dataset = _table(edition)
    return tabular.encode(dataset.headers, dataset)


def _xlsx(edition: Edition) -> bytes:
    resource, rows = _resource(edition)
    dataset, about = resource.export(rows), list(explanation(resource))
    title = f"{edition.front_matter['fiscal_year']}年度"
    return tabular.write_xlsx(dataset.headers, dataset, title=title, created=edition.published_at, about=about)


def _json(edition: Edition) -> bytes:
    """The columns of the CSV as records; what lists several things holds each of them with all its facts."""
    rows, front = list(edition.rows.all()), edition.front_matter
    table = ReportResource(edition, told_beside(rows)).export(rows)
    records = [dict(zip(table.headers, record, strict=True)) for record in table]
    for row, record in zip(rows, records, strict=True):
        for field in (*LISTED, *BESIDE):
            if (name := label_of(EditionRow, field)) in record:
                record[name] = getattr(row, field)
    head = {name: front[name] for name in ("title", "fiscal_year", "era_label")} | {"plan": front["plan"]["title"]}
    head |= {"edition": edition.number, "public_from": edition.public_from.isoformat()}
    return write_json(head | {"content_sha256": edition.content_sha256, "records": records})


def _form(edition: Edition) -> bytes:
    front = edition.front_matter
    day = plain_day(localtime(edition.public_from))
    imprint = (f"{front['plan']['municipality']}　{front['label']}", f"第{edition.number}版（{day}公表）")
    return write_report_workbook(front, edition.rows.all(), created=edition.published_at, imprint=imprint)


def _manuscript(edition: Edition) -> bytes:
    return write_manuscript(edition.front_matter, edition.rows.all())


def _content(edition: Edition) -> bytes:
    """What the edition's hash was taken of: the SHA-256 of this file is the edition's."""
    rows = edition.rows.order_by("position").values(*CONTENT, *WHERE_TOLD, *YEAR_WHERE_TOLD)
    return content_json(edition.front_matter, rows)


def _checksums(edition: Edition) -> bytes:
    """The SHA-256 of each file of the edition, as sha256sum --check reads it; kept, since it takes writing them all."""
    name = f"{fingerprint(*(etag(edition, kind) for kind in CHECKED), length=32)}-{_writers()}.sha256"
    return kept(name, lambda: "".join(_lines(edition)).encode())


def _writers() -> str:
    """What the bytes of a workbook depend on besides the edition."""
    return fingerprint(version("xlsxwriter"), version("openpyxl"), length=16)


def _lines(edition: Edition) -> Iterator[str]:
    for kind in CHECKED:
        with suppress(CellsDoNotFit):
            yield f"{hashlib.sha256(kind.write(edition)).hexdigest()}  {file_name(edition, kind)}\n"


# By format and encoding as an address names them.
KINDS = {
    ("csv", "utf-8"): FileKind(_csv, ".csv", "text/csv; charset=utf-8"),
    ("csv", "cp932"): FileKind(_old_system_csv, "_cp932.csv", "text/csv; charset=windows-31j"),
    ("xlsx", "utf-8"): FileKind(_xlsx, ".xlsx", XLSX),
    ("json", "utf-8"): FileKind(_json, ".json", "application/json"),
    ("form", "utf-8"): FileKind(_form, "_form.xlsx", XLSX),
    ("txt", "utf-8"): FileKind(_manuscript, "_manuscript.txt", "text/plain; charset=utf-8"),
    ("pdf", "utf-8"): FileKind(report_pdf, ".pdf", "application/pdf", pdf_fingerprint, inline=True),
    ("content.json", "utf-8"): FileKind(_content, "_content.json", "application/json"),
    ("sha256", "utf-8"): FileKind(_checksums, ".sha256", "text/plain; charset=utf-8", lambda edition: _writers()),
}
# Those whose bytes are the same for ever; a PDF's change with the program that lays it out.
CHECKED = [kind for (ending, _), kind in KINDS.items() if ending not in ("pdf", "sha256")]


def file_name(edition: Edition, kind: FileKind) -> str:
    """422096_action_plan_fy2009_v1.csv, from the edition's own facts; v1_sample when the year is made up."""
    sample = SAMPLE_ENDING if is_sample(edition.front_matter) else ""
    return f"{_year_name(edition)}_v{edition.number}{sample}{kind.ending}"


def code_name(edition: Edition, policy: int) -> str:
    """422096_action_plan_fy2009_policy3_qr, without an ending: the QR code of a policy's page, whatever the edition."""
    return f"{_year_name(edition)}_policy{policy}_qr"


def _year_name(edition: Edition) -> str:
    front = edition.front_matter
    return f"{front['plan']['municipality_code']}_action_plan_fy{front['fiscal_year']}"


def etag(edition: Edition, kind: FileKind) -> str:
    """The quoted tag of the file's content, without writing the file: an edition never changes."""
    facts = (
        edition.content_sha256,
        edition.number,
        edition.public_from.isoformat(),
        edition.correction_note,
        kind.ending,
        COLUMNS_VERSION,
        FORM_VERSION,
        MANUSCRIPT_VERSION,
        kind.fingerprint(edition),
    )
    return f'"{fingerprint(*facts, length=32)}"'


@dataclass(frozen=True)
class OneLegend:
    """An edition's facts under what all editions searched bear, so that every record has the same columns."""

    front_matter: dict
    public_from: datetime


def write_search_csv(question: Question) -> bytes:
    """Everything that was found, however many pages it takes on the screen. One query."""
    datasets = list(_datasets(question))
    return tabular.write_csv(datasets[0].headers, (record for dataset in datasets for record in dataset))


def search_file_name(question: Question) -> str:
    """422096_action_plan_search_result_fy2009.csv; all_years for every year, _sample when one is made up."""
    fronts = [edition.front_matter for edition in question.editions]
    year = question.filters.year
    years = "all_years" if year == ALL_YEARS else f"fy{year}"
    sample = SAMPLE_ENDING if any(map(is_sample, fronts)) else ""
    return f"{fronts[0]['plan']['municipality_code']}_action_plan_search_result_{years}{sample}.csv"


def _datasets(question: Question) -> Iterator[Dataset]:
    """First an empty one with the headers, then one for each year that has hits."""
    common: dict = {"actors": _all_actors(question.editions), "figures": _most_figures(question.editions)}
    common |= _all_listed(question.editions)
    common["printed"] = {level for edition in question.editions for level in edition.front_matter.get("printed", ())}
    common["names_plan"] = len({edition.report.plan_id for edition in question.editions}) > 1
    facts = {edition.pk: _facts(edition, common) for edition in question.editions}
    found = list(matching_rows(question))
    told = told_beside(found)
    yield ReportResource(next(iter(facts.values())), told).export([])
    for edition, rows in groupby(found, key=lambda row: row.edition_id):
        yield ReportResource(facts[edition], told).export(list(rows))


def _facts(edition: Edition, common: dict) -> OneLegend:
    return OneLegend({**edition.front_matter, **common}, edition.public_from)


def _all_listed(editions: Sequence[Edition]) -> dict[str, list[int]]:
    """What is listed in any of these editions, by field."""
    return {field: [edition.pk for edition in editions if edition.front_matter.get(field)] for field in LISTED}


def _most_figures(editions: Sequence[Edition]) -> dict[str, int]:
    """How many figures of each kind a row of any of the editions has at most."""
    most: dict[str, int] = {}
    for edition in editions:
        for kind, count in edition.front_matter.get("figures", {}).items():
            most[kind] = max(count, most.get(kind, 0))
    return most


def _all_actors(editions: Sequence[Edition]) -> list[dict]:
    """Every mark of the editions' legends once, as the latest edition words it."""
    actors: dict[str, dict] = {}
    for edition in editions:
        for actor in edition.front_matter["actors"]:
            actors.setdefault(actor["symbol"], actor)
    return list(actors.values())
