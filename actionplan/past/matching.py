"""The lines of past years laid over a plan: which item each may be, under which numbers, and what is still to be said.

Reads only. An item that has the very name and content is offered first; nothing is matched that a person did not see.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from actionplan.cells import CELLS, CHOICE
from actionplan.fiscal_year import EARLIEST, LATEST, web_label
from actionplan.models import ActionItem, Plan
from actionplan.past.choices import (
    HOMELESS,
    NAMELESS,
    NO_TITLE,
    RETITLED,
    STRANGE_MARK,
    TAKEN,
    TWO_CODES,
    TWO_LINES,
    UNDECIDED,
    Asked,
    PastLine,
    PastReading,
    PastWords,
    Title,
    Told,
    names_of_departments,
    words_of_categories,
)
from actionplan.past.likeness import Number, Numbering
from actionplan.past.live_plan import LivePlan, categories
from actionplan.past.own_columns import asked_writers, kept_words, shown_beside
from actionplan.scale import UNSET, fold_label
from actionplan.seen import fingerprint
from actionplan.words import shown_number

NEW, LEAVE, GONE, NOBODY = "new", "leave", "gone", "none"
RELISTED = re.compile(r"[（(]再[掲揚][）)][\s　]*$")


@dataclass
class Placed:
    """A line with its choices. number: policy, measure and item number in the past report, in figures.

    candidates: items that it may be. choice: an item's key, NEW, LEAVE, or empty while nobody has said.
    certain: whether the choice offered is the very same name and content.
    """

    index: int
    line: PastLine
    candidates: Sequence[ActionItem]
    choice: str
    certain: bool
    item: ActionItem | None = None
    number: Number = ()
    marks: str = ""
    told: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The name of its box."""
        return f"item-{self.index}"

    @property
    def code(self) -> str:
        """2-1-3, or as the past report prints it."""
        return shown_number(self.printed or "", *self.number)

    @property
    def printed(self) -> str | None:
        """How the past report prints its number, empty where in figures; None where it does not say."""
        words = self.line.printed[2]
        return "" if words == shown_number("", *self.number) else words


