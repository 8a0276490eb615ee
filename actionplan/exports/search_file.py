"""The CSV of a search: what it found, in the columns of the reports' own files; a record per fiscal year and item."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from tablib import Dataset

from actionplan.exports import tabular
from actionplan.exports.columns import SAMPLE_ENDING, ReportResource, is_sample
from actionplan.models import Edition
from actionplan.selectors.filters import ALL_YEARS
from actionplan.selectors.search import Question, matching_rows


@dataclass(frozen=True)
class OneLegend:
    """An edition's facts under the legend of all editions searched, so that every record has the same columns."""

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
    actors = _all_actors(question.editions)
    facts = {edition.pk: _facts(edition, actors) for edition in question.editions}
    yield ReportResource(next(iter(facts.values()))).export([])
    for edition, rows in groupby(matching_rows(question), key=lambda row: row.edition_id):
        yield ReportResource(facts[edition]).export(list(rows))


def _facts(edition: Edition, actors: list[dict]) -> OneLegend:
    return OneLegend({**edition.front_matter, "actors": actors}, edition.public_from)


def _all_actors(editions: Sequence[Edition]) -> list[dict]:
    """Every mark of the editions' legends once, as the latest edition words it."""
    actors: dict[str, dict] = {}
    for edition in editions:
        for actor in edition.front_matter["actors"]:
            actors.setdefault(actor["symbol"], actor)
    return list(actors.values())
