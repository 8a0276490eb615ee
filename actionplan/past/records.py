"""Tables → the lines of past years, by what a person said of their columns; and everything that was not understood.

Nothing is guessed that is not told: what was joined, carried down, left out or read in another way stands in the notes,
what cannot be taken as it is in the troubles, each with its place.
"""

import re
from collections.abc import Iterator, Sequence

from actionplan.fiscal_year import parse_fiscal_year
from actionplan.past.choices import (
    Choices,
    PastLine,
    PastReading,
    PastWords,
    Told,
    departments_in,
    forget_silent_years,
    merge_years,
    take_apart,
    tell_figures,
)
from actionplan.past.headings import SHEET, Heading, columns_of, heading_texts, is_same_heading
from actionplan.past.letters import line_goes_on
from actionplan.past.source import Source, SourceCell, SourceRow, SourceTable
from actionplan.past.vocabulary import (
    ALL_YEARS,
    CODE,
    CONTENT,
    DEPARTMENT,
    ITEM_NAME,
    ITEM_NUMBER,
    KEEP,
    MARKS,
    MEASURE_NUMBER,
    MEASURE_TITLE,
    POLICY_NUMBER,
    POLICY_TITLE,
    PUBLIC_ID,
    REMARKS,
    SKIP,
    YEAR,
    YEARLY,
    is_note,
    is_total,
    kind_of_line,
    number_and_title,
    parse_code,
    without_year,
)
from actionplan.text import forbidden_characters, tidy_line_breaks


def read_records(source: Source, choices: Choices) -> PastReading:
    """The lines of the chosen tables, in their order."""
    reader = Reader(source, choices)
    for place, number in enumerate(choices.tables):
        reader.table(number, choices.heading if place == 0 else None)
    return reader.done()


OWN_HEADINGS = ("主体", "項目", "アクションプランの内容")
NAMELESS_ROW = "項目の名前がないため、上の行「{name}」の続きとして読みました。"
CUT_ROW = "ページで分かれた行なので、前のページの行「{name}」の続きとして読みました。"
NO_LINES = "見出しの下に、取り込める行がありません。見出しの行を確かめてください。"
HEADING_NOTE = "原本の見出しのまま。実施状況の欄です。"
IDENTITY = (CODE, ITEM_NUMBER, ITEM_NAME)


Level = tuple[int | None, str]


