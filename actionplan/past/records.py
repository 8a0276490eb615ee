"""Tables → the lines of past years, by what a person said of their columns; and everything that was not understood.

Nothing is guessed that is not told: what was joined, carried down, left out or read in another way stands in the notes,
what cannot be taken as it is in the troubles, each with its place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from actionplan.fiscal_year import parse_fiscal_year
from actionplan.past.choices import (
    Choices,
    PastLine,
    PastReading,
    PastWords,
    Told,
    departments_in,
    take_apart,
    tell_cells,
    tell_columns,
)
from actionplan.past.headings import SHEET, Heading, Repeats, heading_texts, is_same_heading
from actionplan.past.letters import line_goes_on
from actionplan.past.likeness import Level, Levels, Numbers, letters_of
from actionplan.past.own_columns import heading_said
from actionplan.past.source import Source, SourceCell, SourceRow, SourceTable
from actionplan.past.telling import forget_silent_years, merge_years, tell_rest
from actionplan.past.vocabulary import (
    ALL_YEARS,
    CODE,
    CONTENT,
    DEPARTMENT,
    FIGURE,
    ITEM_NAME,
    ITEM_NUMBER,
    ITEM_PRINTED,
    KEEP,
    MARKS,
    MEASURE_NUMBER,
    MEASURE_PRINTED,
    MEASURE_TITLE,
    OWN,
    PLAN,
    POLICY_NUMBER,
    POLICY_PRINTED,
    POLICY_TITLE,
    PUBLIC_ID,
    REMARKS,
    SKIP,
    YEAR,
    YEARLY,
    is_note,
    is_own_form,
    is_plain,
    is_total,
    kind_of_line,
    number_and_title,
    parse_code,
    printed_before,
    without_year,
)


def read_records(source: Source, choices: Choices) -> PastReading:
    """The lines of the chosen tables, in their order."""
    reader = Reader(source, choices)
    for place, number in enumerate(choices.tables):
        reader.table(number, choices.heading if place == 0 else None)
    return reader.done()


NAMELESS_ROW = "項目の名前がないため、上の行「{name}」の続きとして読みました。"
OTHER_YEAR_ROW = "年度だけが違う行なので、上の行「{name}」の別の年度として読みました。空の欄は、上の行と同じです。"
SEVERAL_OFFICES = "担当課を「{lead}」、関係課を「{rest}」に分けて読みました。"
CUT_ROW = "ページで分かれた行なので、前のページの行「{name}」の続きとして読みました。"
NO_LINES = "見出しの下に、取り込める行がありません。見出しの行を確かめてください。"
HEADING_NOTE = "原本の見出しのまま。実施状況の欄です。"
TITLED = {POLICY_NUMBER, POLICY_TITLE, MEASURE_TITLE}
IDENTITY = (CODE, ITEM_NUMBER, ITEM_NAME)


class Reader:
    """The tables while they are read, row by row."""

    def __init__(self, source: Source, choices: Choices) -> None:
        self.source, self.choices, self.reading = source, choices, PastReading()
        self.ends: dict[str, float] = {}
        first, heading = source.tables[choices.tables[0]], choices.heading
        self.heads = first.rows[heading.first : heading.first + heading.count]
        self.headings = heading_texts(self.heads, first.width)
        self.columns = {role: index for index, role in choices.roles.items() if role not in (*YEARLY, SKIP)}
        self.yearly = [(index, role) for index, role in choices.roles.items() if role in YEARLY]
        self.is_own = is_own_form(self.headings)
        self.levels = Levels()
        named = {*self.columns, *choices.lines.values()}
        self.numbers = Numbers(self._note, self._refuse, own=ITEM_NUMBER in named, titled=bool(TITLED & named))
        self.text_heading = self._text_heading(self.headings)
        self.year, self.repeats = choices.year, Repeats(choices.roles)
        self.keeps_names = self.is_own or PUBLIC_ID in self.columns

    def _note(self, place: str, sentence: str) -> None:
        self.reading.notes.append(Told(place, sentence))

    def _refuse(self, place: str, sentence: str, text: str) -> None:
        if not any(told.place == place for told in self.reading.troubles):
            self.reading.troubles.append(Told(place, sentence, text))

    def _text_heading(self, headings: Sequence[str]) -> str:
        index = next((index for index, role in self.yearly if role == "text"), None)
        words = headings[index] if index is not None and index < len(headings) else ""
        return without_year(words.replace(HEADING_NOTE, "").rpartition("／")[2].strip())

    def table(self, which: int, heading: Heading | None) -> None:
        """Reads a table. heading: where its own stands; None to look for the same as the first one's."""
        table, self.year = self.source.tables[which], self.choices.year_for(which)
        if self.source.kind != "pdf":  # whose tables are pages of one
            self.repeats.above.clear()
        if role := self.choices.lines.get(SHEET) if table.title else "":
            self._headed(role, table.title)
        start = heading.first + heading.count if heading else self._start(table)
        cut = table.goes_on and bool(self.reading.lines)
        for number, each in enumerate(table.rows):
            row = self.repeats.read(each) if number >= start and not self._is_head(each) else each
            broken = cut and number >= start and not row.is_line and row.words and not self._is_head(row)
            if broken and not self._is_other_year(row):
                self._join(row, CUT_ROW, cut=True)
                cut = False
            elif len(row.words) == 1:
                self._alone(row)
            elif number < start:
                self._head(row, number >= (heading.first if heading else start - len(self.heads)))
            elif self._is_head(row):
                self.text_heading = self._text_heading([cell.text for cell in row.cells])
            elif row.words:
                self._row(row)

    def _is_head(self, row: SourceRow) -> bool:
        return is_same_heading(row, heading_texts(self.heads[-1:], len(self.headings)))

    def _start(self, table: SourceTable) -> int:
        for number, row in enumerate(table.rows):
            if self._is_head(row):
                self.text_heading = self._text_heading([cell.text for cell in row.cells])
                return number + 1
        return 0

    def _head(self, row: SourceRow, is_heading: bool) -> None:
        if not is_heading and row.words:
            words = "　".join(cell.text.strip() for cell in row.words)
            self.reading.left_out.append(Told(row.place, "見出しより上の行です。", words))

    def _alone(self, row: SourceRow) -> None:
        """A row of one cell: what heads the rows below, or nothing that is taken."""
        [cell] = row.words
        role = self.choices.lines.get(kind_of_line(cell.text), SKIP)
        if role != SKIP:
            self._headed(role, cell.text)
        elif self._is_record(row, cell):
            self._row(row)
        else:
            told = Told(cell.place, "表の中身ではない行として、取り込みません。", cell.text.strip())
            self.reading.left_out.append(told)

    def _headed(self, role: str, text: str) -> None:
        """A policy or a measure begins, to which all rows below belong."""
        if role in (POLICY_TITLE, MEASURE_TITLE):
            self.levels.head(text, policy=role == POLICY_TITLE)

    def _is_record(self, row: SourceRow, cell: SourceCell) -> bool:
        """Whether a lone cell is an item of which nothing else is said, or goes on with what the row above says."""
        if row.is_line or cell.wide > 1 or len(row.cells) < 3 or not self.reading.lines or is_note(cell.text):
            return False
        index = row.cells.index(cell)
        named = self.columns.get(ITEM_NAME, self.columns.get(CONTENT))
        own = [named, *(each for each, _ in self.yearly), *([self.columns.get(CONTENT)] if named else [])]
        return index in own and (index > 0 or index == named) and not kind_of_line(cell.text)

    def _row(self, row: SourceRow) -> None:
        if any(is_total(cell.text) for cell in row.words[:3]):
            words = "　".join(cell.text.strip() for cell in row.words)
            self.reading.left_out.append(Told(row.place, "合計の行です。", words))
            return
        tell_cells(self.reading, row, self.choices.roles, self._cell)
        if not self._goes_on(row):
            self._line(row)
        elif not self._is_other_year(row):
            self._join(row, NAMELESS_ROW)
        else:
            self._same_item(row)

    def _cell(self, row: SourceRow, index: int | None) -> SourceCell:
        """The cell of a column; what merely lies under a cell merged across says nothing of its own."""
        if index is None or index >= len(row.cells):
            return SourceCell("", row.place)
        cell = row.cells[index]
        return SourceCell("", cell.place) if cell.right else cell

    def _says(self, row: SourceRow, role: str) -> str:
        return letters_of(self._cell(row, self.columns.get(role)).text)

    def _place(self, row: SourceRow, role: str) -> str:
        return self._cell(row, self.columns.get(role)).place

    def _goes_on(self, row: SourceRow) -> bool:
        """Whether the row names no item of its own and so goes on with the one above."""
        if not self.reading.lines:
            return False
        named = [self._cell(row, self.columns[role]) for role in IDENTITY if role in self.columns]
        if ITEM_NAME not in self.columns:
            named.append(self._cell(row, self.columns.get(CONTENT)))
        return all(not cell.text.strip() or cell.down for cell in named)

    def _is_other_year(self, row: SourceRow) -> bool:
        """Whether the row says a year that is not the one of the line above: it is the same item's in another year."""
        cell = self._cell(row, self.columns.get(YEAR))
        says = self.reading.lines and cell.text.strip() and not cell.down
        return bool(says) and self._years(row) != self.reading.lines[-1].years

    def _same_item(self, row: SourceRow) -> None:
        """A further line of the item above; what the row leaves blank is as it is there."""
        above = self.reading.lines[-1]
        line = replace(above, place=row.place, answers={}, kept={}, own={}, own_places={})
        line.content = self._says(row, CONTENT) or above.content
        line.marks = self._says(row, MARKS) or above.marks
        line.departments = self._departments(row) or [*above.departments]
        self._speak(line, row)
        self.reading.notes.append(Told(row.place, OTHER_YEAR_ROW.format(name=line.words)))

    def _join(self, row: SourceRow, sentence: str, *, cut: bool = False) -> None:
        """Adds what the row says to the line above. cut: whether a page only broke that line's row in two."""
        line = self.reading.lines[-1]
        for role in (ITEM_NAME, CONTENT) if cut or self.is_own else (CONTENT,):
            cell, place = self._cell(row, self.columns.get(role)), "name" if role == ITEM_NAME else "content"
            if cell.text.strip() and not cell.down:
                text = letters_of(cell.text)
                held = getattr(line, place)
                setattr(line, place, held + (held and self._between(self.ends[role], text, cut)) + text)
        more = [] if cut else self._departments(row)
        line.departments += [each for each in more if each not in line.departments]
        for year, role, index, cell in self._answers(row, line.years):
            if cell.text.strip() and not cell.down:
                said = PastWords(letters_of(cell.text), cell.place, cell.room)
                line.add(year, role, self.headings[index], said, cut, self._between)
        self.reading.notes.append(Told(row.place, sentence.format(name=line.words)))

    def _between(self, room: float, text: str, cut: bool) -> str:
        """What parts two pieces of a text: nothing where one line goes on, a line break otherwise."""
        goes_on = line_goes_on(room, text) if cut else self.is_own
        return "" if goes_on else "\n"

    def _line(self, row: SourceRow) -> None:
        line = self._own_line(row) if self.is_own else self._numbered_line(row)
        line.name, line.content = self._says(row, ITEM_NAME), self._says(row, CONTENT)
        if not line.name.strip():
            line.name, line.content = line.content, ""
        numbers, bare = self._split(line.name, line.number, row.place)
        if numbers and line.number is None and not {ITEM_NUMBER, CODE} & self.columns.keys():
            text = printed_before(line.name, policy=False) or ""
            line.number, printed = self.numbers.own(text, row.place, None, any(line.printed))
            line.printed = (*line.printed[:2], printed)
        line.name = bare if numbers else line.name
        line.marks = self._says(row, MARKS)
        line.departments = self._departments(row)
        line.public_id = self._says(row, PUBLIC_ID).rpartition("-")[2]
        line.status_heading = heading_said(self._says(row, REMARKS)) or self.text_heading
        line.plan = self._says(row, PLAN).strip()
        self._speak(line, row)

    def _speak(self, line: PastLine, row: SourceRow) -> None:
        own, places = self._own(row)
        for year in self._years(row):
            line.answers[year], line.own[year], line.own_places[year] = {}, own, places
        for year, role, index, cell in self._answers(row, line.years):
            words = PastWords(letters_of(cell.text), cell.place, cell.room)
            if role == KEEP and words.text.strip():
                line.kept.setdefault(year, []).append((self.headings[index], words))
            elif role != KEEP and year in line.answers:
                line.answers[year][role] = words
        self.ends = {role: self._cell(row, self.columns.get(role)).room for role in (ITEM_NAME, CONTENT)}
        self.reading.lines.append(line)

    def _numbered_line(self, row: SourceRow) -> PastLine:
        code = self.numbers.code(self._number_text(row, CODE), self._place(row, CODE))
        self._levels(row, code)
        number, printed = self._item_number(row, code)
        levels = self.levels
        return PastLine(row.place, levels.policy, levels.measure, number, (*levels.printed, printed))

    def _own_line(self, row: SourceRow) -> PastLine:
        """A row of our own layout: its headings say what it stands under, and it says every number in words."""
        printed = self._number_text(row, CODE) or self._number_text(row, ITEM_NUMBER)
        code = parse_code(printed) or ()
        if len(code) != 3 or code[0] != self.levels.policy[0]:
            code = ()
        self._levels(row, code)
        levels, number = self.levels, code[-1] if code else None
        above = (levels.printed[0] or "", levels.printed[1] or "")
        return PastLine(row.place, levels.policy, levels.measure, number, (*above, printed))

    def _own(self, row: SourceRow) -> tuple[dict[str, str], dict[str, str]]:
        own = [(index, role) for index, role in self.choices.roles.items() if role in OWN]
        cells = {self.headings[at] if role == FIGURE else role: self._cell(row, at) for at, role in own}
        texts = {name: letters_of(cell.text) for name, cell in cells.items()}
        return texts, {name: cell.place for name, cell in cells.items()}

    def _departments(self, row: SourceRow) -> list[str]:
        """The departments of the row; that one cell names several is told."""
        names = departments_in(self._says(row, DEPARTMENT))
        if len(names) > 1 and not self._cell(row, self.columns[DEPARTMENT]).down:
            self._note(self._place(row, DEPARTMENT), SEVERAL_OFFICES.format(lead=names[0], rest="」「".join(names[1:])))
        return names

    def _levels(self, row: SourceRow, code: Sequence[int | None]) -> None:
        """The policy and the measure that the row stands under; what is blank goes on from above."""
        middle = code[1] if len(code) == 3 else 1 if len(code) == 2 else None
        policy = self._level(row, POLICY_NUMBER, POLICY_TITLE, code[0] if len(code) > 1 else None)
        measure = self._level(row, MEASURE_NUMBER, MEASURE_TITLE, middle)
        both = (POLICY_PRINTED, POLICY_NUMBER, POLICY_TITLE), (MEASURE_PRINTED, MEASURE_NUMBER, MEASURE_TITLE)
        self.levels.follow(policy, measure, (self._printed(row, *both[0]), self._printed(row, *both[1])))

    def _printed(self, row: SourceRow, printed_role: str, number_role: str, title_role: str) -> str | None:
        """How the row prints the number of its policy or measure; None where it does not say."""
        if printed_role in self.columns:
            return self._says(row, printed_role).strip()
        if text := self._says(row, number_role).strip():
            return "" if is_plain(text) else text
        title = self._says(row, title_role).strip()
        return title if parse_code(title) else printed_before(title, title_role == POLICY_TITLE)

    def _level(self, row: SourceRow, number_role: str, title_role: str, of_code: int | None) -> Level | None:
        title, number = self._one_line(row, title_role), of_code
        if text := self._says(row, number_role).strip():
            number = self.numbers.whole(text, self._place(row, number_role), 0 if number_role == POLICY_NUMBER else -1)
        if title:
            numbers = parse_code(title)
            numbers, title = (numbers, "") if numbers else self._split(title, number, self._place(row, title_role))
            if number is None and numbers:
                number = numbers[0 if title_role == POLICY_TITLE else -1]
        return (number, title) if number is not None or title else None

    def _split(self, name: str, known: int | None, place: str) -> tuple[tuple[int, ...], str]:
        """The numbers that a name begins with, and the rest; those of another number are words, as in our own files."""
        numbers, rest = number_and_title(name)
        if self.keeps_names or (numbers and known not in (None, numbers[-1])):
            return (), name
        if numbers:
            self.numbers.tell_once(place, f"「{name}」のような名前は、番号と名前「{rest}」に分けて読みました。")
        return numbers, rest

    def _one_line(self, row: SourceRow, role: str, what: str = "施策や取組の名前") -> str:
        """What the page shows on one line, whatever the width of its cell made of it."""
        text = self._says(row, role).strip()
        if "\n" in text:
            sentence = f"「{text}」のような{what}の中の改行は、つなげて読みました。"
            self.numbers.tell_once(self._place(row, role), sentence)
        return "".join(line.strip() for line in text.split("\n"))

    def _number_text(self, row: SourceRow, role: str) -> str:
        return self._one_line(row, role, "番号")

    def _item_number(self, row: SourceRow, code: Sequence[int | None]) -> tuple[int | None, str | None]:
        """The item's own number, and the whole of it as it is printed; None where nothing says so."""
        role = next((role for role in (ITEM_PRINTED, CODE) if role in self.columns), "")
        printed = self._number_text(row, role) if role else None
        if self._cell(row, self.columns.get(ITEM_NUMBER)).down:
            return None, printed  # one number for several items is the number of none
        if text := self._number_text(row, ITEM_NUMBER):
            return self.numbers.own(text, self._place(row, ITEM_NUMBER), printed, any(self.levels.printed))
        return code[-1] if code else None, printed

    def _years(self, row: SourceRow) -> list[int]:
        if YEAR in self.columns:
            text = self._says(row, YEAR)
            try:
                return [parse_fiscal_year(text)]
            except ValueError as error:
                self._refuse(self._place(row, YEAR), str(error), text)
                return []
        years = {self.choices.years.get(index, self.year) for index, _ in self.yearly}
        return sorted(year for year in years if year)

    def _answers(self, row: SourceRow, years: Sequence[int]) -> Iterator[tuple[int, str, int, SourceCell]]:
        for index, role in self.yearly:
            own = self.choices.years.get(index, self.year)
            wanted = years if YEAR in self.columns or own == ALL_YEARS else [own] if own else []
            for year in wanted:
                yield year, role, index, self._cell(row, index)

    def done(self) -> PastReading:
        """The reading, its last touches made: what says nothing of a year is none of it, own files come apart again."""
        if self.is_own:
            take_apart(answers for line in self.reading.lines for answers in line.answers.values())
        self.reading.lines = merge_years(self.reading.lines)
        kept = [(self.headings[index], self.choices.years.get(index)) for index, role in self.yearly if role == KEEP]
        forget_silent_years(self.reading, kept)
        tell_columns(self.reading, self.source, self.choices)
        tell_rest(self.reading)
        if not self.reading.lines:
            self.reading.troubles.append(Told(self.heads[0].place, NO_LINES))
        return self.reading
