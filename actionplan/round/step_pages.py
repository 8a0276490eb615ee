"""Taking a step with the ticked answers of a department; a refusal keeps the ticks and the reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest

from actionplan.admin.rescue import Text
from actionplan.answers.saving import StepRefused, confirm, reopen, return_answers
from actionplan.answers.sheet import statuses
from actionplan.cells import NAMES
from actionplan.models import AnnualReport, YearlyStatus
from actionplan.round.mail import goes_out
from actionplan.round.responses import Response, response_of
from actionplan.round.return_mail import Notice, tell_department
from actionplan.round.rows import CONFIRM, REOPEN, RETURN, StepForm, seen_revisions
from actionplan.seen import Moved, fingerprint
from actionplan.text import tidy_line_breaks
from actionplan.words import person_name

DONE = {CONFIRM: "{}件を確定しました。", RETURN: "{}件を差し戻しました。", REOPEN: "{}件の確定を取り消しました。"}
COMPARED = (*NAMES, "state", "department")
# All submitted answers are ticked at first, for confirming: whoever wants one back easily sends all of them.
ASKED = "次の{}件を差し戻しますか。{}。まだ何も変えていません。"
OTHERS = "この課の回答ではない項目が含まれているため、何も変えていません。画面を開き直して、もう一度選んでください。"
NOTHING_TICKED = "回答が一つも選ばれていません。左の四角に印を付けてから、もう一度押してください。"


@dataclass(frozen=True)
class Refusal:
    """Why the step was not taken, and what the page gives back; changed: words by primary key of the answer.

    sure: what the button sends that returns all the ticked answers after all; empty where nothing is asked.
    """

    sentence: str
    reason: str = ""
    ticks: frozenset[int] = frozenset()
    changed: Mapping[int, str] = field(default_factory=dict)
    sure: str = ""


def take_step(request: HttpRequest, report: AnnualReport, response: Response) -> Refusal | None:
    """None when the step was taken and told in a message, otherwise the refusal."""
    sent, _, sure = request.POST.get("step", "").partition(":")
    form, seen = StepForm({"step": sent, "reason": request.POST.get("reason", "")}), seen_revisions(request.POST)
    reason, ticks = tidy_line_breaks(request.POST.get("reason", "")), frozenset(seen)
    if not form.is_valid():
        sentence = " ".join(each for sentences in form.errors.values() for each in sentences)
        return Refusal(sentence, reason, ticks)
    if not seen:
        return Refusal(NOTHING_TICKED, reason)
    others = YearlyStatus.objects.filter(pk__in=seen).exclude(pk__in=statuses(report, response.forms).values("pk"))
    if others.exists():
        return Refusal(OTHERS, reason)
    step = form.cleaned_data["step"]
    if step == RETURN and reason.strip() and len(ticks) > 1 and sure != _seal(ticks):
        return Refusal(ASKED.format(len(ticks), _codes(ticks)), reason, ticks, sure=f"{RETURN}:{_seal(ticks)}")
    try:
        count = _take(step, seen, request, form.cleaned_data["reason"])
    except StepRefused as refusal:
        return Refusal(str(refusal), reason, ticks)
    except Moved as moved:
        sentence = f"まだ何も変えていません。{moved}。下で確かめて、よければもう一度押してください。"
        return Refusal(sentence, reason, ticks, changes(moved.now, seen))
    messages.success(request, DONE[step].format(count))
    if step == RETURN:
        _tell(request, report, response, seen, form.cleaned_data["reason"])
    return None


def sent_texts(post: Mapping[str, str]) -> Iterable[Text]:
    """The reason that was written, to be given back where the post itself is refused (see rescue.py)."""
    if reason := post.get("reason", "").strip():
        yield Text("理由", reason)


def _codes(ticks: Iterable[int]) -> str:
    rows = YearlyStatus.objects.filter(pk__in=ticks).select_related("item__measure__policy")
    return "、".join(row.item.code for row in rows.order_by(*YearlyStatus._meta.ordering[1:]))


def _seal(ticks: Iterable[int]) -> str:
    return fingerprint(sorted(ticks), length=16)


def _take(step: str, seen: Mapping[int, int], request: HttpRequest, reason: str) -> int:
    if step == CONFIRM:
        return confirm(seen, by=request.user)
    return {RETURN: return_answers, REOPEN: reopen}[step](seen, by=request.user, reason=reason)


def changes(rows: Iterable[YearlyStatus], seen: Mapping[int, int]) -> dict[int, str]:
    """By primary key, what differs from the revision that was seen, and who changed it last."""
    newer = list(rows)
    records = list(YearlyStatus.history.filter(id__in=[row.pk for row in newer]).select_related("history_user"))
    looked_at = {record.id: record for record in records if record.revision == seen[record.id]}
    newest = {record.id: record for record in sorted(records, key=lambda record: record.history_id)}
    return {row.pk: _difference(row, looked_at.get(row.pk), newest.get(row.pk)) for row in newer}


def _difference(row: YearlyStatus, looked_at: Model | None, newest: Model | None) -> str:
    attributes = [row._meta.get_field(name).attname for name in COMPARED]
    labels = [
        str(row._meta.get_field(name).verbose_name)
        for name, attribute in zip(COMPARED, attributes, strict=True)
        if looked_at is None or getattr(looked_at, attribute) != getattr(row, attribute)
    ]
    by = f"{person_name(newest.history_user)}さんが、" if newest and newest.history_user else ""
    return f"あなたが画面を開いた後に、{by}{'・'.join(labels) or '記録'}を変えました。"


def _tell(request: HttpRequest, report: AnnualReport, response: Response, seen: Iterable[int], reason: str) -> None:
    rows = list(statuses(report).filter(pk__in=seen))
    # After a split some may have gone to the part that leads their item now.
    for home in dict.fromkeys(None if row.department_id in response.forms else row.department_id for row in rows):
        to = response if home is None else response_of(home)
        own = [row for row in rows if row.department_id in to.forms]
        notice = tell_department(report, to, own, reason=reason, site=request.build_absolute_uri("/"))
        messages.add_message(request, *_told(to, notice))


def _told(response: Response, notice: Notice) -> tuple[int, str]:
    if not notice.to.addresses:
        return messages.WARNING, f"{response.name}のメールアドレスがないため、メールでは知らせていません。"
    if notice.failure:
        return messages.ERROR, f"{response.name}にメールで知らせられませんでした。{notice.failure}。"
    if not goes_out():
        return messages.WARNING, f"メールサーバーが設定されていないため、{response.name}にメールでは知らせていません。"
    return messages.SUCCESS, f"{response.name}に、理由をメールで知らせました（{'、'.join(notice.to.addresses)}）。"
