"""The words of anybody's table: what its headings mean, the years that they name, its numbers as 2-(1)-① and 第１章.

SYNONYMS is the one list of the words that cities use. It only suggests: a person says what is taken and what is not.
"""

import re
import unicodedata
from collections.abc import Sequence

from actionplan.cells import BY_NAME, CELLS, CHOICE
from actionplan.fiscal_year import parse_fiscal_year

POLICY_NUMBER, POLICY_TITLE, MEASURE_NUMBER, MEASURE_TITLE = "policy_number", "policy", "measure_number", "measure"
CODE, ITEM_NUMBER, ITEM_NAME, CONTENT, MARKS = "code", "item_number", "item", "content", "marks"
POLICY_PRINTED, MEASURE_PRINTED, ITEM_PRINTED = "policy_printed", "measure_printed", "item_printed"
DEPARTMENT, YEAR, PUBLIC_ID, REMARKS, KEEP, SKIP = "department", "year", "public_id", "remarks", "keep", "skip"
# Columns of this portal's own data files that no other table has.
ERA, AREAS, TAGS, VOICES, EVIDENCE, FIGURE, PLAN = "era", "areas", "tags", "voices", "evidence", "figure", "plan"
MERGED, ORIGINS = "merged_from", "origins"
OWN = (PUBLIC_ID, ERA, AREAS, TAGS, VOICES, MERGED, ORIGINS, EVIDENCE, FIGURE, PLAN, REMARKS)
# How the portal's own form workbook is headed, between numbers in front and the category behind, where it has them.
OWN_FORM = ("主体", "項目", "アクションプランの内容")


def is_own_form(headings: Sequence[str]) -> bool:
    """Whether a table has the headings of that workbook; how the original headed the status may be any word."""
    last = next(cell.label for cell in CELLS if cell.kind == CHOICE)
    inner = [*(headings[:-1] if headings[-1:] == [last] else headings)]
    return tuple(inner[-4:-1]) == OWN_FORM and inner[:-4] in ([], ["番号"])


# What a column may be, in the order in which it is offered; those of an answer's cells follow the list of them.
ROLES = {
    CODE: "番号（2-(1)-①やA-3のように続けて書いたもの）",
    POLICY_NUMBER: "施策の番号",
    POLICY_TITLE: "施策の名前",
    MEASURE_NUMBER: "取組の番号",
    MEASURE_TITLE: "取組の名前",
    ITEM_NUMBER: "項目の番号",
    ITEM_NAME: "項目の名前",
    CONTENT: "項目の内容",
    MARKS: "主体（★●◎など）",
    DEPARTMENT: "担当課",
    **{cell.name: cell.label for cell in CELLS},
    YEAR: "年度（行ごと）",
    PUBLIC_ID: "公開ID（このポータルのデータ）",
    POLICY_PRINTED: "施策番号の表記（このポータルのデータ）",
    MEASURE_PRINTED: "取組番号の表記（このポータルのデータ）",
    ITEM_PRINTED: "項目番号の表記（このポータルのデータ）",
    ERA: "年度の書き方（このポータルのデータ）",
    AREAS: "地域（、で区切ったもの）",
    TAGS: "タグ（、で区切ったもの）",
    VOICES: "関係課・相手方の文（このポータルのデータ）",
    MERGED: "統合した項目（このポータルのデータ）",
    ORIGINS: "前の計画のもとの項目（このポータルのデータ）",
    EVIDENCE: "資料（このポータルのデータ）",
    FIGURE: "指標・事業費（このポータルのデータ）",
    PLAN: "計画の名前（このポータルのデータ）",
    REMARKS: "備考（このポータルのデータ）",
    KEEP: "実施状況に、見出しを付けて残す",
    SKIP: "このまま取り込まない",
}
# Of these a year can have its own column; of the others a table has one.
CELL = {cell.label: cell.name for cell in CELLS}
STATUS = CELL["実施状況"]
YEARLY = (*BY_NAME, KEEP)
SEVERAL = (KEEP, SKIP, FIGURE)
# By heading, in a table that has the public ids.
OWN_HEADINGS = {
    "計画": PLAN,
    "年度_和暦": ERA,
    "地域": AREAS,
    "タグ": TAGS,
    "関係課・相手方の文": VOICES,
    "統合した項目": MERGED,
    "前の計画のもとの項目": ORIGINS,
    "資料": EVIDENCE,
    "備考": REMARKS,
}

