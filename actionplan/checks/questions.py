"""What the check asks about: its kinds in one list, with the rule that finds each, and what it found, as values."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Model

from actionplan.checks import numbers, wording
from actionplan.checks.subject import Finding, Rule, Subject, excerpt
from actionplan.fiscal_year import era_label
from actionplan.models import (
    OPEN_STATES,
    Acknowledgement,
    ActionItem,
    AnnualReport,
    CheckKind,
    Evidence,
    Voice,
    YearlyStatus,
    mark_of,
)
from actionplan.words import NO_DEPARTMENT


@dataclass(frozen=True)
class KindOfFinding:
    """A kind of finding. advice: what to do about it. rule: of a text; in_plan: whether it is one for
    the plan's texts and for captions, too.

    What asks more than a text, of figures and of links, is found in reading.py.
    """

    code: CheckKind
    advice: str
    rule: Rule | None = None
    in_plan: bool = False

    @property
    def label(self) -> str:
        """誤字と思われる言葉."""
        return str(self.code.label)


UNWRITTEN = "まだ書かれていない欄"
K, Q = KindOfFinding, CheckKind
# What a person has to decide on stands before what is a matter of care.
KINDS = (
    K(
        Q.PERSONAL,
        "個人のものなら消します。窓口の番号など、公表してよいものなら「このままで正しい」と答えます。",
        numbers.personal,
        True,
    ),
    K(Q.CATEGORY, "どちらかを直してください。進捗区分を自動で変えることはありません。", wording.category),
    K(Q.ELSEWHERE, "読む人の手もとには、この文しかありません。内容をここに書いてください。", wording.elsewhere),
    K(Q.EMPTY, "書く文が決まっているか、あとで書くつもりのままになっていないか、見てください。", wording.empty),
    K(Q.LAST_YEAR, "今年度の文に書き直していないのかもしれません。", wording.last_year),
    K(Q.TENFOLD, "けたの打ちまちがい、単位の取りちがえがないか、見てください。", numbers.tenfold),
    K(Q.SUM, "内訳か合計のどちらかを直してください。", numbers.sums),
    K(Q.DATE, "年の書きまちがいや、前の年度の文の残りがないか、見てください。", numbers.dates),
    K(Q.LINK, "アドレスを確かめてください。", None, True),
    K(Q.MISPRINT, "打ちまちがいなら直してください。", wording.misprint, True),
    K(Q.DOUBLED, "余分な言葉を消してください。", wording.doubled, True),
    K(Q.LENGTH, "抜けや、余分な文がないか、見てください。", wording.length),
    K(Q.ODD, "読む人の画面では、別の字に見えるか、見えないことがあります。", wording.odd, True),
    K(Q.CP932, "このままだと、市民はこの年度のCP932のCSVだけダウンロードできません。", wording.cp932, True),
    K(Q.FONT, "PDFでは、ほかの書体の字になるか、四角になります。", wording.font, True),
)
BY_CODE = {kind.code: kind for kind in KINDS}


def look(subject: Subject, *, plan: bool = False) -> Iterator[tuple[KindOfFinding, Finding]]:
    """What the rules find in the text, kind by kind. plan: whether it is a text of the plan's own, or a caption."""
    for kind in KINDS:
        if kind.rule and (kind.in_plan or not plan):
            for finding in kind.rule(subject):
                yield kind, finding


@dataclass(frozen=True)
class Spot:
    """A box that holds a text. label: its Japanese name. row: whose text it is: an answer, a related department's or
    partner's text, a piece of evidence, or what the plan names.

    status: the answer at which it stands, or the text of others itself. cell: of the answer; empty for other texts.
    """

    status: YearlyStatus | Voice
    cell: str
    label: str
    row: Model

    @property
    def is_answer(self) -> bool:
        """Whether it tells of the year, so that every rule is one for it."""
        return isinstance(self.row, YearlyStatus | Voice)

    @property
    def in_plan(self) -> bool:
        """Whether it is the plan's own: it stays from year to year, and the office mends it."""
        return not (self.is_answer or isinstance(self.row, Evidence))

    @property
    def writer(self) -> str:
        """The department, or the partner, that writes there."""
        status = self.status
        return status.source if isinstance(status, Voice) else str(status.department or NO_DEPARTMENT)

    @property
    def item(self) -> ActionItem:
        """The item that it belongs to; of a measure's title the first one."""
        return self.status.item

    @property
    def report(self) -> AnnualReport | None:
        """The year that what was called right holds for; None for every one, for the plan's texts stay."""
        return None if self.in_plan else self.status.report


