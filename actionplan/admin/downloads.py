"""The admin's copies of a report as open data: a saved edition, or the year as it stands now."""

from collections.abc import Iterable

from django.http import Http404, HttpResponse

from actionplan.exports.columns import EditionFacts, ReportResource
from actionplan.models import EditionRow
from actionplan.waiting_files import FORMATS

ENDINGS = {"csv": FORMATS[0], "xlsx": FORMATS[1]}


def report_file(facts: EditionFacts, rows: Iterable[EditionRow], ending: str, suffix: str) -> HttpResponse:
    """The file as an attachment, named like the public ones. Raises Http404 for another ending."""
    if ending not in ENDINGS:
        raise Http404("CSVかExcel（xlsx）を選んでください。")
    file_format = ENDINGS[ending]()
    data = file_format.export_data(ReportResource(facts).export(rows))
    front = facts.front_matter
    name = f"{front['plan']['municipality_code']}_action_plan_fy{front['fiscal_year']}_{suffix}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(data, content_type=file_format.get_content_type(), headers=headers)
