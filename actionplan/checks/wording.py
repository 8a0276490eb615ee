"""Rules about words: what says nothing, what was said before, what contradicts its category, what slipped in typing;
and about characters: odd ones, and those that the old CSV or the font of the PDF lacks.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise, takewhile
from pathlib import Path
from unicodedata import normalize

from actionplan.checks.subject import Finding, Subject, each_match
from actionplan.exports.fonts import glyphs
from actionplan.exports.tabular import misfit_advice
from actionplan.fiscal_year import era_label
from actionplan.scale import Meaning

# What says nothing to a reader of the report, who sees this text and no other.
ELSEWHERE = re.compile(
    r"別[紙添表](?:資料)?(?:の?とおり|の通り|参照|に記載)?|同[上前左]|[〃”\"々]|[－ー―—‐-]+"
    r"|(?:前年度?|昨年度?|去年)(?:と|に)?同[じ様](?:です|である|だ)?"
)
POINTS = re.compile(r"別[紙添](?!え)|添付(?:の)?(?:資料|ファイル|書類|文書)|(?<=[、。（(\n])同上")
PIECE = re.compile(r"(?<![^\n。])[^\n。]{1,20}(?![^\n。])")
MAYBE_POINTS = re.compile("[別添同〃々]|[前昨去]年")
TRIMMED = " 　\n・（）()「」。．.、を"


MOST_LETTERS = 40


def points_elsewhere(text: str) -> bool:
    """Whether a text only points to what its reader does not have: 別紙のとおり, 同上, 〃, 前年と同じ."""
    return len(text) <= MOST_LETTERS and bool(ELSEWHERE.fullmatch(text.strip(TRIMMED)))


ONLY_POINTS = "「{}」だけです。公表されるのは、この文だけです。"
NOT_THERE = "「{}」は、読む人の手もとにありません。必要なことを、この欄に書いてください。"


def elsewhere(subject: Subject) -> Iterator[Finding]:
    """What its reader would need something else for, as a whole, as a line or as a word."""
    if points_elsewhere(subject.words):
        yield Finding(ONLY_POINTS.format(subject.words.strip()))
        return
    if not MAYBE_POINTS.search(subject.words):
        return
    pieces = (each for each in PIECE.finditer(subject.words) if re.search(r"[\w〃]", each[0]))
    places = [each for each in pieces if points_elsewhere(each[0])]
    lines = [each.span() for each in places]
    yield from (Finding(ONLY_POINTS.format(each[0].strip(TRIMMED)), *each.span()) for each in places)
    for found in POINTS.finditer(subject.words):
        if not any(start <= found.start() < end for start, end in lines):
            yield Finding(NOT_THERE.format(found[0]), *found.span())


PLACEHOLDER = re.compile(
    r"未定|未記入|記入中|入力中|作成中|調整中|確認中|集計中|後日(?:記入|入力|報告)?|(?:記入|入力)予定|仮(?:置き|入力|の文)?|空欄"
    r"|(?:ここに|後で|あとで)?(?:記入|入力)(?:して(?:ください|下さい)|する)?|後で書く|あとで書く"
    r"|テスト|サンプル|ダミー|見本|test|sample|dummy|tbd|todo|n/?a|x+|a+|あ+|0+",
    re.I,
)
SAYS_NO = re.compile(r"(?:特に)?(?:なし|無し|無|ありません|ない)|該当(?:なし|無し)")
GAP = re.compile(
    r"[○◯〇△□×＊*■●]{2,}|[?？]{2,}|[xXｘＸ]{3,}"
    r"|[（(【※]\s*(?:要確認|確認中|要修正|調整中|未確定|後日|仮|ここに|数字|数値|日付)[^）)】\n。]{0,10}[）)】]?"
)


GAP_LETTERS = frozenset("○◯〇△□×＊*■●?？xXｘＸ（(【※")


def empty(subject: Subject) -> Iterator[Finding]:
    """A text that is missing, or holds the place of one."""
    words = normalize("NFKC", subject.words).strip(" \n。.()「」・") if len(subject.words) <= MOST_LETTERS else "長い文"
    if not subject.words.strip():
        if subject.needed:
            yield Finding("まだ何も書いてありません。")
    elif PLACEHOLDER.fullmatch(words) or (subject.needed and SAYS_NO.fullmatch(words)):
        yield Finding(f"「{subject.words.strip()}」は、仮の文ではありませんか。")
    elif not any(map(str.isalnum, words)) and not points_elsewhere(subject.words):
        yield Finding("文字が一つもありません。")
    elif not GAP_LETTERS.isdisjoint(subject.letters):
        yield from each_match(GAP, "「{}」は、あとで書くはずのところではありませんか。")(subject)


IGNORED = re.compile(r"[\s、。，．,.・]+")


@lru_cache(maxsize=64)
def folded(text: str) -> str:
    """The text as it is compared with last year's: widths, blanks and stops do not count."""
    return IGNORED.sub("", normalize("NFKC", text))