@dataclass(frozen=True)
class Concern:
    """One thing that is asked about, and what somebody has answered."""

    kind: KindOfFinding
    place: Spot
    text: str
    finding: Finding
    said: Acknowledgement | None = None

    @cached_property
    def words(self) -> str:
        """The words that are called right, when they are."""
        return excerpt(self.text, self.finding)

    @cached_property
    def mark(self) -> str:
        """What it is known by."""
        return mark_of(self.place.report, self.kind.code, self.place.label, self.words)

    @property
    def key(self) -> tuple[int, str]:
        """The same among all items."""
        return self.place.item.pk, self.mark

    @property
    def is_unwritten(self) -> bool:
        """Whether it is an empty box of an answer that is still being written: no surprise before it is handed in."""
        return not self.text.strip() and self.place.status.state in OPEN_STATES

    @property
    def value(self) -> str:
        """What a tick box sends for it."""
        return f"{self.place.item.pk}-{self.mark}"

    @property
    def shown(self) -> tuple[str, str, str]:
        """The words found, before and behind them so much of the text as tells where they stand."""
        start, end = self.finding.start, self.finding.end
        if self.finding.about or start == end:
            return _short(self.finding.about or self.text), "", ""
        before, after = self.text[max(0, start - 20) : start], self.text[end : end + 20]
        cut = "…" if start > 20 else ""
        return cut + before, self.text[start:end], after + ("…" if end + 20 < len(self.text) else "")


def _short(text: str, most: int = 100) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


@dataclass(frozen=True)
class Promise:
    """What was said last year to come, beside what was done. year: the fiscal year in which it was said."""

    status: YearlyStatus
    year: int
    said: str
    done: str

    @property
    def when(self) -> str:
        """平成20年度."""
        return era_label(self.year)


@dataclass(frozen=True)
class Check:
    """What the check found, in the order of the kinds and of the report."""

    asked: Sequence[Concern]
    promises: Sequence[Promise]

    @cached_property
    def open(self) -> list[Concern]:
        """What nobody has answered."""
        return [each for each in self.asked if each.said is None]

    @cached_property
    def answered(self) -> list[Concern]:
        """What somebody has called right."""
        return [each for each in self.asked if each.said is not None]

    @property
    def count(self) -> int:
        """How much waits for an answer."""
        return len(self.open)

    @cached_property
    def written(self) -> list[Concern]:
        """What waits for an answer in what was written; that a box is empty, the page of the answers says itself."""
        return [each for each in self.open if each.text.strip()]

    @cached_property
    def listed(self) -> list[Concern]:
        """What somebody has to decide on; that answers are still being written is no question."""
        return [each for each in self.open if not each.is_unwritten]

    @cached_property
    def unwritten(self) -> list[Concern]:
        """The empty boxes of answers that are still being written."""
        return [each for each in self.open if each.is_unwritten]

    @property
    def by_kind(self) -> list[tuple[str, int]]:
        """How much of each kind waits for one, what is not yet written last."""
        counted = [(kind.label, sum(each.kind is kind for each in self.listed)) for kind in KINDS]
        return [(label, count) for label, count in [*counted, (UNWRITTEN, len(self.unwritten))] if count]

    @cached_property
    def by_answer(self) -> Mapping[int, list[Concern]]:
        """The same by primary key of the answer, its evidence among it, without others' and the plan's texts."""
        found: dict[int, list[Concern]] = defaultdict(list)
        for each in self.written:
            if isinstance(each.place.row, YearlyStatus | Evidence):
                found[each.place.status.pk].append(each)
        return found

    @property
    def asked_of_answers(self) -> int:
        """How much that is."""
        return sum(map(len, self.by_answer.values()))
