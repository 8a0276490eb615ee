"""What is stored is what is shown: on the page as a browser reads it, in CSV, Excel, JSON to the letter, in the PDF."""

import html
import re
import subprocess
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actionplan.models import YearlyStatus
from actionplan.publishing.publish import publish
from actionplan.text import as_stored
from actionplan.uploads import read_csv, read_xlsx
from tests import factories
from tests.exports.texts import AWKWARD, record_texts

pytestmark = pytest.mark.django_db
STATUS = re.compile(r'<td class="cell-status">.*?</span>\s*<div>(.*?)<p class="progress"', re.DOTALL)
years = count(2010)


def published(texts: list[str]) -> tuple[int, list[str]]:
    """The year in which each text stands as an answer, and the texts as they are stored, in the report's order."""
    report = factories.make_report(fiscal_year=next(years))
    measure = factories.make_measure(report.plan)
    for text in texts:
        factories.make_status(report, factories.make_item(measure), text=text, progress="done")
    publish(report, by=None)
    stored = YearlyStatus.objects.filter(report=report).order_by("item__number")
    return report.fiscal_year, [row.text for row in stored]


def column(table) -> list[str]:
    """What a table says in its column of the status."""
    return [row[list(table.headers).index("実施状況")] for row in table.rows]


def as_seen(text: str) -> list[str]:
    """The lines as a browser shows them: blanks, tabs and breaks of the source are one blank, none at the edges."""
    return [re.sub(r"[ \t\n\r\f]+", " ", line).strip(" ") for line in text.split("<br>")]


def check(client, texts: list[str]) -> str:
    """The year's address, after page, CSV, Excel and JSON have each been held against what is stored."""
    year, stored = published(texts)
    address = f"/reports/{year}"
    page = client.get(f"{address}/").content.decode()
    shown = [[html.unescape(line) for line in as_seen(cell)] for cell in STATUS.findall(page)]
    assert shown == [as_seen(text.replace("\n", "<br>")) for text in stored]
    assert column(read_csv(client.get(f"{address}.csv").content)) == stored
    assert column(read_xlsx(b"".join(client.get(f"{address}.xlsx")))) == stored
    assert [record["実施状況"] for record in client.get(f"{address}.json").json()["records"]] == stored
    return address


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(texts=st.lists(record_texts().filter(str.strip), min_size=20, max_size=20))
def test_what_is_stored_is_what_page_and_files_show(client, texts):
    check(client, texts)


def test_awkward_texts_stand_in_the_pdf_as_well(client):
    texts = [as_stored(text) for text in AWKWARD if text.strip()]
    address = check(client, texts)
    data = b"".join(client.get(f"{address}.pdf"))
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=data, capture_output=True, check=True)
    words = "".join(done.stdout.decode().split())
    assert [text for text in texts if "".join(text.split()) not in words] == []
