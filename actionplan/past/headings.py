"""Where the headings of a table stand, which columns they make, and what each column may hold."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from actionplan.past.source import SourceCell, SourceRow, SourceTable
from actionplan.past.vocabulary import (
    ALL_YEARS,
    ASIDE,
    CODE,
    CONTENT,
    DESCRIBING,
    DITTO,
    FAR_DOWN,
    FIGURE,
    GOING_ON,
    ITEM_NAME,
    ITEM_NUMBER,
    KEEP,
    MEASURE_NUMBER,
    MEASURE_TITLE,
    ORDERING,
    OWN_HEADINGS,
    POLICY_NUMBER,
    POLICY_TITLE,
    PUBLIC_ID,
    REMARKS,
    SEVERAL,
    SKIP,
    STATUS,
    YEARLY,
    cleaned,
    is_spelt_number,
    is_total,
    kind_of_line,
    levels_of,
    parse_code,
    suggested,
    year_in,
)

# What the name of a sheet is among the lines that head what follows.
SHEET = "シートの名前"


@dataclass(frozen=True)
class Heading:
    """Where the headings of a table stand: its rows from first (counted from 0), so many of them."""

    first: int
    count: int


def find_heading(table: SourceTable) -> Heading:
    """Where the headings seem to stand; a person may say otherwise."""
    rows = table.rows[:FAR_DOWN]
    best = max(range(len(rows)), key=lambda index: (_score(rows[index], table.width), -index))
    first, count = best, 1
    while first and _heads(rows[first - 1], rows[first], table.width):
        first, count = first - 1, count + 1
    while first + count < len(rows) and _hangs(rows[first + count], rows[first : first + count]):
        count += 1
    return Heading(first, count)


def _score(row: SourceRow, width: int) -> float:
    if row.is_line or len(row.words) < min(2, width):
        return -1
    known = sum(suggested(cell.text)[1] for cell in row.words if len(cell.text) <= 40)
    return known + len(row.words) / 1000


def _heads(above: SourceRow, row: SourceRow, width: int) -> bool:
    """Whether the row above holds headings over those of the row: merged ones, or ones with blanks beside them."""
    if above.is_line or not above.words or _is_across(above, width):
        return False
    if any(cell.down for cell in row.cells):
        return True
    if any(1 < cell.wide < width for cell in above.words):
        return True
    under = [index for index, cell in enumerate(above.cells) if not cell.text.strip() and index < len(row.cells)]
    gaps = [index for index in under if row.cells[index].text.strip()]
    years = [cell for cell in above.words if year_in(cell.text)]
    return bool(gaps) and len(above.words) > 1 and bool(years)


# （人） and (千円), in a row of their own below the headings; （1）（2） that number the columns, too.
UNIT = re.compile(r"[（(][^（）()]{1,8}[)）]")


def _hangs(row: SourceRow, heads: Sequence[SourceRow]) -> bool:
    """Whether the row still belongs to the headings: one of them reaches down into it."""
    if row.is_line:
        return False
    reaching = [index for index, cell in enumerate(row.cells) if cell.down and cell.down <= len(heads)]
    if reaching or (len(row.words) > 1 and all(UNIT.fullmatch(cell.text.strip()) for cell in row.words)):
        return True
    divided = any(cell.wide > 1 for cell in heads[-1].words if not cell.down)
    return divided and sum(suggested(cell.text)[1] > 0 for cell in row.words) >= 2


def _is_across(row: SourceRow, width: int) -> bool:
    """Whether the row is one cell over the whole table, or holds but one."""
    return len(row.words) == 1 and (row.words[0].wide >= width - 1 or width > 2)


def heading_texts(rows: Sequence[SourceRow], width: int) -> list[str]:
    """The heading of each column, those of several rows joined by ／; one over several columns stands at each."""
    columns: list[list[str]] = [[] for _ in range(width)]
    for number, row in enumerate(rows):
        below = rows[number + 1] if number + 1 < len(rows) else None
        last = ""
        for index in range(width):
            text = re.sub(r"\s", "", row.cells[index].text) if index < len(row.cells) else ""
            last = text or last
            lower = below is not None and index < len(below.cells) and below.cells[index].text.strip()
            columns[index].append(text or (last if lower and number < len(rows) - 1 else ""))
    return ["／".join(dict.fromkeys(part for part in parts if part)) for parts in columns]


@dataclass(frozen=True)
class TableColumn:
    """A column: its number from 0, its heading, its letters or number as a person counts, the year that it names, some
    of what stands in it."""

    index: int
    heading: str
    place: str
    year: int | None
    samples: Sequence[str]

    @property
    def title(self) -> str:
        """What a person calls it."""
        return self.heading or f"（見出しなし：{self.place}）"


def columns_of(table: SourceTable, heading: Heading) -> list[TableColumn]:
    """The columns under the heading; one without any word is none."""
    heads = table.rows[heading.first : heading.first + heading.count]
    below = [row for row in table.rows[heading.first + heading.count :] if not row.is_line and len(row.words) > 1]
    below = [row for row in below if not any(is_total(cell.text) for cell in row.words[:3])]
    found = []
    for index, text in enumerate(heading_texts(heads, table.width)):
        cells = [row.cells[index] for row in below if index < len(row.cells)]
        samples = list(dict.fromkeys(cell.text.strip() for cell in cells if cell.text.strip() and not cell.right))
        if text or samples:
            found.append(TableColumn(index, text, _place(heads, index), year_in(text), samples))
    return found


def _place(heads: Sequence[SourceRow], index: int) -> str:
    cells = [row.cells[index] for row in heads if index < len(row.cells)]
    return cells[-1].place if cells else f"{index + 1}列目"


FIGURE_HEADING = re.compile(r"(指標|事業費)(\d{1,2})_(名称|財源|単位|基準値|目標値|実績値|予算額|決算額)")


def suggest_roles(columns: Sequence[TableColumn]) -> dict[int, str]:
    """What each column may be, by its heading and by what stands in it; empty where nothing is known."""
    roles = {column.index: _suggest(column) for column in columns}
    if PUBLIC_ID in roles.values():  # a data file of this portal
        named = {column.index: OWN_HEADINGS.get(column.heading, "") for column in columns}
        named |= {column.index: FIGURE for column in columns if FIGURE_HEADING.fullmatch(column.heading)}
        roles |= {index: role for index, role in named.items() if role}
    names = list(roles.values())
    if ITEM_NAME not in names and (found := {MEASURE_TITLE, CONTENT} & {*names}):
        roles[_first(roles, MEASURE_TITLE if MEASURE_TITLE in found else CONTENT)] = ITEM_NAME
    policies = [index for index, role in roles.items() if role == POLICY_TITLE]
    if len(policies) > 1 and MEASURE_TITLE not in roles.values():
        roles[policies[1]] = MEASURE_TITLE  # 基本目標 and 施策: the second stands below the first
    items = [index for index, role in roles.items() if role == ITEM_NAME]
    if len(items) > 1 and MEASURE_TITLE not in roles.values():
        roles[items[0]] = MEASURE_TITLE  # 取組 and 事業名, likewise
    for role in (POLICY_NUMBER, MEASURE_NUMBER, ITEM_NUMBER, CODE):
        _only_first(roles, role)
    _one_a_year(columns, roles)
    return roles


def _first(roles: dict[int, str], role: str) -> int:
    return next(index for index, each in roles.items() if each == role)


def _only_first(roles: dict[int, str], role: str) -> None:
    for index in [index for index, each in roles.items() if each == role][1:]:
        roles[index] = KEEP


def _one_a_year(columns: Sequence[TableColumn], roles: dict[int, str]) -> None:
    """Leaves each role to the column whose heading says it best; what another one says is kept as text."""
    held: dict[tuple[str, int | None], TableColumn] = {}
    for column in sorted(columns, key=lambda each: -suggested(each.heading)[1]):
        role = roles[column.index]
        if not role or role in SEVERAL:
            continue
        key = (role, column.year if role in YEARLY else None)
        if key in held:
            roles[column.index] = KEEP
        else:
            held[key] = column


NUMBERS = {POLICY_TITLE: POLICY_NUMBER, MEASURE_TITLE: MEASURE_NUMBER, ITEM_NAME: ITEM_NUMBER}


WRITTEN = re.compile(r"[ぁ-んァ-ヶ一-龥]")


def _suggest(column: TableColumn) -> str:
    role = suggested(column.heading)[0]
    if role == CONTENT and suggested(column.heading.partition("／")[0])[0] == STATUS:
        role = STATUS  # 内容 below 実績 is what was done
    if role == ITEM_NAME and suggested(column.heading.partition("／")[0])[0] == KEEP:
        role = KEEP  # 名称 below 成果指標 is what is measured
    if column.year and role not in YEARLY:
        return KEEP if role else ""
    if column.heading == "備考":
        return REMARKS if any("原本の欄名" in text or "過去の報告" in text for text in column.samples) else KEEP
    codes = [parse_code(text) for text in column.samples]
    # 項目1 is a name where 施策1 is a number: an item has no other.
    named = role == ITEM_NAME and any(WRITTEN.search(text) for text in column.samples)
    numbered = bool(codes) and all(codes) and not named
    spelt = [text for text in column.samples if is_spelt_number(text)]
    if not numbered and role in (ITEM_NUMBER, CODE) and len(spelt) * 2 > len(column.samples):
        return CODE if any(len(levels_of(text)) > 1 for text in spelt) else role
    if numbered and role in (*NUMBERS, *NUMBERS.values(), CODE, ""):
        if max(len(code) for code in codes if code) > 1:
            return CODE
        return NUMBERS.get(role, role)
    return role


def is_same_heading(row: SourceRow, head: Sequence[str]) -> bool:
    """Whether the row repeats the last row of the headings: all of its words but one at most."""
    texts, heads = [cleaned(cell.text) for cell in row.cells], map(cleaned, head)
    words = [(text, other) for text, other in zip(texts, heads, strict=False) if text or other]
    same = sum(text == other or (text.startswith(other) and bool(other)) for text, other in words)
    return not row.is_line and len(words) > 1 and same >= max(2, len(words) - 1)


def shape_of(texts: Iterable[str]) -> str:
    """What two tables of the same headings have in common."""
    return "\n".join(cleaned(text) for text in texts)


def alike(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two tables can be read as one: as many columns, most headings the same."""
    pairs = list(zip(map(cleaned, one), map(cleaned, other), strict=False))
    return len(one) == len(other) and sum(a == b for a, b in pairs) * 2 >= len(pairs)


