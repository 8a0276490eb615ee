"""What is seen when every line of a source is read: years that say the same, silent ones, odd figures, long names."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from actionplan.models.base import LONGEST_NAME, LONGEST_TEXT, LONGEST_TITLE, too_long
from actionplan.past.choices import PastLine, PastReading, PastWords, Told

NOTHING = {"", "-", "－", "‐", "―", "—", "ー", "なし", "無", "…"}
A_FIGURE = re.compile(r"[△▲+\-−]?[0-9][0-9,]*(?:\.[0-9]+)?[^0-9]{0,4}")


def is_figure(text: str) -> bool:
    """Whether the words are a number, with a unit or without, or say that there is none."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return plain in NOTHING or bool(A_FIGURE.fullmatch(plain))


def tell_rest(reading: PastReading) -> None:
    """Notes what is only seen when every line is read, and tells what holds for several places once."""
    _tell_figures(reading)
    _tell_long_names(reading)
    told: dict[str, list[Told]] = {}
    for note in reading.notes:
        told.setdefault(note.sentence, []).append(note)
    reading.notes = [replace(notes[0], place="、".join(each.place for each in notes)) for notes in told.values()]


def _tell_figures(reading: PastReading) -> None:
    """Notes the words that stand in a column of figures and are none."""
    columns: dict[str, dict[str, PastWords]] = {}
    for line in reading.lines:
        for kept in line.kept.values():
            for heading, words in kept:
                columns.setdefault(heading, {})[words.place] = words
    for heading, found in columns.items():
        odd = [words for words in found.values() if not is_figure(words.text)]
        if len(found) > len(odd) * 2:
            for words in odd:
                sentence = f"「{heading}」の「{words.text}」は数値として読めません。文のまま残します。"
                reading.notes.append(Told(words.place, sentence, words.text))


def _tell_long_names(reading: PastReading) -> None:
    """Troubles about titles and names that are longer than one can be, each at the first row that has it."""
    told: set[str] = set()
    for line in reading.lines:
        named = (("施策の名前", line.policy[1], LONGEST_TITLE), ("取組の名前", line.measure[1], LONGEST_TITLE))
        for what, text, most in (*named, ("項目の名前", line.name, LONGEST_NAME), ("内容", line.content, LONGEST_TEXT)):
            if len(text) > most and text not in told:
                told.add(text)
                reading.troubles.append(Told(line.place, f"{what}「{text[:20]}…」は、{too_long(text, most)}"))


def merge_years(lines: Sequence[PastLine]) -> list[PastLine]:
    """The lines, those that say the same of an item in several years as one."""
    found: dict[str, PastLine] = {}
    kept: list[PastLine] = []
    for line in lines:
        facts = (
            line.policy,
            line.measure,
            line.number,
            line.printed,
            line.name,
            line.content,
            line.marks,
            line.departments,
            line.plan,
        )
        key = repr((*facts, line.public_id, line.status_heading))
        first = found.setdefault(key, line)
        if first is not line and not first.answers.keys() & line.answers.keys():
            first.answers |= line.answers
            first.kept |= line.kept
            first.own |= line.own
            first.own_places |= line.own_places
        else:
            kept.append(line)
    return kept


def forget_silent_years(reading: PastReading, kept: Sequence[tuple[str, int | None]]) -> None:
    """Takes from each line the years of which nothing is said, where something is said of others; and says so.

    kept: headings of columns that are kept as text, with the year that each is of.
    """
    for line in reading.lines:
        said = {year for year in line.years if any(words.text.strip() for words in line.answers[year].values())}
        for year in line.years:
            own = {heading for heading, of in kept if of == year}
            said |= {year for heading, _ in line.kept.get(year, ()) if heading in own}
        for year in set(line.years) - said if said else ():
            del line.answers[year]
            sentence = f"「{line.words}」は、{year}年度の欄がどれも空です。この年度には入れません。"
            reading.notes.append(Told(line.place, sentence))
