"""What the headings of anybody's table mean: where they stand, which year they name, what their column may hold.

SYNONYMS is the one list of the words that cities use. It only suggests: a person says what is taken and what is not.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from actionplan.cells import BY_NAME, CELLS
from actionplan.fiscal_year import parse_fiscal_year
from actionplan.past.numbering import parse_code
from actionplan.past.source import SourceRow, SourceTable

POLICY_NUMBER, POLICY_TITLE, MEASURE_NUMBER, MEASURE_TITLE = "policy_number", "policy", "measure_number", "measure"
CODE, ITEM_NUMBER, ITEM_NAME, CONTENT, MARKS = "code", "item_number", "item", "content", "marks"
DEPARTMENT, YEAR, PUBLIC_ID, REMARKS, KEEP, SKIP = "department", "year", "public_id", "remarks", "keep", "skip"
# What a column may be, in the order in which it is offered; those of an answer's cells follow the list of them.
ROLES = {
    CODE: "番号（2-(1)-①のように続けて書いたもの）",
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
    REMARKS: "備考（このポータルのデータ）",
    KEEP: "実施状況に、見出しを付けて残す",
    SKIP: "このまま取り込まない",
}
# Of these a year can have its own column; of the others a table has one.
YEARLY = (*BY_NAME, KEEP)
SEVERAL = (KEEP, SKIP)

# By role: headings that are exactly so, and parts of headings. Bracketed words, blanks and the year do not count; the
# first that fits is suggested, the very words before a part.
SYNONYMS: tuple[tuple[str, str, str], ...] = (
    (PUBLIC_ID, "ID 公開ID", ""),
    (SKIP, "全国地方公共団体コード 地方公共団体名 年度_和暦 進捗区分コード 更新日 行番号 通し番号 通番", "主体_市"),
    (MARKS, "主体 主体_記号 実施主体 取組主体 推進主体", ""),
    (YEAR, "年度 年度_西暦 実施年度 報告年度", ""),
    (POLICY_NUMBER, "施策番号 政策番号 施策No 施策コード 基本目標番号 方針番号", ""),
    (MEASURE_NUMBER, "取組番号 目標番号 取組No 施策の方向番号", ""),
    (CODE, "計画番号 体系番号 体系 施策体系 整理番号 管理番号", ""),
    (ITEM_NUMBER, "項目番号 番号 No NO No. № # 事業番号 事務事業番号 取組項目番号", "事業番号"),
    (
        DEPARTMENT,
        "担当課 課 所管課 担当 担当部署 主管課 所管 課名 担当課名 部署 担当部課 担当課等 所属",
        "担当課 所管課 主管課 担当部署 所管部署",
    ),
    (
        POLICY_TITLE,
        "施策 施策名 基本目標 基本方針 政策 方針 推進方策 柱 重点施策 大項目 基本施策 政策名",
        "基本目標 基本方針 推進方策",
    ),
    (MEASURE_TITLE, "取組名 目標 取組方針 中項目 施策の方向 主要施策 具体的施策 推進項目", "施策の方向"),
    (
        ITEM_NAME,
        "項目 項目名 取組項目 事業名 事務事業名 取組 小項目 成果目標 具体的取組 事業 取組事項 実施項目 名称 "
        "具体的な取組 行動計画 アクション 事業・取組 取組・事業名 事業名等",
        "事業名 項目名 取組名称",
    ),
    (
        CONTENT,
        "アクションプランの内容 内容 取組内容 事業内容 事業概要 概要 取組の内容 計画内容 事業の概要 具体的内容",
        "取組内容 事業内容 事業概要 計画の内容 取組の内容 事業の内容 取組概要",
    ),
    (
        KEEP,
        "基準値 目標値 実績値 計画 計画値 指標 指標名 単位 達成率 事業費 予算 決算 予算額 決算額 数値目標",
        "指標 単位 達成率 事業費 予算 決算 支出金 財源 人件費 基準値 目標値 実績値 計画値 地方債",
    ),
    (
        "progress",
        "進捗区分 進捗状況 進捗 評価 自己評価 達成度 達成状況 進捗度 区分 進行状況 判定 進捗評価",
        "進捗 評価 達成度 達成状況",
    ),
    ("outcome", "成果 効果 成果・効果 取組の成果 主な成果 事業の成果", "成果 効果"),
    ("challenge", "課題 問題点 課題・問題点 問題・課題 課題等", "課題 問題点"),
    (
        "next_step",
        "今後の方針 今後の方向性 次年度へ向けた取組 翌年度の取組 改善策 今後の取組 今後の予定 方向性 今後の展開",
        "次年度 翌年度 今後 来年度 改善",
    ),
    (
        "text",
        "実施状況 実績 取組実績 取組状況 実施内容 実施結果 活動実績 事業実績 実施実績 取組結果 関係部署",
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
    rest = YEAR_WORD.sub("", text).strip("／/・ 　の_-（）()")
    return rest or text


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


def _hangs(row: SourceRow, heads: Sequence[SourceRow]) -> bool:
    """Whether the row still belongs to the headings: one of them reaches down into it."""
    if row.is_line:
        return False
    reaching = [index for index, cell in enumerate(row.cells) if cell.down and cell.down <= len(heads)]
    if reaching:
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
class Column:
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


def columns_of(table: SourceTable, heading: Heading) -> list[Column]:
    """The columns under the heading; one without any word is none."""
    heads = table.rows[heading.first : heading.first + heading.count]
    below = [row for row in table.rows[heading.first + heading.count :] if not row.is_line and len(row.words) > 1]
    found = []
    for index, text in enumerate(heading_texts(heads, table.width)):
        cells = [row.cells[index] for row in below if index < len(row.cells)]
        samples = list(dict.fromkeys(cell.text.strip() for cell in cells if cell.text.strip() and not cell.right))
        if text or samples:
            found.append(Column(index, text, _place(heads, index), year_in(text), samples))
    return found


def _place(heads: Sequence[SourceRow], index: int) -> str:
    cells = [row.cells[index] for row in heads if index < len(row.cells)]
    return cells[-1].place if cells else f"{index + 1}列目"


def suggest_roles(columns: Sequence[Column]) -> dict[int, str]:
    """What each column may be, by its heading and by what stands in it; empty where nothing is known."""
    roles = {column.index: _suggest(column) for column in columns}
    names = list(roles.values())
    if ITEM_NAME not in names and CONTENT in names:
        roles[_first(roles, CONTENT)] = ITEM_NAME
    for role in (POLICY_NUMBER, MEASURE_NUMBER, ITEM_NUMBER, CODE):
        _only_first(roles, role)
    _one_a_year(columns, roles)
    return roles


def _first(roles: dict[int, str], role: str) -> int:
    return next(index for index, each in roles.items() if each == role)


def _only_first(roles: dict[int, str], role: str) -> None:
    for index in [index for index, each in roles.items() if each == role][1:]:
        roles[index] = KEEP


def _one_a_year(columns: Sequence[Column], roles: dict[int, str]) -> None:
    """Leaves each role to the column whose heading says it best; what another one says is kept as text."""
    held: dict[tuple[str, int | None], Column] = {}
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


def _suggest(column: Column) -> str:
    role = suggested(column.heading)[0]
    if column.heading == "備考":
        return REMARKS if any("原本の欄名" in text or "過去の報告" in text for text in column.samples) else KEEP
    codes = [parse_code(text) for text in column.samples]
    numbered = bool(codes) and all(codes)
    if numbered and role in (*NUMBERS, *NUMBERS.values(), CODE, ""):
        if max(len(code) for code in codes if code) > 1:
            return CODE
        return NUMBERS.get(role, role)
    return role


def is_same_heading(row: SourceRow, head: Sequence[str]) -> bool:
    """Whether the row repeats the last row of the headings: all of its words but one at most."""
    texts = [cleaned(cell.text) for cell in row.cells]
    words = [(text, other) for text, other in zip(texts, head, strict=False) if text or other]
    same = sum(text == other or (text.startswith(other) and bool(other)) for text, other in words)
    return not row.is_line and len(words) > 1 and same >= max(2, len(words) - 1)


def shape_of(texts: Iterable[str]) -> str:
    """What two tables of the same headings have in common."""
    return "\n".join(cleaned(text) for text in texts)


def alike(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two tables can be read as one: as many columns, most headings the same."""
    pairs = list(zip(one, other, strict=False))
    return len(one) == len(other) and sum(a == b for a, b in pairs) * 2 >= len(pairs)