def suggest_lines(kinds: Mapping[str, Sequence[str]], roles: Iterable[str]) -> dict[str, str]:
    """What lines of each kind may head: a policy, a measure, or nothing that is taken."""
    titles = kinds.get(SHEET, ())
    found, taken = dict.fromkeys((kind for kind in kinds if kind), SKIP), set(roles)
    if SHEET in found and not any(map(_policy_like, found)) and not any(map(year_in, titles)):
        found[SHEET] = SKIP if POLICY_TITLE in taken else POLICY_TITLE
    policies = sorted((kind for kind in found if _policy_like(kind)), key=_policy_like, reverse=True)
    if policies and POLICY_TITLE not in taken:
        found[policies[0]] = POLICY_TITLE
    if POLICY_TITLE not in taken and {*found} - {SHEET} == {"1"} and found.get(SHEET, SKIP) == SKIP:
        found["1"] = POLICY_TITLE  # the only lines that head anything stand at the top
    measures = sorted((kind for kind in found if _measure_like(kind)), key=_measure_like, reverse=True)
    measures = [kind for kind in measures if found[kind] == SKIP]
    if measures and MEASURE_TITLE not in taken:
        found[measures[0]] = MEASURE_TITLE
    return found


def _policy_like(kind: str) -> int:
    named = re.search("施策|政策|方針|方策|目標|戦略|柱", kind)
    return 3 if named else 2 if kind == "第" else 0


