"""The report as a manuscript for the newsletter's editors: plain text in page order, with the length of every part."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from actionplan.exports.columns import SAMPLE_SENTENCE, is_sample
from actionplan.fiscal_year import TO_FULL_WIDTH
from actionplan.models import EditionRow
from actionplan.scale import UNSET
from actionplan.selectors.report import ItemOutline, PolicyOutline, ReportOutline, report_outline
from actionplan.words import shown_policy

# Raise it when the same edition gives another manuscript than before.
MANUSCRIPT_VERSION = 2

HOW_COUNTED = "字数は、見出し・凡例・記号・句読点も含め、各部分の文字を1字ずつ数えたものです。"
NOT_COUNTED = "空白と改行、【　】で囲んだ欄の名前、区切りの線、字数の案内は数えません。"
RULE = "―" * 30


class PrintedLine(NamedTuple):
    """A line of the manuscript; the label, which stands before it, is for the editors and not counted."""

    text: str
    label: str = ""

    def __str__(self) -> str:
        return f"【{self.label}】{self.text}" if self.label else self.text


EMPTY = PrintedLine("")


def write_manuscript(front_matter: dict, rows: Iterable[EditionRow]) -> bytes:
    """The manuscript of rows that stand in page order, saved or not.

    UTF-8 with a byte order mark and CRLF: Windows' Notepad and Word open it right, also with old settings.
    """
    lines = _lines(report_outline(front_matter, rows))
    return "".join(f"{line}\n" for line in lines).replace("\n", "\r\n").encode("utf-8-sig")


def characters(lines: Iterable[PrintedLine]) -> int:
    """How many characters will be printed: labels and white space left out."""
    return sum(len("".join(line.text.split())) for line in lines)


def _lines(report: ReportOutline) -> Iterator[PrintedLine | str]:
    parts = {"前文": list(_front(report))}
    for policy in report.policies:
        parts[_name(policy)] = list(_policy(report, policy))
    counts = {name: characters(lines) for name, lines in parts.items()}
    # Each part says so, since the newsletter's editors paste them one by one.
    warning = [f"【{SAMPLE_SENTENCE}】", ""] if is_sample(report.front_matter) else []
    for name, lines in parts.items():
        yield from warning
        yield from lines
        yield from (f"（{name}の字数：{counts[name]:,}字）", "", RULE, "")
    yield from _summary(report, counts)


def _front(report: ReportOutline) -> Iterator[PrintedLine]:
    plan = report.front_matter["plan"]
    yield from (PrintedLine(report.title), EMPTY)
    yield from _block(plan.get("purpose_heading"), [plan.get("purpose")])
    yield from _block(plan.get("story_heading"), _story(report.front_matter))
    aims = [f"{aim['mark']}　{aim['text']}" for aim in report.front_matter.get("aims", [])]
    yield from _block(plan.get("aims_heading"), [plan.get("aims_title"), plan.get("aims_lead"), *aims])
    stages = [f"{stage['label']}　{stage['period']}" for stage in report.front_matter.get("stages", [])]
    yield from _block(plan.get("stages_heading"), [plan.get("stages_text"), *stages])


def _story(front_matter: dict) -> list[str | None]:
    plan = front_matter["plan"]
    headings = "　".join(filter(None, (plan.get("narrative_heading"), plan.get("process_heading"))))
    steps = [f"{step['mark']}　{step['keyword']}" for step in front_matter.get("story_steps", [])]
    return [headings, *steps, *front_matter.get("story_remarks", []), plan.get("vision")]


def _block(heading: str | None, texts: list[str | None]) -> Iterator[PrintedLine]:
    """The heading and its texts with an empty line after them; what is empty takes no line."""
    if filled := [PrintedLine(text) for text in (heading, *texts) if text]:
        yield from (*filled, EMPTY)


def _policy(report: ReportOutline, policy: PolicyOutline) -> Iterator[PrintedLine]:
    yield PrintedLine(f"{_name(policy)}　{policy.title}")
    if report.legend:
        yield PrintedLine("　".join(f"{mark.symbol}{mark.label}" for mark in report.legend))
    yield EMPTY
    for measure in policy.measures:
        yield from (PrintedLine(f"■{measure.heading}"), EMPTY)
        for item in measure.items:
            number = item.code if report.numbered else ""
            yield from (*_item(item, measure.status_heading, number), EMPTY)


def _item(item: ItemOutline, status_heading: str, number: str) -> Iterator[PrintedLine]:
    marks = "".join(mark.symbol for mark in item.marks)
    yield PrintedLine("　".join([*filter(None, (number, marks)), item.name]))
    if item.content:
        yield PrintedLine(item.content, "アクションプランの内容")
    yield PrintedLine(item.status, status_heading)
    if item.progress != UNSET:
        yield PrintedLine(item.progress_label, "進捗区分")
    yield from (PrintedLine(cell.words, cell.label) for cell in item.further)


def _summary(report: ReportOutline, counts: dict[str, int]) -> Iterator[str]:
    yield "字数のまとめ"
    yield from (f"{name}　{count:,}字" for name, count in counts.items())
    yield f"合計　{sum(counts.values()):,}字（{len(report.policies)}施策・{report.item_count}項目）"
    yield from (HOW_COUNTED, NOT_COUNTED)


def _name(policy: PolicyOutline) -> str:
    return shown_policy(policy.printed, str(policy.number).translate(TO_FULL_WIDTH))
