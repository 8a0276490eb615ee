"""The rules of the check: what each asks about, and the right texts that none of them may ask about."""

import pytest

from actionplan.checks.questions import look
from actionplan.checks.subject import Subject
from actionplan.exports.fonts import glyphs
from actionplan.scale import DEFAULT

YEAR = 2009


def found(words, kind, **more):
    """The words that the rule of the kind asks about; "" for the text as a whole."""
    asked = look(Subject(words, more.pop("year", YEAR), **{"needed": True, **more}))
    return [words[each.start : each.end] for rule, each in asked if rule.code == kind]


@pytest.mark.parametrize(
    ("kind", "words", "place"),
    [
        ("empty", "", ""),
        ("empty", "　\n", ""),
        ("empty", "未定", ""),
        ("empty", "（記入中）", ""),
        ("empty", "あとで書く。", ""),
        ("empty", "ＸＸＸ", ""),
        ("empty", "特になし", ""),
        ("empty", "!!", ""),
        ("empty", "○○地区で開催した。", "○○"),
        ("empty", "参加者は（要確認）人だった。", "（要確認）"),
        ("elsewhere", "別紙のとおり。", ""),
        ("elsewhere", "同上", ""),
        ("elsewhere", "〃", ""),
        ("elsewhere", "－", ""),
        ("elsewhere", "前年と同じ", ""),
        ("elsewhere", "１回目は説明会。\n２回目は\n同上", "同上"),
        ("elsewhere", "詳細は別紙のとおり実施した。", "別紙"),
        ("elsewhere", "添付資料を参照してください。", "添付資料"),
        ("sum", "男性12人、女性8人、計21人が参加した。", "計21人"),
        ("sum", "男性１２名、女性８名の合計２１人。", "合計２１人"),
        ("sum", "参加者は21人（男性12人、女性8人）。", "21人"),
        ("sum", "説明会を3回、1,200人と300人、あわせて1,600人。", "あわせて1,600人"),
        ("date", "平成20年6月に開催した。", "平成20年6月"),
        ("date", "平成２２年４月１日に開始した。", "平成２２年４月１日"),
        ("date", "H20.5.1に開催した。", "H20.5.1"),
        ("date", "2010年4月3日に開催した。", "2010年4月3日"),
        ("date", "2008/10/3に開催した。", "2008/10/3"),
        ("date", "平成21年2月30日に開催した。", "平成21年2月30日"),
        ("length", "済", ""),
        ("length", "開催した。" * 300, ""),
        ("doubled", "会議をを開いた。", "をを"),
        ("doubled", "市民のの意見を聞いた。", "のの"),
        ("doubled", "参加者がが増えた。", "がが"),
        ("doubled", "事業を実施実施した。", "実施実施"),
        ("doubled", "取り組み取り組みを進めた。", "取り組み取り組み"),
        ("doubled", "会議を会議を開いた。", "会議を会議を"),
        ("doubled", "開きましたました。", "ましたました"),
        ("doubled", "アンケートアンケートを配った。", "アンケートアンケート"),
        ("doubled", "開いた。。次も開く。", "。。"),
        ("doubled", "窓口を公表をしながら進めた。", "を公表をし"),
        ("misprint", "バブリックコメントを行った。", "バブリックコメント"),
        ("misprint", "コミニュティの会議。", "コミニュティ"),
        ("misprint", "積極的に取り組んむ。", "取り組んむ"),
        ("misprint", "ホームぺージに載せた。", "ぺ"),
        ("misprint", "市民センタ一で開いた。", "一"),
        ("misprint", "3力所で開いた。", "力"),
        ("misprint", "説明会（21校区で開いた。", "（"),
        ("odd", "ﾎｰﾑﾍﾟｰｼﾞに載せた。", "ﾎｰﾑﾍﾟｰｼﾞ"),
        ("odd", "葛\ue000市の人", "\ue000"),
        ("odd", "吉?さんの話を聞いた。", "?"),
        ("odd", "⻑崎県と話した。", "⻑"),
        ("cp932", "𠮷田さんの話。", "𠮷"),
        ("cp932", "４月〜６月に開いた。", "〜"),
        ("font", "𰻞の店。", "𰻞"),
        ("personal", "連絡先は0920-53-6111です。", "0920-53-6111"),
        ("personal", "連絡先は０９０－１２３４－５６７８です。", "０９０－１２３４－５６７８"),
        ("personal", "電話番号は53-6111です。", "電話番号は53-6111"),
        ("personal", "昭和25年5月3日生まれの方が語った。", "昭和25年5月3日"),
        ("personal", "生年月日：1980年1月2日", "1980年1月2日"),
        ("personal", "tarou@example.jpに申し込む。", "tarou@example.jp"),
    ],
)
def test_a_rule_names_what_it_asks_about(kind, words, place):
    if kind == "font":
        assert glyphs(), "the PDF's font is not installed"
    assert place in found(words, kind) if place else found(words, kind)


