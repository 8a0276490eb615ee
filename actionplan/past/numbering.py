"""Numbers and titles as cities write them, 2-(1)-①, 第１章, 施策１　意識を高める; notes and sums below a table."""

import re
import unicodedata

ROMAN = {chr(0x2160 + index): str(index + 1) for index in range(12)} | {
    chr(0x2170 + index): str(index + 1) for index in range(12)
}
KANJI = {character: str(number) for number, character in enumerate("一二三四五六七八九", 1)} | {"十": "10"}
LETTERS = str.maketrans(ROMAN)
NOT_A_NUMBER = re.compile(
    r"施策|取組|項目|番号|基本|目標|方針|No\.?|[第章節項の\-‐‑–—―−ー()（）\[\].,、・_/\s]", re.IGNORECASE
)


def parse_code(text: str) -> tuple[int, ...] | None:
    """The numbers of 2-(1)-①, Ⅱ－３ or 第１章: (2, 1, 1), (2, 3), (1,); None for anything that says more."""
    digits = text.translate(LETTERS)
    if all(character in KANJI for character in re.sub(r"[第章節項（）()\s]", "", digits)):
        digits = "".join(KANJI.get(character, character) for character in digits)
    digits = re.sub(r"([①-⑳⑴-⒇])", r" \1 ", digits)
    plain = unicodedata.normalize("NFKC", digits)
    numbers = re.findall(r"\d+", plain)
    rest = NOT_A_NUMBER.sub("", re.sub(r"\d+", "", plain))
    if not numbers or rest or len(numbers) > 4 or any(not 0 < int(each) <= 32_767 for each in numbers):
        return None
    return tuple(map(int, numbers))


ONE = r"[0-9０-９]{1,5}|[①-⑳]|[⑴-⒇]|[Ⅰ-Ⅻ]|[一二三四五六七八九十]"
NAMED = r"(?:基本|重点|主要|推進)?(?:施策|政策|方針|方策|目標|戦略|柱|取組|項目|事業|プロジェクト)の?"
DASH = r"[\-‐‑–—―−－ー]"
LEADING = re.compile(
    rf"[\s　■◆□◇●○▼▽◎★・]*"
    rf"(?:(?:{NAMED}|第)[\s　]*(?P<named>(?:[（(]?(?:{ONE})[）)]?)(?:{DASH}[（(]?(?:{ONE})[）)]?)*)"
    rf"[章節項]?[\s　.．、:：]*"
    rf"|(?P<plain>(?:[（(](?:{ONE})[）)]|[①-⑳⑴-⒇]|(?:{ONE})(?:{DASH}[（(]?(?:{ONE})[）)]?)*(?=[\s　.．、:：]))"
    rf")[\s　.．、:：]*)"
    rf"(?P<title>\S.*)",
    re.DOTALL,
)
BULLET = re.compile(r"[\s　■◆□◇▼▽]+")


def number_and_title(text: str) -> tuple[tuple[int, ...], str]:
    """The numbers that a title begins with, and the title: (1,) and 意識を高める of 施策１　意識を高める.

    No numbers, and the text without ■ and the like, where it begins with none.
    """
    if found := LEADING.fullmatch(text.strip()):
        code = parse_code(found["named"] or found["plain"] or "")
        if code:
            return code, found["title"].strip()
    bullet = BULLET.match(text)
    return (), text[bullet.end() :].strip() if bullet else text.strip()


NOTE = re.compile(r"[\s　]*(?:※|＊|\*|注[\s　:：)）\d１-９]|[（(]注|備考|出典|資料[:：]|凡例|★.*[●◎])")
TOTAL = re.compile(r"[\s　【（(]*(?:小|合|総|累)?[\s　]*計[\s　】）)]*|.{0,20}(?:小計|合計|総計)[\s　】）)]*")


def is_total(text: str) -> bool:
    """Whether the words head a row of sums."""
    return bool(TOTAL.fullmatch(text.strip()))


def kind_of_line(text: str) -> str:
    """How a line of its own begins, so that lines which begin alike are told of together; empty for a note or a sum."""
    stripped = text.strip()
    if not stripped or NOTE.match(stripped) or is_total(stripped):
        return ""
    if stripped[0] in "■◆□◇▼▽":
        return stripped[0]
    found = LEADING.fullmatch(stripped)
    if not found:
        return ""
    if found["named"]:
        return re.sub(rf"[\s　]*[（(]?(?:{ONE}).*", "", stripped, flags=re.DOTALL) or "第"
    plain = found["plain"].strip()
    return (
        "（1）"
        if plain[0] in "（(⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽"
        else "①"
        if "①" <= plain[0] <= "⑳"
        else "1-1"
        if len(parse_code(plain) or ()) > 1
        else "1"
    )
