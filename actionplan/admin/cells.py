"""How the plan's columns read a cell of an uploaded table, and how they write one."""

import unicodedata
from collections.abc import Iterable

from import_export.widgets import ManyToManyWidget, Widget

from actionplan.admin.pickers import in_force
from actionplan.models import ActorType, Department
from actionplan.text import tidy_line_breaks

YES, NO = ("はい", "1", "TRUE", "○"), ("いいえ", "0", "FALSE", "")


class CellError(ValueError):
    """A cell that cannot be taken, with its column and what to do about it."""

    def __init__(self, column: str, sentence: str) -> None:
        super().__init__(sentence)
        self.column = column


def whole_number(text: str, column: str) -> int:
    """The number in the cell, full-width digits included. Raises CellError."""
    digits = unicodedata.normalize("NFKC", str(text)).strip()
    if not (digits.isascii() and digits.isdigit()) or not 1 <= int(digits) <= 9999:
        raise CellError(column, f"「{text}」は番号として読めません。1から9999までの数字を書いてください。")
    return int(digits)


class TextCell(Widget):
    """Text to the letter; only line breaks are made single."""

    def clean(self, value: str | None, row: dict | None = None, **kwargs) -> str:
        """The text."""
        return tidy_line_breaks(value or "")

    def render(self, value: object, obj: object = None, **kwargs) -> str:
        """The text."""
        return "" if value is None else str(value)


class NumberCell(Widget):
    """A whole number, written as a number."""

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column

    def clean(self, value: str | None, row: dict | None = None, **kwargs) -> int:
        """The number. Raises CellError."""
        return whole_number(value or "", self.column)

    def render(self, value: object, obj: object = None, **kwargs) -> object:
        """The number; an empty cell for none."""
        return "" if value is None else value


class YesNoCell(Widget):
    """はい or いいえ."""

    def clean(self, value: str | None, row: dict | None = None, **kwargs) -> bool:
        """Whether the cell says yes. Raises ValueError."""
        word = (value or "").strip().upper()
        if word not in YES + NO:
            raise ValueError(f"「{value}」は使えません。「はい」か「いいえ」を書いてください。")
        return word in YES

    def render(self, value: object, obj: object = None, **kwargs) -> str:
        """The word."""
        return "はい" if value else "いいえ"


class MarksCell(ManyToManyWidget):
    """Marks as they stand in the newsletter: ★◎."""

    def __init__(self) -> None:
        super().__init__(ActorType)
        self.actors: dict[str, ActorType] = {}

    def load(self) -> None:
        """Reads the legend, once a file."""
        self.actors = {actor.symbol: actor for actor in ActorType.objects.all()}

    def clean(self, value: str | None, row: dict | None = None, **kwargs) -> list[ActorType]:
        """The actors that the marks stand for. Raises ValueError."""
        marks = [mark for mark in (value or "") if mark not in " 　、,・"]
        known = "".join(self.actors)
        if not marks:
            raise ValueError(f"主体が空です。{known}から1つ以上書いてください。")
        if unknown := [mark for mark in marks if mark not in self.actors]:
            raise ValueError(f"主体「{''.join(unknown)}」は使えません。{known}から選んでください。")
        return [self.actors[mark] for mark in dict.fromkeys(marks)]

    def render(self, value: object, obj: object = None, **kwargs) -> str:
        """The marks in the legend's order."""
        if value is None:
            return ""
        return "".join(actor.symbol for actor in sorted(value.all(), key=lambda actor: actor.order))


class DepartmentCell(Widget):
    """A department by its name as lists show it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[Department]] = {}

    def load(self, departments: Iterable[Department], day) -> None:
        """Sorts the departments by name, those in force before the others."""
        self.found = {}
        for department in sorted(departments, key=lambda each: not in_force(each, day)):
            self.found.setdefault(str(department), []).append(department)
        self.day = day

    def clean(self, value: str | None, row: dict | None = None, **kwargs) -> Department | None:
        """The department, or None for an empty cell. Raises ValueError, also for one that has ended."""
        if not (name := (value or "").strip()):
            return None
        found = self.found.get(name, [])
        best = [each for each in found if in_force(each, self.day)] or found
        if not best:
            raise ValueError(f"担当課「{name}」はありません。担当課の一覧にある名前を、係名まで書いてください。")
        if len(best) > 1:
            raise ValueError(f"担当課「{name}」は複数あります。画面から選んでください。")
        if best[0].in_force_until and best[0].in_force_until < self.day:
            raise ValueError(f"担当課「{name}」は廃止されています。引き継いだ課の名前を書いてください。")
        return best[0]

    def render(self, value: object, obj: object = None, **kwargs) -> str:
        """The name."""
        return "" if value is None else str(value)