def last_year(subject: Subject) -> Iterator[Finding]:
    """A text that says what last year's said."""
    mine = folded(subject.words)
    if not mine or not subject.before or all(folded(words) != mine for words in subject.last):
        return
    by_year: dict[int, list[str]] = {}
    for year, words in subject.before:
        by_year.setdefault(year, []).append(folded(words))
    same = list(takewhile(lambda year: mine in by_year[year], by_year))
    if len(same) == 1:
        yield Finding(f"前回（{era_label(same[0])}）と同じ文です。")
    elif same[-1] != subject.year - len(same):
        # A year lies between that nothing is known of.
        yield Finding(f"{'・'.join(map(era_label, reversed(same)))}と同じ文です。")
    else:
        yield Finding(f"{era_label(same[-1])}から{len(same) + 1}年続けて同じ文です。")


def says_little(text: str, last: str) -> str:
    """What to tell of a text beside which a reader would need another one, or that is last year's; mostly nothing."""
    if points_elsewhere(text):
        return f"は{ONLY_POINTS.format(text.strip())}"
    return "は、前回の実施状況と同じ文です。" if text.strip() and folded(text) == folded(last) else ""


UNDONE = (
    r"未実施|未着手|未開催|(?:実施|開催|着手|作成|策定|設置|公表)(?:して(?:い)?ない|していません|しなかった|しませんでした|できず|でき(?:て(?:い)?)?な"
    r"|に(?:は)?至(?:って(?:い)?な|って(?:い)?ません|らな))|できなかった|できません|行(?:わ|え)なかった|行っていない|見送(?:っ|り|る)"
    r"|中止(?:した|し、|となった|になった|とした|しました)|(?:まで)?には、?至(?:って(?:い)?な|らな)"
)
FINISHED = (
    r"実施済|(?:実施|開催|完了|達成|終了|整備|設置|策定|公表)(?:した(?!い|ら)|しました|済み)|完了(?!後|予定)|掲載済み"
)


def category(subject: Subject) -> Iterator[Finding]:
    """A category that the text's plain words speak against, by the plan's own scale. It is asked, never changed."""
    chosen, scale = subject.category, subject.scale
    if chosen is None or scale is None or chosen.is_unset or not subject.words.strip():
        return
    whole = folded(subject.words)
    if other := next((each for each in scale.chosen if each.folded == whole and each.code != chosen.code), None):
        yield Finding(f"文は「{other.label}」ですが、進捗区分は「{chosen.label}」です。")
        return
    meaning = Meaning.NOT_DONE if chosen.meaning == Meaning.DONE else Meaning.DONE
    if chosen.meaning not in (Meaning.DONE, Meaning.NOT_DONE):
        return
    labels = "|".join(re.escape(each.label) for each in scale.chosen if each.meaning == meaning and len(each.label) > 1)
    plain = UNDONE if meaning == Meaning.NOT_DONE else FINISHED
    pattern = f"(?<!未)(?:{plain}|{labels})" if labels else plain
    if found := re.search(pattern, subject.words):
        yield Finding(f"進捗区分は「{chosen.label}」ですが、文に「{found[0]}」とあります。", *found.span())


def _asked_already(subject: Subject) -> bool:
    """Whether a short text is no question of its own: it points elsewhere, or says that there is nothing."""
    return points_elsewhere(subject.words) or bool(SAYS_NO.fullmatch(subject.words.strip(TRIMMED)))


LONGEST, SHORTEST, TIMES = 1_000, 3, 8
# 85%, 213人, 10回20回: of what, the text does not say.
BARE_NUMBERS = re.compile(r"(?:約?\d[\d,.]*[^\d\sぁ-んァ-ヶ、。,.]{0,2}[\s、。・]*)+")


def length(subject: Subject) -> Iterator[Finding]:
    """A text that is very long or very short, by itself or beside last year's."""
    mine, last = len(folded(subject.words)), max((len(folded(words)) for words in subject.last), default=0)
    if mine > LONGEST:
        yield Finding(f"{mine:,}字あります。紙面に収まるか、要点だけにできないか、確かめてください。")
    elif last >= 40 and mine > last * TIMES:
        yield Finding(f"前回（{last:,}字）の{mine // last}倍の長さ（{mine:,}字）です。")
    elif 0 < mine < SHORTEST and not _asked_already(subject):
        yield Finding("2文字以下です。この文だけを読む人に伝わりますか。")
    elif subject.needed and mine <= MOST_LETTERS and BARE_NUMBERS.fullmatch(normalize("NFKC", subject.words).strip()):
        yield Finding("数と単位だけです。何の数か、この文だけを読む人に伝わりますか。")
    elif mine and last >= 80 and mine * TIMES < last:
        yield Finding(f"前回（{last:,}字）よりずっと短い文（{mine:,}字）です。抜けはありませんか。")


