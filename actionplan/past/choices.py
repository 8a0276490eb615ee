"""What a person says about a table, what is said of it in return, and the lines that it gives."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

from actionplan.cells import BY_NAME, CELLS, CHOICE
from actionplan.past.headings import (
    FIGURE_HEADING,
    Heading,
    TableColumn,
    alike,
    columns_of,
    find_heading,
    heading_texts,
)
from actionplan.past.source import Source, SourceCell, SourceRow
from actionplan.past.vocabulary import (
    CONTENT,
    FIGURE,
    ITEM_NAME,
    KEEP,
    ROLES,
    SEVERAL,
    SKIP,
    YEAR,
    YEARLY,
    suggested,
    year_in,
)
from actionplan.text import as_stored, changes_told, refusal


@dataclass(frozen=True)
class Told:
    """A sentence about a place of the source. text: what stands there."""

    place: str
    sentence: str
    text: str = ""

    def __str__(self) -> str:
        return f"{self.place}：{self.sentence}"


@dataclass(frozen=True)
class Choices:
    """What a person said about the tables.

    tables: by number from 0. heading: of the first of them. roles: by column. years: by column the year that it speaks
    of, ALL_YEARS for all of the table's; the table's own where none is named. lines: by kind of line what it heads.
    year: the table's own, None where rows or columns name theirs. table_years: by table, where each names another.
    """

    tables: Sequence[int]
    heading: Heading
    roles: Mapping[int, str] = field(default_factory=dict)
    years: Mapping[int, int] = field(default_factory=dict)
    lines: Mapping[str, str] = field(default_factory=dict)
    year: int | None = None
    table_years: Mapping[int, int] = field(default_factory=dict)

    def year_for(self, table: int) -> int | None:
        """The year of which a table speaks where its columns name none."""
        return self.year if self.year is not None else self.table_years.get(table)


# What parts two texts, by the room that the first leaves, the second, and whether a page only broke them.
Between = Callable[[float, str, bool], str]


@dataclass
class PastWords:
    """What one year's cell says, and where it stood. room: see SourceCell."""

    text: str
    place: str
    room: float = inf

    def with_more(self, more: "PastWords", cut: bool, between: Between) -> "PastWords":
        """These words and those of a further row."""
        return PastWords(self.text + between(self.room, more.text, cut) + more.text, self.place, more.room)


@dataclass
class PastLine:
    """One item as the source has it. policy, measure: number, where it has one, and title. printed: how the numbers of
    policy, measure and item are written, empty for mere figures, None where the source does not say. answers: by year
    and cell; kept: by year, headings with the words under them. own: by year what else this portal's own data say, by
    role or, of figures, by heading; own_places: where that stands. plan: its name, where the file names it."""

    place: str
    policy: tuple[int | None, str] = (None, "")
    measure: tuple[int | None, str] = (None, "")
    number: int | None = None
    printed: tuple[str | None, str | None, str | None] = (None, None, None)
    name: str = ""
    content: str = ""
    marks: str = ""
    departments: list[str] = field(default_factory=list)
    public_id: str = ""
    status_heading: str = ""
    answers: dict[int, dict[str, PastWords]] = field(default_factory=dict)
    kept: dict[int, list[tuple[str, PastWords]]] = field(default_factory=dict)
    own: dict[int, dict[str, str]] = field(default_factory=dict)
    own_places: dict[int, dict[str, str]] = field(default_factory=dict)
    plan: str = ""

    @property
    def years(self) -> list[int]:
        """The years that it speaks of."""
        return sorted(self.answers)

    @property
    def words(self) -> str:
        """What names it for a person."""
        return self.name or self.content

    def add(self, year: int, role: str, heading: str, said: PastWords, cut: bool, between: Between) -> None:
        """Adds what a further row says in a cell. cut: whether a page broke the row. between: what parts two texts."""
        kept, held = self.kept.setdefault(year, []), self.answers.setdefault(year, {})
        last = next((place for place in range(len(kept) - 1, -1, -1) if kept[place][0] == heading), None)
        if role != KEEP:
            held[role] = held[role].with_more(said, cut, between) if role in held and held[role].text else said
        elif cut and last is not None:
            kept[last] = (heading, kept[last][1].with_more(said, cut, between))
        else:
            kept.append((heading, said))