def _measure_like(kind: str) -> int:
    return (
        3 if kind in "■◆□◇▼▽" or "取組" in kind else 2 if kind in ("（1）", "1-1") else 1 if kind in ("①", "1") else 0
    )


def suggest_years(columns: Sequence[TableColumn], roles: Mapping[int, str], year: int | None) -> dict[int, int]:
    """The year of which each column speaks: the one it names; all of the table's where it describes the item itself.

    A column of answers that names none speaks of the table's own year: the newest that the others name unless told.
    """
    named = {column.index: column.year for column in columns if column.year}
    own = year or max(named.values(), default=None)
    found = {}
    for column in columns:
        if roles.get(column.index) in YEARLY:
            describes = roles[column.index] == KEEP and any(word in column.heading for word in DESCRIBING)
            wanted = column.year or (ALL_YEARS if describes and len(set(named.values())) > 1 else own)
            if wanted is not None:
                found[column.index] = wanted
    return found


def lines_of_their_own(tables: Iterable[SourceTable]) -> dict[str, list[str]]:
    """By kind, the lines that stand alone and may head what follows."""
    found: dict[str, list[str]] = {}
    tables = list(tables)
    if len(titles := [table.title for table in tables if table.title]) > 1:
        found[SHEET] = titles
    for row in (row for table in tables for row in table.rows):
        if len(row.words) == 1 and (kind := kind_of_line(row.words[0].text)):
            found.setdefault(kind, []).append(row.words[0].text.strip())
    return found


REPEATS = "「{mark}」を、上の行と同じ「{words}」と読みました。"
STANDS = (
    "「{mark}」は、ほかの欄と同じという印のようですが、書かれたまま読みました。"
    "言葉が要るときは、もとのファイルに書いてください。"
)


@dataclass
class Repeats:
    """Reads 〃 and 同上 as what stands above them in columns that say where a row belongs; running text is kept.

    roles: by column what it is. above: by column what the row before said.
    """

    roles: Mapping[int, str]
    above: dict[int, str] = field(default_factory=dict)

    def read(self, row: SourceRow) -> SourceRow:
        """The row with what its marks stand for; a note at each says so."""
        if not row.words or any(is_total(each.text) for each in row.words[:3]):
            return row
        cells = list(row.cells)
        for index, role in self.roles.items():
            if role != SKIP and index < len(cells) and not cells[index].right and not row.is_line:
                cells[index] = self._cell(cells[index], role, self.above.get(index, ""))
                if cells[index].text.strip() or role not in GOING_ON:
                    self.above[index] = cells[index].text.strip()
        return replace(row, cells=cells)

    def _cell(self, cell: SourceCell, role: str, above: str) -> SourceCell:
        mark = cell.text.strip()
        if not mark or not (DITTO.fullmatch(mark) or ASIDE.fullmatch(mark)):
            return cell
        if role in ORDERING and above and DITTO.fullmatch(mark):
            return replace(cell, text=above, note=cell.note + REPEATS.format(mark=mark, words=above))
        return replace(cell, note=cell.note + STANDS.format(mark=mark))