# Of words that are doubled rightly: 一つ一つ, 少しずつ少しずつ, ひとりひとり, したものの, 小学校学校運営協議会, ことと.
KANJI, KANA, NEXT = "一-龥々", "ァ-ヶー", r"(?=[、一-龥ァ-ヶ\d])"
OWN_NAME = "学校|議会|地区|大学|公園|組合|病院|協会|公社|少し|[一二三四五六七八九十毎]"
DOUBLED = re.compile(
    rf"((?!{OWN_NAME})[{KANJI}]{{2,8}})\1"  # 実施実施
    rf"|([{KANA}]{{3,12}})\2(?!長)"
    rf"|((?=[ぁ-ん]*[{KANJI}{KANA}])(?!{OWN_NAME})[ぁ-ん{KANJI}{KANA}]{{3,14}})\3(?!長)"  # 会議を会議を
    r"|((?!ひとつ|ひとり|すこし|だんだ|なかな|いろい)[ぁ-ん]{3,10})\4"  # ましたました
    r"|(?:です|まで|して|され|こと|ため|いる|した|する|では|には|との){2}(?<!ことこと)(?=[^ぁ-ん]|$)|ですです"
)
AT_ONCE = re.compile(
    rf"をを|(?:がが|にに|でで|へへ|はは){NEXT}|(?<!も)のの{NEXT}|(?<=[一-龥ァ-ヶー）」])とと{NEXT}|(?<=[一-龥])もも{NEXT}"
    r"|[、。，．]{2,}|ましたた"
    r"|(?:実施施|推進進|開催催|検討討|支援援|活動動|事業業|協働働|整備備|連携携|啓発発|作成成|策定定)(?=[をしすにがの、。]|$)"
)
TWO_OBJECTS = re.compile(r"を[一-龥]{2,4}をし")
TWICE = "「{}」と重なっています。"


def doubled(subject: Subject) -> Iterator[Finding]:
    """Words, particles and stops that stand twice."""
    if ADJACENT.search(subject.words):
        yield from each_match(AT_ONCE, TWICE)(subject)
    if _repeats(subject.words):
        yield from each_match(DOUBLED, TWICE)(subject)
    yield from each_match(TWO_OBJECTS, "「{}」には「を」が2つあります。")(subject)


RUN = re.compile(rf"[ぁ-ん{KANJI}{KANA}]{{4,}}")
ADJACENT, FARTHEST = re.compile(r"(.)\1|[、。，．]{2}"), 14


def _repeats(text: str) -> bool:
    """Whether two letters or more stand twice side by side; the patterns that say which of them matter are slow."""
    runs = (run for run in RUN.findall(text) if len(set(run)) < len(run) - 1)
    return any(_stands_twice(run) for run in runs if len(set(pairwise(run))) < len(run) - 1)


def _stands_twice(run: str) -> bool:
    met: dict[str, int] = {}
    for place in range(len(run) - 1):
        pair = run[place : place + 2]
        far = place - met.get(pair, -99)
        if 1 < far <= FARTHEST and run[place - far : place] == run[place : place + far]:
            return True
        met[pair] = place
    return False


