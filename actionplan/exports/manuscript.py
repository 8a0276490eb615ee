"""The report as a manuscript for the newsletter's editors: plain text in page order, with the length of every part."""

from collections.abc import Iterable, Iterator

from actionplan.exports.sample_mark import SAMPLE_SENTENCE, is_sample
from actionplan.fiscal_year import TO_FULL_WIDTH
from actionplan.models import EditionRow
from actionplan.selectors.report import MeasureOutline, PolicyOutline, ReportOutline, report_outline

# Raise it when the same edition gives another manuscript than before.
MANUSCRIPT_VERSION = 1

HOW_COUNTED = "字数は、この原稿の各部分に印字される文字を、記号・数字・句読点・見出しも含めて1字ずつ数えたものです。"
NOT_COUNTED = "空白と改行、区切りの罫線、この字数の案内は数えません。"
RULE = "―" * 30


def write_manuscript(front_matter: dict, rows: Iterable[EditionRow]) -> bytes:
    """The manuscript of rows that stand in page order, saved or not.

    UTF-8 with a byte order mark and CRLF: Windows' Notepad and Word open it right, also with old settings.
    """
    report = report_outline(front_matter, rows)
    lines = [line for part in _parts(report) for line in part]
    return "\r\n".join(line for text in lines for line in text.split("\n")).encode("utf-8-sig")


def characters(lines: Iterable[str]) -> int:
    """How many characters are printed: everything but white space."""
    return sum(len("".join(line.split())) for line in lines)


def _parts(report: ReportOutline) -> Iterator[list[str]]:
    front = list(_front(report))
    policies = [list(_policy(report, policy)) for policy in report.policies]
    if is_sample(report.front_matter):
        yield [f"【{SAMPLE_SENTENCE}】", ""]
    yield [*front, "", _count("前文", characters(front)), ""]
    for policy, lines in zip(report.policies, policies, strict=True):
        yield [RULE, "", *lines, _count(f"施策{_full_width(policy.number)}", characters(lines)), ""]
    yield [RULE, "", *_counts(report, characters(front), [characters(lines) for lines in policies]), ""]


def _front(report: ReportOutline) -> Iterator[str]:
    plan = report.front_matter["plan"]
    yield from (report.title, "")
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


def _block(heading: str | None, lines: list[str | None]) -> Iterator[str]:
    """The heading and its lines with an empty line after them; what is empty takes no line."""
    if filled := [line for line in (heading, *lines) if line]:
        yield from (*filled, "")


def _policy(report: ReportOutline, policy: PolicyOutline) -> Iterator[str]:
    yield f"施策{_full_width(policy.number)}　{policy.title}"
    yield "　".join(f"{mark.symbol}{mark.label}" for mark in report.legend)
    yield ""
    for measure in policy.measures:
        yield from _measure(measure)


def _measure(measure: MeasureOutline) -> Iterator[str]:
    yield from (f"■{measure.title}", "")
    for item in measure.items:
        yield f"{''.join(mark.symbol for mark in item.marks)}　{item.name}"
        yield f"【アクションプランの内容】{item.content}"
        yield f"【{measure.status_heading}】{item.status}"
        if item.progress != "unset":
            yield f"【進捗区分】{item.progress_label}"
        more = {"成果": item.outcome, "課題": item.challenge, "今後の方針": item.next_step}
        yield from (f"【{name}】{text}" for name, text in more.items() if text)
        yield ""


def _counts(report: ReportOutline, front: int, policies: list[int]) -> Iterator[str]:
    yield "字数のまとめ"
    yield f"前文　{front:,}字"
    for policy, length in zip(report.policies, policies, strict=True):
        yield f"施策{_full_width(policy.number)}　{length:,}字（{policy.item_count}項目）"
    yield f"合計　{front + sum(policies):,}字（{report.item_count}項目）"
    yield from (HOW_COUNTED, NOT_COUNTED)


def _count(part: str, length: int) -> str:
    return f"（{part}の字数：{length:,}字）"


def _full_width(number: int) -> str:
    return str(number).translate(TO_FULL_WIDTH)