@dataclass
class PastReading:
    """What the tables say. left_out: rows and columns that are not taken, each with its words."""

    lines: list[PastLine] = field(default_factory=list)
    troubles: list[Told] = field(default_factory=list)
    notes: list[Told] = field(default_factory=list)
    left_out: list[Told] = field(default_factory=list)

    @property
    def years(self) -> list[int]:
        """The years that the lines speak of."""
        return sorted({year for line in self.lines for year in line.answers})


@dataclass(frozen=True)
class Asked:
    """A word of the source that stands for something of the portal's: a department, a category.

    key: of its box. times: how often it stands. choice: what was said, or is offered; options: values and labels.
    """

    key: str
    word: str
    times: int
    choice: str
    options: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Title:
    """The title of a policy or a measure that the plan does not have yet. number: (1,) or (1, 2)."""

    number: tuple[int, ...]
    title: str
    given: str

    @property
    def key(self) -> str:
        """The name of its box."""
        return "title-" + "-".join(map(str, self.number))

    @property
    def name(self) -> str:
        """施策1 or 取組1-2."""
        return f"{'施策' if len(self.number) == 1 else '取組'}{'-'.join(map(str, self.number))}"


UNDECIDED = "{place}：「{name}」がどの項目か、選んでください。"
TWO_LINES = "{place}：「{name}」は、{other}と同じ項目（{code}）を選んでいます。どちらかを直してください。"
TWO_CODES = (
    "{place}：「{name}」の番号{code}は、{other}の行と同じに読めます。もとのファイルで同じ番号なら、それを直してください。"
    "もとの番号が違うのにこう出るときは、「列の対応を直す」で、番号の列を「番号（2-(1)-①やA-3のように続けて書いたもの）」"
    "か「施策の番号」「取組の番号」「項目の番号」の合うものに直してください。"
    "番号の列を「このまま取り込まない」にすると、出てきた順に番号を付けます。"
)
NAMELESS = "{place}：項目の名前が空です。もとのファイルに名前を書くか、「この行は取り込まない」を選んでください。"
TAKEN = "{year}には、すでに{what}があるため、取り込めません。別の年度かどうか、確かめてください。"
NO_TITLE = "{name}の名前を書いてください。表に書かれていないため、公表するときに名前が必要です。"
RETITLED = "{name}は、いまの計画では「{now}」です。過去の報告には、表のとおり「{past}」と載せます。"
HOMELESS = (
    "{place}：施策が表に書かれていません。このような行は、{code}のように、施策1・取組1に入れます。"
    "ほかの施策に入れるときは、もとのファイルに番号の列を加えてください。"
)
STRANGE_MARK = (
    "主体「{text}」を凡例（{legend}）の記号として読めません。この列を「実施状況に残す」にするか、凡例に加えてください。"
)
TWICE = (
    "「{columns}」の列を、どれも「{role}」にしています。1つだけにして、ほかは「実施状況に残す」などを選んでください。"
)
UNCHOSEN = "「{column}」の列をどうするか、選んでください。"
NO_FIGURE = (
    "「{column}」の列は「指標1_実績値」のような見出しではないため、「{role}」にできません。"
    "「実施状況に、見出しを付けて残す」などを選んでください。"
).replace("{role}", ROLES[FIGURE])
NO_NAME = "「項目の名前」か「項目の内容」の列を選んでください。どちらもないと、項目を見分けられません。"
NO_ANSWER = "実施状況・成果などの列が1つも選ばれていません。取り込む列を選んでください。"
NO_YEAR = "何年度の報告か分かりません。「この表の年度」を書くか、列ごとに年度を選んでください。"


def refuse_choices(columns: Sequence[TableColumn], choices: Choices) -> list[str]:
    """Sentences about what cannot be read in that way; none where all is well."""
    open_ones = [column for column in columns if choices.roles.get(column.index) not in ROLES]
    found = [UNCHOSEN.format(column=column.title) for column in open_ones]
    found += _mapped_twice(columns, choices)
    figures = [column for column in columns if choices.roles.get(column.index) == FIGURE]
    found += [NO_FIGURE.format(column=each.title) for each in figures if not FIGURE_HEADING.fullmatch(each.heading)]
    roles = set(choices.roles.values())
    if not roles & {ITEM_NAME, CONTENT}:
        found.append(NO_NAME)
    if not roles & set(YEARLY):
        found.append(NO_ANSWER)
    own = [column.index for column in columns if choices.roles.get(column.index) in YEARLY]
    if (
        YEAR not in roles
        and any(choices.year_for(number) is None for number in choices.tables)
        and any(index not in choices.years for index in own)
    ):
        found.append(NO_YEAR)
    return found


