"""docs/security.md answers every item of ASVS 4.0.3, levels 1 and 2, once, and names nothing that is not there."""

import re
from collections import Counter

from django.conf import settings

DOCUMENT = (settings.BASE_DIR / "docs" / "security.md").read_text(encoding="utf-8")
ENGLISH, JAPANESE = DOCUMENT.split("\n## 自治体", 1)
STATES = {"held", "partly", "open", "city", "n/a"}
HEADS = {"Item", "見出し"}
WORDS = {"済", "一部", "未", "運用", "対象外"}

# Section: its last number, and those of it that were deleted or belong to level 3 alone.
SECTIONS: dict[str, tuple[int, set[int]]] = {
    **{"1.1": (7, set()), "1.2": (4, set()), "1.4": (5, {2, 3}), "1.5": (4, set()), "1.6": (4, set())},
    **{"1.7": (2, set()), "1.8": (2, set()), "1.9": (2, set()), "1.10": (1, set()), "1.11": (3, {3})},
    **{"1.12": (2, {1}), "1.14": (6, set())},
    **{"2.1": (12, set()), "2.2": (7, {4, 5, 6, 7}), "2.3": (3, set()), "2.4": (5, set()), "2.5": (7, set())},
    **{"2.6": (3, set()), "2.7": (6, set()), "2.8": (7, set()), "2.9": (3, set()), "2.10": (4, set())},
    **{"3.1": (1, set()), "3.2": (4, set()), "3.3": (4, set()), "3.4": (5, set()), "3.5": (3, set())},
    **{"3.6": (2, {1, 2}), "3.7": (1, set())},
    **{"4.1": (5, {4}), "4.2": (2, set()), "4.3": (3, set())},
    **{"5.1": (5, set()), "5.2": (8, set()), "5.3": (10, set()), "5.4": (3, set()), "5.5": (4, set())},
    **{"6.1": (3, set()), "6.2": (8, {7, 8}), "6.3": (3, {3}), "6.4": (2, set())},
    **{"7.1": (4, set()), "7.2": (2, set()), "7.3": (4, {2}), "7.4": (3, set())},
    **{"8.1": (6, {5, 6}), "8.2": (3, set()), "8.3": (8, set())},
    **{"9.1": (3, set()), "9.2": (5, {5})},
    **{"10.1": (1, {1}), "10.2": (6, {3, 4, 5, 6}), "10.3": (3, set())},
    **{"11.1": (8, set())},
    **{"12.1": (3, set()), "12.2": (1, set()), "12.3": (6, set()), "12.4": (2, set()), "12.5": (2, set())},
    **{"12.6": (1, set())},
    **{"13.1": (5, {2}), "13.2": (6, {4}), "13.3": (2, set()), "13.4": (2, set())},
    **{"14.1": (5, {5}), "14.2": (6, set()), "14.3": (3, {1}), "14.4": (7, set()), "14.5": (4, set())},
}
ITEMS = [f"{section}.{n}" for section, (last, gone) in SECTIONS.items() for n in range(1, last + 1) if n not in gone]


def _rows(text: str, columns: int) -> list[list[str]]:
    """The lines of the text's tables without their heads, cut into cells."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert [row for row in rows if len(row) != columns] == []
    return [row for row in rows if row[0] not in HEADS]


def test_every_item_is_answered_once_and_no_other():
    answered = Counter(item for row in _rows(ENGLISH, 5) for item in row[0].split(", "))
    assert [item for item in ITEMS if item not in answered] == []
    assert [item for item, times in answered.items() if times > 1 or item not in ITEMS] == []


def test_it_counts_right():
    count = Counter(dict.fromkeys(STATES, 0))
    for row in _rows(ENGLISH, 5):
        count[row[2]] += len(row[0].split(", "))
    said = "Of {} items {held} are held, {partly} partly, {open} open, {city} the city's, {n/a} do not apply."
    assert said.format(len(ITEMS), **count) in ENGLISH


def test_every_answer_has_a_state_and_says_what_it_rests_on():
    rows = _rows(ENGLISH, 5)
    assert [row for row in rows if row[2] not in STATES or not row[1] or not row[3]] == []
    unproven = [row[0] for row in rows if row[2] == "held" and not row[4] and "no test" not in row[3]]
    assert unproven == []
    japanese = _rows(JAPANESE, 4)
    assert [row for row in japanese if row[1] not in WORDS or not row[2]] == []
    assert [row[0] for row in japanese if row[1] == "済" and not row[3]] == []


def test_every_path_that_it_names_is_there():
    named = set(re.findall(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:md|toml|lock|py))`", DOCUMENT)) - {"deploy/"}
    assert len(named) > 100
    absent = {name for name in named if not (settings.BASE_DIR / name).exists()}
    # What a first start makes lies in no checkout.
    assert absent - {"var/secret_key"} == set()


def test_a_proof_is_a_test_or_what_the_checks_read():
    cells = [row[4] for row in _rows(ENGLISH, 5)] + [row[3] for row in _rows(JAPANESE, 4)]
    named = {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}
    assert [name for name in sorted(named) if not name.startswith("tests/")] == ["pyproject.toml"]


def test_the_guards_see_a_gap():
    assert len(ITEMS) == len(set(ITEMS)) == 259
    assert {"1.1.1", "2.10.4", "8.1.5", "14.5.4"} - set(ITEMS) == {"8.1.5"}
