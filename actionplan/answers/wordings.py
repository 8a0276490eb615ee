"""What is said of a department's answers: what waits, what to do now, why something is refused."""

from collections.abc import Sequence
from datetime import date

from actionplan.answers.sheet import Sheet
from actionplan.answers.tally import Tally, due_words, written_words

NOT_YOURS = "この課の回答を見る権限がありません。自分の課の回答を開いてください。"
MAY_NOT_WRITE = "この課の回答を書く権限がないため、保存していません。事務局に確認してください。"
MAY_NOT_SUBMIT = "提出できるのは課長です。下書きは保存してあります。"
NOTHING_TO_SUBMIT = "提出していない項目はありません。すでに提出されています。"
TAKE_BACK = "提出した{}項目を、すべて下書きに戻しますか。"
NOTHING_TO_TAKE_BACK = (
    "提出を取り消せる項目がありませんでした。すでに取り消されたか、事務局が確定または差戻しをしています。"
)
TO_WRITE = "実施状況と進捗区分を書きます。途中で何度でも保存できます。"
TO_STAND_IN = (
    "事務局として、この課の回答を書けます。ふつうは課長が提出します。"
    "紙やメールで課長の了解を得たときだけ「課に代わって提出する」を押してください。代わりに提出したことは、記録に残ります。"
)
NO_ITEMS = "この課が答える項目は、この年度にはありません。組織改正で別の課に移ったかもしれません。"
ASK_OFFICE = "事務局に確認してください。"
HANDED_IN, TO_BE_READ = "事務局が内容を確認します。", "取りまとめ状況で読んで、確定するか差し戻してください。"
TO_CORRECT = (
    "確定してあります。直すときは、取りまとめ状況のこの課の画面で、その項目の「この回答を訂正する」を開いてください。"
)
ONLY_RELATED = "この課が担当する項目はありません。関係課として書く項目が、下にあります。"
UNSAVED = "保存していない項目を直して、もう一度保存してください。"
ALL_WRITTEN = "すべての項目が書けています。内容を確かめて、"
NOTHING_TO_COPY = "前の年度の文を写せる空欄は、もうありません。"
NOTHING_SAVED = "書き直されたところはないため、何も変えていません。"
INCOMPLETE = "まだ書かれていないところがあるため、提出していません。下書きは保存してあります。"
NO_DEPARTMENT_YET = "あなたの所属する課がまだ登録されていません。事務局に知らせてください。"
NOTHING_TO_WRITE = "いま書くところはありません。これまでの回答は、ここから読めます。"
STILL_COPIED = "前の年度の文を写したまま"


UNLED = (
    "{}項目の担当課が決まっていません。項目の一覧で1つずつ決めるか、項目をファイルから取り込むと、"
    "この年度の回答を移すかを取りまとめ状況でたずねます。"
)


def front_words(tally: Tally, submits: bool, day: date) -> str:
    """What waits, in sentences; what came back is said first."""
    if tally.open and tally.department is None:
        return UNLED.format(tally.open)
    sentences = [f"差し戻された項目が{tally.returned}件あります"] if tally.returned else []
    sentences.append(written_words(tally))
    if not tally.open:
        return "。".join([*sentences, *_after_submission(tally, submits)])
    if tally.written == tally.total:
        sentences.append("内容を確かめて提出してください" if submits else "課長の提出を待っています")
    if due := due_words(tally.report, day):
        sentences.append(f"締切は{due}")
    return "。".join(sentences)


def _after_submission(tally: Tally, submits: bool) -> list[str]:
    if tally.is_confirmed:
        return []
    return ["事務局の確認を待っています", *(["直すときは、提出を取り消せます"] if submits else [])]


def guide(sheet: Sheet, tally: Tally, heads: Sequence[str], related: bool) -> str:
    """What the person is to do here now, in a sentence or two. heads: who hands the answers in.

    related: whether the department writes on others' items.
    """
    if not tally.total:
        return ONLY_RELATED if related else NO_ITEMS + ("" if sheet.standing.coordinates else ASK_OFFICE)
    if not sheet.may_write:
        return "この画面では、読むことだけができます。"
    if not tally.open:
        return _closed(sheet, tally, heads)
    if sheet.stands_in:
        return TO_STAND_IN
    begin, done = (ALL_WRITTEN, "") if tally.written == tally.total else (TO_WRITE, "すべて書けたら、")
    return begin + done + ("「提出する」を押してください。" if sheet.may_submit else _ask(heads, "提出"))


def _closed(sheet: Sheet, tally: Tally, heads: Sequence[str]) -> str:
    if tally.is_confirmed and sheet.standing.coordinates:
        return TO_CORRECT
    if tally.is_confirmed:
        return "事務局が確定しました。直したいところがあるときは、事務局に相談してください。"
    if sheet.stands_in:
        return f"提出してあります。{TO_BE_READ}"
    sent = "提出してあるので、書き直せません。事務局の確認を待っています。"
    if sheet.may_take_back:
        return f"{sent}直したいところがあるときは「提出を取り消す」を押してください。"
    return f"{sent}直したいところがあるときは、{_ask(heads, '提出の取消し')}"


def _ask(heads: Sequence[str], what: str) -> str:
    if not heads:
        return f"事務局に{what}を頼んでください。この課には、提出できる課長がまだ登録されていません。"
    names = "・".join(f"{name}さん" for name in heads)
    return f"課長（{names}）に{what}を頼んでください。"