def _mapped_twice(columns: Sequence[TableColumn], choices: Choices) -> Iterator[str]:
    held: dict[tuple[str, int | None], list[str]] = {}
    for column in columns:
        role = choices.roles.get(column.index, "")
        if role in ROLES and role not in SEVERAL:
            year = choices.years.get(column.index, choices.year) if role in YEARLY else None
            held.setdefault((role, year), []).append(column.title)
    for (role, _), titles in held.items():
        if len(titles) > 1:
            yield TWICE.format(columns="」「".join(titles), role=ROLES[role])


def groups_of(source: Source) -> list[list[int]]:
    """The tables by number, those that can be read as one together: the same headings, or none of their own.

    The largest group comes first; one that no reader of the file sees comes last.
    """
    groups: list[tuple[list[str], list[int]]] = []
    for number, table in enumerate(source.tables):
        heading = find_heading(table)
        texts = heading_texts(table.rows[heading.first : heading.first + heading.count], table.width)
        bare = not any(suggested(text)[0] for text in texts)
        alike_ones = (group for known, group in groups if alike(known, texts))
        same = next((group for group in alike_ones if source.tables[group[0]].hidden == table.hidden), None)
        last = source.tables[groups[-1][1][0]] if groups else None
        if same is None and bare and last and len(groups[-1][0]) == table.width and last.hidden == table.hidden:
            same = groups[-1][1]
        if same is None:
            groups.append((texts, [number]))
        else:
            same.append(number)
    return sorted((group for _, group in groups), key=lambda group: _weight(source, group), reverse=True)


def _weight(source: Source, group: Sequence[int]) -> tuple[bool, int]:
    tables = [source.tables[number] for number in group]
    return not all(table.hidden for table in tables), sum(len(table.rows) * table.width for table in tables)


def year_of(source: Source, tables: Sequence[int], *, of_file: bool = True) -> int | None:
    """The year that the lines above the headings, the sheet or the name of the file name first."""
    for number in tables[:1]:
        table = source.tables[number]
        above = table.rows[: find_heading(table).first + 1]
        for text in [*(cell.text for row in above if len(row.words) == 1 for cell in row.words), table.name]:
            if year := year_in(text):
                return year
    return year_in(source.name) if of_file else None


def years_of_tables(source: Source, tables: Sequence[int]) -> dict[int, int]:
    """By table the year that it names, when each names one and they are not the same; else nothing."""
    found = {number: year for number in tables if (year := year_of(source, [number], of_file=False))}
    return found if len(found) == len(tables) and len(set(found.values())) > 1 else {}


def chosen_columns(source: Source, choices: Choices) -> list[TableColumn]:
    """The columns of the first of the chosen tables, with samples of all."""
    return columns_of(source.tables[choices.tables[0]], choices.heading)


def tell_cells(
    reading: PastReading, row: SourceRow, roles: Mapping[int, str], cell_of: Callable[[SourceRow, int], SourceCell]
) -> None:
    """Notes what was changed in the row's cells that are taken; troubles about characters that nobody sees."""
    for index, role in roles.items():
        cell = cell_of(row, index)
        if role != SKIP and cell.note and not cell.down:
            reading.notes.append(Told(cell.place, cell.note, cell.text))
        if role == SKIP or cell.down:
            continue
        reading.notes += [Told(cell.place, sentence, cell.text) for sentence in changes_told(cell.text)]
        if sentence := refusal(as_stored(cell.text)):
            reading.troubles.append(Told(cell.place, sentence))


def tell_columns(reading: PastReading, source: Source, choices: Choices) -> None:
    """Says which columns are left out, as a person chose."""
    for column in chosen_columns(source, choices):
        if choices.roles.get(column.index) == SKIP:
            sentence = f"「{column.title}」の列は、選んだとおり取り込みません。"
            reading.left_out.append(Told(column.place, sentence, "　".join(column.samples[:3])))