class Reader:
    """The tables while they are read, row by row."""

    def __init__(self, source: Source, choices: Choices) -> None:
        self.source, self.choices, self.reading = source, choices, PastReading()
        self.told: set[str] = set()
        self.ends: dict[str, float] = {}
        first = source.tables[choices.tables[0]]
        heading = choices.heading
        self.heads = first.rows[heading.first : heading.first + heading.count]
        self.headings = heading_texts(self.heads, first.width)
        self.columns = {role: index for index, role in choices.roles.items() if role not in (*YEARLY, SKIP)}
        self.yearly = [(index, role) for index, role in choices.roles.items() if role in YEARLY]
        self.is_own = tuple(self.headings[:3]) == OWN_HEADINGS and len(self.headings) == 4
        self.policy: Level = (None, "")
        self.measure: Level = (None, "")
        self.text_heading = self._text_heading(self.headings)
        self.year = choices.year

    def _text_heading(self, headings: Sequence[str]) -> str:
        index = next((index for index, role in self.yearly if role == "text"), None)
        words = headings[index] if index is not None and index < len(headings) else ""
        return without_year(words.replace(HEADING_NOTE, "").rpartition("／")[2].strip())

    def table(self, which: int, heading: Heading | None) -> None:
        """Reads a table. heading: where its own stands; None to look for the same as the first one's."""
        table, self.year = self.source.tables[which], self.choices.year_for(which)
        if role := self.choices.lines.get(SHEET) if table.title else "":
            self._headed(role, table.title)
        start = heading.first + heading.count if heading else self._start(table)
        cut = table.goes_on and bool(self.reading.lines)
        for number, row in enumerate(table.rows):
            if cut and number >= start and not row.is_line and row.words and not self._is_head(row):
                self._join(row, CUT_ROW, cut=True)
                cut = False
            elif len(row.words) == 1:
                self._alone(row)
            elif number < start:
                self._head(row, self._part_of_heading(number, start, heading))
            elif self._is_head(row):
                self._head_again(row)
            elif row.words:
                self._row(row)

    def _part_of_heading(self, number: int, start: int, heading: Heading | None) -> bool:
        return number >= start - len(self.heads) if heading is None else number >= heading.first

    def _is_head(self, row: SourceRow) -> bool:
        return is_same_heading(row, heading_texts(self.heads[-1:], len(self.headings)))

    def _start(self, table: SourceTable) -> int:
        for number, row in enumerate(table.rows):
            if self._is_head(row):
                self._head_again(row)
                return number + 1
        return 0

    def _head(self, row: SourceRow, is_heading: bool) -> None:
        if not is_heading and row.words:
            words = "　".join(cell.text.strip() for cell in row.words)
            self.reading.left_out.append(Told(row.place, "見出しより上の行です。", words))

    def _head_again(self, row: SourceRow) -> None:
        self.text_heading = self._text_heading([cell.text for cell in row.cells])

    def _alone(self, row: SourceRow) -> None:
        """A row of one cell: what heads the rows below, or nothing that is taken."""
        [cell] = row.words
        role = self.choices.lines.get(kind_of_line(cell.text), SKIP)
        if role != SKIP:
            self._headed(role, cell.text)
        elif self._is_record(row, cell):
            self._row(row)
        else:
            self.reading.left_out.append(
                Told(cell.place, "表の中身ではない行として、取り込みません。", cell.text.strip())
            )

    def _headed(self, role: str, text: str) -> None:
        """A policy or a measure begins, to which all rows below belong."""
        numbers, title = number_and_title(text)
        if code := parse_code(text):
            numbers, title = code, ""
        if role == POLICY_TITLE:
            self.policy, self.measure = (numbers[0] if numbers else None, _letters(title)), (None, "")
        elif role == MEASURE_TITLE:
            self.measure = (numbers[-1] if numbers else None, _letters(title))

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
        self._tell_cells(row)
        if self._goes_on(row):
            self._join(row, NAMELESS_ROW)
        else:
            self._line(row)

    def _tell_cells(self, row: SourceRow) -> None:
        for index, role in self.choices.roles.items():
            cell = self._cell(row, index)
            if role != SKIP and cell.note and not cell.down:
                self.reading.notes.append(Told(cell.place, cell.note, cell.text))
            if role != SKIP and (found := forbidden_characters(tidy_line_breaks(cell.text))):
                names = "、".join(dict.fromkeys(found))
                sentence = f"目に見えない制御文字（{names}）が入っています。もとのファイルから取り除いてください。"
                self.reading.troubles.append(Told(cell.place, sentence))

    def _cell(self, row: SourceRow, index: int | None) -> SourceCell:
        """The cell of a column; what merely lies under a cell merged across says nothing of its own."""
        if index is None or index >= len(row.cells):
            return SourceCell("", row.place)
        cell = row.cells[index]
        return SourceCell("", cell.place) if cell.right else cell

    def _says(self, row: SourceRow, role: str) -> str:
        return _letters(self._cell(row, self.columns.get(role)).text)

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

    def _join(self, row: SourceRow, sentence: str, *, cut: bool = False) -> None:
        """Adds what the row says to the line above. cut: whether a page only broke that line's row in two."""
        line = self.reading.lines[-1]
        for role in (ITEM_NAME, CONTENT) if cut or self.is_own else (CONTENT,):
            cell, place = self._cell(row, self.columns.get(role)), "name" if role == ITEM_NAME else "content"
            if cell.text.strip() and not cell.down:
                text = _letters(cell.text)
                setattr(line, place, getattr(line, place) + self._between(self.ends[role], text, cut) + text)
        for year, role, index, cell in self._answers(row, line.years):
            if cell.text.strip() and not cell.down:
                self._join_cell(line, year, role, self.headings[index], cell, cut)
        self.reading.notes.append(Told(row.place, sentence.format(name=line.words)))

    def _between(self, room: float, text: str, cut: bool) -> str:
        """What parts two pieces of a text: nothing where one line goes on, a line break otherwise."""
        goes_on = line_goes_on(room, text) if cut else self.is_own
        return "" if goes_on else "\n"

    def _join_cell(self, line: PastLine, year: int, role: str, heading: str, cell: SourceCell, cut: bool) -> None:
        said = PastWords(_letters(cell.text), cell.place, cell.room)
        kept, held = line.kept.setdefault(year, []), line.answers.setdefault(year, {})
        if role == KEEP:
            last = next((place for place in range(len(kept) - 1, -1, -1) if kept[place][0] == heading), None)
            if cut and last is not None:
                kept[last] = (heading, self._added(kept[last][1], said, cut))
            else:
                kept.append((heading, said))
        else:
            held[role] = self._added(held[role], said, cut) if role in held and held[role].text else said

    def _added(self, before: PastWords, more: PastWords, cut: bool) -> PastWords:
        return PastWords(before.text + self._between(before.room, more.text, cut) + more.text, before.place, more.room)

    def _line(self, row: SourceRow) -> None:
        self._levels(row)
        line = PastLine(row.place, self.policy, self.measure)
        line.number = self._item_number(row)
        line.name, line.content = self._says(row, ITEM_NAME), self._says(row, CONTENT)
        if not line.name.strip():
            line.name, line.content = line.content, ""
        line.marks = self._says(row, MARKS)
        line.departments = departments_in(self._says(row, DEPARTMENT))
        line.public_id = self._says(row, PUBLIC_ID).rpartition("-")[2]
        line.status_heading = self._own_heading(row) or self.text_heading
        for year in self._years(row):
            line.answers[year] = {}
        for year, role, index, cell in self._answers(row, line.years):
            words = PastWords(_letters(cell.text), cell.place, cell.room)
            if role == KEEP and words.text.strip():
                line.kept.setdefault(year, []).append((self.headings[index], words))
            elif role != KEEP and year in line.answers:
                line.answers[year][role] = words
        self.ends = {role: self._cell(row, self.columns.get(role)).room for role in (ITEM_NAME, CONTENT)}
        self.reading.lines.append(line)

    def _own_heading(self, row: SourceRow) -> str:
        found = re.search(r"原本の欄名は「(.+?)」", self._says(row, REMARKS))
        return found[1] if found else ""

    def _levels(self, row: SourceRow) -> None:
        """The policy and the measure that the row stands under; what is blank goes on from above."""
        code = self._code(row)
        policy = self._level(row, POLICY_NUMBER, POLICY_TITLE, code[0] if len(code) > 1 else None)
        if policy and (follows := _following(self.policy, policy)) != self.policy:
            goes_on = follows[1] == self.policy[1] and self.policy[0] is None
            self.policy, self.measure = follows, self.measure if goes_on else (None, "")
        middle = code[1] if len(code) == 3 else 1 if len(code) == 2 else None
        if measure := self._level(row, MEASURE_NUMBER, MEASURE_TITLE, middle):
            self.measure = _following(self.measure, measure)

    def _level(self, row: SourceRow, number_role: str, title_role: str, of_code: int | None) -> Level | None:
        title, number = self._one_line(row, title_role), of_code
        if text := self._says(row, number_role).strip():
            number = self._whole(text, self._place(row, number_role), 0 if number_role == POLICY_NUMBER else -1)
        if title:
            numbers = parse_code(title)
            rest = "" if numbers else title
            if not numbers and number is None:
                numbers, rest = number_and_title(title)
                if numbers:
                    sentence = f"「{title}」のような名前は、番号と名前「{rest}」に分けて読みました。"
                    self._tell_once(self._place(row, title_role), sentence)
            if number is None and numbers:
                number = numbers[0 if title_role == POLICY_TITLE else -1]
            title = rest
        return (number, title) if number is not None or title else None

    def _one_line(self, row: SourceRow, role: str) -> str:
        """A title, which the page shows on one line, whatever the width of its cell made of it."""
        text = self._says(row, role).strip()
        if "\n" in text:
            sentence = f"「{text}」のような施策や取組の名前の中の改行は、つなげて読みました。"
            self._tell_once(self._place(row, role), sentence)
        return "".join(line.strip() for line in text.split("\n"))

    def _code(self, row: SourceRow) -> tuple[int, ...]:
        text, place = self._says(row, CODE).strip(), self._place(row, CODE)
        code = parse_code(text) if text else ()
        if code is None or len(code) > 3:
            self._no_number(text, place)
            return ()
        if len(code) == 2:
            read = f"施策{code[0]}・取組1・項目{code[1]}"
            self._tell_once(place, f"「{text}」のような2段の番号は、{read}と読みました。")
        return code

    def _tell_once(self, place: str, sentence: str) -> None:
        """Notes what holds for many rows at the first of them; sentences differ by their first words."""
        kind = re.sub(r"「.*?」", "", sentence, flags=re.DOTALL)[:8]
        if kind not in self.told:
            self.told.add(kind)
            self.reading.notes.append(Told(place, sentence))

    def _item_number(self, row: SourceRow) -> int | None:
        if self._cell(row, self.columns.get(ITEM_NUMBER)).down:
            return None  # one number for several items is the number of none
        if text := self._says(row, ITEM_NUMBER).strip():
            return self._whole(text, self._place(row, ITEM_NUMBER), -1)
        code = parse_code(self._says(row, CODE)) or ()
        if code:
            return code[-1] if len(code) <= 3 else None
        # A name keeps the number that it begins with: it is the record's own word.
        numbers = () if {ITEM_NUMBER, CODE} & self.columns.keys() else number_and_title(self._says(row, ITEM_NAME))[0]
        return numbers[-1] if numbers else None

    def _whole(self, text: str, place: str, which: int) -> int | None:
        if code := parse_code(text):
            return code[which]
        self._no_number(text, place)
        return None

    def _no_number(self, text: str, place: str) -> None:
        sentence = f"「{text}」は番号として読めません。もとのファイルを直すか、この列を番号でないものにしてください。"
        if not any(told.place == place for told in self.reading.troubles):
            self.reading.troubles.append(Told(place, sentence, text))

    def _years(self, row: SourceRow) -> list[int]:
        if YEAR in self.columns:
            text = self._says(row, YEAR)
            try:
                return [parse_fiscal_year(text)]
            except ValueError as error:
                self.reading.troubles.append(Told(self._place(row, YEAR), str(error), text))
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
            for line in self.reading.lines:
                for answers in line.answers.values():
                    take_apart(answers)
        self.reading.lines = merge_years(self.reading.lines)
        kept = [(self.headings[index], self.choices.years.get(index)) for index, role in self.yearly if role == KEEP]
        forget_silent_years(self.reading, kept)
        self._tell_columns()
        tell_figures(self.reading)
        if not self.reading.lines:
            self.reading.troubles.append(Told(self.heads[0].place, NO_LINES))
        return self.reading

    def _tell_columns(self) -> None:
        table = self.source.tables[self.choices.tables[0]]
        for column in columns_of(table, self.choices.heading):
            if self.choices.roles.get(column.index) == SKIP:
                sentence = f"「{column.title}」の列は、選んだとおり取り込みません。"
                self.reading.left_out.append(Told(column.place, sentence, "　".join(column.samples[:3])))


def _following(now: Level, found: Level) -> Level:
    """What a row names, with the title of what it goes on with where it only repeats, or tells, the number."""
    return (found[0], now[1]) if not found[1] and now[0] in (None, found[0]) else found


def _letters(text: str) -> str:
    """The text of a cell to the letter, but for line breaks and blanks at its edges that only make the layout."""
    return tidy_line_breaks(text).strip("\n")
