"""A plan's scale of progress: its categories as values, what an edition freezes of them, and the scale of default.

It stands on the ground, below cells.py: a category is read from the plan by staff, from the edition by citizens.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices


class Meaning(TextChoices):
    """What a category says of an item's year, whatever a plan calls it."""

    DONE = "done", "実施したもの"
    UNDER_WAY = "under_way", "取組の途中のもの"
    NOT_DONE = "not_done", "実施しなかったもの"
    UNSET = "unset", "まだ決めていないもの"


BEST_FIRST = (Meaning.DONE, Meaning.UNDER_WAY, Meaning.NOT_DONE)


class CategoryMove(TextChoices):
    """Where an item has gone between two years, by the categories that people set."""

    FORWARD = "forward", "進んだ"
    BACK = "back", "後退した"
    STILL = "still", "動かない"


class Pattern(TextChoices):
    """What a category is told by in charts, with or without colour."""

    SOLID = "solid", "塗りつぶし"
    DIAGONAL = "diagonal", "斜めの線"
    LINES = "lines", "横の線"
    DOTS = "dots", "点"
    BLANK = "blank", "白"
    COLUMNS = "columns", "縦の線"
    GRID = "grid", "格子"
    CHECKER = "checker", "市松"
    CROSS = "cross", "斜めの格子"
    RINGS = "rings", "輪"
    FAINT = "faint", "細い斜めの線"


class Progress(TextChoices):
    """The categories of a plan that brings none of its own. UNSET is every plan's: nobody has chosen yet."""

    DONE = "done", "実施済"
    IN_PROGRESS = "in_progress", "実施中"
    PARTLY_DONE = "partly_done", "一部実施"
    UNDER_CONSIDERATION = "under_consideration", "検討中"
    NOT_DONE = "not_done", "未実施"
    UNSET = "unset", "未設定"


UNSET = Progress.UNSET.value


@dataclass(frozen=True)
class Category:
    """A category: its code for good, and what people read. meaning: of Meaning; pattern: of Pattern."""

    code: str
    label: str
    definition: str
    meaning: str
    pattern: str

    @property
    def is_unset(self) -> bool:
        """Whether it says that nothing was chosen."""
        return self.code == UNSET

    @property
    def folded(self) -> str:
        """Its label as it is compared: widths and blanks do not count."""
        return fold_label(self.label)

    def facts(self) -> dict[str, str]:
        """What an edition freezes. Meaning and pattern only where the code alone does not tell them: an edition under
        the default scale reads as it did before plans had scales of their own.
        """
        facts = {"code": self.code, "label": self.label, "definition": self.definition}
        known = DEFAULT.find(self.code)
        if known is None or (known.meaning, known.pattern) != (self.meaning, self.pattern):
            facts |= {"meaning": str(self.meaning), "pattern": str(self.pattern)}
        return facts


def fold_label(text: str) -> str:
    """A label as people may write it in a workbook: full-width letters and blanks do not count."""
    return "".join(unicodedata.normalize("NFKC", text).split())


# A list of choices in a workbook is one text of at most so many characters.
LONGEST_LIST = 255
# As many can be told apart in a chart, each by a pattern of its own.
MOST_CATEGORIES = len(Pattern) - 1