# By role: headings that are exactly so, and parts of headings. Bracketed words, blanks and the year do not count; the
# first that fits is suggested, the very words before a part.
SYNONYMS: tuple[tuple[str, str, str], ...] = (
    (PUBLIC_ID, "ID 公開ID", ""),
    (SKIP, "全国地方公共団体コード 地方公共団体名 年度_和暦 進捗区分コード 更新日 行番号 通し番号 通番", "主体_市"),
    (MARKS, "主体 主体_記号 実施主体 取組主体 推進主体", ""),
    (YEAR, "年度 年度_西暦 実施年度 報告年度", ""),
    (POLICY_PRINTED, "施策番号の表記", ""),
    (MEASURE_PRINTED, "取組番号の表記", ""),
    (POLICY_NUMBER, "施策番号 政策番号 施策No 施策コード 基本目標番号 方針番号", ""),
    (MEASURE_NUMBER, "取組番号 目標番号 取組No 施策の方向番号", ""),
    (ITEM_PRINTED, "項目番号の表記", ""),
    (CODE, "計画番号 体系番号 体系 施策体系 整理番号 管理番号", ""),
    (ITEM_NUMBER, "項目番号 番号 No NO No. № # 事業番号 事務事業番号 取組項目番号", "事業番号"),
    (
        DEPARTMENT,
        "担当課 課 所管課 担当 担当部署 主管課 所管 課名 担当課名 部署 担当部課 担当課等 所属",
        "担当課 所管課 主管課 担当部署 所管部署",
    ),
    (
        POLICY_TITLE,
        "施策 施策名 基本目標 基本方針 政策 方針 推進方策 "
        "柱 重点施策 大項目 基本施策 政策名 施策の柱 施策目標 目標の柱",
        "基本目標 基本方針 推進方策",
    ),
    (MEASURE_TITLE, "取組名 目標 取組方針 中項目 施策の方向 主要施策 具体的施策 推進項目", "施策の方向"),
    (
        ITEM_NAME,
        "項目 項目名 取組項目 事業名 事務事業名 取組 小項目 成果目標 具体的取組 事業 取組事項 実施項目 名称 "
        "具体的な取組 行動計画 アクション 事業・取組 取組・事業名 事業名等 主な取組 主な事業 主要事業",
        "事業名 項目名 取組名称",
    ),
    (
        CONTENT,
        "アクションプランの内容 内容 取組内容 事業内容 事業概要 概要 "
        "取組の内容 計画内容 事業の概要 具体的内容 具体的な内容 具体的な取組内容 主な内容",
        "取組内容 事業内容 事業概要 計画の内容 取組の内容 事業の内容 取組概要",
    ),
    (
        KEEP,
        "基準値 目標値 実績値 計画 計画値 指標 指標名 単位 達成率 事業費 予算 決算 予算額 決算額 数値目標",
        "指標 単位 達成率 事業費 予算 決算 支出金 財源 人件費 基準値 目標値 実績値 計画値 地方債",
    ),
    (
        CELL["進捗区分"],
        "進捗区分 進捗状況 進捗 評価 自己評価 達成度 達成状況 進捗度 区分 進行状況 判定 進捗評価",
        "進捗 評価 達成度 達成状況",
    ),
    (CELL["成果"], "成果 効果 成果・効果 取組の成果 主な成果 事業の成果", "成果 効果"),
    (CELL["課題"], "課題 問題点 課題・問題点 問題・課題 課題等", "課題 問題点"),
    (
        CELL["今後の方針"],
        "今後の方針 今後の方向性 次年度へ向けた取組 翌年度の取組 改善策 今後の取組 今後の予定 方向性 今後の展開",
        "次年度 翌年度 今後 来年度 改善",
    ),
    (
        CELL["実施状況"],
        "実施状況 実績 結果 実施 取組実績 取組状況 実施内容 実施結果 活動実績 "
        "事業実績 実施実績 取組結果 関係部署 状況 取組の状況 実施の状況 取組実施状況 主な実績",
        "実績 実施状況 取組状況 実施内容 取組結果",
    ),
    (KEEP, "備考 摘要 特記事項 計", "計画 備考"),
)
YEAR_WORD = re.compile(
    r"(?:(令和|平成|昭和)\s*(元|[0-9０-９]{1,2})\s*(?:年度|年)?"
    r"|(?<![A-Za-zＡ-Ｚａ-ｚ])([RHSＲＨＳ])\s*(元|[0-9０-９]{1,2})(?![0-9０-９.．])\s*(?:年度|年)?"
    r"|((?:19|20|１９|２０)[0-9０-９]{2})\s*(?:年度|年)?)"
)
BRACKETS = re.compile(r"[（(［\[【〔][^（）()［］\[\]【】〔〕]*[）)］\]】〕]")
FAR_DOWN = 60
ALL_YEARS = 0
DESCRIBING = ("指標", "単位", "基準")


