"""What a workbook knows itself by: a signed stamp for the sheet, and a signed 照合番号 for each of its rows.

Both are plain texts in cells, so they survive every program that keeps cells; whoever changes one breaks its signature.
"""

from dataclasses import dataclass
from datetime import datetime

from django.core.signing import BadSignature, Signer

from actionplan.inquiry.layout import VERSION

MARK = "照会票"
ROW_MARK = "行"
NOBODY = "0"  # stands for 「担当課なし」


class AlteredError(ValueError):
    """Raised for a stamp or a number that does not carry its own signature."""


class OldVersionError(ValueError):
    """Raised for the stamp of a workbook whose layout is another version's."""


@dataclass(frozen=True)
class Stamp:
    """What a workbook is: whose answers of which year, when it was issued, and how many rows it had."""

    fiscal_year: int
    department_id: int | None
    issued_at: datetime
    rows: int

    def sign(self) -> str:
        """The stamp as a signed text."""
        parts = (VERSION, self.fiscal_year, _written(self.department_id), self.rows, self.issued_at.isoformat())
        return _signer(MARK).sign("/".join(map(str, (MARK, *parts))))


@dataclass(frozen=True)
class RowNumber:
    """What a row is: an item's answer as the workbook of a year and a department showed it."""

    fiscal_year: int
    department_id: int | None
    status_id: int
    revision: int
    code: str

    def sign(self, signer: Signer) -> str:
        """The 照合番号: a signed text. signer: as row_signer() gives it, once for many rows."""
        parts = (self.fiscal_year, _written(self.department_id), self.status_id, self.revision, self.code)
        return signer.sign("/".join(map(str, parts)))


def row_signer() -> Signer:
    """What signs and checks the numbers of rows."""
    return _signer(ROW_MARK)


def read_stamp(text: str) -> Stamp:
    """The stamp that a text says. Raises AlteredError, OldVersionError."""
    _, version, *parts = _parts(text, _signer(MARK))
    if int(version) != VERSION:
        raise OldVersionError(version)
    year, department, rows, issued_at = parts
    return Stamp(int(year), _read(department), datetime.fromisoformat(issued_at), int(rows))


def looks_stamped(text: str) -> bool:
    """Whether a text is meant as a stamp, whole or altered."""
    return text.startswith(f"{MARK}/")


def read_row_number(text: str, signer: Signer) -> RowNumber:
    """What a 照合番号 says. Raises AlteredError."""
    year, department, status, revision, code = _parts(text, signer)
    return RowNumber(int(year), _read(department), int(status), int(revision), code)


def _signer(purpose: str) -> Signer:
    return Signer(salt=f"actionplan.inquiry.{purpose}")


def _parts(text: str, signer: Signer) -> list[str]:
    try:
        return signer.unsign(text.strip()).split("/")
    except BadSignature as error:
        raise AlteredError(text) from error


def _written(department_id: int | None) -> str:
    return NOBODY if department_id is None else str(department_id)


def _read(department: str) -> int | None:
    return None if department == NOBODY else int(department)
