"""An edition that has everything comes back from its data files as the same edition, by the hash of its content."""

import pytest
from django.db.models import QuerySet

from actionplan.exports.report_files import KINDS
from actionplan.models import (
    ActionItem,
    AnnualReport,
    EditionFile,
    Evidence,
    Figure,
    Plan,
    Voice,
    unsealed,
)
from actionplan.publishing.compose import compose
from actionplan.sample_plan import TITLE, load_sample_plan
from tests import factories
from tests.past.tables import taken_in
from tests.past.test_own_files import forget

pytestmark = pytest.mark.django_db
KINDS_OF_DATA = ["csv", "xlsx", "json"]


@pytest.fixture
def whole(settings, tmp_path):
    """The sample plan's second year: its own scale, figures, areas, a tag, a picture, the texts of others, lineage."""
    settings.VAR_DIR = tmp_path
    last = AnnualReport.objects.create(plan=factories.make_plan(), fiscal_year=2010, sample=True)
    for _ in range(4):
        factories.make_status(last, factories.make_item(factories.make_measure(last.plan)))
    edition = load_sample_plan()[-1]
    assert sum(bool(row.origins) for row in edition.rows.all()) > 2
    first = edition.rows.first()
    assert first.figures
    assert first.areas
    assert first.evidence
    assert len(first.voices) == 2
    return edition


def forget_everything() -> None:
    item = ActionItem
    through = (item.areas, item.tags, item.origins, item.related_departments, item.partners)
    with unsealed("試し"):
        for model in (EditionFile, Evidence, Voice, Figure, *(relation.through for relation in through)):
            QuerySet(model).all()._raw_delete("default")
    forget()


@pytest.mark.parametrize("kind", KINDS_OF_DATA)
def test_every_column_of_our_own_data_comes_back(whole, kind, coordinator):
    data, expected = KINDS[kind, "utf-8"].write(whole), whole.content_sha256
    forget_everything()
    plan = Plan.objects.get(title=TITLE)
    taken = taken_in(plan, data, f"own.{kind}", coordinator, whole.front_matter["fiscal_year"], source="")
    found = compose(AnnualReport.objects.get(pk=taken.reports[0].pk))
    assert found.front_matter == whole.front_matter
    assert found.content_sha256 == expected