def year_in(text: str) -> int | None:
    """The first fiscal year that the text names; None when there is none."""
    for found in YEAR_WORD.finditer(text):
        era, number, letter, count, plain = found.groups()
        try:
            return parse_fiscal_year(f"{era or letter or ''}{number or count or plain}")
        except ValueError:
            continue
    return None


def without_year(text: str) -> str:
    """The heading without the year in it: 進捗状況 of H27進捗状況; the whole where nothing else is left."""
    bare = YEAR_WORD.sub("", text)
    if bare == text:
        return text
    return re.sub(r"（\s*）|\(\s*\)", "", bare).strip("／/・ 　の_-") or text


def cleaned(text: str) -> str:
    """What two headings that mean the same have in common."""
    return re.sub(r"[\s:：]", "", unicodedata.normalize("NFKC", text))


def suggested(heading: str) -> tuple[str, int]:
    """The role that a heading suggests, and how surely: 2 for its very words, 1 for a part, 0 for no role."""
    plain = cleaned(heading)
    bare = cleaned(without_year(BRACKETS.sub("", unicodedata.normalize("NFKC", heading))))
    last = cleaned(without_year(heading.rpartition("／")[2]))
    for words in (plain, cleaned(without_year(heading)), bare, last):
        for role, exact, _ in SYNONYMS:
            if words in exact.split():
                return role, 2
    for role, _, parts in SYNONYMS:
        if any(part in bare for part in parts.split()):
            return role, 1
    return "", 0


ROMAN = {chr(0x2160 + index): str(index + 1) for index in range(12)} | {
    chr(0x2170 + index): str(index + 1) for index in range(12)
}
KANJI = {character: str(number) for number, character in enumerate("一二三四五六七八九", 1)} | {"十": "10"}
LETTERS = str.maketrans(ROMAN)
NOT_A_NUMBER = re.compile(
    r"施策|取組|項目|番号|基本|目標|方針|No\.?|[第章節項の\-‐‑–—―−ー()（）〔〕【】\[\].,、・_/\s]", re.IGNORECASE
)


