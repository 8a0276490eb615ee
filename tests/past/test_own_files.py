"""The portal's own files come back into an empty plan, every published row equal to the report's, to the letter."""

import pytest
from django.conf import settings
from django.db.models import QuerySet

from actionplan.exports.pdf import can_make_pdf
from actionplan.exports.report_files import KINDS
from actionplan.models import (
    ActionItem,
    AnnualReport,
    Edition,
    EditionRow,
    Measure,
    Plan,
    Policy,
    YearlyStatus,
    unsealed,
)
from actionplan.models.edition import CONTENT
from actionplan.publishing.publish import publish
from tests.past.tables import taken_in

pytestmark = pytest.mark.django_db
UNKNOWN = {
    "csv": (),
    "xlsx": (),
    "json": (),
    # Their layout has no column of categories.
    "form": ("progress", "progress_label"),
    "pdf": (),
}
NAMES = {"csv": "h21.csv", "xlsx": "h21.xlsx", "json": "h21.json", "form": "h21_form.xlsx", "pdf": "h21.pdf"}


def rows(edition) -> list[dict]:
    found = edition.rows.order_by("position").values("public_id", *CONTENT)
    return [{**row, "merged_from": []} for row in found]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json", "form", "pdf"])
def test_a_file_of_our_own_comes_back_into_an_identical_edition(kind, real_report, coordinator):
    if kind == "pdf" and not can_make_pdf():
        pytest.skip("no font")
    edition = publish(real_report, by=None)
    data = KINDS[kind, "utf-8"].write(edition)
    expected = rows(edition)
    forget()
    taken = taken_in(Plan.objects.get(), data, NAMES[kind], coordinator, 2009)
    assert [report.fiscal_year for report in taken.reports] == [2009]
    found = rows(publish(taken.reports[0], by=None))
    for got, wanted in zip(found, expected, strict=True):
        unknown = (*UNKNOWN[kind], *(() if kind in ("csv", "xlsx", "json") else ("public_id",)))
        assert without(got, unknown) == without(wanted, unknown)


def test_the_form_of_load_report_comes_back_into_an_identical_edition(real_report, coordinator):
    edition = publish(real_report, by=None)
    expected = rows(edition)
    forget()
    data = (settings.BASE_DIR / "fixtures" / "h21.json").read_bytes()
    taken = taken_in(Plan.objects.get(), data, "h21.json", coordinator, source="")
    assert not taken.reports[0].is_past
    found = publish(taken.reports[0], by=None)
    assert (rows(found), found.content_sha256) == (expected, edition.content_sha256)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_data_that_were_no_past_report_need_no_source_and_give_the_same_hash(kind, real_report, coordinator):
    edition = publish(real_report, by=None)
    data = KINDS[kind, "utf-8"].write(edition)
    forget()
    taken = taken_in(Plan.objects.get(), data, NAMES[kind], coordinator, source="")
    assert publish(taken.reports[0], by=None).content_sha256 == edition.content_sha256


def without(row: dict, names: tuple[str, ...]) -> dict:
    return {name: value for name, value in row.items() if name not in names}


def forget() -> None:
    """Empties the plan, past every guard."""
    with unsealed("試し"):
        for model in (
            EditionRow,
            Edition,
            YearlyStatus,
            ActionItem.actors.through,
            ActionItem,
            Measure,
            Policy,
            AnnualReport,
        ):
            QuerySet(model).all()._raw_delete("default")
        ActionItem.history.all().delete()