def _misprints() -> dict[str, str]:
    lines = (Path(__file__).parent / "misprints.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return dict(pairs)


MISPRINTS = _misprints()
# By the letter of each that is the rarest among them.
RAREST: dict[str, list[str]] = defaultdict(list)
for _word in MISPRINTS:
    RAREST[min(_word, key="".join(MISPRINTS).count)].append(_word)
RARE = frozenset(RAREST)
LIKELY = re.compile(
    rf"(?<=[{KANA}])[べぺ](?=[{KANA}])|(?<=[ぁ-ん])[ベペ](?=[ぁ-ん])"  # ホームぺージ with ぺ of hiragana
    rf"|(?<=[ァ-ヶ])(?:[一―](?=[{KANA}])|一(?=[、。）」でにはをがのとへ\s]|$))"  # センタ一 with the number one
    r"|(?<=[0-9０-９数])力(?=[所月年国村])"  # 3力所 with the kanji for strength
    r"|んむ|(?<!わ)がを|をが(?!ん)|(?<!な)にを|をに(?=[、一-龥ァ-ヶ])|(?<=[ぁ-ん])・(?=[（(])"
)
# What any of them has; a search that begins with a set of letters is quick.
MAYBE = re.compile(
    "[べぺベペ力一―むをがに（(](?<=[ァ-ヶー][べぺ一―]|[ぁ-ん][ベペ]|[0-9０-９数]力|んむ|がを|をが|にを|をに|・[（(])"
)
BRACKET = re.compile("[（(「『【〔）)」』】〕]")
PAIRS = {"（": "）", "(": "）", "「": "」", "『": "』", "【": "】", "〔": "〕", ")": "）"}


def misprint(subject: Subject) -> Iterator[Finding]:
    """Words of the list, what is hardly ever right, and brackets that nobody closed."""
    said = []
    for wrong in _misprinted(subject):
        sentence = f"「{wrong}」は「{MISPRINTS[wrong]}」ではありませんか。"
        said += [Finding(sentence, *each.span()) for each in re.finditer(wrong, subject.words)]
    yield from said
    for found in LIKELY.finditer(subject.words) if MAYBE.search(subject.words) else ():
        if not any(each.start <= found.start() < each.end for each in said):
            yield Finding(f"「{found[0]}」は、打ちまちがいではありませんか。", *found.span())
    if not subject.letters.isdisjoint(PAIRS):
        yield from _unclosed(subject.words)


def _misprinted(subject: Subject) -> list[str]:
    """The words of the list that the text has, in the list's order."""
    words = [word for letter in subject.letters & RARE for word in RAREST[letter] if word in subject.words]
    return sorted(words, key=[*MISPRINTS].index) if len(words) > 1 else words


def _unclosed(text: str) -> Iterator[Finding]:
    """Brackets that open and do not close; what only closes may count a list: 1）."""
    open_ones: list[re.Match] = []
    for found in BRACKET.finditer(text):
        closing = PAIRS.get(found[0], found[0])
        if found[0] in PAIRS and found[0] != ")":
            open_ones.append(found)
        elif match := next((each for each in reversed(open_ones) if PAIRS[each[0]] == closing), None):
            open_ones.remove(match)
    yield from (Finding(f"かっこ「{each[0]}」が閉じていません。", *each.span()) for each in open_ones)


# ---- single characters ----------------------------------------------------------------------------------------------

JAPANESE = "ぁ-んァ-ヶー一-龥々"
ODD = {
    "「{}」は半角のカタカナです。全角で書くと、どの画面や紙面でもそろいます。": r"[\uff66-\uff9f]+",
    "外字です。ほかのコンピューターでは、別の字になるか、見えません。": r"[\ue000-\uf8ff\U000f0000-\U0010fffd]+",
    "「{}」は、読めなかった文字の代わりに入る記号です。もとの文字を書いてください。": r"[\ufffd〓]+",
    "文字のあるはずのところに「{}」があります。読めない文字が置き換わったのかもしれません。": (
        rf"(?<=[{JAPANESE}])(?<![かのねよは])\?(?=[{JAPANESE}])"
    ),
    "「{}」は、漢字に見えますが部首の記号です。検索で見つかりません。漢字を打ち直してください。": r"[\u2e80-\u2fdf]",
    "濁点か半濁点が、前の字から離れています。打ち直してください。": r"[\u3099\u309a]|(?<=[ぁ-んァ-ヶ])[゛゜]",
    "「{}」は絵文字です。紙面やPDFでは見えないことがあります。": r"[\U0001f000-\U0001faff]+",
}
MAYBE_ODD = re.compile("[?\uff66-\uff9f\ue000-\uf8ff\ufffd〓\u2e80-\u2fdf\u3099\u309a゛゜\U0001f000-\U0010fffd]")
EACH_ODD = [(re.compile(pattern), sentence) for sentence, pattern in ODD.items()]


def odd(subject: Subject) -> Iterator[Finding]:
    """Characters that another reader sees otherwise, or not at all."""
    if MAYBE_ODD.search(subject.words):
        for pattern, sentence in EACH_ODD:
            yield from each_match(pattern, sentence)(subject)


def cp932(subject: Subject) -> Iterator[Finding]:
    """Characters for which citizens would get no CSV for old systems, each once, with what could stand there."""
    if not misfit_advice(subject.words):
        return
    for character in dict.fromkeys(subject.words):
        if advice := misfit_advice(character):
            place = subject.words.index(character)
            yield Finding(f"{advice}にすると、古いシステム用のCSVにも入ります。", place, place + 1)


# What chooses a glyph, or none: it needs none of its own.
GLYPHLESS = re.compile(r"[\s\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def font(subject: Subject) -> Iterator[Finding]:
    """Characters that the PDF's font has no glyph for, each once; none where the font is not installed."""
    known = glyphs()
    for character in sorted(subject.letters - known) if known else ():
        if not GLYPHLESS.match(character):
            place = subject.words.index(character)
            yield Finding(f"「{character}」（U+{ord(character):04X}）は、PDFの書体にありません。", place, place + 1)
