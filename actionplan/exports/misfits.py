"""Cells that a file format cannot hold: named one by one, never replaced or cut."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Misfit:
    """A cell that does not fit.

    row: as a spreadsheet counts, the header being row 1. problem: what does not fit, in Japanese.
    """

    row: int
    column: str
    problem: str

    def __str__(self) -> str:
        return f"{self.row}行目「{self.column}」：{self.problem}"


class CellsDoNotFit(ValueError):
    """Raised in place of a file; misfits names every cell."""

    def __init__(self, misfits: Sequence[Misfit]) -> None:
        super().__init__("\n".join(str(misfit) for misfit in misfits))
        self.misfits = list(misfits)