class Proposal:
    """A reading laid over the plan under a person's choices; everything that the page shows and taking does."""

    def __init__(self, plan: Plan, reading: PastReading, said: Mapping[str, str]) -> None:
        self.live, self.reading, self.said = LivePlan(plan), reading, said
        self.placed = [self._placed(index, line) for index, line in enumerate(reading.lines)]
        self._number()
        self.titles = list(self._titles())

    @cached_property
    def seal(self) -> str:
        """The same while plan and file are the same."""
        return fingerprint(self.live.facts, [repr(line) for line in self.reading.lines])

    @property
    def years(self) -> list[int]:
        """The years that would come in."""
        return sorted({year for each in self.taken for year in each.line.years})

    @property
    def taken(self) -> list[Placed]:
        """The lines that are not left out."""
        return [each for each in self.placed if each.choice != LEAVE]

    def _placed(self, index: int, line: PastLine) -> Placed:
        candidates = self.live.candidates(line)
        exact = self.live.exact(line)
        offered = str(exact[0].pk) if len(exact) == 1 else "" if candidates else NEW
        offered = LEAVE if line.plan not in ("", self.live.plan.title) else offered  # of another plan
        choice = self.said.get(f"item-{index}", offered)
        choice = choice if choice in {*map(str, self.live.items), NEW, LEAVE} else ""
        item = self.live.items.get(int(choice)) if choice.isdecimal() else None
        placed = Placed(index, line, candidates, choice, len(exact) == 1 and choice == offered, item)
        placed.marks = self._marks(placed)
        if item and item not in candidates:
            placed.candidates = [*candidates, item]
        return placed

    def _marks(self, placed: Placed) -> str:
        text = placed.line.marks
        if not text.strip():
            chosen = self.said.get("marks", "")
            return chosen if chosen in {mark.symbol for mark in self.live.marks} and not placed.item else ""
        found = "".join(mark.symbol for mark in self.live.marks if mark.symbol in text)
        rest = text
        for words in sorted((w for m in self.live.marks for w in (m.symbol, m.label, m.short_name)), key=len)[::-1]:
            rest = rest.replace(words, "")
        if rest.strip(" 　\n、,・／/") or not found:
            legend = "".join(mark.symbol for mark in self.live.marks)
            told = Told(placed.line.place, STRANGE_MARK.format(text=text.strip(), legend=legend), text)
            if str(told) not in map(str, self.reading.troubles):
                self.reading.troubles.append(told)
        return found

    def _number(self) -> None:
        """Gives each line the numbers that its report prints: its own, else the plan's, else in order of appearance."""
        policies = Numbering({(number,): policy.title for number, policy in self.live.policies.items()})
        measures = Numbering({number: measure.title for number, measure in self.live.measures.items()})
        policies.reserve((line.policy[0],) for line in self.reading.lines if line.policy[0])
        for each in self.placed:
            line, item = each.line, each.item
            home = (item.measure.policy.number, item.measure.number) if item else None
            policy = policies.number((), line.policy, home[:1] if home else None)
            measure = measures.number(policy, line.measure, home if home and home[:1] == policy else None)
            each.number = (*measure, line.number or 0)
        self._number_items()
        self.policy_titles, self.measure_titles = policies.titles, measures.titles
        self.printed: dict[Number, str] = {}
        for each in self.placed:
            for depth, words in enumerate(each.line.printed[:2], 1):
                if words is not None:
                    self.printed[each.number[:depth]] = self.printed.get(each.number[:depth]) or words

    def _number_items(self) -> None:
        used: dict[tuple[int, Number], str] = {}
        for each in self.taken:
            if each.number[2]:
                used |= {(year, each.number): each.line.place for year in each.line.years}
        for each in self.taken:
            if not each.number[2]:
                each.number = self._free(each, used)
                used |= {(year, each.number): each.line.place for year in each.line.years}

    def _free(self, each: Placed, used: Mapping) -> Number:
        above, years = each.number[:2], each.line.years
        item = each.item
        if item and (item.measure.policy.number, item.measure.number) == above:
            own = (*above, item.number)
            if not any((year, own) in used for year in years):
                return own
        number = 1
        while any((year, (*above, number)) in used for year in years):
            number += 1
        return (*above, number)

    def _titles(self) -> Iterator[Title]:
        """The policies and measures that would be made, and what they are called."""
        made = [each for each in self.taken if each.item is None]
        for number in dict.fromkeys(each.number[:1] for each in made):
            if number[0] not in self.live.policies:
                yield self._title(number, self.policy_titles.get(number, ""))
        for number in dict.fromkeys(each.number[:2] for each in made):
            if number not in self.live.measures:
                yield self._title(number, self.measure_titles.get(number, "") or self._of_its_policy(number))

    def _of_its_policy(self, number: Number) -> str:
        """What a measure is offered to be called where the table names none of them: as its policy is."""
        return "" if any(self.measure_titles.values()) else self.policy_titles.get(number[:1], "")

    @property
    def retitled(self) -> list[str]:
        """Sentences about policies and measures that the report words otherwise than the plan, or does not name."""
        live: dict[Number, str] = {(number,): policy.title for number, policy in self.live.policies.items()}
        live |= {number: measure.title for number, measure in self.live.measures.items()}
        said = {**self.policy_titles, **self.measure_titles}
        homeless = [each for each in self.taken if each.item is None and each.line.policy == (None, "")]
        told = [HOMELESS.format(place=each.line.place, code=each.code) for each in homeless[:1]]
        return told + [
            RETITLED.format(name=Title(number, "", "").name, now=live[number], past=title)
            for number, title in sorted(said.items())
            if title and live.get(number, title) != title
        ]

    def _title(self, number: Number, found: str) -> Title:
        key = "title-" + "-".join(map(str, number))
        return Title(number, found, self.said.get(key, found).strip())

    @cached_property
    def departments(self) -> list[Asked]:
        """The departments that the source names, each with whom it may be."""
        known = {str(department): str(department.pk) for department in self.live.departments}
        options = [
            (NEW, "新しい担当課として登録する（いまもある課）"),
            (GONE, "なくなった担当課として登録する（廃止日を入れます）"),
            (NOBODY, "登録しないで、名前を実施状況に残す"),
            *((pk, f"いまの担当課：{name}") for name, pk in known.items()),
        ]
        # Counted over all lines: the number of a box stays the same whichever lines are left out.
        named = names_of_departments(self.reading.lines)
        times = names_of_departments(each.line for each in self.taken)
        taken = {each.name for each in self.live.departments if not each.unit and each.in_force_from is None}
        leading = {each.line.departments[0] for each in self.taken if each.line.departments}
        return [
            self._asked(f"department-{index}", word, times[word], known.get(word, ""), options[2 * (word in taken) :])
            for index, word in enumerate(named)
            if word in leading
        ]

    @cached_property
    def words(self) -> list[Asked]:
        """The words of categories that the source uses, each with the category that it may be."""
        by_label = self.live.scale.codes_by_label
        named = words_of_categories(self.reading.lines)
        times = words_of_categories(each.line for each in self.taken)
        options = [*categories(self.live.scale), (UNSET, "未設定のままにして、もとの言葉を実施状況に残す")]
        return [
            self._asked(f"word-{index}", word, times[word], by_label.get(fold_label(word), ""), options)
            for index, word in enumerate(named)
            if times[word]
        ]

    @cached_property
    def writers(self) -> list[Asked]:
        """The writers of texts beside the answers, each with whom they may be."""
        return asked_writers(self.reading.lines, self.live.departments, self.said)

    def _asked(self, key: str, word: str, times: int, offered: str, options: Sequence[tuple[str, str]]) -> Asked:
        choice = self.said.get(key, offered)
        return Asked(key, word, times, choice if choice in dict(options) else "", options)

    def category(self, word: str) -> str:
        """The category that a word of the source was said to be."""
        return next((asked.choice for asked in self.words if asked.word == word and asked.choice), UNSET)

    def department(self, word: str) -> str:
        """What was said of a department."""
        return next((asked.choice for asked in self.departments if asked.word == word), "")

    def answer(self, each: Placed, year: int) -> dict[str, str]:
        """What the year's answer about the line's item would say, by cell."""
        said = each.line.answers[year]
        found = {cell.name: said[cell.name].text for cell in CELLS if cell.name in said and cell.kind != CHOICE}
        extra = [f"【{heading}】{words.text}" for heading, words in each.line.kept.get(year, ())]
        for cell in CELLS:
            if cell.kind == CHOICE and (word := said.get(cell.name, PastWords("", "")).text.strip()):
                found[cell.name] = self.category(word)
                if cell.words(found[cell.name], self.live.scale) != word:
                    extra.append(f"【{cell.label}（原本）】{word}")
        names = each.line.departments
        if names and self.department(names[0]) == NOBODY:
            extra.append(f"【担当課（原本）】{'、'.join(names)}")
        elif len(names) > 1:
            extra.append(f"【関係課】{'、'.join(names[1:])}")
        extra += kept_words(each.line.own.get(year, {}), {asked.word: asked.choice for asked in self.writers})
        found["text"] = "\n".join(part for part in [found.get("text", ""), *extra] if part)
        return found

    def shown(self, each: Placed) -> list[tuple[int, list[tuple[str, str, str]]]]:
        """By year, each cell that says something: its label, its words as stored, where they stood."""
        years = []
        for year in each.line.years:
            places = {name: words.place for name, words in each.line.answers[year].items()}
            kept = [words.place for _, words in each.line.kept.get(year, ())]
            answer = self.answer(each, year)
            cells = [
                (
                    cell.label,
                    cell.words(answer[cell.name], self.live.scale),
                    places.get(cell.name) or "・".join(dict.fromkeys(kept)),
                )
                for cell in CELLS
                if cell.name in answer and not cell.is_blank(answer[cell.name])
            ]
            writers = {asked.word: asked.choice for asked in self.writers}
            beside = shown_beside(each.line.own.get(year, {}), each.line.own_places.get(year, {}), writers)
            years.append((year, [*cells, *beside]))
        return years

    @cached_property
    def troubles(self) -> list[str]:
        """Everything that stands in the way, in sentences with their places."""
        return [*map(str, self.reading.troubles), *self._taken_years(), *self._twice(), *self._unsaid()]

    def _taken_years(self) -> Iterator[str]:
        for year in self.years:
            if not EARLIEST <= year <= LATEST:
                yield f"{year}年度は、扱える年度（{EARLIEST}～{LATEST}年度）の外です。"
        for report in self.live.reports:
            if report.fiscal_year in self.years and report.is_settled:
                what = "公表した版" if report.editions.exists() else "回答"
                yield TAKEN.format(year=report, what=what)

    def _twice(self) -> Iterator[str]:
        items: dict[tuple[int, int], Placed] = {}
        codes: dict[tuple[int, Number], Placed] = {}
        for each in self.taken:
            facts = {"place": each.line.place, "name": each.line.words, "code": each.code}
            for year in each.line.years:
                if each.item and (other := items.setdefault((year, each.item.pk), each)) is not each:
                    yield TWO_LINES.format(**facts | {"code": each.item.code}, other=other.line.place)
                    break
                if (other := codes.setdefault((year, each.number), each)) is not each:
                    yield TWO_CODES.format(**facts, other=other.line.place)
                    break

    def _unsaid(self) -> Iterator[str]:
        for each in self.placed:
            if each.choice != LEAVE and not each.line.name.strip():
                yield NAMELESS.format(place=each.line.place)
            if not each.choice:
                yield UNDECIDED.format(place=each.line.place, name=each.line.words)
        for asked in self.departments:
            if not asked.choice:
                yield f"担当課「{asked.word}」をどうするか、選んでください。"
        for asked in self.words:
            if not asked.choice:
                yield f"進捗区分の言葉「{asked.word}」がどの区分か、選んでください。"
        for asked in self.writers:
            if not asked.choice:
                yield f"「{asked.word}」の文をどうするか、選んでください。"
        for title in self.titles:
            if not title.given:
                yield NO_TITLE.format(name=title.name)
        if not self.taken:
            yield "取り込む行がありません。どの行も「取り込まない」になっています。"

    @property
    def year_labels(self) -> list[tuple[int, str, int]]:
        """The years with their labels, and how many items each brings."""
        counted = Counter(year for each in self.taken for year in each.line.years)
        return [(year, web_label(year), counted[year]) for year in self.years if EARLIEST <= year <= LATEST]