def parse_code(text: str) -> tuple[int, ...] | None:
    """The numbers of 2-(1)-①, Ⅱ－３ or 第１章: (2, 1, 1), (2, 3), (1,); None for anything that says more."""
    digits = text.translate(LETTERS)
    if all(character in KANJI for character in re.sub(r"[第章節項（）()\s]", "", digits)):
        digits = "".join(KANJI.get(character, character) for character in digits)
    digits = re.sub(r"([①-⑳㉑-㉟㊱-㊿⑴-⒇])", r" \1 ", digits)
    plain = unicodedata.normalize("NFKC", digits)
    numbers = re.findall(r"\d+", plain)
    rest = NOT_A_NUMBER.sub("", re.sub(r"\d+", "", plain))
    if not numbers or rest or len(numbers) > 4 or any(not 0 < int(each) <= 32_767 for each in numbers):
        return None
    return tuple(map(int, numbers))


ONE = r"[0-9０-９]{1,5}|[①-⑳㉑-㉟㊱-㊿]|[⑴-⒇]|[Ⅰ-Ⅻ]|[一二三四五六七八九十]"
NAMED = r"(?:基本|重点|主要|推進)?(?:施策|政策|方針|方策|目標|戦略|柱|取組|項目|事業|プロジェクト)の?"
DASH = r"[\-‐‑–—―−－ー]"
ENCLOSED = rf"[（(〔【\[](?:{ONE})[）)〕】\]]|[①-⑳㉑-㉟㊱-㊿⑴-⒇]"
# What parts a number from the name: not the point of 2.5, nor the comma of 1、2歳児.
PARTED = r"(?=[\s　]|[.．、:：）)](?![0-9０-９一二三四五六七八九十]))"
COUNTED = r"(?!か所|カ所|ヶ所|箇所|件|回|年|[万千億円%％])"
LEADING = re.compile(
    rf"[\s　■◆□◇●○▼▽◎★・]*"
    rf"(?:(?:{NAMED}[\s　]*(?P<named>(?:[（(]?(?:{ONE})[）)]?)(?:{DASH}[（(]?(?:{ONE})[）)]?)*){COUNTED}"
    rf"|第[\s　]*(?P<chapter>{ONE})[\s　]*(?:[章節]|[項編部](?=[\s　.．、:：]))[\s　.．、:：]*"
    rf"|(?P<plain>(?:(?:{ONE}|{ENCLOSED}){DASH})*(?:{ENCLOSED})"
    rf"|(?:{ONE}|{ENCLOSED})(?:(?:{DASH}|[.．])(?:{ONE}|{ENCLOSED}))*{PARTED})"
    rf")[\s　.．、:：）)]*)"
    rf"(?P<title>(?!周年|か所|カ所|ヶ所|箇所)\S.*)",
    re.DOTALL,
)
BULLET = re.compile(r"[\s　■◆□◇▼▽]+")


def number_and_title(text: str) -> tuple[tuple[int, ...], str]:
    """The numbers that a title begins with, and the title: (1,) and 意識を高める of 施策１　意識を高める.

    No numbers, and the text without ■ and the like, where it begins with none.
    """
    if found := LEADING.fullmatch(text.strip()):
        code = parse_code(found["named"] or found["chapter"] or found["plain"] or "")
        if code:
            return code, found["title"].strip()
    bullet = BULLET.match(text)
    return (), text[bullet.end() :].strip() if bullet else text.strip()


LONGEST = 30  # as long as a number of the plan may be
PART = rf"[（(]?(?:{ONE}|[A-Za-zＡ-Ｚａ-ｚ]{{1,3}}[0-9０-９]{{0,4}}|[ァ-ヶぁ-ん])[）)]?"
SPELT = re.compile(rf"(?:{NAMED}|基本|重点|第)?{PART}(?:(?:{DASH}|[.．・/／]|(?=[（(①-⑳⑴-⒇])){PART}){{0,5}}")


def is_spelt_number(text: str) -> bool:
    """Whether the text is a number as plans write them: 2-(1)-①, A-3, 基本1-(2)-イ."""
    return bool(SPELT.fullmatch(text)) and len(text) <= LONGEST


