"""The cells of an answer (cells.py) as columns: of a yearly status, and of a published row."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db import models

from actionplan.cells import CELLS, CHOICE, Cell, Progress
from actionplan.models.fields import RecordTextField


def answer_field(cell: Cell) -> models.Field:
    """The column of an answer that holds the cell."""
    if cell.kind == CHOICE:
        return models.CharField(cell.label, max_length=20, choices=Progress.choices, default=cell.empty)
    return RecordTextField(cell.label, blank=True)


def published_fields(cell: Cell) -> Iterator[tuple[str, models.Field]]:
    """Name and column of each field of a published row that holds the cell: a choice is kept with its label."""
    if cell.kind == CHOICE:
        yield cell.published, models.CharField(f"{cell.label}コード", max_length=20)
        yield cell.published_words, models.CharField(cell.label, max_length=20)
    else:
        yield cell.published, RecordTextField(cell.label, blank=True)


class AnswerCells(models.Model):
    """What somebody wrote about an item's year."""

    if TYPE_CHECKING:
        # The two that code of ours asks for by name.
        text: str
        progress: str

    class Meta:
        abstract = True

    def says(self, cell: Cell) -> str:
        """What stands in the cell."""
        return getattr(self, cell.name)

    def words_of(self, cell: Cell) -> str:
        """The same as a reader knows it: a category by its label."""
        return cell.words(self.says(cell))

    def missing_cells(self) -> list[Cell]:
        """The cells that handing in asks for and that say nothing yet."""
        return [cell for cell in CELLS if cell.needed and cell.is_blank(self.says(cell))]


class PublishedCells(models.Model):
    """The same as it was published."""

    if TYPE_CHECKING:
        status: str
        progress: str
        progress_label: str

    class Meta:
        abstract = True


for _cell in CELLS:
    AnswerCells.add_to_class(_cell.name, answer_field(_cell))
    for _name, _field in published_fields(_cell):
        PublishedCells.add_to_class(_name, _field)
