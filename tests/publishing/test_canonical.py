"""The hash of an edition is that of plain canonical JSON: anybody can compute it again from what is published."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actionplan.models.edition import CONTENT, content_of, content_sha256
from actionplan.publishing.compose import printed_cells
from actionplan.publishing.publish import publish
from tests import factories

TEXT = st.text(st.characters(blacklist_categories=["Cs"]))
LEAF = TEXT | st.booleans() | st.none() | st.integers(-(2**53), 2**53)
JSON = st.recursive(LEAF, lambda part: st.lists(part) | st.dictionaries(TEXT, part), max_leaves=12)


def plain(front_matter: dict, rows: list[dict]) -> str:
    """The hash by Python's own json, as docs and open data describe it."""
    content = {"front_matter": front_matter, "rows": rows}
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@given(st.dictionaries(st.sampled_from(["label", "title", "plan", "aims"]), JSON), st.lists(LEAF, max_size=4))
def test_whatever_the_texts_it_is_that_of_pythons_json(front_matter, leaves):
    rows = [dict.fromkeys(CONTENT, leaf) for leaf in leaves]
    assert content_sha256(front_matter, rows) == plain(front_matter, rows)


@given(TEXT)
def test_every_character_of_a_cell_is_spelt_as_json_spells_it(text):
    row = {**dict.fromkeys(CONTENT, ""), "status": text, "department_contact": {"name": text, "fax": "", "unit": text}}
    assert content_sha256({}, [row]) == plain({}, [row])


@pytest.mark.django_db
def test_the_real_report_too(real_report):
    edition = publish(real_report, by=None)
    rows = [content_of(cells) for cells in printed_cells(edition).values()]
    assert (len(rows), edition.content_sha256) == (38, plain(edition.front_matter, rows))


@pytest.mark.django_db
def test_the_order_in_which_cells_were_put_together_does_not_matter():
    edition = publish(factories.make_status().report, by=None)
    (cells,) = printed_cells(edition).values()
    turned = dict(reversed(edition.front_matter.items()))
    assert content_sha256(turned, [dict(reversed(cells.items()))]) == edition.content_sha256