def levels_of(text: str) -> tuple[int | None, ...]:
    """What each part of a number says of the order, None where it does not: (1, 3) of A-3, (1, 2, None) of 1-(2)-イ."""
    return tuple(map(_place_of, re.split(DASH, text)))


def _place_of(part: str) -> int | None:
    plain = unicodedata.normalize("NFKC", part).strip("() ").upper()
    if len(plain) == 1 and "A" <= plain <= "Z":
        return ord(plain) - ord("A") + 1
    code = parse_code(part)
    return code[0] if code and len(code) == 1 else None


def is_plain(text: str) -> bool:
    """Whether a number is mere figures, as it is shown anyhow."""
    return text.strip().isdecimal()


def printed_before(text: str, policy: bool) -> str | None:
    """The number that stands before a title, to the letter; None where there is none.

    policy: of a policy 施策１ is what it is called anyhow, which says nothing: an empty text.
    """
    found = LEADING.fullmatch(text.strip())
    if not found or not parse_code(found["named"] or found["chapter"] or found["plain"] or ""):
        return None
    printed = found[0][: found.start("title")].strip(" 　■◆□◇●○▼▽◎★・\n")
    plain = re.fullmatch(r"施策(\d+)", unicodedata.normalize("NFKC", printed).replace(" ", ""))
    return "" if policy and plain else printed


# What stands for the words of the cell above it, and what may stand for those of another one.
DITTO = re.compile(r"(?:[\s　（(]*(?:[〃々仝”“″\"↓⇓]|''|同上?|同前|上記?[にと]同じ|上記[とに]同様)[\s　）)]*)+")
ASIDE = re.compile(r"[\s　（(]*(?:[右左][記欄]?[にと]同じ|同[右左]|[→←⇒⇐]+)[\s　）)]*")
CHOICES = tuple(cell.name for cell in CELLS if cell.kind == CHOICE)
ORDERING = (POLICY_NUMBER, POLICY_TITLE, MEASURE_NUMBER, MEASURE_TITLE, ITEM_NAME, MARKS, DEPARTMENT, YEAR, *CHOICES)
GOING_ON = (POLICY_NUMBER, POLICY_TITLE, MEASURE_NUMBER, MEASURE_TITLE)


NOTE = re.compile(r"[\s　]*(?:※|＊|\*|注[\s　:：)）\d１-９]|[（(]注|備考|出典|資料[:：]|凡例|★.*[●◎])")
TOTAL = re.compile(r"[\s　【（(]*(?:小|合|総|累)?[\s　]*計[\s　】）)]*|.{0,20}(?:小計|合計|総計)[\s　】）)]*")


def is_total(text: str) -> bool:
    """Whether the words head a row of sums."""
    return bool(TOTAL.fullmatch(text.strip()))


def is_note(text: str) -> bool:
    """Whether the words are a note below a table, or head a row of sums."""
    return bool(NOTE.match(text)) or is_total(text)


def kind_of_line(text: str) -> str:
    """How a line of its own begins, so that lines which begin alike are told of together; empty for a note or a sum."""
    stripped = text.strip()
    if not stripped or is_note(stripped):
        return ""
    found = LEADING.fullmatch(stripped)
    if stripped[0] in "■◆□◇▼▽" and not (found and (found["named"] or found["chapter"])):
        return stripped[0]
    if not found:
        return ""
    if found["chapter"]:
        return "第"
    if found["named"]:
        return re.sub(rf"[\s　]*[（(]?(?:{ONE}).*", "", BULLET.sub("", stripped), flags=re.DOTALL) or "第"
    plain = found["plain"].strip()
    return (
        "（1）"
        if plain[0] in "（(【〔[⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽"
        else "①"
        if "①" <= plain[0] <= "⑳"
        else "1-1"
        if len(parse_code(plain) or ()) > 1
        else "1"
    )