RIGHT = """\
市民一人ひとりが主役となり、一つ一つの取組を大切にした。
説明会を実施したものの、参加者は少なかった。
協働によりよりよいまちづくりを進めた。人々がますます集まり、いろいろな意見が出た。
厳原小学校学校運営協議会、活性化センターセンター長、町内会会長、小学校校長会と協議した。
公表することと、説明することとを分けた。ふるさとと連携した。今年度ははじめて開いた。皆さんががんばった。
検討委員会を3回、ワークショップを2回、計5回開いた。5月10日と11日の計2日。
男性12人、女性8人、計20人が参加した。参加者30人（うち市外5人）、スタッフ5人、計35人。
参加者は20人（男性12人、女性8人）。1回目20人、2回目15人、計35人、全2回。
平成21年6月より始め、平成22年3月31日に終えた。2009年4月1日、H21.5.1、2010/3/31も同じ年度。
平成20年度から続けている事業で、平成22年度に評価する。
センターへアンケートを送った。イベントへスタッフが出た。ホームページへ掲載した。
1）説明会　2）意見交換会
・（１）広報紙　・（２）ホームページ
参加しませんか？と呼びかけ、将来をにらみ、勉強をがんばった。なにをするかを話した。
事業費は1,200千円、郵便番号は〒817-8510、資料は第2-3-1号。
特別展を別添えの案内で知らせ、合同上映会を開いた。"""


@pytest.mark.parametrize("words", RIGHT.split("\n"))
def test_what_is_right_is_not_asked_about(words):
    asked = look(Subject(words, YEAR, needed=True, category=DEFAULT.find("in_progress"), scale=DEFAULT))
    assert [(kind.label, words[each.start : each.end]) for kind, each in asked] == []


@pytest.mark.parametrize(
    ("code", "words", "asked"),
    [
        ("done", "未実施", True),
        ("done", "未実施の地区が残った。", True),
        ("done", "雨のため中止した。", True),
        ("done", "説明会を開催できなかった。", True),
        ("done", "実施中", True),
        ("in_progress", "未実施", True),
        ("not_done", "説明会を開催した。", True),
        ("not_done", "実施済み", True),
        ("done", "説明会を開催した。", False),
        ("not_done", "未実施", False),
        ("not_done", "実施できなかった。", False),
        ("partly_done", "未実施の地区が残った。", False),
        ("unset", "未実施", False),
    ],
)
def test_a_category_is_asked_about_where_the_text_says_plainly_otherwise(code, words, asked):
    assert bool(found(words, "category", category=DEFAULT.find(code), scale=DEFAULT)) is asked


def test_a_text_of_before_is_counted_through_the_years():
    before = ((2008, "説明会を 開いた"), (2007, "説明会を開いた。"), (2006, "別の文"))
    [(_, finding)] = [
        each for each in look(Subject("説明会を開いた。", 2009, before=before)) if each[0].code == "last_year"
    ]
    assert finding.sentence == "平成19年度から3年続けて同じ文です。"
    apart = Subject("説明会を開いた。", 2010, before=before)
    assert "平成19年度・平成20年度と同じ文です。" in [each.sentence for _, each in look(apart)]
    assert not found("説明会を2回開いた。", "last_year", before=before)


def test_an_amount_that_is_tenfold_last_years_is_asked_about():
    before = ((2008, "参加者は120人だった。"),)
    assert found("参加者は1,200人だった。", "tenfold", before=before) == ["1,200人"]
    assert not found("参加者は150人だった。", "tenfold", before=before)


def test_a_text_much_longer_or_shorter_than_last_years_is_asked_about():
    long = "市民と市が一緒に説明会を開き、それぞれの地区で意見を聞いた。" * 10
    assert found("開いた。", "length", before=((2008, long),)) == [""]
    assert found(long * 2, "length", before=((2008, long[:60]),)) == [""]
    assert not found(long, "length", before=((2008, long[:150]),))


@pytest.mark.parametrize("text", ["85%", "２１３人", "１０回２０回", "約1,200人、3件"])
def test_a_number_without_a_word_is_asked_about(text):
    assert found(text, "length") == [""]


@pytest.mark.parametrize("text", ["掲載済み", "未実施", "10回開いた。", "10回実施", "3地区で実施", "21校区で説明会"])
def test_a_number_with_words_is_not(text):
    assert not found(text, "length")


def test_what_is_to_come_may_lie_after_the_year():
    assert not found("平成22年5月に開く。", "date", ahead=True)
    assert found("平成20年5月に開いた。", "date", ahead=True)