def suggest_lines(kinds: Iterable[str], roles: Iterable[str]) -> dict[str, str]:
    """What lines of each kind may head: a policy, a measure, or nothing that is taken."""
    found, taken = dict.fromkeys((kind for kind in kinds if kind), SKIP), set(roles)
    policies = sorted((kind for kind in found if _policy_like(kind)), key=_policy_like, reverse=True)
    if policies and not taken & {POLICY_TITLE, POLICY_NUMBER, CODE}:
        found[policies[0]] = POLICY_TITLE
    measures = sorted((kind for kind in found if _measure_like(kind)), key=_measure_like, reverse=True)
    measures = [kind for kind in measures if found[kind] == SKIP]
    if measures and not taken & {MEASURE_TITLE, MEASURE_NUMBER, CODE}:
        found[measures[0]] = MEASURE_TITLE
    return found


def _policy_like(kind: str) -> int:
    named = re.search("施策|政策|方針|方策|目標|戦略|柱", kind)
    return 3 if named else 2 if kind == "第" else 0


def _measure_like(kind: str) -> int:
    return (
        3 if kind in "■◆□◇▼▽" or "取組" in kind else 2 if kind in ("（1）", "1-1") else 1 if kind in ("①", "1") else 0
    )


def suggest_years(columns: Sequence[Column], roles: Mapping[int, str], year: int | None) -> dict[int, int]:
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
