"""The files of a published report: what each holds, is called and is served as."""

from collections.abc import Callable
from dataclasses import dataclass

from actionplan.exports import tabular
from actionplan.exports.columns import COLUMNS_VERSION, SAMPLE_ENDING, ReportResource, is_sample
from actionplan.exports.manuscript import MANUSCRIPT_VERSION, write_manuscript
from actionplan.exports.pdf import pdf_fingerprint, report_pdf
from actionplan.exports.report_workbook import FORM_VERSION, write_report_workbook
from actionplan.models import Edition
from actionplan.seen import fingerprint

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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


def _csv(edition: Edition) -> bytes:
    dataset = ReportResource(edition).export(edition.rows.all())
    return tabular.write_csv(dataset.headers, dataset)


def _old_system_csv(edition: Edition) -> bytes:
    dataset = ReportResource(edition).export(edition.rows.all())
    return tabular.encode(dataset.headers, dataset)


def _xlsx(edition: Edition) -> bytes:
    dataset = ReportResource(edition).export(edition.rows.all())
    title = f"{edition.front_matter['fiscal_year']}年度"
    return tabular.write_xlsx(dataset.headers, dataset, title=title, created=edition.published_at)


def _form(edition: Edition) -> bytes:
    return write_report_workbook(edition.front_matter, edition.rows.all(), created=edition.published_at)


def _manuscript(edition: Edition) -> bytes:
    return write_manuscript(edition.front_matter, edition.rows.all())


# By format and encoding as an address names them.
KINDS = {
    ("csv", "utf-8"): FileKind(_csv, ".csv", "text/csv; charset=utf-8"),
    ("csv", "cp932"): FileKind(_old_system_csv, "_cp932.csv", "text/csv; charset=windows-31j"),
    ("xlsx", "utf-8"): FileKind(_xlsx, ".xlsx", XLSX),
    ("form", "utf-8"): FileKind(_form, "_form.xlsx", XLSX),
    ("txt", "utf-8"): FileKind(_manuscript, "_manuscript.txt", "text/plain; charset=utf-8"),
    ("pdf", "utf-8"): FileKind(report_pdf, ".pdf", "application/pdf", pdf_fingerprint, inline=True),
}


def file_name(edition: Edition, kind: FileKind) -> str:
    """422096_action_plan_fy2009_v1.csv, from the edition's own facts; v1_sample when the year is made up."""
    front = edition.front_matter
    code, year = front["plan"]["municipality_code"], front["fiscal_year"]
    sample = SAMPLE_ENDING if is_sample(front) else ""
    return f"{code}_action_plan_fy{year}_v{edition.number}{sample}{kind.ending}"


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
