"""What the page of a department's answers says: what was saved, what is missing, and what to do next."""

from collections.abc import Iterable, Sequence

from actionplan.admin.answers.place import Place
from actionplan.admin.answers.saving import Outcome
from actionplan.admin.answers.tally import Tally
from actionplan.models import State, YearlyStatus

NOT_YOURS = "この課の回答を見る権限がありません。自分の課の回答を開いてください。"
MAY_NOT_WRITE = "この課の回答を書く権限がないため、保存していません。事務局に確認してください。"
MAY_NOT_SUBMIT = "提出できるのは課長です。下書きは保存してあります。"
NOTHING_TO_SUBMIT = "提出していない項目はありません。すでに提出されています。"
NOTHING_TO_TAKE_BACK = (
    "提出を取り消せる項目がありませんでした。すでに取り消されたか、事務局が確定または差戻しをしています。"
)
TO_WRITE = "実施状況と進捗区分を書きます。途中で何度でも保存できます。"
NO_DEPARTMENT_YET = "あなたの所属する課がまだ登録されていません。事務局に知らせてください。"
TO_STAND_IN = (
    "事務局として、この課の回答を書けます。ふつうは課長が提出します。"
    "紙やメールで課長の了解を得たときだけ「課に代わって提出する」を押してください。代わりに提出したことは、記録に残ります。"
)
NO_ITEMS = (
    "この課が答える項目は、この年度にはありません。組織改正で別の課に移ったかもしれません。事務局に確認してください。"
)
UNSAVED = "保存していない項目を直して、もう一度保存してください。"
ALL_WRITTEN = "すべての項目が書けています。内容を確かめて、"
NOTHING_SAVED = "書き直されたところはないため、何も変えていません。"
TABS = "文の中のタブは、空白に置き換えて保存しました。"
INCOMPLETE = "まだ書かれていないところがあるため、提出していません。下書きは保存してあります。"


def codes(rows: Iterable[YearlyStatus]) -> str:
    """1-1-1、3-2-1."""
    return "、".join(row.item.code for row in rows)


def saved_words(outcome: Outcome, gaps: int, open_items: int) -> str:
    """3項目を保存しました。残り2項目が空欄です。 gaps: open answers that miss a part; open_items: all open ones."""
    first = f"{len(outcome.saved)}項目を保存しました。" if outcome.saved else NOTHING_SAVED
    if outcome.refused or not open_items:
        return first
    return first + (f"残り{gaps}項目に空欄があります。" if gaps else "空欄はもうありません。")


def submitted_words(outcome: Outcome) -> str:
    """8項目を提出しました."""
    return f"{outcome.submitted}項目を提出しました。事務局が内容を確認します。"


def merged_words(merged: dict[str, list[str]]) -> str:
    """What somebody else wrote into the same items meanwhile, and that both were kept; empty when nobody did."""
    if not merged:
        return ""
    names = "、".join(f"{code}（{'・'.join(cells)}）" for code, cells in merged.items())
    return f"この画面を開いたあとに、ほかの人が同じ項目の別の欄を書き直していました：{names}。両方を残しました。"


def unseen_words(rows: Sequence[YearlyStatus]) -> str:
    """Why nothing was handed in: the page had not shown what stands there now."""
    return (
        f"この画面を開いたあとに、ほかの人が保存した項目があるため、提出していません：{codes(rows)}。"
        "いまの内容を確かめて、もう一度「提出する」を押してください。"
    )


def refused_words(count: int, submitting: bool) -> str:
    """How many items were not saved; the words are still on the page."""
    then = "提出もしていません。" if submitting else ""
    return f"{count}項目は保存していません。{then}書いた文は、この画面に残っています。"


def guide(place: Place, tally: Tally, heads: Sequence[str]) -> str:
    """What the person is to do here now, in a sentence or two. heads: who hands the answers in."""
    if not tally.total:
        return NO_ITEMS
    if not place.may_write:
        return "この画面では、読むことだけができます。"
    if not tally.open:
        return _closed(place, tally, heads)
    if place.stands_in:
        return TO_STAND_IN
    begin, done = (ALL_WRITTEN, "") if tally.written == tally.total else (TO_WRITE, "すべて書けたら、")
    return begin + done + ("「提出する」を押してください。" if place.may_submit else _ask(heads, "提出"))


def _closed(place: Place, tally: Tally, heads: Sequence[str]) -> str:
    if tally.states.get(State.CONFIRMED, 0) == tally.total:
        return "事務局が確定しました。直したいところがあるときは、事務局に相談してください。"
    if place.stands_in:
        return "提出してあります。取りまとめ状況で確かめて、確定するか差し戻してください。"
    sent = "提出してあるので、書き直せません。事務局の確認を待っています。"
    if place.may_take_back:
        return f"{sent}直したいところがあるときは「提出を取り消す」を押してください。"
    return f"{sent}直したいところがあるときは、{_ask(heads, '提出の取消し')}"


def _ask(heads: Sequence[str], what: str) -> str:
    if not heads:
        return f"事務局に{what}を頼んでください。この課には、提出できる課長がまだ登録されていません。"
    names = "・".join(f"{name}さん" for name in heads)
    return f"課長（{names}）に{what}を頼んでください。"