SEPARATORS = re.compile(r"([／/、，,;；]|[・\n]|[ 　]+)")
OFFICE = re.compile(r".*(?:課|室|局|部|係|所|署|館|センター|会|班|校|園|院|庁|委員会|担当)")
# What a section may stand behind, on the same line or below: 市民部　協働課, 教育委員会 学校教育課 are one.
BUREAU = re.compile(r".*(部|局|委員会|庁)")
OFFICE_WITH_SECTIONS = re.compile(r".*(室|所|センター)")
SECTION = re.compile(r".*(?:課|係|室|班|担当|グループ|チーム)")
# What stands behind a department, by a blank or on a line of its own, and says which part of it is meant.
UNIT = re.compile(r"[（(].*|.*(?:係|担当|班|グループ|チーム)|外|他|ほか")


def departments_in(text: str) -> list[str]:
    """The departments that a cell names, the leading one first.

    ／ and 、 part two names. ・, blanks and line breaks do so only behind a whole one: they stand within names as well,
    まちづくり・協働課 and 市民部　協働課.
    """
    names: list[str] = []
    before = ""
    for part in SEPARATORS.split(text.strip()):
        if SEPARATORS.fullmatch(part):
            before = part
            continue
        word = part.strip(" 　◎○●◯※")
        if names and not before.strip() and UNIT.fullmatch(word):
            names[-1] += word if word[0] in "（(" else f" {word}"
            continue
        whole = not names or before in tuple("／/、，,;；") or _is_whole(names[-1], before, word)
        if whole:
            names += [word] if word else []
        else:
            names[-1] += (" " if BUREAU.fullmatch(names[-1]) else "") + word if "\n" in before else before + word
    return list(dict.fromkeys(names))


def _is_whole(name: str, separator: str, following: str) -> bool:
    """Whether the name is one of its own: not a bureau, or an office, whose section follows behind a blank."""
    if separator.strip() or not OFFICE.fullmatch(name):
        return bool(OFFICE.fullmatch(name))
    if bureau := BUREAU.fullmatch(name):
        return following.endswith(bureau[1]) or ("\n" in separator and not SECTION.fullmatch(following))
    if "\n" in separator or not (office := OFFICE_WITH_SECTIONS.fullmatch(name)):
        return True
    return following.endswith(office[1]) or not SECTION.fullmatch(following)


LABELS = {cell.label: cell.name for cell in CELLS[1:]}
PART = re.compile(rf"^(?:【({'|'.join(LABELS)})】|({'|'.join(LABELS)})：|({'|'.join(LABELS)})$\n?)", re.MULTILINE)
CORRECTION = re.compile(r"\n?第\d+版で(?:訂正|追加)：.*\Z", re.DOTALL)


def take_apart(every: Iterable[dict[str, PastWords]]) -> None:
    """Gives each further cell its own words, which this portal's form and PDF write below the status."""
    for answers in every:
        if "text" in answers:
            _take_apart(answers)


def _take_apart(answers: dict[str, PastWords]) -> None:
    whole = answers["text"]
    text = CORRECTION.sub("", whole.text)
    starts = [*PART.finditer(text)]
    ends = [*(found.start() for found in starts[1:]), len(text)]
    for found, end in zip(starts, ends, strict=False):
        name = LABELS[found[1] or found[2] or found[3]]
        if BY_NAME[name].kind == CHOICE or found[1] or found[3]:
            answers[name] = PastWords(text[found.end() : end].strip("\n"), whole.place)
    answers["text"] = PastWords(text[: starts[0].start()].rstrip("\n") if starts else text, whole.place)


def words_of_categories(lines: Iterable[PastLine]) -> Counter[str]:
    """How often each word stands in a column of categories."""
    choice = [cell.name for cell in CELLS if cell.kind == CHOICE]
    said = (line.answers[year].get(name) for line in lines for year in line.years for name in choice)
    return Counter(words.text.strip() for words in said if words and words.text.strip())


def names_of_departments(lines: Iterable[PastLine]) -> Counter[str]:
    """How often each department is named, first of its cell or not."""
    return Counter(name for line in lines for name in line.departments)