@dataclass(frozen=True)
class Scale:
    """The categories in their order. retired: known from years before, but no longer to be chosen."""

    categories: tuple[Category, ...]
    retired: tuple[Category, ...] = ()

    @property
    def chosen(self) -> list[Category]:
        """Those that may be chosen."""
        return [each for each in self.categories if not each.is_unset]

    @property
    def unset(self) -> Category:
        """未設定, as this scale words it."""
        return next((each for each in self.categories if each.is_unset), UNSET_OF_DEFAULT)

    def find(self, code: str) -> Category | None:
        """The category, a retired one too; None for a code that the scale does not have."""
        return next((each for each in (*self.categories, *self.retired) if each.code == code), None)

    @property
    def not_done(self) -> list[str]:
        """The codes of the categories that say that an item was not done, retired ones too."""
        return [each.code for each in (*self.categories, *self.retired) if each.meaning == Meaning.NOT_DONE]

    def label(self, code: str) -> str:
        """What people read for the code."""
        found = self.find(code)
        return found.label if found else code

    def offered(self, now: str = "") -> list[Category]:
        """What a form offers, 未設定 last; a retired category only where it stands already."""
        standing = [each for each in self.retired if each.code == now]
        return [*self.chosen, *standing, self.unset]

    def like(self, code: str) -> str:
        """The code of this scale that says the same as a code of the default one; unset where none does."""
        wanted = DEFAULT.find(code)
        same = [each.code for each in self.chosen if wanted and each.meaning == wanted.meaning]
        return code if self.find(code) else next(iter(same), UNSET)

    @property
    def codes_by_label(self) -> dict[str, str]:
        """The code of each folded label, and 未設定 for an empty cell."""
        known = {each.folded: each.code for each in (*self.retired, *self.categories)}
        return known | {"": UNSET}

    @property
    def identity(self) -> frozenset[tuple[str, str, str]]:
        """What two years have in common when their items may be counted together."""
        return frozenset((each.code, each.folded, each.meaning) for each in self.chosen)

    def move(self, before: str, now: str) -> CategoryMove | None:
        """Where an item went from one code to the other; None where one of them is unset or unknown.

        What was done stands before what is under way, and that before what was not done; within one of these the order
        of the scale decides.
        """
        known = [each for each in (*self.categories, *self.retired) if not each.is_unset]
        best_first = sorted(known, key=lambda each: BEST_FIRST.index(each.meaning))
        places = {each.code: place for place, each in enumerate(best_first)}
        if before not in places or now not in places:
            return None
        if places[before] == places[now]:
            return CategoryMove.STILL
        return CategoryMove.FORWARD if places[now] < places[before] else CategoryMove.BACK

    @property
    def is_plain(self) -> bool:
        """Whether it is the default scale: its words need no explanation."""
        return self.identity == DEFAULT.identity

    def faults(self) -> list[str]:
        """The sentences that say why nobody could answer by it; empty when they can."""
        return list(_faults(self.chosen, self.unset))


def _faults(chosen: Sequence[Category], unset: Category) -> Iterator[str]:
    labels = [each.label for each in chosen]
    if not chosen:
        yield "選べる進捗区分がありません。1つ以上を残してください。"
    if len(chosen) > MOST_CATEGORIES:
        yield f"選べる進捗区分は{MOST_CATEGORIES}個までです（いまは{len(chosen)}個）。グラフで見分けられなくなります。"
    if same := _twice((each.folded, each.label) for each in [*chosen, unset]):
        yield f"同じ名前の進捗区分があります（全角・半角は区別しません）：{same}"
    if same := _twice((each.pattern, each.label) for each in chosen):
        yield f"グラフの模様が同じ進捗区分があります：{same}。別の模様を選んでください。"
    if len(",".join(labels)) > LONGEST_LIST:
        yield f"進捗区分の名前が、合わせて{LONGEST_LIST}字を超えています。短くしてください（照会票に入りません）。"


def _twice(pairs: Iterable[tuple[str, str]]) -> str:
    """The names whose key another name has too, as 「A」「Ａ」."""
    names: dict[str, list[str]] = {}
    for key, name in pairs:
        names.setdefault(key, []).append(name)
    return "".join(f"「{name}」" for same in names.values() if len(same) > 1 for name in same)


def _of_default(progress: Progress, meaning: Meaning, pattern: Pattern, definition: str) -> Category:
    return Category(progress.value, progress.label, definition, meaning, pattern)


DEFAULT = Scale(
    (
        _of_default(Progress.DONE, Meaning.DONE, Pattern.SOLID, "計画した内容を、その年度のうちに終えたもの。"),
        _of_default(Progress.IN_PROGRESS, Meaning.UNDER_WAY, Pattern.DIAGONAL, "取組を続けているもの。"),
        _of_default(Progress.PARTLY_DONE, Meaning.UNDER_WAY, Pattern.LINES, "計画した内容の一部を実施したもの。"),
        _of_default(Progress.UNDER_CONSIDERATION, Meaning.UNDER_WAY, Pattern.DOTS, "実施に向けて検討しているもの。"),
        _of_default(Progress.NOT_DONE, Meaning.NOT_DONE, Pattern.BLANK, "その年度に実施しなかったもの。"),
        _of_default(
            Progress.UNSET,
            Meaning.UNSET,
            Pattern.FAINT,
            "担当課がまだ区分を決めていないもの。文章から推し量って決めることはしません。",
        ),
    )
)
UNSET_OF_DEFAULT = DEFAULT.categories[-1]


def read_scale(facts: Iterable[dict]) -> Scale:
    """The scale that an edition has frozen (front_matter["progress"])."""
    return Scale(tuple(_read(each) for each in facts))


def _read(facts: dict) -> Category:
    known = DEFAULT.find(facts["code"])
    meaning, pattern = (known.meaning, known.pattern) if known else (Meaning.UNDER_WAY, Pattern.BLANK)
    return Category(
        facts["code"],
        facts["label"],
        facts.get("definition", ""),
        facts.get("meaning", meaning),
        facts.get("pattern", pattern),
    )
