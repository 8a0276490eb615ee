"""The files of a report: names, tags, and that each kind can be read by its own reader."""

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest

from actionplan.exports.report_files import KINDS, etag, file_name
from actionplan.scale import DEFAULT
from actionplan.uploads import read_csv, read_xlsx
from tests import factories
from tests.exports.editions import PUBLIC_FROM, front_matter, make_edition

pytestmark = pytest.mark.django_db


def test_names_carry_the_code_the_year_and_the_edition():
    edition = make_edition(factories.make_report(), number=3)
    assert [file_name(edition, kind) for kind in KINDS.values()] == [
        "422096_action_plan_fy2009_v3.csv",
        "422096_action_plan_fy2009_v3_cp932.csv",
        "422096_action_plan_fy2009_v3.xlsx",
        "422096_action_plan_fy2009_v3.json",
        "422096_action_plan_fy2009_v3_form.xlsx",
        "422096_action_plan_fy2009_v3_manuscript.txt",
        "422096_action_plan_fy2009_v3.pdf",
        "422096_action_plan_fy2009_v3_content.json",
        "422096_action_plan_fy2009_v3.sha256",
    ]


def test_names_come_from_the_edition_and_not_from_the_code():
    plan = {"title": "計画", "municipality": "試験市", "municipality_code": "012345"}
    edition = make_edition(factories.make_report(), front_matter=front_matter(fiscal_year=2031, plan=plan))
    assert file_name(edition, KINDS["csv", "utf-8"]) == "012345_action_plan_fy2031_v1.csv"


def test_the_name_of_every_file_of_a_made_up_year_says_so():
    report = factories.make_report(fiscal_year=2010)
    edition = make_edition(report, front_matter=front_matter(fiscal_year=2010, sample=True))
    assert file_name(edition, KINDS["csv", "utf-8"]) == "422096_action_plan_fy2010_v1_sample.csv"
    assert all("_v1_sample" in file_name(edition, kind) for kind in KINDS.values())


def test_the_three_data_files_say_the_same():
    edition = make_edition(factories.make_report(), rows=[{"status": "=1+1"}, {"actor_symbols": "★●"}])
    readers = {("csv", "utf-8"): read_csv, ("csv", "cp932"): read_csv, ("xlsx", "utf-8"): read_xlsx}
    tables = [reader(KINDS[key].write(edition)) for key, reader in readers.items()]
    assert tables[0] == tables[1] == tables[2]
    assert [row[tables[0].headers.index("実施状況")] for row in tables[0].rows] == ["=1+1", "実施した。"]


def test_each_kind_and_each_content_has_a_tag_of_its_own():
    report = factories.make_report()
    editions = [
        make_edition(report),
        make_edition(report, number=2),
        make_edition(report, number=3, content_sha256="1" * 64),
        make_edition(report, number=4, correction_note="訂正"),
        make_edition(report, number=5, public_from=PUBLIC_FROM + timedelta(days=1)),
    ]
    tags = [etag(edition, kind) for edition in editions for kind in KINDS.values()]
    assert len(set(tags)) == len(tags)
    assert tags[0] == etag(editions[0], KINDS["csv", "utf-8"])
    assert tags[0].startswith('"')
    assert tags[0].endswith('"')


def test_the_data_workbook_explains_every_column_of_its_own_and_every_code_and_mark():
    edition = make_edition(
        factories.make_report(), front_matter=front_matter(progress=[each.facts() for each in DEFAULT.categories])
    )
    data, about = openpyxl.load_workbook(BytesIO(KINDS["xlsx", "utf-8"].write(edition))).worksheets
    lines = list(about.iter_rows(min_row=2, values_only=True))
    columns = [cell.value for cell in data[1]]
    assert [line[0] for line in lines[: len(columns)]] == columns
    assert all(line[1] for line in lines[: len(columns)])
    assert {"done", "★"} <= {line[0] for line in lines[len(columns) :]}
